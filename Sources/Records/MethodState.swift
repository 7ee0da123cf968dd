/// A method's state outside the program.
public struct MethodState: Sendable, Hashable {
    /// JSON text.
    public var text: String
    /// Tensors and parameters, which the text names.
    public var arrays: [NamedArray]

    /// A state of these parts.
    public init(text: String, arrays: [NamedArray]) {
        self.text = text
        self.arrays = arrays
    }
}
