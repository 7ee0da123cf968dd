public import Randomness

/// How the weights and biases of convolutions and linear layers start.
///
/// Before a batch norm the scale of a convolution's weights has no part in what it computes, and yet
/// it has in how fast it learns: a step of one size turns small weights further than large ones.
public enum InitialWeights: String, Sendable, Hashable, CaseIterable {
    /// Weights and biases uniform in ±1 / √fan-in, as PyTorch's own layers start.
    case uniform
    /// Weights normal with variance 2 / fan-in, biases 0. Source: He, Zhang, Ren, Sun, "Delving deep
    /// into rectifiers", ICCV 2015.
    case he
}

/// How a parameter starts.
public enum Initializer: Sendable, Hashable {
    /// One value everywhere.
    case constant(Float)
    /// A weight of a unit with `fanIn` inputs, by the network's `InitialWeights`.
    case weight(fanIn: Int)
    /// The bias of a unit with `fanIn` inputs, by the network's `InitialWeights`.
    case bias(fanIn: Int)
    /// Normal with mean 0.
    case normal(deviation: Float)
    /// Zeros in the first half and ones in the second: running means and variances.
    case statistics

    /// Writes first values.
    ///
    /// - Parameters:
    ///   - values: Of one parameter.
    ///   - weights: The network's way to start.
    ///   - stream: The parameter's own stream.
    public func fill(
        _ values: UnsafeMutableBufferPointer<Float>, _ weights: InitialWeights,
        _ stream: RandomStream
    ) {
        var stream = stream
        switch (self, weights) {
        case (.constant(let value), _):
            values.update(repeating: value)
        case (.weight(let fanIn), .uniform), (.bias(let fanIn), .uniform):
            let bound = 1 / Double(max(fanIn, 1)).squareRoot()
            for place in values.indices {
                values[place] = Float(stream.uniform(in: -bound...bound))
            }
        case (.weight(let fanIn), .he):
            let deviation = (2 / Double(max(fanIn, 1))).squareRoot()
            Initializer.normal(deviation: Float(deviation)).fill(values, weights, stream)
        case (.bias, .he):
            values.update(repeating: 0)
        case (.normal(let deviation), _):
            for place in values.indices { values[place] = deviation * Float(stream.normal()) }
        case (.statistics, _):
            for place in values.indices { values[place] = place < values.count / 2 ? 0 : 1 }
        }
    }
}
