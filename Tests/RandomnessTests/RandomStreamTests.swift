import Randomness
import Testing

struct RandomStreamTests {
    @Test func `a child stream does not depend on what its parent drew`() {
        var parent = RandomStream(seed: 7)
        let before = parent.split("mutation")
        for _ in 0..<100 { _ = parent.next() }
        #expect(parent.split("mutation") == before)
    }

    @Test func `streams of different names, numbers, orders and seeds differ`() {
        let root = RandomStream(seed: 1)
        var streams = [
            root, RandomStream(seed: 2), root.split("a"), root.split("b"), root.split(0),
            root.split(1), root.split(-1), root.split("a").split("b"), root.split("b").split("a"),
            root.split("ab"), root.split("0"),
        ]
        var firsts: Set<UInt64> = []
        for index in streams.indices { firsts.insert(streams[index].next()) }
        #expect(firsts.count == streams.count)
    }

    @Test func `uniform draws have the mean and variance of the uniform law`() {
        for seed in 0..<20 {
            var rng = RandomStream(seed: UInt64(seed)).split("law")
            let draws = (0..<20_000).map { _ in rng.uniform() }
            let mean = draws.reduce(0, +) / 20_000
            let variance = draws.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 20_000
            #expect(abs(mean - 0.5) < 0.0103)  // five standard errors
            #expect(abs(variance - 1.0 / 12) < 0.0027)
            #expect(draws.allSatisfy { $0 >= 0 && $0 < 1 })
        }
    }

    @Test func `normal draws have the first four moments of the normal law`() {
        var rng = RandomStream(seed: 3)
        let draws = (0..<200_000).map { _ in rng.normal() }
        func moment(_ order: Int) -> Double {
            draws.reduce(0.0) { sum, x in sum + (0..<order).reduce(1.0) { p, _ in p * x } }
                / Double(draws.count)
        }
        #expect(abs(moment(1)) < 0.012)
        #expect(abs(moment(2) - 1) < 0.016)
        #expect(abs(moment(3)) < 0.044)
        #expect(abs(moment(4) - 3) < 0.11)
    }

    @Test func `integers below a bound are equally likely`() {
        var rng = RandomStream(seed: 11)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[rng.integer(below: 7)] += 1 }
        let chiSquare = counts.reduce(0.0) { $0 + Double(($1 - 10_000) * ($1 - 10_000)) / 10_000 }
        #expect(chiSquare < 22.5)  // 0.1 % point of chi-square with 6 degrees of freedom
    }

    @Test func `a sample holds different integers and every one is reachable`() {
        var rng = RandomStream(seed: 5)
        var seen: Set<Int> = []
        for _ in 0..<500 {
            let sample = rng.sample(3, below: 10)
            #expect(Set(sample).count == 3)
            #expect(sample.allSatisfy { (0..<10).contains($0) })
            seen.formUnion(sample)
        }
        #expect(seen.count == 10)
        #expect(Set(rng.sample(10, below: 10)) == Set(0..<10))
    }

    @Test func `shuffling keeps the elements and reaches every order`() {
        var rng = RandomStream(seed: 9)
        var orders: Set<[Int]> = []
        for _ in 0..<400 {
            var elements = [1, 2, 3, 4]
            rng.shuffle(&elements)
            #expect(elements.sorted() == [1, 2, 3, 4])
            orders.insert(elements)
        }
        #expect(orders.count == 24)
    }
}
