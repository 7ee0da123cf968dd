import Evolution
import Randomness
import SearchSpaces
import Testing

struct PopulationTests {
    @Test func `a population holds its genotypes row after row`() throws {
        let space = try tenChoices()
        for seed in 0..<50 {
            var rng = RandomStream(seed: UInt64(seed)).split("rows")
            let genotypes = (0..<rng.integer(in: 0...9)).map { _ in space.sample(&rng) }
            let population = try Population(genotypes, width: 10)
            #expect(population.count == genotypes.count)
            #expect(population.genotypes == genotypes)
            #expect(population.genes == genotypes.flatMap(\.genes))
            #expect(try Population(genes: population.genes, width: 10) == population)
            #expect(population.fault(in: space) == nil)
        }
    }

    @Test func `genes that fill no rows are refused`() {
        #expect(
            throws: EvolutionError.lengths(
                what: "a population of 4 genes each", found: 7, expected: 8)
        ) { try Population(genes: Array(repeating: 0, count: 7), width: 4) }
        #expect(
            throws: EvolutionError.lengths(
                what: "individual 1 of the population", found: 3, expected: 2)
        ) { try Population([Genotype([0, 1]), Genotype([0, 1, 2])], width: 2) }
        #expect(
            throws: EvolutionError.invalidSetting(
                name: "population width", found: "0", expected: "1 to 1000000")
        ) { try Population(genes: [], width: 0) }
    }

    @Test func `the first individual outside the space is named`() throws {
        let rows = [[1, 1, 1], [1, 9, 1], [7, 1, 1]].map { Genotype($0) }
        let space = try ChoiceSpace(
            name: "three",
            choices: (0..<3).map { Choice(name: "c\($0)", options: ["a", "b", "c"]) })
        let population = try Population(rows, width: 3)
        let fault = try #require(population.fault(in: space))
        #expect(fault.row == 1)
        #expect(
            fault.error
                == .invalidGene(index: 1, name: "c1", found: 9, allowed: [0, 1, 2]))
    }
}

struct PopulationOperatorTests {
    /// Per-gene mutation and uniform crossover over all genes at once, as scripts write them.
    private func variation(_ space: ChoiceSpace) throws -> Variation<Genotype> {
        var variation = try Variation(over: space)
        variation.work(
            mutation: { parents, rng in
                var genes = parents.genes
                for place in rng.places(genes.count, probability: 0.1) {
                    genes[place] = rng.integer(below: 5)
                }
                return try Population(genes: genes, width: parents.width)
            },
            crossover: { first, second, rng in
                var genes = first.genes
                for place in rng.places(genes.count, probability: 0.5) {
                    genes[place] = second.genes[place]
                }
                return try Population(genes: genes, width: first.width)
            }, on: space)
        return variation
    }

    @Test(arguments: Method.allCases)
    func `strategies ask for new and valid genotypes of batch operators`(_ method: Method) throws {
        let space = try tenChoices()
        for seed in 0..<6 {
            var strategy = try method.make(variation(space), seed: UInt64(seed))
            var again = try method.make(variation(space), seed: UInt64(seed))
            var seen: Set<Genotype> = []
            for generation in 0..<12 {
                let batch = try strategy.ask(3 + 5 * (generation % 6))
                #expect(batch.count == 3 + 5 * (generation % 6))
                #expect(try again.ask(batch.count) == batch)
                for genotype in batch {
                    try space.validate(genotype)
                    #expect(seen.insert(genotype).inserted)
                }
                try strategy.tell(method.evaluate(batch))
                try again.tell(method.evaluate(batch))
            }
        }
    }

