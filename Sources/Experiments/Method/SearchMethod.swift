internal import Components
public import Records
public import SearchSpaces

/// A whole search method of a script or a plugin. The run owns the loop: it calls ``step(_:)`` until
/// the method says that it is done, saves the state between steps, and bills what the services cost.
public protocol SearchMethod: AnyObject {
    /// Makes the first state.
    ///
    /// - Throws: What the method throws.
    func begin(_ services: MethodServices) throws

    /// Makes the next state of the present one.
    ///
    /// - Returns: Whether the method is done.
    /// - Throws: What the method throws; its tables are then as they were before.
    func step(_ services: MethodServices) throws -> Bool

    /// What was found, best first, at least one. Its worth is measured by the run.
    ///
    /// - Throws: What the method throws.
    func result(_ services: MethodServices) throws -> [Genotype]

    /// The state as a value from which the method can go on.
    ///
    /// - Throws: An error for what cannot be part of a state, such as a function.
    func saved(_ services: MethodServices) throws -> MethodState

    /// Whether the state stays as it was where the next step throws, shared weights and all. If not,
    /// the run keeps what it saved before the step.
    func isNextStepAtomic(_ services: MethodServices) -> Bool

    /// Takes up a saved state in place of ``begin(_:)``.
    ///
    /// - Throws: An error for a state of another method, or one that was edited.
    func restore(_ state: MethodState, _ services: MethodServices) throws
}

extension SearchMethod {
    /// A method of a script may do several things in a step.
    public func isNextStepAtomic(_ services: MethodServices) -> Bool { false }
}
