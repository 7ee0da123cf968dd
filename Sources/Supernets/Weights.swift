public import NeuralNetworks
public import Randomness
public import Tensors

/// The weights of a supernet as a value: named numbers, and what a search does with them.
///
/// A call gives weights of its own and leaves these as they are. Networks read the numbers by name
/// (``network(_:)``), so gradients of any order flow to whatever takes their place in `Parameters`.
public struct Weights {
    /// What reads the numbers.
    public let supernet: any Supernet
    /// The trained parameters, at least those of the supernet's layout.
    public let parameters: ParameterSet
    /// The running statistics of batch norms; nil where each batch's own are used.
    public let statistics: ParameterSet?

    /// Weights of these numbers.
    public init(
        _ supernet: any Supernet, _ parameters: ParameterSet, statistics: ParameterSet? = nil
    ) {
        self.supernet = supernet
        self.parameters = parameters
        self.statistics = statistics
    }

    /// First values, by a stream for each name.
    public init(
        initial supernet: any Supernet, weights: InitialWeights = .uniform, stream: RandomStream
    ) {
        self.init(supernet, ParameterSet(supernet.layout, weights: weights, stream: stream))
    }

    // MARK: Modes

    /// The network of a mode, which reads these parameters by their names.
    ///
    /// - Throws: What the space throws, and ``ModeError`` for a mode that the supernet lacks.
    public func network(_ mode: Mode) throws -> any Network { try supernet.network(mode) }

    /// The parameters that a mode's network reads, as a set of its own: all that a path needs to
    /// stand alone. Mixtures and masks that these weights have no numbers for start even.
    ///
    /// - Throws: As ``network(_:)``.
    public func parameters(of mode: Mode) throws -> ParameterSet {
        let layout = ParameterLayout(try network(mode).parameters)
        let own = ParameterSet(layout, stream: RandomStream(seed: 0))
        own.inherit(from: parameters)
        return own
    }

    /// The weights of the supernet of fewer channels, cut out of these.
    ///
    /// - Throws: ``ModeError`` for a width that there is not.
    public func sliced(channels: Int) throws -> Weights {
        let slice = try supernet.sliced(channels: channels)
        return Weights(
            slice.narrow, try parameters.sliced(to: slice.parts),
            statistics: try statistics?.sliced(to: slice.parts))
    }

    /// The weights times masks of 0 and 1, or of any numbers.
    ///
    /// - Throws: `TensorError.shapeMismatch` for a mask that fits no parameter.
    public func masked(by masks: [String: [Float]]) throws(TensorError) -> Weights {
        with(try parameters.masked(by: masks))
    }

    // MARK: Arithmetic

    /// Weights of their own with the same numbers.
    public func copy() -> Weights {
        Weights(supernet, parameters.copy(), statistics: statistics?.copy())
    }

    /// Some way towards others: self + amount · (other − self), statistics as well.
    ///
    /// - Throws: `TensorError.shapeMismatch` for a parameter that the others lack.
    public func interpolated(to other: Weights, by amount: Float) throws(TensorError) -> Weights {
        var between = statistics?.copy()
        if let statistics, let others = other.statistics {
            between = try statistics.interpolated(to: others, by: amount)
        }
        return Weights(
            supernet, try parameters.interpolated(to: other.parameters, by: amount),
            statistics: between)
    }

    /// Independent normal noise of this standard deviation on every parameter; statistics stay.
    public func perturbed(_ stream: RandomStream, scale: Float) -> Weights {
        with(parameters.perturbed(stream, scale: scale))
    }

    /// All parameters one after another, in the order of their layout, without statistics.
    public var flattened: [Float] { parameters.flattened }

    /// The same weights with parameters from one list.
    ///
    /// - Throws: `TensorError.shapeMismatch` for too few or too many numbers.
    public func unflattened(_ values: [Float]) throws(TensorError) -> Weights {
        with(try parameters.unflattened(values))
    }

    private func with(_ parameters: ParameterSet) -> Weights {
        Weights(supernet, parameters, statistics: statistics?.copy())
    }

    // MARK: Statistics

    /// The weights with running statistics estimated anew over batches, for one mode: a path's own
    /// statistics are not those of the supernet. Batch norms off the path keep what they have.
    ///
    /// - Parameters:
    ///   - mode: Whose network is run.
    ///   - batches: Inputs of one batch each.
    ///   - workspace: Where the passes run.
    /// - Returns: Weights of their own.
    /// - Throws: As ``network(_:)``, and `TensorError` for inputs that do not fit.
    public func reestimated(
        _ mode: Mode, batches: [(inputs: [Float], shape: Shape)], workspace: Workspace
    ) throws -> Weights {
        let own = try parameters(of: mode)
        let known = try statistics ?? RunningStatistics.initial(of: parameters.layout)
        return Weights(
            supernet, parameters.copy(),
            statistics: try RunningStatistics.estimate(
                try network(mode), own, keeping: known, batches: batches, workspace: workspace))
    }
}
