import Randomness
import SearchSpaces
import Testing

struct RuledSpaceTests {
    /// Three ascending digits below 4: of 64 combinations 20 are valid.
    private func ascending() throws -> RuledSpace {
        try RuledSpace(try digits(3)) { Genotype($0.genes.sorted()) }
    }

    private func digits(_ count: Int) throws -> ChoiceSpace {
        try ChoiceSpace(
            name: "digits",
            choices: (0..<count).map { Choice(name: "d\($0)", options: ["0", "1", "2", "3"]) })
    }

    @Test func `valid is what the rule leaves alone`() throws {
        let space = try ascending()
        #expect(space.size == 20)
        let all = try #require(space.enumerate(limit: 100))
        #expect(all.count == 20)
        #expect(all.allSatisfy { $0.genes == $0.genes.sorted() })
        #expect(space.enumerate(limit: 19) == nil)
        for genotype in all {
            #expect(try space.repair(genotype) == genotype)
            #expect(try space.parse(space.text(genotype)) == genotype)
        }
        #expect(!space.contains(Genotype([2, 1, 0])))
        #expect(throws: SearchSpaceError.self) { try space.text(Genotype([2, 1, 0])) }
        #expect(try space.repair(Genotype([3, 9])) == Genotype([0, 1, 3]))
    }

    @Test func `a gene has the options that keep the genotype valid`() throws {
        let space = try ascending()
        let genotype = Genotype([0, 1, 3])
        #expect(try space.options(gene: 0, in: genotype) == [0, 1])
        #expect(try space.options(gene: 1, in: genotype) == [0, 1, 2, 3])
        #expect(try space.options(gene: 2, in: genotype) == [1, 2, 3])
        #expect(try space.options(gene: 3, in: genotype).isEmpty)
        #expect(try space.options(gene: 0, in: Genotype([0])).isEmpty)
    }

    @Test func `valid genotypes are drawn alike`() throws {
        let space = try ascending()
        var rng = RandomStream(seed: 11)
        var counts: [Genotype: Int] = [:]
        for _ in 0..<10_000 { counts[try space.sample(&rng), default: 0] += 1 }
        #expect(counts.count == 20)
        // χ² of 19 degrees of freedom: 43.8 is passed once in a thousand.
        let expected = 500.0
        let deviation = counts.values.reduce(0.0) {
            $0 + (Double($1) - expected) * (Double($1) - expected) / expected
        }
        #expect(deviation < 43.8)
    }

    @Test func `where valid genotypes are rare the last draw is repaired`() throws {
        let space = try RuledSpace(try digits(8)) { _ in Genotype([1, 2, 3, 0, 1, 2, 3, 0]) }
        var rng = RandomStream(seed: 1)
        #expect(try space.sample(&rng) == Genotype([1, 2, 3, 0, 1, 2, 3, 0]))
        // 65,536 combinations are not all tried.
        #expect(space.size == 65_536)
    }

    @Test func `rules that contradict themselves are refused`() throws {
        func complaint(_ rule: @escaping RuledSpace.Rule) throws -> String {
            let base = try digits(2)
            do {
                _ = try RuledSpace(base, rule: rule)
                return "none"
            } catch { return "\(error)" }
        }
        #expect(
            try complaint { Genotype($0.genes.map { ($0 + 1) % 4 }) }
                == "the space digits: repair changes what it gave itself (d0=1, d1=1); a repaired "
                + "genotype must be valid, and a valid one must stay as it is")
        #expect(
            try complaint { _ in Genotype([0, 7]) }
                == "the space digits: repair gave no genotype of the choices: gene 1 (d1) is 7; "
                + "allowed: 0 to 3 (genes and values count from 0)")
        struct Own: Error {}
        #expect(throws: Own.self) { try RuledSpace(try digits(2)) { _ in throw Own() } }
    }

    @Test func `a rule that fails later is told where the genotype is checked`() throws {
        struct Own: Error, CustomStringConvertible { var description: String { "out of ink" } }
        final class Ink { var left = 100 }
        let ink = Ink()
        let space = try RuledSpace(try digits(1)) { genotype in
            ink.left -= 1
            guard ink.left > 0 else { throw Own() }
            return genotype
        }
        ink.left = 0
        #expect(throws: SearchSpaceError.rule(space: "digits", problem: "out of ink")) {
            try space.validate(Genotype([1]))
        }
        var rng = RandomStream(seed: 1)
        #expect(throws: Own.self) { try space.sample(&rng) }
        #expect(throws: Own.self) { try space.repair(Genotype([1])) }
        #expect(throws: Own.self) { try space.options(gene: 0, in: Genotype([1])) }
    }
}
