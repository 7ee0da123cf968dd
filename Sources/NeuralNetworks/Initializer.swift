public import Randomness

/// How a parameter starts.
public enum Initializer: Sendable, Hashable {
    /// One value everywhere.
    case constant(Float)
    /// Uniform in ±1 / √`fanIn`: what PyTorch's convolutions and linear layers do, weight and bias.
    case uniform(fanIn: Int)
    /// Normal with mean 0.
    case normal(deviation: Float)
    /// Zeros in the first half and ones in the second: running means and variances.
    case statistics

    /// Writes first values.
    ///
    /// - Parameters:
    ///   - values: Of one parameter.
    ///   - stream: The parameter's own stream.
    public func fill(_ values: UnsafeMutableBufferPointer<Float>, _ stream: RandomStream) {
        var stream = stream
        switch self {
        case .constant(let value):
            values.update(repeating: value)
        case .uniform(let fanIn):
            let bound = 1 / Double(max(fanIn, 1)).squareRoot()
            for place in values.indices {
                values[place] = Float(stream.uniform(in: -bound...bound))
            }
        case .normal(let deviation):
            for place in values.indices { values[place] = deviation * Float(stream.normal()) }
        case .statistics:
            for place in values.indices { values[place] = place < values.count / 2 ? 0 : 1 }
        }
    }
}
