public import NeuralNetworks
public import SearchSpaces
public import Tensors

/// What is searched when a script or a plugin gives it: choices, and the network of each genotype.
///
/// All closures are called on the search thread only. A genotype's network is recorded when the
/// genotype is first asked for; see ``TracedSupernet``.
public struct SpaceDefinition {
    /// What the networks are made for.
    public struct Place: Sendable, Hashable {
        /// Rows of an image.
        public let height: Int
        /// Columns of an image.
        public let width: Int
        /// Channels of an image.
        public let channels: Int
        /// Classes of a task.
        public let classes: Int

        /// What networks are made for.
        public init(height: Int, width: Int, channels: Int, classes: Int) {
            self.height = height
            self.width = width
            self.channels = channels
            self.classes = classes
        }
    }

    /// The genotypes.
    public let space: any SearchSpace

    /// All parameters of all networks.
    public let parameters: (_ place: Place) throws -> [ParameterSpecification]

    /// Images [batch, height, width, channels] to features [batch, F], the same number F for every
    /// genotype.
    public let forward:
        (
            _ genotype: Genotype, _ x: Tensor, _ parameters: Parameters,
            _ context: ForwardContext, _ place: Place
        ) throws -> Tensor

    /// Gives an error the place of the function that it speaks of.
    public let locate: (_ error: SupernetError) -> any Error

    /// A space of networks.
    public init(
        space: any SearchSpace,
        parameters: @escaping (Place) throws -> [ParameterSpecification],
        forward:
            @escaping (Genotype, Tensor, Parameters, ForwardContext, Place) throws -> Tensor,
        locate: @escaping (SupernetError) -> any Error = { $0 }
    ) {
        self.space = space
        self.parameters = parameters
        self.forward = forward
        self.locate = locate
    }

    /// The supernet of all networks, for images of one size.
    package func supernet(_ site: NetworkSite) throws -> any Supernet {
        let place = Place(
            height: site.inputShape[0], width: site.inputShape[1], channels: site.inputShape[2],
            classes: site.outputs)
        do {
            return LocatedSupernet(
                base: try TracedSupernet(
                    space, inputShape: site.inputShape, classes: site.outputs,
                    batches: site.batches, sources: site.sources, parameters: try parameters(place)
                ) { [forward] in try forward($0, $1, $2, $3, place) }, locate: locate)
        } catch let error as SupernetError {
            throw locate(error)
        }
    }
}

/// A supernet whose errors tell the place of the script's function.
private struct LocatedSupernet: Supernet {
    let base: TracedSupernet
    let locate: (SupernetError) -> any Error

    var space: any SearchSpace { base.space }
    var layout: ParameterLayout { base.layout }

    func subnet(_ genotype: Genotype) throws -> any Network {
        try located { try base.subnet(genotype) }
    }

    func describe(_ genotype: Genotype) throws -> NetworkDescription {
        try located { try base.describe(genotype) }
    }

    func largestGenotypes() throws -> [Genotype] { try base.largestGenotypes() }

    private func located<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as SupernetError {
            throw locate(error)
        }
    }
}
