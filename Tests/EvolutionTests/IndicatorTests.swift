import Evolution
import Randomness
import Testing

struct IndicatorTests {
    @Test func `hypervolumes equal those of pymoo`() throws {
        for rows in try Golden.load().sets {
            for volume in rows.hypervolumes {
                let found = try Hypervolume.of(rows.objectives, reference: volume.reference)
                #expect(agree(found, volume.value), "\(rows.name): \(found), \(volume.value)")
            }
        }
    }

    @Test func `inverted generational distances equal those of pymoo`() throws {
        for rows in try Golden.load().sets {
            let golden = rows.invertedGenerationalDistance
            let found = try InvertedGenerationalDistance.of(rows.objectives, front: golden.front)
            #expect(agree(found, golden.value), "\(rows.name)")
        }
    }

    // By hand: a box; two boxes of 2 and 2 that share 1; three unit-edge arms of a 2-cube corner.
    @Test func `hypervolumes of boxes are those computed by hand`() throws {
        #expect(try Hypervolume.of([[1, 2, 3]], reference: [2, 4, 6]) == 6)
        #expect(try Hypervolume.of([[0, 1], [1, 0]], reference: [2, 2]) == 3)
        let arms: [[Double]] = [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
        #expect(try Hypervolume.of(arms, reference: [2, 2, 2]) == 4)
        #expect(try Hypervolume.of([], reference: [1, 1]) == 0)
        #expect(try Hypervolume.of([[1, 0], [0, 1], [2, 2]], reference: [1, 1]) == 0)
        #expect(try Hypervolume.of([[.infinity, 0], [0.5, 0.5]], reference: [1, 1]) == 0.25)
    }

    @Test func `a hypervolume grows with its set and does not depend on the order`() throws {
        for seed in 0..<60 {
            var rng = RandomStream(seed: UInt64(seed)).split("hypervolume")
            let width = rng.integer(in: 1...5)
            let reference = Array(repeating: 1.0, count: width)
            var rows: [[Double]] = []
            var volume = 0.0
            for _ in 0..<12 {
                let row = (0..<width).map { _ in Double(rng.integer(below: 9)) / 8 }
                rows.append(row)
                let grown = try Hypervolume.of(rows, reference: reference)
                let covered = rows.dropLast().contains {
                    zip($0, row).allSatisfy { $0 <= $1 }
                }
                let adds = row.allSatisfy { $0 < 1 } && !covered
                #expect(adds ? grown > volume + 1e-9 : abs(grown - volume) < 1e-12)
                volume = grown
            }
            rng.shuffle(&rows)
            #expect(abs(try Hypervolume.of(rows, reference: reference) - volume) < 1e-12)
        }
    }

    @Test func `rows and references that fit no volume are refused`() {
        #expect(throws: EvolutionError.self) { try Hypervolume.of([[1, 2]], reference: [1]) }
        #expect(throws: EvolutionError.self) { try Hypervolume.of([], reference: []) }
        #expect(
            throws: EvolutionError.notFinite(what: "the reference point", found: "inf")
        ) { try Hypervolume.of([], reference: [.infinity]) }
        #expect(throws: EvolutionError.self) { try Hypervolume.of([[.nan]], reference: [1]) }
        #expect(throws: EvolutionError.self) { try Hypervolume.of([[-.infinity]], reference: [1]) }
        #expect(throws: EvolutionError.self) {
            try InvertedGenerationalDistance.of([[1]], front: [])
        }
        #expect(throws: EvolutionError.self) {
            try InvertedGenerationalDistance.of([[1]], front: [[1, 2]])
        }
    }

    @Test func `no rows are infinitely far from a front`() throws {
        #expect(try InvertedGenerationalDistance.of([], front: [[0, 1]]) == .infinity)
        #expect(try InvertedGenerationalDistance.of([[3, 5]], front: [[0, 1]]) == 5)
    }
}
