internal import Evaluation
import Tasks
import Components
import Datasets
import Evolution
import Experiments
import Randomness
import Records
import SearchSpaces

/// Calls components many times on toy data and looks whether they keep their contracts.
///
/// A child is valid, its parents stay as they are, and the same arguments and seed give the same
/// result: components keep no state between calls.
struct ContractCheck {
    /// Builds components by name, or from functions of the script.
    let builder: ComponentBuilder
    /// The space that genotypes are of.
    let space: any SearchSpace
    /// How often each component is called; twice as often, in truth, to compare.
    let calls: Int
    /// Meta-updates of the pretended run.
    var updates = 1_000
    /// Generations of the pretended run.
    var generations = 20
    /// Classes, support and query examples of the pretended episodes.
    var ways = 5
    /// Support examples per class.
    var shots = 1
    /// Query examples per class.
    var queries = 5

    /// Runs a call twice for each seed and compares.
    func repeated<Value: Equatable>(
        _ location: PlanLocation, _ point: ExtensionPoint,
        _ call: (Int, inout RandomStream) throws -> Value
    ) throws {
        for number in 0..<calls {
            let stream = RandomStream(seed: 0).split("check").split(number)
            var (first, second) = (stream, stream)
            let once = try call(number, &first)
            guard try call(number, &second) == once, first == second else {
                throw ScriptingError.brokenContract(
                    at: location, point: point,
                    problem: "the same arguments and seed gave two different results (call "
                        + "\(number + 1)); keep no state between calls")
            }
        }
    }

    private func parent(_ number: Int, _ name: String) throws -> Genotype {
        var rng = RandomStream(seed: 0).split("parents").split(name).split(number)
        return try space.sample(&rng)
    }

    /// Refuses a child that is not of the space; a script's own is refused where it is read.
    private func checked(
        _ child: Genotype, _ location: PlanLocation, _ point: ExtensionPoint
    ) throws -> Genotype {
        do throws(SearchSpaceError) {
            try space.validate(child)
            return child
        } catch {
            throw ScriptingError.brokenContract(at: location, point: point, problem: "\(error)")
        }
    }

    func mutation(_ selection: ComponentSelection, at location: PlanLocation) throws {
        // Gentle and violent rates in turn: an operator has to bear what a schedule sets.
        let operators = try [0.1, 0.5, 1].map {
            try builder.with(probability: $0).make(selection, at: .mutation)
        }
        try repeated(location, .mutation) { number, rng in
            try checked(
                operators[number % operators.count](try parent(number, "a"), space, &rng), location,
                .mutation)
        }
        guard case .batch(let mutate) = operators[0] else { return }
        try repeated(location, .mutation) { number, rng in
            try checked(mutate(parents(number, "a"), space, &rng), location, .mutation)
        }
    }

    /// Populations of one individual to seven.
    private func parents(_ number: Int, _ name: String) throws -> Population {
        try Population(
            try (0...(number % 7)).map { try parent(8 * number + $0, name) },
            width: space.choices.count)
    }

    private func checked(
        _ children: Population, _ location: PlanLocation, _ point: ExtensionPoint
    ) throws -> Population {
        for index in 0..<children.count { _ = try checked(children[index], location, point) }
        return children
    }

    func crossover(_ selection: ComponentSelection, at location: PlanLocation) throws {
        guard let cross = try builder.make(selection, at: .crossover) else { return }
        try repeated(location, .crossover) { number, rng in
            // Every tenth time both parents are the same.
            let other = try parent(number, number % 10 == 9 ? "a" : "b")
            return try checked(
                cross(try parent(number, "a"), other, space, &rng), location, .crossover)
        }
        guard case .batch(let cross) = cross else { return }
        try repeated(location, .crossover) { number, rng in
            try checked(
                cross(parents(number, "a"), parents(number, "b"), space, &rng), location,
                .crossover)
        }
    }

    func pathSampler(_ selection: ComponentSelection, at location: PlanLocation) throws {
        let sample = try builder.make(selection, at: .pathSampler)
        try repeated(location, .pathSampler) { number, rng in
            // Before the first generation there is no population.
            let members = number % 3 == 0 ? 0 : 5
            let population = try (0..<members).map { try parent($0, "population") }
            return try checked(
                sample(
                    PathContext(
                        progress: progress(number), space: space, population: population), &rng),
                location, .pathSampler)
        }
    }

