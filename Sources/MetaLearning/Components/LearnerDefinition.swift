package import NeuralNetworks

/// A learner of a script or a plugin: the inner step of one parameter, as a closure of the search
/// thread. It is called before anything is trained, once for each parameter; see ``RecordedRule``.
public struct LearnerDefinition {
    /// Records the step.
    public let adapt: RecordedRule.Step

    /// Gives an error the place of the function that it speaks of.
    public let locate: (_ error: RuleError) -> any Error

    /// A learner from its function.
    public init(
        adapt: @escaping RecordedRule.Step,
        locate: @escaping (RuleError) -> any Error = { $0 }
    ) {
        self.adapt = adapt
        self.locate = locate
    }

    /// Records the step for those of a network's parameters that it was not recorded for yet.
    package func record(_ entries: [ParameterSpecification], in rule: RecordedRule) throws {
        do {
            try rule.record(entries, adapt)
        } catch let error as RuleError {
            throw locate(error)
        }
    }
}
