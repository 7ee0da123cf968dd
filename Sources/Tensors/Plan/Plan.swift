public import Kernels

/// A compiled part of a graph: kernel calls in order, with every buffer's place known.
///
/// A plan is immutable and free of the thread that runs it; any number of workspaces may run one
/// plan at the same time. Only what the outputs need is compiled.
public final class Plan: Sendable {
    /// A value that the plan is given or gives.
    public struct Port: Sendable, Hashable {
        /// The input's name; empty for outputs.
        public let name: String
        /// Its sizes.
        public let shape: Shape
    }

    /// What must be given, in order: the graph's inputs that the outputs depend on.
    public let inputs: [Port]
    /// What comes out, in order.
    public let outputs: [Port]
    /// Bytes of working memory that a run needs, besides its inputs and outputs.
    public let arenaBytes: Int
    /// Multiply-adds of the convolutions and matrix products in one run.
    public let multiplyAdds: Int
    /// Number of kernel calls in one run.
    public var stepCount: Int { steps.count }

    let steps: [Step]
    /// Where each buffer is.
    let places: [Place]
    /// Bytes of each buffer, for profiles.
    let bufferBytes: [Int]
    let constants: ConstantStorage

    enum Place: Sendable {
        case input(Int)
        case output(Int)
        case arena(offset: Int)
        case constant(offset: Int)
        /// A part of another buffer, which stands before this one.
        case view(of: Int, offset: Int)
    }

    /// Compiles what these tensors need.
    ///
    /// - Parameters:
    ///   - outputs: Tensors of one graph.
    ///   - kernels: Where kernels are made and shared.
    /// - Throws: `TensorError.differentGraphs`, or `.kernel` if the library refuses a size.
    public init(_ outputs: [Tensor], kernels: KernelCache) throws(TensorError) {
        guard let graph = outputs.first?.graph else {
            throw .invalidArgument(
                operation: "plan", argument: "outputs", expected: "at least one tensor",
                found: "none")
        }
        for output in outputs where output.graph !== graph {
            throw .differentGraphs(operation: "plan")
        }
        var compiler = try PlanCompiler(graph, outputs.map(\.node), kernels)
        try compiler.compile()
        inputs = compiler.usedInputs.map { index in
            Port(name: graph.inputNames[index], shape: graph.shapes[graph.inputNodes[index]])
        }
        self.outputs = outputs.map { Port(name: "", shape: $0.shape) }
        steps = compiler.steps
        places = compiler.places
        bufferBytes = compiler.bufferBytes
        arenaBytes = compiler.memory.bytes
        multiplyAdds = compiler.multiplyAdds
        constants = compiler.constants
    }

    /// The place of each input by name.
    public func inputIndices() -> [String: Int] {
        Dictionary(uniqueKeysWithValues: inputs.enumerated().map { ($1.name, $0) })
    }
}

/// The values of a plan's constant tensors; immutable once compiled.
final class ConstantStorage: @unchecked Sendable {
    private(set) var values: [Float] = []
    private var base: UnsafeMutablePointer<Float>?

    func append(_ new: [Float]) -> Int {
        let offset = values.count
        values += new
        return offset
    }

    /// Moves the values to memory that stays in place.
    func seal() {
        guard !values.isEmpty else { return }
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: values.count)
        memory.initialize(from: values, count: values.count)
        base = memory
    }

    func pointer(_ offset: Int) -> UnsafeMutablePointer<Float>? {
        base.map { $0 + offset }
    }

    deinit { base?.deallocate() }
}
