import Randomness
import Statistics
import TestSupport
import Testing

struct BootstrapTests {
    @Test func `the bootstrap of a mean comes near the interval of Student`() throws {
        var stream = RandomStream(seed: 4).split("values")
        let values = (0..<400).map { _ in stream.normal() }
        let student = try Interval.ofMean(values)
        let interval = try Interval.bootstrap(values, resamples: 4000, stream: &stream)
        #expect(interval.estimate == student.estimate)
        #expect(abs(interval.lower - student.lower) < 0.1 * student.halfWidth)
        #expect(abs(interval.upper - student.upper) < 0.1 * student.halfWidth)
    }

    @Test func `the interval holds the true mean about as often as its level says`() throws {
        var held = 0
        let trials = 400
        for trial in 0..<trials {
            var stream = RandomStream(seed: 21).split(trial)
            let values = (0..<40).map { _ in stream.normal() + 3 }
            let interval = try Interval.bootstrap(
                values, level: 0.9, resamples: 400, stream: &stream)
            if interval.lower <= 3, interval.upper >= 3 { held += 1 }
        }
        // 90 % of 400 is 360, standard error 6; percentile intervals are slightly too short.
        #expect((336...378).contains(held), "held \(held) of \(trials)")
    }

    @Test func `the same stream gives the same interval`() throws {
        for seed in Seeds.few {
            var first = RandomStream(seed: seed)
            var second = RandomStream(seed: seed)
            let values = [0.2, 0.9, 0.4, 0.4, 0.7]
            let one = try Interval.bootstrap(values, resamples: 50, stream: &first)
            let two = try Interval.bootstrap(values, resamples: 50, stream: &second)
            #expect(one == two)
            #expect(first == second)
            #expect(one.lower <= one.estimate && one.estimate <= one.upper)
        }
    }

    @Test func `any statistic can be bootstrapped`() throws {
        var stream = RandomStream(seed: 8)
        let interval = try Interval.bootstrap(
            [1, 2, 3, 4, 100], resamples: 500, stream: &stream
        ) { $0.sorted()[$0.count / 2] }
        #expect(interval.estimate == 3)
        #expect([1, 2, 3].contains(interval.lower))
        #expect([4, 100].contains(interval.upper))
    }

    @Test func `pairs are drawn together, so a constant difference has no width`() throws {
        var stream = RandomStream(seed: 2)
        let first = (0..<30).map { _ in stream.normal() }
        let interval = try Interval.pairedBootstrap(
            first, first.map { $0 - 0.5 }, resamples: 200, stream: &stream)
        #expect(abs(interval.estimate - 0.5) < 1e-12)
        #expect(interval.halfWidth < 1e-12)
    }

    @Test func `bad arguments are refused`() {
        var stream = RandomStream(seed: 2)
        #expect(throws: StatisticsError.self) { try Interval.bootstrap([1], stream: &stream) }
        #expect(throws: StatisticsError.self) {
            try Interval.bootstrap([1, 2], resamples: 0, stream: &stream)
        }
        #expect(throws: StatisticsError.self) {
            try Interval.bootstrap([1, 2], stream: &stream) { _ in .nan }
        }
        #expect(throws: StatisticsError.self) {
            try Interval.pairedBootstrap([1, 2], [1], stream: &stream)
        }
    }
}
