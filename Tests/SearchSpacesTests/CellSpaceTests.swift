import Randomness
import SearchSpaces
import Testing

/// The spaces that the laws are held against.
private func spaces() throws -> [CellSpace] {
    try [
        CellSpace(nodes: 1), CellSpace(nodes: 2, operations: [.skip]), CellSpace(nodes: 3),
        CellSpace(nodes: 4), CellSpace(nodes: 4, operations: CellOperation.metaNAS),
        CellSpace(nodes: 2, operations: CellOperation.allCases),
    ]
}

struct CellSpaceTests {
    // methods.md, gap table: "3 nodes/7 ops: 2.1e6 per cell, 4.5e12 for both; 4 nodes: 1.04e9,
    // 1.08e18". Exactly: 1·3·6 pairs × 49³, and 1·3·6·10 pairs × 49⁴.
    @Test func `the sizes are those counted by hand`() throws {
        #expect(try CellSpace(nodes: 3).size == 2_117_682.0 * 2_117_682)
        #expect(try CellSpace(nodes: 4).size == 1_037_664_180.0 * 1_037_664_180)
        #expect(try CellSpace(nodes: 1, operations: [.skip]).size == 1)
    }

    @Test func `the size is the number of valid genotypes`() throws {
        for (nodes, operations) in [(1, CellOperation.darts), (2, [.skip, .max3]), (3, [.sep3])] {
            let space = try CellSpace(nodes: nodes, operations: operations)
            let all = try #require(space.enumerate(limit: 20_000))
            #expect(Double(all.count) == space.size)
            #expect(Set(all).count == all.count)
        }
    }

    @Test func `there are four genes a node and the normal cell comes first`() throws {
        let space = try CellSpace(nodes: 4)
        #expect(space.choices.count == 32)
        #expect(space.blocks.count == 8)
        #expect(space.choices[0].name == "normal.node0.input1")
        #expect(space.choices[7].name == "normal.node1.operation2")
        #expect(space.choices[16].name == "reduction.node0.input1")
        #expect(space.choices[17].options == ["0", "1"])
        #expect(
            space.choices[18].options == ["max", "avg", "skip", "sep3", "sep5", "dil3", "dil5"])
    }

    @Test func `every sample is valid and survives text, encoding and repair`() throws {
        for space in try spaces() {
            for seed in 0..<200 {
                var rng = RandomStream(seed: UInt64(seed))
                let genotype = space.sample(&rng)
                try space.validate(genotype)
                #expect(space.repair(genotype) == genotype)
                #expect(try space.parse(space.text(genotype)) == genotype)
                #expect(try space.encode(space.decode(genotype)) == genotype)
            }
        }
    }

    @Test func `samples are uniform over the valid genotypes`() throws {
        let space = try CellSpace(nodes: 2, operations: [.skip, .max3])
        let all = try #require(space.enumerate(limit: 3000))  // (1 · 3 · 2⁴)² = 2304
        var counts: [Genotype: Int] = [:]
        var rng = RandomStream(seed: 4)
        for _ in 0..<(all.count * 20) { counts[space.sample(&rng), default: 0] += 1 }
        let chiSquare = all.reduce(0.0) {
            let difference = Double(counts[$1, default: 0] - 20)
            return $0 + difference * difference / 20
        }
        // Mean 2303 and standard deviation 68 for chi-square of 2303 degrees of freedom.
        #expect(abs(chiSquare - 2303) < 5 * 68)
    }

    @Test func `repair makes any integers of any length valid`() throws {
        for space in try spaces() {
            for seed in 0..<300 {
                var rng = RandomStream(seed: UInt64(seed)).split("repair")
                let length = rng.integer(below: 2 * space.choices.count)
                let genes = (0..<length).map { _ in
                    rng.chance(0.1) ? rng.choice([Int.min, Int.max]) : rng.integer(in: -20...20)
                }
                let repaired = space.repair(Genotype(genes))
                try space.validate(repaired)
                #expect(space.repair(repaired) == repaired)
            }
        }
    }

    @Test func `repair keeps each operation on its input when the inputs change places`() throws {
        let space = try CellSpace(nodes: 2)
        let genotype = Genotype([1, 0, 5, 2, 2, 1, 3, 4, 0, 1, 0, 0, 0, 1, 0, 0])
        #expect(
            space.repair(genotype).genes == [0, 1, 2, 5, 1, 2, 4, 3, 0, 1, 0, 0, 0, 1, 0, 0])
    }

    @Test func `a gene's options are exactly the values that keep the genotype valid`() throws {
        for space in try spaces() {
            var rng = RandomStream(seed: 8)
            for _ in 0..<20 {
                let genotype = space.sample(&rng)
                for gene in space.choices.indices {
                    let valid = (-1...12).filter {
                        var changed = genotype
                        changed.genes[gene] = $0
                        return space.contains(changed)
                    }
                    #expect(space.options(gene: gene, in: genotype) == valid)
                }
                #expect(space.options(gene: space.choices.count, in: genotype) == [])
                #expect(space.options(gene: -1, in: genotype) == [])
                #expect(space.options(gene: 0, in: Genotype([0])) == [])
            }
        }
    }

    @Test func `different genotypes have different features with a one per gene`() throws {
        let space = try CellSpace(nodes: 1, operations: [.skip, .max3, .sep3])
        let all = try #require(space.enumerate(limit: 100))
        let features = try all.map { try space.oneHot($0) }
        #expect(Set(features).count == all.count)
        #expect(features.allSatisfy { $0.count == space.oneHotCount && $0.reduce(0, +) == 8 })
        #expect(features.allSatisfy { $0.allSatisfy { $0 == 0 || $0 == 1 } })
    }

    @Test func `a gene out of its range is named with what it may be`() throws {
        let space = try CellSpace(nodes: 2)
        let valid = space.repair(Genotype([]))
        func message(_ change: (inout Genotype) -> Void) -> String {
            var genotype = valid
            change(&genotype)
            do {
                try space.validate(genotype)
                return "valid"
            } catch { return "\(error)" }
        }
        #expect(
            message { $0.genes[6] = 7 }
                == "gene 6 (normal.node1.operation1) is 7; allowed: 0 to 6 "
                + "(genes and values count from 0)")
        #expect(
            message {
                $0.genes[4] = 1; $0.genes[5] = 1
            }
                == "gene 5 (normal.node1.input2) is 1; allowed: 2 "
                + "(genes and values count from 0)")
        #expect(
            message { $0.genes[0] = 1 }
                == "gene 0 (normal.node0.input1) is 1; allowed: 0 (genes and values count from 0)")
        #expect(
            message { $0.genes.removeLast() }
                == "a genotype of the space cells has 16 genes; found 15")
        #expect(message { _ in } == "valid")
    }

    @Test func `impossible spaces are refused`() {
        #expect(
            throws: SearchSpaceError.invalidSetting(name: "nodes", found: "5", expected: "1 to 4")
        ) { try CellSpace(nodes: 5) }
        #expect(throws: SearchSpaceError.self) { try CellSpace(nodes: 0) }
        #expect(throws: SearchSpaceError.self) { try CellSpace(nodes: 2, operations: []) }
        #expect(
            throws: SearchSpaceError.invalidSetting(
                name: "operations", found: "\"sep3\" twice", expected: "each operation once")
        ) { try CellSpace(nodes: 2, operations: [.sep3, .skip, .sep3]) }
    }
}
