import Evolution
import Randomness
import SearchSpaces
import Testing

/// A finite space is searched to its end, each genotype once.
struct ExhaustionTests {
    private static func space(_ options: Int, genes: Int) throws -> ChoiceSpace {
        try ChoiceSpace(
            name: "finite",
            choices: (0..<genes).map { gene in
                Choice(name: "g\(gene)", options: (0..<options).map { "o\($0)" })
            })
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5, 63, 64, 65, 1_000, 15_625])
    func `an order of integers has each of them once, and differs by its stream`(count: Int) {
        let order = RandomOrder(below: count, RandomStream(seed: 3))
        let found = (0..<count).map { order[$0] }
        #expect(found.sorted() == Array(0..<count))
        guard count > 60 else { return }
        let other = RandomOrder(below: count, RandomStream(seed: 4))
        #expect(found != (0..<count).map { other[$0] })
        #expect(zip(found, found.dropFirst()).count { $0 + 1 == $1 } < count / 10 + 8)
    }

    @Test func `random search finds all 15625 genotypes, each once, in an order of the seed`()
        throws
    {
        let space = try Self.space(5, genes: 6)
        var firsts: [Genotype] = []
        for seed in [1, 2] as [UInt64] {
            var search = try RandomSearch(
                variation: try Variation(over: space), rng: RandomStream(seed: seed))
            var seen: Set<Genotype> = []
            var asked = 0
            while asked < 20_000 {
                let genotypes = try search.ask(500)
                asked += 500
                for genotype in genotypes {
                    #expect(seen.insert(genotype).inserted)
                    if seen.count == 15_000 { firsts.append(genotype) }
                }
                try search.tell(genotypes.map { Evaluation($0, objectives: [0]) })
                if genotypes.count < 500 { break }
                #expect(search.state.ledger.shortage == nil)
            }
            #expect(seen.count == 15_625)
            #expect(search.state.ledger.shortage == .exhausted)
            #expect(try search.ask(3).isEmpty)
        }
        #expect(firsts[0] != firsts[1])
    }

    @Test func `a space of script's rules is finished too`() throws {
        let base = try Self.space(4, genes: 4)
        let space = try RuledSpace(base) { genotype in
            Genotype(genotype.genes[0] == 3 ? [0] + genotype.genes.dropFirst() : genotype.genes)
        }
        var search = try MuPlusLambda(
            variation: try Variation(over: space),
            options: MuPlusLambdaOptions(
                initial: 20, parents: 4, mutants: 10, crossovers: 10, tries: 2),
            rng: RandomStream(seed: 1))
        var seen: Set<Genotype> = []
        for _ in 0..<40 {
            let genotypes = try search.ask(20)
            seen.formUnion(genotypes)
            try search.tell(genotypes.map { Evaluation($0, objectives: [Double($0.genes[1])]) })
        }
        #expect(seen.count == 192)
        #expect(search.state.ledger.shortage == .exhausted)
    }

    @Test func `draws that failed are not repeated alike`() throws {
        var draws: [UInt64] = []
        var variation = Variation<Genotype>(
            sample: { rng in
                draws.append(rng.next())
                return Genotype([0])
            }, mutate: { parent, _ in parent })
        variation.listing = nil
        var search = try RandomSearch(variation: variation, rng: RandomStream(seed: 1), tries: 4)
        #expect(try search.ask(1) == [Genotype([0])])
        #expect(try search.ask(1).isEmpty)
        let first = draws
        #expect(try search.ask(1).isEmpty)
        #expect(search.state.ledger.shortage == .nothingNew)
        #expect(Set(draws).count == draws.count && draws.count > first.count)
    }
}
