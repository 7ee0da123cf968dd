public import Components
public import NeuralNetworks
public import SearchSpaces

/// What networks are made for, known without reading any data.
public struct NetworkSite: Sendable, Hashable {
    /// Height, width and channels of an image, or the length of a vector.
    public var inputShape: [Int]
    /// Classes of a task, or outputs of a regression.
    public var outputs: Int
    /// Numbers of examples in the batches that tasks can make, each once, ascending.
    public var batches: [Int]
    /// Where batch norms may take their statistics from.
    public var sources: [BatchNormSource]

    /// What networks are made for.
    public init(
        inputShape: [Int], outputs: Int, batches: [Int] = [], sources: [BatchNormSource] = [.batch]
    ) {
        self.inputShape = inputShape
        self.outputs = outputs
        self.batches = batches
        self.sources = sources
    }
}

/// What is searched, or the one network that is trained, as a plan names it.
public protocol SpacePlan: Sendable {
    /// The component's name.
    var name: String { get }
    /// How many nodes' plans and kernels a run holds, for a forecast of its memory; 0 for a fixed
    /// network.
    var plannedNodes: Int { get }
    /// What makes ``plannedNodes`` fewer: `fewer space.nodes`.
    var nodesRemedy: String { get }
    /// What makes the networks smaller: `fewer space.channels`.
    var widthRemedy: String { get }

    /// The space that is searched; nil for one fixed network. Of custom operations it knows the
    /// names alone.
    ///
    /// - Parameter builder: Makes what a script or a plugin gives.
    /// - Returns: The space.
    /// - Throws: `SearchSpaceError` where the space refuses its settings; what a script throws.
    func searchSpace(_ builder: ComponentBuilder) throws -> (any SearchSpace)?

    /// The supernet of all networks.
    ///
    /// - Throws: ``ExperimentError/failed(_:)`` for a space that has none; what a script throws.
    func supernet(_ site: NetworkSite, _ builder: ComponentBuilder) throws -> any Supernet

    /// The one network of a space that is not searched, with its layers.
    ///
    /// - Throws: ``ExperimentError/failed(_:)`` for a space that is searched; `SearchSpaceError` for
    ///   sizes that no network can have.
    func network(
        _ site: NetworkSite
    ) throws -> (network: any Network, description: NetworkDescription)

    /// Records the operations that a script or a plugin gives, as at the start of a run, without data
    /// and without training.
    ///
    /// - Returns: Those that were recorded, in the plan's order.
    /// - Throws: What is wrong with the first that could not be, with its file and line.
    func recordOperations(
        _ site: NetworkSite, _ builder: ComponentBuilder
    ) throws -> [RecordedOperation]
}

/// An operation that could be recorded for every shape that it can meet.
public struct RecordedOperation: Sendable, Hashable {
    /// Its name in genotypes.
    public let name: String
    /// Where its `forward` is written; nil for a plugin's.
    public let location: PlanLocation?
    /// For how many shapes it was recorded.
    public let shapes: Int
}

extension SpacePlan {
    /// A fixed network's plans count with the program.
    public var plannedNodes: Int { 0 }
    /// Nothing makes them fewer.
    public var nodesRemedy: String { "nothing needs less" }

    /// One fixed network is not searched.
    public func searchSpace(_ builder: ComponentBuilder) throws -> (any SearchSpace)? { nil }

    /// Throws: always ``ExperimentError/failed(_:)``.
    public func supernet(
        _ site: NetworkSite, _ builder: ComponentBuilder
    ) throws -> any Supernet {
        throw ExperimentError.failed("the plan's space has nothing to search")
    }

    /// Throws: always ``ExperimentError/failed(_:)``.
    public func network(
        _ site: NetworkSite
    ) throws -> (network: any Network, description: NetworkDescription) {
        throw ExperimentError.failed("such a space is searched, not trained as one network")
    }

    /// Most spaces have no operations of scripts.
    public func recordOperations(
        _ site: NetworkSite, _ builder: ComponentBuilder
    ) throws -> [RecordedOperation] { [] }
}

extension Point where Product == any SpacePlan {
    /// What is searched, or the one network that is trained.
    public static var space: Point { Point(ExtensionPoint.space) }
}

/// The spaces of networks that come with the program.
public enum SpaceComponents {
    /// All of them.
    public static var all: [Component] {
        [CellsPlan.cells, Conv4Plan.conv4, MLPPlan.mlp, CustomSpacePlan.custom]
    }
}
