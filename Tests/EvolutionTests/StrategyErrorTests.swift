import Evolution
import Foundation
import Randomness
import SearchSpaces
import Testing

struct StrategyErrorTests {
    @Test(arguments: Method.allCases)
    func `a wrong tell is refused and changes nothing`(_ method: Method) throws {
        var strategy = try method.make(Variation(over: tenChoices()), seed: 4)
        let batch = try strategy.ask(8)
        let told = method.evaluate(batch)
        try strategy.tell(Array(told.prefix(4)))
        let before = (strategy.population, strategy.state.ledger.pending)
        let stranger = Genotype(Array(repeating: 4, count: 10))
        #expect(throws: EvolutionError.unknownGenome(genome: "\(stranger)")) {
            try strategy.tell([told[4]] + method.evaluate([stranger]))
        }
        #expect(throws: EvolutionError.alreadyTold(genome: "\(batch[0])")) {
            try strategy.tell([told[5], told[0]])
        }
        #expect(throws: EvolutionError.alreadyTold(genome: "\(batch[5])")) {
            try strategy.tell([told[5], told[5]])
        }
        #expect(throws: EvolutionError.self) {
            try strategy.tell([told[4], Evaluation(batch[5], objectives: [1, 2, 3])])
        }
        #expect(throws: EvolutionError.self) {
            try strategy.tell([Evaluation(batch[5], objectives: [])])
        }
        #expect(throws: EvolutionError.unboundedObjective(genome: "\(batch[6])", objective: 0)) {
            try strategy.tell([
                Evaluation(
                    batch[6],
                    objectives: Array(repeating: -.infinity, count: method.objectives))
            ])
        }
        #expect(throws: EvolutionError.unknownGenome(genome: "\(batch[7])")) {
            try strategy.revise([told[7]])
        }
        #expect(strategy.population == before.0)
        #expect(strategy.state.ledger.pending == before.1)
        try strategy.tell(Array(told.suffix(4)))
        #expect(strategy.state.ledger.pending == [])
        #expect(strategy.state.ledger.toldCount == 8)
    }

    @Test func `messages say what, where, expected and found`() {
        #expect(
            "\(EvolutionError.objectiveCount(strategy: "(μ+λ) evolution", found: 2, expected: 1))"
                == "(μ+λ) evolution takes 1 objective per evaluation, found 2; "
                + "for several objectives use NSGA2")
        #expect(
            "\(EvolutionError.objectiveCount(strategy: "NSGA-II", found: 1, expected: 2))"
                == "NSGA-II takes 2 objectives per evaluation, found 1")
        #expect(
            "\(EvolutionError.invalidSetting(name: "tries", found: "0", expected: "1 to 9"))"
                == "tries is 0; expected 1 to 9")
        #expect(
            "\(EvolutionError.unknownGenome(genome: "[1]"))"
                == "told of a genome that was not asked for: [1]; tell only what ask returned")
    }

    private struct Broken: Error, Equatable {}

    @Test(arguments: [Method.regularized, .muPlusLambda, .nsga2])
    func `an invalid child names its operator and leaves the strategy as it was`(
        _ method: Method
    ) throws {
        var variation = try Variation(over: tenChoices())
        let good = variation.mutate
        let isBroken = Switch()
        variation.names.mutate = "mutation of plan.lua:12"
        variation.mutate = { isBroken.isOn ? Genotype([7]) : try good($0, &$1) }
        variation.crossover = nil
        if method == .muPlusLambda {
            #expect(
                throws: EvolutionError.invalidSetting(
                    name: "crossovers", found: "6",
                    expected: "0, as the variation has no crossover")
            ) { try method.make(variation, seed: 1) }
            variation.crossover = { parent, _, _ in parent }
        }
        var strategy = try method.make(variation, seed: 1)
        try strategy.tell(method.evaluate(try strategy.ask(20)))
        var twin = strategy
        isBroken.isOn = true
        let error = #expect(throws: EvolutionError.self) { try strategy.ask(5) }
        #expect(
            error.map { "\($0)" }
                == "mutation of plan.lua:12 made an invalid genome: a genotype of the space ten "
                + "has 10 genes; found 1. It returned [7]; return a valid genome, or pass it "
                + "through the space's repair")
        isBroken.isOn = false
        #expect(try strategy.ask(5) == twin.ask(5))
    }

    /// What a closure of the test looks up.
    private final class Switch {
        var isOn = false
    }

    @Test func `an operator's own error comes through as it is`() throws {
        var variation = try Variation(over: tenChoices())
        variation.mutate = { _, _ in throw Broken() }
        var strategy = try Method.regularized.make(variation, seed: 1)
        try strategy.tell(Method.regularized.evaluate(try strategy.ask(20)))
        #expect(throws: Broken()) { try strategy.ask(1) }
        variation.sample = { _ in throw Broken() }
        var random = try Method.random.make(variation, seed: 1)
        #expect(throws: Broken()) { try random.ask(1) }
    }

    @Test func `an operator that only returns its parent ends in random samples, not in a loop`()
        throws
    {
        var variation = try Variation(over: tenChoices())
        variation.mutate = { parent, _ in parent }
        variation.crossover = { parent, _, _ in parent }
        for method in Method.allCases {
            var strategy = try method.make(variation, seed: 8)
            try strategy.tell(method.evaluate(try strategy.ask(20)))
            #expect(try strategy.ask(30).count == 30)
        }
        let only = Genotype(Array(repeating: 0, count: 10))
        variation.sample = { _ in only }
        variation.listing = nil
        for method in Method.allCases {
            var strategy = try method.make(variation, seed: 8)
            #expect(try strategy.ask(20) == [only])
        }
    }

    @Test func `settings out of range are refused`() throws {
        let variation = try Variation(over: tenChoices())
        let rng = RandomStream(seed: 1)
        #expect(throws: EvolutionError.self) {
            try RandomSearch(variation: variation, rng: rng, tries: 0)
        }
        for options in [
            MuPlusLambdaOptions(parents: 0), MuPlusLambdaOptions(initial: 0),
            MuPlusLambdaOptions(mutants: -1), MuPlusLambdaOptions(tournament: 0),
            MuPlusLambdaOptions(mutants: 0, crossovers: 0), MuPlusLambdaOptions(randoms: Int.max),
        ] {
            #expect(throws: EvolutionError.self) {
                try MuPlusLambda(variation: variation, options: options, rng: rng)
            }
        }
        for options in [
            NSGA2Options(populationSize: 0), NSGA2Options(crossoverProbability: -0.1),
            NSGA2Options(crossoverProbability: .nan), NSGA2Options(tries: Int.max),
        ] {
            #expect(throws: EvolutionError.self) {
                try NSGA2(variation: variation, options: options, rng: rng)
            }
        }
        for options in [
            RegularizedEvolutionOptions(populationSize: 0),
            RegularizedEvolutionOptions(sampleSize: 0),
        ] {
            #expect(throws: EvolutionError.self) {
                try RegularizedEvolution(variation: variation, options: options, rng: rng)
            }
        }
    }

    @Test func `an edited state is refused instead of trusted`() throws {
        var strategy = try Method.nsga2.make(Variation(over: tenChoices()), seed: 4)
        try strategy.tell(Method.nsga2.evaluate(try strategy.ask(3)))
        let text = String(decoding: try JSONEncoder().encode(strategy.state), as: UTF8.self)
        func decode(_ text: String) throws -> StrategyState<Genotype> {
            try JSONDecoder().decode(StrategyState<Genotype>.self, from: Data(text.utf8))
        }
        _ = try decode(text)
        for (part, edited) in [
            ("\"objectiveCount\":2", "\"objectiveCount\":3"),
            ("\"told\":[true,true,true]", "\"told\":[true,true]"),
            ("\"proposed\":[", "\"proposed\":[{\"genes\":[1]},{\"genes\":[1]},"),
            ("\"genes\":", "\"gens\":"),
        ] {
            let changed = text.replacingOccurrences(of: part, with: edited)
            #expect(changed != text)
            #expect(throws: DecodingError.self, "\(part)") { try decode(changed) }
        }
    }

    @Test func `failed objectives survive JSON as null`() throws {
        let evaluation = Evaluation(Genotype([1]), objectives: [0.5, .infinity])
        let text = try JSONEncoder().encode(evaluation)
        #expect(String(decoding: text, as: UTF8.self).contains("[0.5,null]"))
        #expect(try JSONDecoder().decode(Evaluation<Genotype>.self, from: text) == evaluation)
    }
}
