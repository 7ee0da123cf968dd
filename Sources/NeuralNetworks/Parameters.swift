public import Tensors

/// Parameters as tensors of one graph, by name: what a network's forward pass reads.
///
/// A parameter becomes an input of the graph when it is first asked for, so a path through a
/// supernet names only the parameters that it touches.
public final class Parameters {
    /// The recording.
    public let graph: Graph
    private let layout: ParameterLayout
    private var tensors: [String: Tensor] = [:]
    /// Names in the order in which they were first read.
    public private(set) var names: [String] = []

    /// Names of all parameters that may be read, in the order of the layout.
    package var known: [String] { layout.entries.map(\.name) }

    /// Parameters that will be given when the plan runs.
    public init(_ graph: Graph, _ layout: ParameterLayout) {
        self.graph = graph
        self.layout = layout
    }

    /// The same parameters with some replaced, as by an inner step.
    public func replacing(_ adapted: [String: Tensor]) -> Parameters {
        let copy = Parameters(graph, layout)
        copy.tensors = tensors.merging(adapted) { _, new in new }
        copy.names = names
        return copy
    }

    /// The parameter of this name.
    ///
    /// - Throws: `TensorError.inputMismatch` if the layout has none.
    public func callAsFunction(_ name: String) throws(TensorError) -> Tensor {
        if let tensor = tensors[name] { return tensor }
        guard let index = layout.index(of: name) else {
            throw .inputMismatch(
                name: name, expected: "a parameter of this network", found: "none of this name")
        }
        let tensor = try graph.input(name, layout.entries[index].shape)
        tensors[name] = tensor
        names.append(name)
        return tensor
    }
}
