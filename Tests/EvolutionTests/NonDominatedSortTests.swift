import Evolution
import Randomness
import Testing

struct NonDominatedSortTests {
    @Test func `ranks equal those of pymoo`() throws {
        let sets = try Golden.load().sets
        #expect(sets.count == 20)
        for rows in sets {
            #expect(try NonDominatedSort.ranks(rows.objectives) == rows.ranks, "\(rows.name)")
        }
    }

    @Test func `crowding distances equal those of pymoo`() throws {
        for rows in try Golden.load().sets {
            for front in try NonDominatedSort.fronts(rows.objectives) {
                let found = try CrowdingDistance.distances(front.map { rows.objectives[$0] })
                for (index, distance) in zip(front, found) {
                    #expect(
                        agree(distance, rows.crowding[index] ?? .infinity),
                        "\(rows.name), row \(index)")
                }
            }
        }
    }

    @Test func `a rank is one more than the worst rank among what dominates it`() throws {
        for seed in 0..<120 {
            var rng = RandomStream(seed: UInt64(seed)).split("ranks")
            let width = rng.integer(in: 1...4)
            let levels = rng.integer(in: 2...12)
            let rows = (0..<rng.integer(in: 1...60)).map { _ in
                (0..<width).map { _ in
                    rng.chance(0.03) ? .infinity : Double(rng.integer(below: levels))
                }
            }
            let ranks = try NonDominatedSort.ranks(rows)
            for (index, row) in rows.enumerated() {
                let above = rows.indices.filter { dominates(rows[$0], row) }.map { ranks[$0] }
                #expect(ranks[index] == (above.max() ?? -1) + 1)
            }
        }
    }

    private func dominates(_ a: [Double], _ b: [Double]) -> Bool {
        a != b && zip(a, b).allSatisfy { $0 <= $1 }
    }

    @Test func `survivors are whole fronts and then the least crowded rows`() throws {
        for seed in 0..<60 {
            var rng = RandomStream(seed: UInt64(seed)).split("survival")
            let width = rng.integer(in: 2...3)
            let rows = (0..<40).map { _ in (0..<width).map { _ in rng.uniform() } }
            let count = rng.integer(in: 1...45)
            let survival = try Survival(objectives: rows, count: count)
            #expect(survival.indices.count == min(count, 40))
            #expect(Set(survival.indices).count == survival.indices.count)
            #expect(survival.ranks == survival.ranks.sorted())
            var left = count
            for front in try NonDominatedSort.fronts(rows) where left > 0 {
                let kept = front.filter(survival.indices.contains)
                #expect(kept.count == min(left, front.count))
                if kept.count < front.count {
                    let room = try CrowdingDistance.distances(front.map { rows[$0] })
                    let pairs = zip(front, room)
                    let worstKept = pairs.filter { kept.contains($0.0) }.map(\.1).min()
                    let bestLeft = pairs.filter { !kept.contains($0.0) }.map(\.1).max()
                    #expect(try #require(worstKept) >= #require(bestLeft))
                }
                left -= kept.count
            }
        }
    }

    @Test func `nothing sorts to nothing and bad rows are refused`() throws {
        #expect(try NonDominatedSort.ranks([]) == [])
        #expect(try NonDominatedSort.fronts([]) == [])
        #expect(try CrowdingDistance.distances([]) == [])
        #expect(try Survival(objectives: [], count: 3).indices == [])
        #expect(try Survival(objectives: [[1]], count: -1).indices == [])
        #expect(
            throws: EvolutionError.lengths(what: "row 1 of the objectives", found: 1, expected: 2)
        ) { try NonDominatedSort.ranks([[1, 2], [1]]) }
        #expect(throws: EvolutionError.self) { try NonDominatedSort.ranks([[]]) }
        #expect(
            throws: EvolutionError.notFinite(what: "an objective in row 0", found: "nan")
        ) { try CrowdingDistance.distances([[.nan, 1]]) }
    }
}