    @Test(arguments: Method.allCases)
    func `a small space is asked for entirely by batches too`(_ method: Method) throws {
        let space = try ChoiceSpace(
            name: "small",
            choices: (0..<4).map { Choice(name: "c\($0)", options: ["a", "b", "c", "d", "e"]) })
        var strategy = try method.make(variation(space), seed: 4)
        var asked: [Genotype] = []
        while case let batch = try strategy.ask(50), !batch.isEmpty {
            asked += batch
            try strategy.tell(method.evaluate(batch))
        }
        #expect(asked.count == 625)
        #expect(Set(asked).count == 625)
    }

    @Test func `evolution by batches gets nearer to the target than random search`() throws {
        let space = try tenChoices()
        func mean(_ method: Method) throws -> Double {
            var total = 0.0
            for seed in 0..<20 {
                var strategy = try method.make(variation(space), seed: UInt64(seed))
                var best = Double.infinity
                for _ in 0..<15 {
                    let batch = try strategy.ask(20)
                    let told = Method.nsga2.evaluate(batch)
                    best = min(best, told.map { $0.objectives[0] }.min() ?? best)
                    try strategy.tell(method == .nsga2 ? told : method.evaluate(batch))
                }
                total += best / 20
            }
            return total
        }
        #expect(try mean(.nsga2) < mean(.random) - 0.5)
    }

    @Test func `an operator for single genotypes works beside one for populations`() throws {
        let space = try tenChoices()
        var variation = try Variation(over: space)
        // Marks what each operator has seen: gene 0 by the batch, gene 1 by the single one.
        variation.crossover = { first, _, _ in
            var child = first
            child.genes[1] = 4
            return child
        }
        variation.sample = { rng in
            Genotype([0, 0] + (0..<8).map { _ in rng.integer(below: 5) })
        }
        variation.work(
            mutation: { parents, rng in
                var genes = parents.genes
                for row in 0..<parents.count {
                    genes[10 * row] = 3
                    for gene in 2..<10 { genes[10 * row + gene] = rng.integer(below: 5) }
                }
                return try Population(genes: genes, width: 10)
            }, on: space)
        var strategy = try NSGA2(
            variation: variation,
            options: NSGA2Options(populationSize: 8, crossoverProbability: 1),
            rng: RandomStream(seed: 2))
        try strategy.tell(Method.nsga2.evaluate(try strategy.ask(8)))
        for child in try strategy.ask(8) { #expect(Array(child.genes.prefix(2)) == [3, 4]) }
        var rng = RandomStream(seed: 1)
        #expect(try variation.mutate(Genotype(Array(repeating: 0, count: 10)), &rng).genes[0] == 3)
    }

    @Test func `what a batch operator gets wrong is an error, and the strategy stays`() throws {
        let space = try tenChoices()
        func complaint(
            _ children: @escaping (Population) throws -> Population
        ) throws -> String {
            var variation = try Variation(over: space)
            variation.work(mutation: { parents, _ in try children(parents) }, on: space)
            var strategy = try RegularizedEvolution(
                variation: variation,
                options: RegularizedEvolutionOptions(populationSize: 4, sampleSize: 2),
                rng: RandomStream(seed: 1))
            try strategy.tell(Method.regularized.evaluate(try strategy.ask(4)))
            let before = strategy.state.ledger.proposed
            do {
                _ = try strategy.ask(3)
                return "no error"
            } catch {
                #expect(strategy.state.ledger.proposed == before)
                #expect(strategy.state.ledger.pending.isEmpty)
                return "\(error)"
            }
        }
        #expect(
            try complaint { try Population($0.genotypes.dropLast(), width: 10) }
                == "the offspring of mutation has 20 numbers; expected 30")
        let wrong = try complaint { parents in
            var genes = parents.genes
            genes[12] = 5
            return try Population(genes: genes, width: 10)
        }
        #expect(wrong.hasPrefix("mutation made an invalid genome: "))
        #expect(wrong.contains("c2"))
        #expect(
            try complaint { _ in
                throw EvolutionError.notFinite(what: "the operator's own", found: "nan")
            } == "the operator's own is nan; expected a finite number")
    }
}
