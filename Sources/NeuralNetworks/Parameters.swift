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
    /// What these parameters are computed from; nil where they are the graph's own inputs.
    private let source: (base: Parameters, derive: Derivation)?
    /// Names in the order in which they were first read.
    public private(set) var names: [String] = []

    /// Names of all parameters that may be read, in the order of the layout.
    package var known: [String] { layout.entries.map(\.name) }

    /// Computes a parameter from the one of the same name.
    public typealias Derivation = (_ name: String, _ tensor: Tensor) throws(TensorError) -> Tensor

    /// Parameters that will be given when the plan runs.
    public convenience init(_ graph: Graph, _ layout: ParameterLayout) {
        self.init(graph, layout, source: nil)
    }

    private init(
        _ graph: Graph, _ layout: ParameterLayout, source: (base: Parameters, derive: Derivation)?
    ) {
        self.graph = graph
        self.layout = layout
        self.source = source
    }

    /// The same parameters with some replaced, as by an inner step.
    public func replacing(_ adapted: [String: Tensor]) -> Parameters {
        let copy = Parameters(graph, layout, source: source)
        copy.tensors = tensors.merging(adapted) { _, new in new }
        copy.names = names
        return copy
    }

    /// Parameters that are computed from these when they are read, so that gradients flow to these.
    ///
    /// - Parameter derive: Called once for each name that is read.
    /// - Returns: Parameters of the same graph.
    public func derived(_ derive: @escaping Derivation) -> Parameters {
        Parameters(graph, layout, source: (self, derive))
    }

    /// The parameters times masks of 0 and 1, or of any numbers.
    ///
    /// - Parameter masks: By parameter's name, of a shape that broadcasts to the parameter's;
    ///   parameters without one stay as they are.
    /// - Returns: Parameters of the same graph.
    public func masked(by masks: [String: Tensor]) -> Parameters {
        derived { name, tensor throws(TensorError) in
            guard let mask = masks[name] else { return tensor }
            return try tensor * mask
        }
    }

    /// Parts of the parameters under the same names, such as their leading channels.
    ///
    /// - Parameter parts: By parameter's name; parameters without one stay whole.
    /// - Returns: Parameters of the same graph.
    public func sliced(to parts: [String: ParameterPart]) -> Parameters {
        derived { name, tensor throws(TensorError) in
            guard let part = parts[name] else { return tensor }
            return try part.of(tensor)
        }
    }

    /// The parameter of this name.
    ///
    /// - Throws: `TensorError.inputMismatch` if the layout has none.
    public func callAsFunction(_ name: String) throws(TensorError) -> Tensor {
        if let tensor = tensors[name] { return tensor }
        if let source {
            let tensor = try source.derive(name, source.base(name))
            tensors[name] = tensor
            names.append(name)
            return tensor
        }
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
