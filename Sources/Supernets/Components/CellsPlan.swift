public import Components
public import SearchSpaces

/// A space of cells, stacked into a network.
public struct CellsPlan: SpacePlan {
    /// `cells`.
    public var name: String { "cells" }
    /// The two kinds of cells, each with an encoding of its own.
    public enum CellKind: String, Sendable, Hashable, CaseIterable {
        /// Keeps height and width.
        case normal
        /// Halves height and width, doubles the channels.
        case reduction
    }

    /// What comes before the cells.
    public enum Stem: String, Sendable, Hashable, CaseIterable {
        /// By image size: `single` up to 32 pixels, `double` above.
        case auto
        /// One 3×3 convolution.
        case single
        /// Two 3×3 convolutions, each with 2×2 max-pooling.
        case double
    }

    /// Nodes of a cell.
    public let nodes: Int
    /// Channels of a node in the first cell.
    public let channels: Int
    /// The candidate operations, in order.
    public let candidates: [OperationPlan]
    /// Their names.
    public var operations: [String] { candidates.map(\.name) }
    /// The stack of cells.
    public let cells: [CellKind]
    /// What comes before the cells.
    public let stem: Stem
    /// Whether a batch norm follows pooling operations.
    public let poolNorm: Bool

    /// The names of the built-in operations.
    public static let operationNames = OperationPlan.builtIn.map(\.name)

    /// The sets of operations that have a name: T-NAS's, which are DARTS's without `none` (a node
    /// picks two inputs anyhow), and MetaNAS's.
    public static let operationSets: [(name: String, operations: [String])] = [
        ("darts", ["max", "avg", "skip", "sep3", "sep5", "dil3", "dil5"]),
        ("metanas", ["max", "avg", "skip", "conv1x5_5x1", "conv3", "sep3", "dil3"]),
    ]

    static let nodesOption = PlanOption.integer("nodes", 1...4, 4, "Nodes per cell.")
    static let channelsOption = PlanOption.integer(
        "channels", 1...512, 16, "Channels of a node in the first cell.")
    /// The candidates as a plan gives them.
    private enum Given: Sendable {
        case set(String)
        case list([ComponentSelection])
    }

    private static let operationsOption = PlanOption<Given>(
        specification: OptionSpecification(
            "operations",
            .either([
                .choice(operationSets.map(\.name)),
                .list(.component(.operation), count: 1...64),
            ]), default: .value("darts"), "The candidate operations: a set's name or a list.")
    ) { value in
        switch value {
        case .string(let name): .set(name)
        case .list(let items):
            .list(
                items.compactMap {
                    if case .component(let selection) = $0 { selection } else { nil }
                })
        default: nil
        }
    }
    static let cellsOption = PlanOption.list(
        "cells", .choice(CellKind.allCases.map(\.rawValue)), count: 1...20,
        default: .value(["normal", "reduction"]), "The stack of cells.",
        read: { if case .string(let name) = $0 { CellKind(rawValue: name) } else { nil } })
    static let stemOption = PlanOption.choice(
        "stem", Stem.auto, "The layers before the cells; auto is single up to 32 pixels.")
    static let poolNormOption = PlanOption.boolean(
        "pool_norm", true, "Whether a batch norm follows pooling operations.")

    static let options = [
        nodesOption.specification, channelsOption.specification, operationsOption.specification,
        cellsOption.specification, stemOption.specification, poolNormOption.specification,
    ]

    init(_ options: Options, _ builder: ComponentBuilder) throws {
        nodes = options[Self.nodesOption]
        channels = options[Self.channelsOption]
        switch options[Self.operationsOption] {
        case .set(let name):
            candidates =
                Self.operationSets.first { $0.name == name }?.operations
                .map { OperationPlan($0) } ?? []
        case .list(let selections):
            candidates = try selections.map { try builder.make($0, at: .operation) }
        }
        cells = options[Self.cellsOption]
        stem = options[Self.stemOption]
        poolNorm = options[Self.poolNormOption]
        let place = options.position.child("operations")
        if Set(operations).count < operations.count {
            throw ExperimentError.contradiction(at: place, problem: "an operation is listed twice")
        }
        for candidate in candidates where candidate.isCustom {
            do throws(SearchSpaceError) {
                _ = try CustomOperation(name: candidate.name, definition: NamedOperation())
            } catch {
                throw ExperimentError.contradiction(at: place, problem: error.description)
            }
        }
        if operations == ["none"] {
            throw ExperimentError.contradiction(
                at: place, problem: "\"none\" alone computes nothing; list another operation")
        }
    }

    static var cells: Component {
        Component(
            .space, "cells", options: options, offers: [.choices],
            needs: [Need(.images, of: .tasks)],
            "Normal and reduction cells of searched operations and connections."
        ) { try CellsPlan($0, $1) }
    }

    // MARK: Networks

    /// The nodes of a cell.
    public var plannedNodes: Int { nodes }
    /// Fewer nodes.
    public var nodesRemedy: String { "fewer space.nodes need less" }
    /// Fewer channels.
    public var widthRemedy: String { "fewer space.channels" }

    /// The space; of custom operations it knows the names alone.
    public func searchSpace(_ builder: ComponentBuilder) throws -> (any SearchSpace)? {
        try CellSpace(
            nodes: nodes,
            operations: candidates.map { candidate in
                candidate.isCustom
                    ? .custom(
                        try CustomOperation(name: candidate.name, definition: NamedOperation()))
                    : try CellOperation(name: candidate.name)
            })
    }

    /// The supernet, whose custom operations are recorded for every shape that they can meet.
    public func supernet(
        _ site: NetworkSite, _ builder: ComponentBuilder
    ) throws -> any Supernet {
        try CellSupernet(space(site, builder), configuration(site))
    }

    /// Records custom operations for every shape that they can meet in the stack.
    public func recordOperations(
        _ site: NetworkSite, _ builder: ComponentBuilder
    ) throws -> [RecordedOperation] {
        guard candidates.contains(where: \.isCustom) else { return [] }
        _ = try space(site, builder)
        let shapes =
            try configuration(site).operationPlaces(nodes: nodes).count * site.batches.count
        return candidates.filter(\.isCustom).map {
            RecordedOperation(name: $0.name, location: $0.location, shapes: shapes)
        }
    }

    private func configuration(_ site: NetworkSite) -> CellNetworkConfiguration {
        CellNetworkConfiguration(
            inputHeight: site.inputShape[0], inputWidth: site.inputShape[1],
            inputChannels: site.inputShape[2], classes: site.outputs, channels: channels,
            stem: stem == .auto ? nil : stem == .single ? .single : .double,
            cells: cells.map { $0 == .normal ? .normal : .reduction },
            poolNormalization: poolNorm)
    }

    private func space(_ site: NetworkSite, _ builder: ComponentBuilder) throws -> CellSpace {
        let places = try configuration(site).operationPlaces(nodes: nodes)
        return try CellSpace(
            nodes: nodes,
            operations: candidates.map { candidate in
                guard let definition = try candidate.definition(builder) else {
                    return try CellOperation(name: candidate.name)
                }
                return .custom(
                    try CustomOperation(
                        name: candidate.name,
                        definition: try definition.traced(
                            candidate.name, places: places, batches: site.batches,
                            sources: site.sources)))
            })
    }
}
