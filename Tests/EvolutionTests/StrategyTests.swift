import Evolution
import Foundation
import Randomness
import SearchSpaces
import Testing

struct StrategyTests {
    @Test(arguments: Method.allCases)
    func `nothing is asked for twice and everything is valid`(_ method: Method) throws {
        let space = try CellSpace(nodes: 2)
        for seed in 0..<10 {
            var strategy = try method.make(Variation(over: space), seed: UInt64(seed))
            var seen: Set<Genotype> = []
            for generation in 0..<15 {
                let batch = try strategy.ask(1 + generation % 7 * 4)
                #expect(batch.count == 1 + generation % 7 * 4)
                for genotype in batch {
                    try space.validate(genotype)
                    #expect(seen.insert(genotype).inserted)
                }
                try strategy.tell(method.evaluate(batch))
            }
        }
    }

    @Test(arguments: Method.allCases)
    func `a small space is asked for entirely, and then no more`(_ method: Method) throws {
        let space = try CellSpace(nodes: 1, operations: [.skip, .max3, .sep3])
        for seed in 0..<5 {
            var strategy = try method.make(Variation(over: space), seed: UInt64(seed))
            var asked: [Genotype] = []
            while case let batch = try strategy.ask(16), !batch.isEmpty {
                asked += batch
                try strategy.tell(method.evaluate(batch))
                #expect(asked.count <= 81)
            }
            #expect(Set(asked).count == 81)
            #expect(asked.count == 81)
            #expect(try strategy.ask(1).isEmpty)
        }
    }

    @Test(arguments: Method.allCases)
    func `the same seed asks for the same, and another for other`(_ method: Method) throws {
        let variation = try Variation(over: tenChoices())
        func asks(_ seed: UInt64) throws -> [Genotype] {
            var strategy = try method.make(variation, seed: seed)
            var asked: [Genotype] = []
            for _ in 0..<8 {
                let batch = try strategy.ask(10)
                asked += batch
                try strategy.tell(method.evaluate(batch))
            }
            return asked
        }
        #expect(try asks(1) == asks(1))
        #expect(try asks(1) != asks(2))
    }

    @Test(arguments: Method.allCases)
    func `how asks are divided between two tells does not matter`(_ method: Method) throws {
        let variation = try Variation(over: tenChoices())
        var whole = try method.make(variation, seed: 5)
        var parts = try method.make(variation, seed: 5)
        for _ in 0..<6 {
            let batch = try whole.ask(12)
            var pieces: [Genotype] = []
            for size in [1, 0, 4, 7, -3] { pieces += try parts.ask(size) }
            #expect(batch == pieces)
            try whole.tell(method.evaluate(batch))
            try parts.tell(method.evaluate(batch))
        }
    }

    @Test(arguments: Method.allCases)
    func `a run restored from its text continues as the unbroken one`(_ method: Method) throws {
        let variation = try Variation(over: tenChoices())
        for stop in [0, 1, 3, 6] {
            var unbroken = try method.make(
                variation, seed: 9, seeds: [Genotype([1, 1, 1, 1, 1, 1, 1, 1, 1, 1])])
            var broken = unbroken
            for generation in 0..<9 {
                let batch = try unbroken.ask(10)
                #expect(try broken.ask(10) == batch)
                // Stopped between ask and tell, with some told and one failed.
                var told = method.evaluate(batch)
                told[2] = Evaluation(
                    told[2].genome, objectives: Array(repeating: .nan, count: method.objectives))
                try unbroken.tell(Array(told.prefix(7)))
                try broken.tell(Array(told.prefix(7)))
                if generation == stop { broken = try method.restored(broken, variation) }
                #expect(broken.state.ledger.pending == unbroken.state.ledger.pending)
                try unbroken.tell(Array(told.suffix(3)))
                try broken.tell(Array(told.suffix(3)))
                #expect(broken.population == unbroken.population)
            }
        }
    }

    @Test(arguments: [Method.regularized, .muPlusLambda, .nsga2])
    func `evolution gets nearer to the target than random search`(_ method: Method) throws {
        let variation = try Variation(over: tenChoices())
        func mean(_ method: Method, evaluating: Method) throws -> Double {
            var total = 0.0
            for seed in 0..<20 {
                var strategy = try method.make(variation, seed: UInt64(seed))
                var best = Double.infinity
                for _ in 0..<15 {
                    let told = evaluating.evaluate(try strategy.ask(20))
                    best = min(best, told.map { $0.objectives[0] }.min() ?? best)
                    try strategy.tell(told)
                }
                total += best / 20
            }
            return total
        }
        // 300 random genotypes come to about 4.6 of 10 genes wrong; evolution to less.
        let evolved = try mean(method, evaluating: method)
        let random = try mean(.random, evaluating: method)
        #expect(evolved < random - 0.5, "\(evolved) against \(random)")
    }

