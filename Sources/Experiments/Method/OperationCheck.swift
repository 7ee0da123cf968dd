internal import SearchSpaces

/// The check of a plan's own operations: each is recorded for every shape that it can meet, as at
/// the start of a run, without data and without training.
public enum OperationCheck {
    /// An operation that could be recorded.
    public struct Finding: Sendable, Hashable {
        /// Its name in genotypes.
        public let name: String
        /// Where its `forward` is written; nil for a plugin's.
        public let location: PlanLocation?
        /// For how many shapes it was recorded.
        public let shapes: Int
    }

    /// Records the operations that are not built in.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - builder: Makes its operations.
    /// - Returns: Those that were recorded, in the plan's order.
    /// - Throws: What is wrong with the first that could not be, with its file and line.
    public static func run(
        _ plan: ExperimentPlan, builder: ComponentBuilder
    ) throws -> [Finding] {
        guard case .cells(let cells) = plan.space,
            cells.candidates.contains(where: { $0.custom != nil })
        else { return [] }
        let (_, configuration) = try Networks.cells(cells, plan, builder: builder)
        let shapes =
            try configuration.operationPlaces(nodes: cells.nodes).count
            * Networks.batches(plan).count
        return cells.candidates.compactMap { candidate in
            guard case .named(_, let options)? = candidate.custom else { return nil }
            var location: PlanLocation?
            if case .function(let function)? = options["forward"] { location = function.location }
            return Finding(name: candidate.name, location: location, shapes: shapes)
        }
    }
}
