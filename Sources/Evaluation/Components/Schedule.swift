public import Components
public import Tasks

/// The settings that hold from here to the next call: at the start of each generation, and whenever a
/// method asks.
public typealias Schedule = (_ progress: RunProgress) throws -> ScheduleSettings

extension Point where Product == Schedule {
    /// Settings that change while a run goes on.
    public static var schedule: Point {
        Point("schedule", unnamed: .init("constant")) { function, builder in
            try builder.scripts.make(function, at: .schedule)
        }
    }
}

extension ExtensionPoint {
    /// Settings that change while a run goes on.
    public static var schedule: ExtensionPoint { Point<Schedule>.schedule.id }
}

/// What a schedule sets from here to its next call. What it leaves out is as the plan says.
public struct ScheduleSettings: Sendable, Hashable {
    /// The share of training tasks whose path is a member of the population rather than uniform,
    /// 0…1; nil leaves paths to the plan's path sampler.
    public var populationFraction: Double?
    /// Factor for the outer learning rate.
    public var outerLearningRateFactor: Double
    /// Steps on the support set in training; nil for the learner's.
    public var innerSteps: Int?
    /// Rate of the mutation, 0…1; nil for the strategy's.
    public var mutationProbability: Double?

    /// Settings; those that are left out are as the plan says.
    public init(
        populationFraction: Double? = nil, outerLearningRateFactor: Double = 1,
        innerSteps: Int? = nil, mutationProbability: Double? = nil
    ) {
        self.populationFraction = populationFraction
        self.outerLearningRateFactor = outerLearningRateFactor
        self.innerSteps = innerSteps
        self.mutationProbability = mutationProbability
    }

    /// Reads the table that a script's schedule returned.
    ///
    /// - Throws: ``ExperimentError`` for an unknown key or a value of the wrong type or range,
    ///   at a position under `schedule`.
    public init(
        decoding value: PlainValue, at location: PlanLocation? = nil
    ) throws(ExperimentError) {
        let position = PlanPosition("schedule", at: value.location ?? location)
        guard let table = value.table else {
            throw .wrongType(
                at: position, expected: "a table of settings", found: value.summary)
        }
        let decoder = PlanDecoder(registry: Registry())
        self.init(try decoder.options(table, Self.options, at: position))
    }

    private static let unset = "as the plan says"
    package static let pathsOption = PlanOption<Double?>(
        specification: OptionSpecification(
            "paths", .either([.choice(["uniform", "population"]), .number(.fraction)]),
            default: .absent(unset),
            "Paths of training tasks: uniform, from the population, or the population's fraction.")
    ) { value in
        switch value {
        case .absent: .some(nil)
        case .string("uniform"): .some(0)
        case .string("population"): .some(1)
        case .number(let fraction): .some(fraction)
        default: nil
        }
    }
    package static let factorOption = PlanOption.number(
        "outer_learning_rate_factor", NumberRange(0, 1_000), 1,
        "Factor for the outer learning rate.")
    package static let innerStepsOption = PlanOption.integer(
        "inner_steps", 1...100, "Inner steps per task in training."
    ).optional(unset)
    package static let mutationOption = PlanOption.number(
        "mutation_probability", .fraction, "Mutation rate."
    ).optional(unset)

    package static let options = [
        pathsOption.specification, factorOption.specification, innerStepsOption.specification,
        mutationOption.specification,
    ]

    package init(_ options: Options) {
        populationFraction = options[Self.pathsOption]
        outerLearningRateFactor = options[Self.factorOption]
        innerSteps = options[Self.innerStepsOption]
        mutationProbability = options[Self.mutationOption]
    }

    package static var constant: Component {
        Component(.schedule, "constant", options: options, "Constant settings.") {
            options, _ in
            let settings = ScheduleSettings(options)
            return { _ in settings }
        }
    }
}
