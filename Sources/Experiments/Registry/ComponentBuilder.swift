public import Evolution
public import Records
public import SearchSpaces

/// Makes the closures that a plan names: from a registered component's factory, or from a function
/// of the script.
public struct ComponentBuilder {
    /// What names mean.
    public let registry: Registry
    /// What functions mean.
    public let scripts: any ScriptFunctionResolver

    /// A builder over these components and functions.
    public init(registry: Registry, scripts: any ScriptFunctionResolver = NoScripts()) {
        self.registry = registry
        self.scripts = scripts
    }

    /// The mutation that a plan names, at the rate 0…1 that the strategy or the schedule sets now.
    ///
    /// - Throws: What the factory or the script host throws.
    public func mutation(
        _ selection: ComponentSelection, probability: Double
    ) throws -> MutationForm {
        switch try resolve(selection, .mutation) {
        case .function(let function): return .single(try scripts.mutation(function))
        case .registered(.mutation(let make), let options, _):
            return .single(try make(options, context(probability)))
        case .registered(.batchMutation(let make), let options, _):
            return .batch(try make(options, context(probability)))
        case .registered(_, _, let name): throw misfit(name, .mutation)
        }
    }

    /// The crossover that a plan names; nil where parents are never combined.
    ///
    /// - Throws: What the factory or the script host throws.
    public func crossover(_ selection: ComponentSelection) throws -> CrossoverForm? {
        switch try resolve(selection, .crossover) {
        case .function(let function): return .single(try scripts.crossover(function))
        case .registered(.crossover(let make), let options, _):
            return try make(options, context()).map { .single($0) }
        case .registered(.batchCrossover(let make), let options, _):
            return .batch(try make(options, context()))
        case .registered(_, _, let name): throw misfit(name, .crossover)
        }
    }

    /// The path sampler that a plan names.
    ///
    /// - Throws: What the factory or the script host throws.
    public func pathSampler(_ selection: ComponentSelection) throws -> PathSampler {
        switch try resolve(selection, .pathSampler) {
        case .function(let function): return try scripts.pathSampler(function)
        case .registered(.pathSampler(let make), let options, _):
            return try make(options, context())
        case .registered(_, _, let name): throw misfit(name, .pathSampler)
        }
    }

    /// The path sampler that takes this share of paths from the population, as a schedule may ask.
    public func pathSampler(populationFraction: Double) -> PathSampler {
        { context, rng in
            try BuiltIns.samplePath(context, populationFraction: populationFraction, &rng)
        }
    }

    /// The task sampler that a plan names.
    ///
    /// - Throws: What the factory or the script host throws.
    public func taskSampler(_ selection: ComponentSelection) throws -> TaskSampler {
        switch try resolve(selection, .taskSampler) {
        case .function(let function): return try scripts.taskSampler(function)
        case .registered(.taskSampler(let make), let options, _):
            return try make(options, context())
        case .registered(_, _, let name): throw misfit(name, .taskSampler)
        }
    }

    /// The schedule that a plan names.
    ///
    /// - Throws: What the factory or the script host throws.
    public func schedule(_ selection: ComponentSelection) throws -> Schedule {
        switch try resolve(selection, .schedule) {
        case .function(let function): return try scripts.schedule(function)
        case .registered(.schedule(let make), let options, _):
            return try make(options, context())
        case .registered(_, _, let name): throw misfit(name, .schedule)
        }
    }

    /// The objective that a plan names. A bare function is minimized, and named after its place.
    ///
    /// - Throws: What the factory or the script host throws.
    public func objective(_ selection: ComponentSelection) throws -> Objective {
        switch try resolve(selection, .objective) {
        case .function(let function):
            return Objective(
                name: function.description, unit: nil, direction: .minimize,
                evaluate: try scripts.objective(function))
        case .registered(.objective(let make), let options, _):
            return try make(options, context())
        case .registered(_, _, let name): throw misfit(name, .objective)
        }
    }

