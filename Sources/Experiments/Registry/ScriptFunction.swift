/// A function that a script wrote into its plan: a handle, opaque to everything but the script host.
public struct ScriptFunction: Sendable, Hashable, CustomStringConvertible {
    /// The host's number for the function.
    public let id: Int

    /// Where the function is defined.
    public let location: PlanLocation

    /// A handle to the host's function number `id`.
    public init(id: Int, location: PlanLocation) {
        self.id = id
        self.location = location
    }

    /// `function 03_at_nas.lua:19`.
    public var description: String { "function \(location)" }
}

/// The functions of a space that a script gives.
public struct SpaceFunctions: Sendable {
    /// `(context)` → all parameters of all networks.
    public let parameters: ScriptFunction
    /// `(choice, parameters, x, context)` → features.
    public let forward: ScriptFunction
    /// `(choice)` → a valid choice; nil where every combination is valid.
    public let repair: ScriptFunction?

    /// The functions of a space.
    public init(
        parameters: ScriptFunction, forward: ScriptFunction, repair: ScriptFunction?
    ) {
        self.parameters = parameters
        self.forward = forward
        self.repair = repair
    }
}

/// Turns a script's functions into typed closures; the script host implements it.
///
/// Every closure is called on the search thread only, and throws the host's own error with the
/// script's file and line when the function fails or returns the wrong thing.
public protocol ScriptFunctionResolver {
    /// The function as a mutation: `(parent, rng)` → genotype.
    func mutation(_ function: ScriptFunction) throws -> MutationOperator

    /// The function as a crossover: `(a, b, rng)` → genotype.
    func crossover(_ function: ScriptFunction) throws -> CrossoverOperator

    /// The function as a mutation of whole populations: `(population, rng)` → genes of all.
    func batchMutation(_ function: ScriptFunction) throws -> BatchMutationOperator

    /// The function as a crossover of whole populations: `(a, b, rng)` → genes of all.
    func batchCrossover(_ function: ScriptFunction) throws -> BatchCrossoverOperator

    /// The function as a path sampler: `(progress, rng)` → genotype.
    func pathSampler(_ function: ScriptFunction) throws -> PathSampler

    /// The function as a task sampler: `(dataset, rng)` → class and example indices.
    func taskSampler(_ function: ScriptFunction) throws -> TaskSampler

    /// The function as a schedule: `(progress)` → settings.
    func schedule(_ function: ScriptFunction) throws -> Schedule

    /// The function as an objective's evaluation: `(subnet)` → number.
    func objective(_ function: ScriptFunction) throws -> ObjectiveEvaluation

    /// Two functions as a candidate operation: `(context)` → parameters, if it has any, and
    /// `(parameters, x, context)` → output.
    func operation(
        parameters: ScriptFunction?, forward: ScriptFunction
    ) throws -> OperationDefinition

    /// Functions as a space of networks.
    ///
    /// - Throws: What the host throws for a function of another script, and for choices or a repair
    ///   that make no space.
    func space(
        _ name: String, choices: [ChoicePlan], functions: SpaceFunctions
    ) throws -> SpaceDefinition

    /// The function as a learner's inner step: `(value, gradient, context)` → tensor.
    ///
    /// - Throws: What the host throws for a function of another script.
    func learner(adapt: ScriptFunction) throws -> LearnerDefinition

    /// Three functions as a search method: `(context)` → state, `(state, context)` → state and
    /// whether it is done, and `(state, context)` → what was found.
    func method(
        begin: ScriptFunction, step: ScriptFunction, result: ScriptFunction
    ) throws -> any SearchMethod
}

extension ScriptFunctionResolver {
    /// Throws: always ``ExperimentError/invalidResult(of:at:problem:)``: a host without tensors.
    public func operation(
        parameters: ScriptFunction?, forward: ScriptFunction
    ) throws -> OperationDefinition {
        throw ExperimentError.invalidResult(
            of: .operation, at: forward.location, problem: "no script host is there to call it")
    }

