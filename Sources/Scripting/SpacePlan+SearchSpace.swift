public import Experiments
public import SearchSpaces

extension SpacePlan {
    /// The space that is searched; nil for one fixed network.
    ///
    /// - Throws: `SearchSpaceError` where the space refuses its settings.
    public func searchSpace() throws(SearchSpaceError) -> (any SearchSpace)? {
        if case .nasBench201 = self { return try ExperimentPlan.tabularSpace() }
        guard case .cells(let cells) = self else { return nil }
        var operations: [CellOperation] = []
        for name in cells.operations {
            guard let operation = CellOperation.allCases.first(where: { $0.displayName == name })
            else {
                throw .unknownName(
                    kind: "operation", found: name,
                    known: CellOperation.allCases.map(\.displayName))
            }
            operations.append(operation)
        }
        return try CellSpace(nodes: cells.nodes, operations: operations)
    }
}