    func objective(_ selection: ComponentSelection, at location: PlanLocation) throws {
        let objective = try builder.make(selection, at: .objective)
        try repeated(location, .objective) { number, rng in
            try objective.minimized(
                SubnetSummary(
                    genotype: try parent(number, "a"), space: space,
                    parameters: rng.integer(in: 1_000...10_000_000),
                    multiplyAdds: rng.integer(in: 10_000...1_000_000_000),
                    queryError: rng.uniform(), queryLoss: 5 * rng.uniform()))
        }
    }

    func schedule(_ selection: ComponentSelection, at location: PlanLocation) throws {
        let schedule = try builder.make(selection, at: .schedule)
        try repeated(location, .schedule) { number, _ in try schedule(progress(number)) }
    }

    func taskSampler(_ selection: ComponentSelection, at location: PlanLocation) throws {
        let sample = try builder.make(selection, at: .taskSampler)
        let classes = (0..<max(ways, 20)).map { index in
            TaskContext.Class(
                index: 3 * index, name: "character\(index)", group: "alphabet\(index / 5)",
                rotation: 0, examples: shots + queries + index % 3)
        }
        try repeated(location, .taskSampler) { number, rng in
            try sample(
                TaskContext(
                    dataset: "check", classes: classes, ways: ways, shots: shots,
                    queries: queries, progress: progress(number)), &rng)
        }
    }

    /// How often a strategy is called: as often to ask as to tell.
    var strategyCalls: Int { 2 * max(1, calls / 50) }

    /// Runs a strategy for some generations on a toy objective, each step twice from one state.
    func strategy(_ selection: ComponentSelection, at location: PlanLocation) throws {
        let space = space
        let plan = try builder.make(selection, at: .strategy)
        var variation = Variation<Genotype>(
            sample: { try space.sample(&$0) }, mutate: { parent, _ in parent })
        variation.fault = { genotype in
            do throws(SearchSpaceError) {
                try space.validate(genotype)
                return nil
            } catch { return error.description }
        }
        let target = try parent(0, "target").genes
        var strategy = try plan.strategy(
            variation, on: space, rng: RandomStream(seed: 0).split("check").split("strategy"),
            resuming: nil, builder)
        for generation in 0..<strategyCalls / 2 {
            var (first, second) = (strategy, strategy)
            let asked = try first.ask(10)
            let evaluations = asked.map { genotype in
                let wrong = zip(genotype.genes, target).count { $0 != $1 }
                // A failed evaluation now and then: a strategy has to bear it.
                let isFailed = generation % 5 == 4 && wrong % 3 == 0
                return Evaluation(genotype, objectives: [isFailed ? .infinity : Double(wrong)])
            }
            try first.tell(evaluations)
            guard try second.ask(10) == asked else {
                throw broken(location, "the same state and seed gave two different proposals")
            }
            try second.tell(evaluations)
            guard second.state.memory == first.state.memory,
                second.population == first.population
            else { throw broken(location, "the same evaluations gave two different states") }
            strategy = first
            try strategy.revise(strategy.population)
        }
        if let delegated = plan as? DelegatedPlan { try proposes(delegated, location) }
    }

    /// A strategy of functions proposes as many as it is asked for; the run would fill up with random
    /// samples.
    private func proposes(_ plan: DelegatedPlan, _ location: PlanLocation) throws {
        let delegate = try plan.delegate(on: space, builder)
        var rng = RandomStream(seed: 0).split("check").split("proposes")
        let memory = try delegate.begin(&rng)
        for count in [1, 7] where Double(count) < space.size / 4 {
            let found = try delegate.ask(memory, count, &rng).genomes.count
            guard found == count else {
                throw ScriptingError.brokenContract(
                    at: location, point: .strategy,
                    problem:
                        "asked for \(count) genotypes, ask returned \(found); a run would fill "
                        + "up with random samples")
            }
        }
    }

    /// Hands a reporter one event of each kind.
    func reporter(_ selection: ComponentSelection, at location: PlanLocation) throws {
        let report = try builder.make(selection, at: .reporter)
        for event in Event.examples { try report(event) }
    }

    private func broken(_ location: PlanLocation, _ problem: String) -> ScriptingError {
        .brokenContract(
            at: location, point: .strategy,
            problem: problem + "; keep everything that must be remembered in the state")
    }

    /// Points of a run, its ends included, phase after phase.
    func progress(_ number: Int) -> RunProgress {
        let phases = RunProgress.Phase.allCases
        let last = max(calls - 1, 1)
        let generation = number * generations / last
        return RunProgress(
            phase: phases[min(number * phases.count / calls, phases.count - 1)],
            update: number * max(updates, 1) / last, updates: max(updates, 1),
            generation: generation, generations: generations,
            history: (0..<min(generation, 1_000)).map { 0.5 / Double($0 / 3 + 1) })
    }
}