    /// Throws: always ``ExperimentError/invalidResult(of:at:problem:)``: a host without tensors.
    public func space(
        _ name: String, choices: [ChoicePlan], functions: SpaceFunctions
    ) throws -> SpaceDefinition {
        throw ExperimentError.invalidResult(
            of: .space, at: functions.forward.location,
            problem: "no script host is there to call it")
    }

    /// Throws: always ``ExperimentError/invalidResult(of:at:problem:)``: a host without tensors.
    public func learner(adapt: ScriptFunction) throws -> LearnerDefinition {
        throw ExperimentError.invalidResult(
            of: .learner, at: adapt.location, problem: "no script host is there to call it")
    }

    /// Throws: always ``ExperimentError/invalidResult(of:at:problem:)``: a host without methods.
    public func method(
        begin: ScriptFunction, step: ScriptFunction, result: ScriptFunction
    ) throws -> any SearchMethod {
        throw ExperimentError.invalidResult(
            of: .method, at: step.location, problem: "no script host is there to call it")
    }
}

extension ScriptFunctionResolver {
    /// Throws: always ``ExperimentError/invalidResult(of:at:problem:)``, for a host without batches.
    public func batchMutation(_ function: ScriptFunction) throws -> BatchMutationOperator {
        throw ExperimentError.invalidResult(
            of: .mutation, at: function.location, problem: "this script host calls no batches")
    }

    /// Throws: always ``ExperimentError/invalidResult(of:at:problem:)``, for a host without batches.
    public func batchCrossover(_ function: ScriptFunction) throws -> BatchCrossoverOperator {
        throw ExperimentError.invalidResult(
            of: .crossover, at: function.location, problem: "this script host calls no batches")
    }
}

/// The resolver of a program without a script host: it has no functions.
public struct NoScripts: ScriptFunctionResolver {
    /// A resolver that refuses every function.
    public init() {}

    private func refuse(
        _ point: ExtensionPoint, _ function: ScriptFunction
    ) -> ExperimentError {
        .invalidResult(
            of: point, at: function.location, problem: "no script host is there to call it")
    }

    /// Throws: always ``ExperimentError/invalidResult(of:at:problem:)``.
    public func mutation(_ function: ScriptFunction) throws -> MutationOperator {
        throw refuse(.mutation, function)
    }

    /// Throws: always ``ExperimentError/invalidResult(of:at:problem:)``.
    public func crossover(_ function: ScriptFunction) throws -> CrossoverOperator {
        throw refuse(.crossover, function)
    }

    /// Throws: always ``ExperimentError/invalidResult(of:at:problem:)``.
    public func batchMutation(_ function: ScriptFunction) throws -> BatchMutationOperator {
        throw refuse(.mutation, function)
    }

    /// Throws: always ``ExperimentError/invalidResult(of:at:problem:)``.
    public func batchCrossover(_ function: ScriptFunction) throws -> BatchCrossoverOperator {
        throw refuse(.crossover, function)
    }

    /// Throws: always ``ExperimentError/invalidResult(of:at:problem:)``.
    public func pathSampler(_ function: ScriptFunction) throws -> PathSampler {
        throw refuse(.pathSampler, function)
    }

    /// Throws: always ``ExperimentError/invalidResult(of:at:problem:)``.
    public func taskSampler(_ function: ScriptFunction) throws -> TaskSampler {
        throw refuse(.taskSampler, function)
    }

    /// Throws: always ``ExperimentError/invalidResult(of:at:problem:)``.
    public func schedule(_ function: ScriptFunction) throws -> Schedule {
        throw refuse(.schedule, function)
    }

    /// Throws: always ``ExperimentError/invalidResult(of:at:problem:)``.
    public func objective(_ function: ScriptFunction) throws -> ObjectiveEvaluation {
        throw refuse(.objective, function)
    }
}
