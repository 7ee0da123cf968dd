public import Evolution
public import Records
public import SearchSpaces

/// What a component's factory may use besides the component's options.
public struct ComponentContext {
    /// Turns functions among the options into closures.
    public let scripts: any ScriptFunctionResolver

    /// The rate of mutation that the strategy or the schedule sets now, 0…1.
    public let probability: Double

    /// What a factory may use.
    public init(scripts: any ScriptFunctionResolver = NoScripts(), probability: Double = 0) {
        self.scripts = scripts
        self.probability = probability
    }
}

/// How a component is made from its options.
public enum ComponentFactory {
    /// By the method loop, from the typed plan.
    case core
    /// A mutation.
    case mutation((Options, ComponentContext) throws -> MutationOperator)
    /// A crossover; nil where two parents are never combined.
    case crossover((Options, ComponentContext) throws -> CrossoverOperator?)
    /// A mutation of whole populations.
    case batchMutation((Options, ComponentContext) throws -> BatchMutationOperator)
    /// A crossover of whole populations.
    case batchCrossover((Options, ComponentContext) throws -> BatchCrossoverOperator)
    /// A path sampler.
    case pathSampler((Options, ComponentContext) throws -> PathSampler)
    /// A task sampler.
    case taskSampler((Options, ComponentContext) throws -> TaskSampler)
    /// A schedule.
    case schedule((Options, ComponentContext) throws -> Schedule)
    /// An objective.
    case objective((Options, ComponentContext) throws -> Objective)
    /// A candidate operation.
    case operation((Options, ComponentContext) throws -> OperationDefinition)
    /// A space of networks.
    case space((Options, ComponentContext) throws -> SpaceDefinition)
    /// A learner.
    case learner((Options, ComponentContext) throws -> LearnerDefinition)
    /// A whole search method.
    case method((Options, ComponentContext) throws -> any SearchMethod)
    /// A strategy of genotypes of a space.
    case strategy(
        (Options, any SearchSpace, ComponentContext) throws -> StrategyDelegate<Genotype>)
    /// A row of the results.
    case arm((Options, ComponentContext) throws -> any Arm)
    /// A receiver of events.
    case reporter((Options, ComponentContext) throws -> (Event) throws -> Void)

    /// The one point that takes such a factory; nil for those that the method loop makes.
    var point: ExtensionPoint? {
        switch self {
        case .core: nil
        case .mutation, .batchMutation: .mutation
        case .crossover, .batchCrossover: .crossover
        case .pathSampler: .pathSampler
        case .taskSampler: .taskSampler
        case .schedule: .schedule
        case .objective: .objective
        case .operation: .operation
        case .space: .space
        case .learner: .learner
        case .method: .method
        case .strategy: .strategy
        case .arm: .arm
        case .reporter: .reporter
        }
    }
}

/// Something that a plan can name at an extension point: built in, or a plugin's.
public struct Component {
    /// Where it can be named.
    public let point: ExtensionPoint
    /// The name, in snake_case.
    public let name: String
    /// One line on what it is, with the paper where there is one.
    public let summary: String
    /// Who registered it: `Apogee`, or a plugin's file.
    public let source: String
    /// Its options.
    public let options: [OptionSpecification]
    /// How it is made.
    public let factory: ComponentFactory

    /// A component.
    public init(
        _ point: ExtensionPoint, _ name: String, source: String,
        options: [OptionSpecification] = [], factory: ComponentFactory = .core, _ summary: String
    ) {
        self.point = point
        self.name = name
        self.summary = summary
        self.source = source
        self.options = options
        self.factory = factory
    }
}
