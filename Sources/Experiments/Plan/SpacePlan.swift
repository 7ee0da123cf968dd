internal import SearchSpaces

/// What is searched, or the one network that is trained.
public enum SpacePlan: Sendable, Hashable {
    /// Cells whose operations and connections are searched.
    case cells(CellsPlan)
    /// The four-block convolutional reference network; nothing to search.
    case conv4(Conv4Plan)
    /// Fully connected layers; nothing to search.
    case mlp(MLPPlan)
    /// The cells of NAS-Bench-201, whose accuracies are looked up.
    case nasBench201
    /// Choices and networks that a script or a plugin gives.
    case custom(ComponentSelection)

    /// Whether there is anything to search.
    public var isSearchable: Bool {
        switch self {
        case .cells, .nasBench201, .custom: true
        case .conv4, .mlp: false
        }
    }

    /// The component's name.
    public var name: String {
        switch self {
        case .cells: "cells"
        case .conv4: "conv4"
        case .mlp: "mlp"
        case .nasBench201: "nas_bench_201"
        case .custom(let selection): selection.title
        }
    }
}

/// A space of cells, stacked into a network.
public struct CellsPlan: Sendable, Hashable {
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
    /// Whether pooling operations end with batch norm.
    public let poolNorm: Bool

    /// The names that `operations` may list.
    public static let operationNames = [
        "max", "avg", "skip", "sep3", "sep5", "dil3", "dil5", "conv3", "conv1x5_5x1", "none",
    ]

    /// The sets of operations that have a name: T-NAS's, which are DARTS's without `none` (a node
    /// picks two inputs anyhow), and MetaNAS's.
    public static let operationSets: [(name: String, operations: [String])] = [
        ("darts", ["max", "avg", "skip", "sep3", "sep5", "dil3", "dil5"]),
        ("metanas", ["max", "avg", "skip", "conv1x5_5x1", "conv3", "sep3", "dil3"]),
    ]

    static let nodesOption = PlanOption.integer("nodes", 1...4, 4, "Nodes of a cell.")
    static let channelsOption = PlanOption.integer(
        "channels", 1...512, 16, "Channels of a node in the first cell.")
    static let operationsOption = PlanOption<[OperationPlan]>(
        specification: OptionSpecification(
            "operations",
            .either([
                .choice(operationSets.map(\.name)),
                .list(.component(.operation), count: 1...64),
            ]), default: .value("darts"), "The candidate operations: a set's name or a list.")
    ) { value in
        switch value {
        case .string(let name):
            operationSets.first { $0.name == name }?.operations.map { OperationPlan($0) }
        case .list(let items): items.compactMap { OperationPlan($0) }
        default: nil
        }
    }
    static let cellsOption = PlanOption.list(
        "cells", .choice(CellKind.allCases.map(\.rawValue)), count: 1...20,
        default: .value(["normal", "reduction"]), "The stack of cells.",
        read: { if case .string(let name) = $0 { CellKind(rawValue: name) } else { nil } })
    static let stemOption = PlanOption.choice(
        "stem", Stem.auto, "What comes before the cells; auto is single up to 32 pixels.")
    static let poolNormOption = PlanOption.boolean(
        "pool_norm", true, "Whether pooling operations end with batch norm.")

    static let options = [
        nodesOption.specification, channelsOption.specification, operationsOption.specification,
        cellsOption.specification, stemOption.specification, poolNormOption.specification,
    ]

    init(_ options: Options) throws(ExperimentError) {
        nodes = options[Self.nodesOption]
        channels = options[Self.channelsOption]
        candidates = options[Self.operationsOption]
        cells = options[Self.cellsOption]
        stem = options[Self.stemOption]
        poolNorm = options[Self.poolNormOption]
        let place = options.position.child("operations")
        if Set(operations).count < operations.count {
            throw .contradiction(at: place, problem: "an operation is listed twice")
        }
        for candidate in candidates where candidate.custom != nil {
            do throws(SearchSpaceError) {
                _ = try CustomOperation(name: candidate.name, definition: NamedOperation())
            } catch {
                throw .contradiction(at: place, problem: error.description)
            }
        }
        if operations == ["none"] {
            throw .contradiction(
                at: place, problem: "\"none\" alone computes nothing; list another operation")
        }
    }
}

/// Four blocks of 3×3 convolution, batch norm, ReLU and 2×2 max-pooling.
///
/// Source: Vinyals et al., "Matching networks for one shot learning", NIPS 2016.
public struct Conv4Plan: Sendable, Hashable {
    /// Filters of each convolution.
    public let filters: Int

    static let filtersOption = PlanOption.integer(
        "filters", 1...1_024, 64, "Filters of each convolution.")
    static let options = [filtersOption.specification]

    init(_ options: Options) { filters = options[Self.filtersOption] }
}

/// Fully connected layers with ReLU between them.
public struct MLPPlan: Sendable, Hashable {
    /// Widths of the hidden layers.
    public let hidden: [Int]

    static let hiddenOption = PlanOption.list(
        "hidden", .integer(1...10_000), count: 1...16, default: .value([40, 40]), unit: "units",
        "Widths of the hidden layers.",
        read: { if case .integer(let width) = $0 { width } else { nil } })
    static let options = [hiddenOption.specification]

    init(_ options: Options) { hidden = options[Self.hiddenOption] }
}

extension SpacePlan {
    init(_ selection: ComponentSelection, at position: PlanPosition) throws(ExperimentError) {
        switch selection {
        case .named("cells", let options): self = .cells(try CellsPlan(options))
        case .named("conv4", let options): self = .conv4(Conv4Plan(options))
        case .named("mlp", let options): self = .mlp(MLPPlan(options))
        case .named("nas_bench_201", _): self = .nasBench201
        case .named: self = .custom(selection)
        case .function: throw .unbuildable(selection, at: position.child("space"))
        }
    }
}
