/// Linear layers with ReLU between: the network of sine regression.
///
/// Source: Finn, Abbeel, Levine, "MAML", ICML 2017, section 5.1 (1 input, 40 and 40 hidden units,
/// 1 output).
public struct MLPConfiguration: Sendable, Hashable, Codable {
    /// Numbers that come in.
    public var inputs: Int
    /// The widths of the hidden layers; may be empty.
    public var hidden: [Int]
    /// Numbers that go out.
    public var outputs: Int

    /// A multilayer perceptron.
    public init(inputs: Int = 1, hidden: [Int] = [40, 40], outputs: Int = 1) {
        self.inputs = inputs
        self.hidden = hidden
        self.outputs = outputs
    }

    /// The layers with exact counts, named `layers.0.linear`, `layers.0.relu`, ….
    ///
    /// - Throws: `invalidSetting` or `tooLarge`.
    public func describe() throws(SearchSpaceError) -> NetworkDescription {
        try checkPositive([("inputs", inputs), ("outputs", outputs)])
        try checkPositive(hidden.enumerated().map { ("hidden[\($0)]", $1) })
        var builder = DescriptionBuilder()
        var width = inputs
        for (index, next) in (hidden + [outputs]).enumerated() {
            try builder.appendLinear("layers.\(index).linear", inputs: width, outputs: next)
            if index < hidden.count { try builder.append(.relu, "layers.\(index).relu", [next]) }
            width = next
        }
        return builder.description
    }
}
