public import Tensors

/// One named parameter: its sizes and how it starts.
public struct ParameterSpecification: Sendable, Hashable {
    /// The parameter's name, as `cells.0.preprocess0.convolution.weight`.
    public let name: String
    /// Its sizes.
    public let shape: Shape
    /// Its first values.
    public let initializer: Initializer

    /// A parameter.
    public init(_ name: String, _ shape: Shape, _ initializer: Initializer) {
        self.name = name
        self.shape = shape
        self.initializer = initializer
    }
}

/// Where each named parameter lies in one flat buffer.
public final class ParameterLayout: Sendable {
    /// The parameters in order.
    public let entries: [ParameterSpecification]
    /// The first element of each.
    public let offsets: [Int]
    /// Elements of all.
    public let count: Int
    private let indices: [String: Int]

    /// - Parameter entries: With different names; of two with one name the first counts.
    public init(_ entries: [ParameterSpecification]) {
        var kept: [ParameterSpecification] = []
        var offsets: [Int] = []
        var indices: [String: Int] = [:]
        var total = 0
        for entry in entries where indices[entry.name] == nil {
            indices[entry.name] = kept.count
            kept.append(entry)
            offsets.append(total)
            total += entry.shape.count
        }
        self.entries = kept
        self.offsets = offsets
        self.indices = indices
        count = total
    }

    /// The place of a parameter among the entries; nil if there is none of this name.
    public func index(of name: String) -> Int? { indices[name] }
}
