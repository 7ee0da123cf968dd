public import Experiments
public import SearchSpaces

extension SpacePlan {
    /// The space that is searched; nil for one fixed network. Of custom operations it knows the
    /// names alone.
    ///
    /// - Parameter builder: Makes a space of a script or a plugin; the others do without.
    /// - Returns: The space.
    /// - Throws: `SearchSpaceError` where the space refuses its settings; what a script throws.
    public func searchSpace(
        _ builder: ComponentBuilder = ComponentBuilder(registry: Registry())
    ) throws -> (any SearchSpace)? {
        if case .nasBench201 = self { return try ExperimentPlan.tabularSpace() }
        if case .custom(let selection) = self { return try builder.space(selection).space }
        guard case .cells(let cells) = self else { return nil }
        var operations: [CellOperation] = []
        for candidate in cells.candidates {
            guard candidate.custom == nil else {
                operations.append(
                    .custom(
                        try CustomOperation(name: candidate.name, definition: NamedOperation())))
                continue
            }
            operations.append(try CellOperation(name: candidate.name))
        }
        return try CellSpace(nodes: cells.nodes, operations: operations)
    }
}
