import Randomness
import Statistics
import TestSupport
import Testing

struct CorrelationsTests {
    @Test func `Pearson, Spearman and Kendall equal SciPy's, with ties and without`() throws {
        for golden in try Golden.load().pairs {
            let (first, second) = (golden.first, golden.second)
            let pearson = try Correlation.pearson(first, second)
            let spearman = try Correlation.spearman(first, second)
            let kendall = try Correlation.kendall(first, second)
            #expect(agrees(pearson, golden.pearson, within: 1e-12), "n = \(first.count)")
            #expect(agrees(spearman, golden.spearman, within: 1e-12), "n = \(first.count)")
            #expect(agrees(kendall, golden.kendall, within: 1e-12), "n = \(first.count)")
        }
    }

    @Test func `Kendall's fast count equals comparing all pairs`() throws {
        for seed in Seeds.few {
            var stream = RandomStream(seed: seed)
            let count = stream.integer(in: 3...60)
            let first = (0..<count).map { $0 < 2 ? Double($0) : Double(stream.integer(below: 6)) }
            let second = (0..<count).map { $0 < 2 ? Double($0) : Double(stream.integer(below: 6)) }
            var (balance, untiedFirst, untiedSecond) = (0.0, 0.0, 0.0)
            for i in 0..<count {
                for j in 0..<i {
                    let x = (first[i] - first[j]).direction
                    let y = (second[i] - second[j]).direction
                    balance += x * y
                    untiedFirst += abs(x)
                    untiedSecond += abs(y)
                }
            }
            let expected = balance / (untiedFirst * untiedSecond).squareRoot()
            #expect(abs(try Correlation.kendall(first, second) - expected) < 1e-12)
        }
    }

    @Test func `a rank correlation does not change when values are stretched`() throws {
        var stream = RandomStream(seed: 6)
        let first = (0..<50).map { _ in stream.normal() }
        let second = first.map { $0 + stream.normal() }
        let stretched = first.map { $0 * $0 * $0 + 2 }
        #expect(
            try Correlation.kendall(first, second) == Correlation.kendall(stretched, second))
        #expect(
            try Correlation.spearman(first, second) == Correlation.spearman(stretched, second))
    }

    @Test func `the same order gives one, the opposite order minus one, at any scale`() throws {
        for scale in [1e-300, 1, 1e307] {
            let up = [1, 2, 3, 4].map { $0 * scale }
            let down = [9, 8, 7, 6].map { $0 * scale }
            #expect(try Correlation.kendall(up, up) == 1)
            #expect(try Correlation.kendall(up, down) == -1)
            #expect(abs(try Correlation.pearson(up, down) + 1) < 1e-12)
            #expect(abs(try Correlation.spearman(up, down) + 1) < 1e-12)
        }
    }

    @Test func `a list without variation is named, not divided by zero`() {
        let constant = [0.1, 0.1, 0.1]
        #expect(
            throws: StatisticsError.constant(statistic: "Kendall's τ-b", list: "second")
        ) { try Correlation.kendall([1, 2, 3], constant) }
        #expect(
            throws: StatisticsError.constant(statistic: "Pearson's correlation", list: "first")
        ) { try Correlation.pearson(constant, [1, 2, 3]) }
        #expect(throws: StatisticsError.self) { try Correlation.spearman(constant, constant) }
        #expect(throws: StatisticsError.self) { try Correlation.kendall([1], [1]) }
        #expect(throws: StatisticsError.self) { try Correlation.pearson([1, 2], [1]) }
    }
}

extension Double {
    fileprivate var direction: Double { self == 0 ? 0 : (self > 0 ? 1 : -1) }
}