    /// The candidate operation that a plan names; not for those of the core.
    ///
    /// - Throws: What the factory or the script host throws.
    public func operation(_ selection: ComponentSelection) throws -> OperationDefinition {
        switch try resolve(selection, .operation) {
        case .registered(.operation(let make), let options, _):
            return try make(options, context())
        case .registered(_, _, let name): throw misfit(name, .operation)
        case .function(let function): throw misfit(function.description, .operation)
        }
    }

    /// The space that a plan names; not for those of the core.
    ///
    /// - Throws: What the factory or the script host throws.
    public func space(_ selection: ComponentSelection) throws -> SpaceDefinition {
        switch try resolve(selection, .space) {
        case .registered(.space(let make), let options, _):
            return try make(options, context())
        case .registered(_, _, let name): throw misfit(name, .space)
        case .function(let function): throw misfit(function.description, .space)
        }
    }

    /// The learner that a plan names; not for those of the core.
    ///
    /// - Throws: What the factory or the script host throws.
    public func learner(_ selection: ComponentSelection) throws -> LearnerDefinition {
        switch try resolve(selection, .learner) {
        case .registered(.learner(let make), let options, _):
            return try make(options, context())
        case .registered(_, _, let name): throw misfit(name, .learner)
        case .function(let function): throw misfit(function.description, .learner)
        }
    }

    /// The search method that a plan names.
    ///
    /// - Throws: What the factory or the script host throws.
    public func method(_ selection: ComponentSelection) throws -> any SearchMethod {
        switch try resolve(selection, .method) {
        case .registered(.method(let make), let options, _):
            return try make(options, context())
        case .registered(_, _, let name): throw misfit(name, .method)
        case .function(let function): throw misfit(function.description, .method)
        }
    }

    /// The row that a plan names.
    ///
    /// - Throws: What the factory throws.
    public func arm(_ selection: ComponentSelection) throws -> any Arm {
        switch try resolve(selection, .arm) {
        case .registered(.arm(let make), let options, _): return try make(options, context())
        case .registered(_, _, let name): throw misfit(name, .arm)
        case .function(let function): throw misfit(function.description, .arm)
        }
    }

    /// The functions of a strategy that a plugin registered.
    ///
    /// - Throws: What the factory throws; `invalidComponent` for a strategy of the core, which is
    ///   made from the typed plan.
    public func strategy(
        _ selection: ComponentSelection, space: any SearchSpace
    ) throws -> StrategyDelegate<Genotype> {
        switch try resolve(selection, .strategy) {
        case .registered(.strategy(let make), let options, _):
            return try make(options, space, context())
        case .registered(_, _, let name): throw misfit(name, .strategy)
        case .function: throw misfit(selection.title, .strategy)
        }
    }

    /// The reporter that a plan names.
    ///
    /// - Throws: What the factory throws.
    public func reporter(_ selection: ComponentSelection) throws -> (Event) throws -> Void {
        switch try resolve(selection, .reporter) {
        case .registered(.reporter(let make), let options, _):
            return try make(options, context())
        case .registered(_, _, let name): throw misfit(name, .reporter)
        case .function: throw misfit(selection.title, .reporter)
        }
    }

    // MARK: Resolution

    private enum Resolved {
        case function(ScriptFunction)
        case registered(ComponentFactory, Options, name: String)
    }

    private func context(_ probability: Double = 0) -> ComponentContext {
        ComponentContext(scripts: scripts, probability: probability)
    }

    private func resolve(
        _ selection: ComponentSelection, _ point: ExtensionPoint
    ) throws(ExperimentError) -> Resolved {
        switch selection {
        case .function(let function): return .function(function)
        case .named(let name, let options):
            guard let component = registry.component(name, at: point) else {
                let known = registry.names(at: point)
                throw .unknownName(
                    at: options.position, kind: point.title, name: name,
                    nearest: NearestName.of(name, among: known), known: known)
            }
            return .registered(component.factory, options, name: name)
        }
    }

    private func misfit(_ name: String, _ point: ExtensionPoint) -> ExperimentError {
        .invalidComponent(
            point: point, name: name, source: BuiltIns.source,
            problem: "its factory makes no \(point.title)")
    }
}
