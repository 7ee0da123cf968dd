package import Datasets
package import NeuralNetworks
internal import Tensors

/// A network in the hands of an objective, on the search thread: to run on a validation task's
/// images with weights of the objective's choice.
public final class SubnetNetwork: Sendable, Hashable {
    package let network: any Network
    /// The supernet's weights as they are while the objective runs.
    package let weights: ParameterSet
    /// A validation task; nil where there is none.
    package let episode: Episode?
    /// How the run's networks start.
    package let initialWeights: InitialWeights
    private let spent = Guarded(0)

    package init(
        _ network: any Network, _ weights: ParameterSet, _ episode: Episode?,
        initialWeights: InitialWeights
    ) {
        self.network = network
        self.weights = weights
        self.episode = episode
        self.initialWeights = initialWeights
    }

    /// Multiply-adds that objectives spent on this network.
    package var multiplyAdds: Int { spent.withLock { $0 } }

    /// Says what was computed of the network, to be billed.
    package func spend(multiplyAdds: Int) { spent.withLock { $0 += multiplyAdds } }

    /// Whether they are one object.
    public static func == (a: SubnetNetwork, b: SubnetNetwork) -> Bool { a === b }

    /// Hashes the object's identity.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