    @Test(arguments: Method.allCases)
    func `seeds are asked for first, each once`(_ method: Method) throws {
        let seeds = [[1], [2], [1], [3]].map { Genotype(Array(repeating: $0[0], count: 10)) }
        var strategy = try method.make(Variation(over: tenChoices()), seed: 3, seeds: seeds)
        let asked = try strategy.ask(5)
        #expect(Array(asked.prefix(3)) == [seeds[0], seeds[1], seeds[3]])
        #expect(Set(asked).count == 5)
        #expect(throws: EvolutionError.self) {
            try method.make(Variation(over: tenChoices()), seed: 3, seeds: [Genotype([9])])
        }
    }

    @Test func `regularized evolution lets the oldest die, however good`() throws {
        var strategy = try RegularizedEvolution(
            variation: Variation(over: tenChoices()),
            options: RegularizedEvolutionOptions(populationSize: 4, sampleSize: 2),
            rng: RandomStream(seed: 1))
        let batch = try strategy.ask(6)
        try strategy.tell(batch.enumerated().map { Evaluation($1, objectives: [Double($0)]) })
        #expect(strategy.population.map(\.genome) == Array(batch.suffix(4)))
        #expect(strategy.best?.genome == batch[2])
    }

    @Test func `parents are the best ever seen, and revised ones change places`() throws {
        var strategy = try MuPlusLambda(
            variation: Variation(over: tenChoices()),
            options: MuPlusLambdaOptions(initial: 6, parents: 3), rng: RandomStream(seed: 1))
        let batch = try strategy.ask(6)
        let scores = [5, 1, 4, 1, .nan, 3]
        try strategy.tell(zip(batch, scores).map { Evaluation($0, objectives: [$1]) })
        #expect(strategy.population.map(\.genome) == [batch[1], batch[3], batch[5]])
        let next = try strategy.ask(2)
        try strategy.tell(zip(next, [2, 9]).map { Evaluation($0, objectives: [$1]) })
        #expect(strategy.population.map(\.genome) == [batch[1], batch[3], next[0]])
        try strategy.revise([
            Evaluation(batch[1], objectives: [7]), Evaluation(batch[0], objectives: [0]),
        ])
        #expect(strategy.population.map(\.genome) == [batch[3], next[0], batch[1]])
        #expect(strategy.population.map { $0.objectives[0] } == [1, 2, 7])
    }

    @Test func `a generation is made of mutants, crossovers and random ones in order`() throws {
        let space = try tenChoices()
        var variation = try Variation(over: space)
        variation.sample = { Genotype([0] + space.sample(&$0).genes.dropFirst()) }
        variation.mutate = {
            Genotype([1] + space.repair($0).genes[1...8] + [$1.integer(below: 5)])
        }
        variation.crossover = { a, b, rng in
            Genotype([2] + (1...9).map { rng.chance(0.5) ? a.genes[$0] : b.genes[$0] })
        }
        var strategy = try MuPlusLambda(
            variation: variation,
            options: MuPlusLambdaOptions(
                initial: 10, parents: 4, mutants: 3, crossovers: 2, randoms: 1),
            rng: RandomStream(seed: 2))
        try strategy.tell(Method.random.evaluate(try strategy.ask(10)))
        let origins = try strategy.ask(12).map { $0.genes[0] }
        #expect(origins == [1, 1, 1, 2, 2, 0, 1, 1, 1, 2, 2, 0])
    }

    @Test func `the settings of single-path one-shot search are those of its paper`() {
        let options = MuPlusLambdaOptions.singlePathOneShot
        #expect(options.initial == 50)
        #expect(options.parents == 10)
        #expect(options.mutants == 25)
        #expect(options.crossovers == 25)
        #expect(options.children == 50)
        #expect(options.tournament == 1)
    }

    @Test func `NSGA-II keeps the front and puts failures last`() throws {
        var strategy = try NSGA2(
            variation: Variation(over: tenChoices()), options: NSGA2Options(populationSize: 4),
            rng: RandomStream(seed: 1))
        let batch = try strategy.ask(6)
        let objectives: [[Double]] = [
            [0, .nan], [3, 3], [1, 2], [2, 1], [4, 4], [-1, .infinity],
        ]
        try strategy.tell(zip(batch, objectives).map { Evaluation($0, objectives: $1) })
        #expect(strategy.population.map(\.genome) == [batch[2], batch[3], batch[1], batch[4]])
        #expect(strategy.ranks == [0, 0, 1, 2])
        #expect(strategy.front.map(\.genome) == [batch[2], batch[3]])
        try strategy.revise([Evaluation(batch[4], objectives: [0, 0])])
        #expect(strategy.front.map(\.genome) == [batch[4]])
    }
}
