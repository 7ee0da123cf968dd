public import Experiments
public import SearchSpaces

extension SpacePlan {
    /// The space that is searched; nil for one fixed network. Of custom operations it knows the
    /// names alone.
    ///
    /// - Throws: `SearchSpaceError` where the space refuses its settings.
    public func searchSpace() throws(SearchSpaceError) -> (any SearchSpace)? {
        if case .nasBench201 = self { return try ExperimentPlan.tabularSpace() }
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
