public import Tensors

/// A workspace with kernels of its own, for tests that compile and run small plans.
public struct Engine {
    /// Where the plans run.
    public let workspace: Workspace

    /// - Throws: `TensorError.kernel` if the kernel library fails.
    public init() throws(TensorError) {
        workspace = try Workspace(kernels: try Executor(threads: 1).kernels)
    }

    /// Compiles what these tensors need and runs it once.
    ///
    /// - Throws: What compiling and running throw.
    public func evaluate(
        _ outputs: [Tensor], _ inputs: [String: [Float]] = [:], seed: UInt64 = 0
    ) throws(TensorError) -> [[Float]] {
        let plan = try Plan(outputs, kernels: workspace.kernels)
        return try workspace.evaluate(plan, inputs, seed: seed)
    }
}
