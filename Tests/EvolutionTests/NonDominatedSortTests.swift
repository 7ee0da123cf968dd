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

    /// Fronts peeled off one after the other by comparing every row with every other.
    private func peeled(_ rows: [[Double]]) -> [Int] {
        var ranks = [Int?](repeating: nil, count: rows.count)
        var rank = 0
        while ranks.contains(nil) {
            let open = rows.indices.filter { ranks[$0] == nil }
            for row in open where !open.contains(where: { dominates(rows[$0], rows[row]) }) {
                ranks[row] = rank
            }
            rank += 1
        }
        return ranks.compactMap(\.self)
    }

    @Test func `ranks are those of peeling fronts, with ties and duplicates`() throws {
        for seed in 0..<60 {
            var rng = RandomStream(seed: UInt64(seed)).split("peeled")
            let width = 1 + seed % 5
            let levels = [2, 5, 40, 1_000_000][seed / 5 % 4]
            var rows = (0..<rng.integer(in: 100...160)).map { _ in
                (0..<width).map { _ in Double(rng.integer(below: levels)) - 3 }
            }
            for _ in 0..<20 { rows.append(rng.choice(rows)) }
            #expect(try NonDominatedSort.ranks(rows) == peeled(rows), "seed \(seed)")
        }
    }

    @Test func `at ten thousand rows every front is a staircase below the next`() throws {
        for (seed, levels) in [100, 3_000, 1_000_000].enumerated() {
            var rng = RandomStream(seed: UInt64(seed)).split("many")
            let rows = (0..<10_000).map { _ in
                (0..<2).map { _ in Double(rng.integer(below: levels)) }
            }
            let fronts = try NonDominatedSort.fronts(rows)
            #expect(fronts.map(\.count).reduce(0, +) == 10_000)
            var above: [[Double]]?
            for front in fronts {
                let steps = front.map { rows[$0] }.sorted { $0.lexicographicallyPrecedes($1) }
                for (left, right) in zip(steps, steps.dropFirst()) {
                    #expect(left == right || (left[0] < right[0] && left[1] > right[1]))
                }
                if let above {
                    // Both are sorted, so the last step above that is not further right decides.
                    var place = 0
                    for step in steps {
                        while place + 1 < above.count, above[place + 1][0] <= step[0] { place += 1 }
                        #expect(dominates(above[place], step))
                    }
                }
                above = steps
            }
        }
    }

    @Test func `survivors have the ranks and distances of sorting the long way`() throws {
        for seed in 0..<30 {
            var rng = RandomStream(seed: UInt64(seed)).split("long way")
            let levels = [4, 50, 1_000_000][seed % 3]
            let rows = (0..<120).map { _ in
                (0..<(2 + seed % 2)).map { _ in Double(rng.integer(below: levels)) }
            }
            let survival = try Survival(objectives: rows, count: 60)
            let ranks = peeled(rows)
            #expect(survival.ranks == survival.indices.map { ranks[$0] })
            for rank in Set(survival.ranks) {
                let members = survival.ranks.indices.filter { survival.ranks[$0] == rank }
                let objectives = members.map { rows[survival.indices[$0]] }
                let distances = slowCrowding(objectives)
                for (member, distance) in zip(members, distances) {
                    #expect(agree(survival.crowding[member], distance), "seed \(seed)")
                }
            }
        }
    }

    private func slowCrowding(_ rows: [[Double]]) -> [Double] {
        guard rows.count > 2 else { return rows.map { _ in .infinity } }
        var sums = [Double](repeating: 0, count: rows.count)
        for column in rows[0].indices {
            let order = rows.indices.sorted { (rows[$0][column], $0) < (rows[$1][column], $1) }
            let values = order.map { rows[$0][column] }
            let range = values[rows.count - 1] - values[0]
            guard range > 0 else { continue }
            for (place, row) in order.enumerated() {
                sums[row] +=
                    place == 0 || place == rows.count - 1
                    ? .infinity : (values[place + 1] - values[place - 1]) / range
            }
        }
        return sums.map { $0 / Double(rows[0].count) }
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
        #expect(
            throws: EvolutionError.notFinite(what: "an objective in row 2", found: "nan")
        ) { try Survival(objectives: [[1, 2], [2, 1], [0, .nan]], count: 2) }
    }
}
