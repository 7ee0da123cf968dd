internal import Kernels

extension Tensor {
    /// The matrix product, of two matrices or of two batches of as many.
    ///
    /// - Parameters:
    ///   - other: [K, N], or [B, K, N]; its last two dimensions exchanged if `transposeB`.
    ///   - transposeA: This tensor is [K, M] instead of [M, K].
    ///   - transposeB: `other` is [N, K] instead of [K, N].
    /// - Returns: [M, N], or [B, M, N].
    /// - Throws: `TensorError.shapeMismatch` for other ranks, inner sizes or batches,
    ///   `.invalidShape` for a result too large, `.differentGraphs`.
    public func matmul(
        _ other: Tensor, transposeA: Bool = false, transposeB: Bool = false
    ) throws(TensorError) -> Tensor {
        try requireSameGraph([other], "matmul")
        let rank = shape.rank
        guard rank == other.shape.rank, rank == 2 || rank == 3 else {
            throw .shapeMismatch(
                operation: "matmul", expected: "two matrices or two batches of matrices",
                found: "\(shape) and \(other.shape)")
        }
        let (rows, inner) =
            transposeA ? (shape[rank - 1], shape[rank - 2]) : (shape[rank - 2], shape[rank - 1])
        let (otherInner, columns) =
            transposeB
            ? (other.shape[rank - 1], other.shape[rank - 2])
            : (other.shape[rank - 2], other.shape[rank - 1])
        guard inner == otherInner, rank == 2 || shape[0] == other.shape[0] else {
            throw .shapeMismatch(
                operation: "matmul",
                expected: "equal inner sizes\(rank == 3 ? " and batches" : "")",
                found: "\(shape)\(transposeA ? " transposed" : "") and "
                    + "\(other.shape)\(transposeB ? " transposed" : "")")
        }
        let target = rank == 2 ? [rows, columns] : [shape[0], rows, columns]
        return graph.record(
            MatrixMultiply(transposeA: transposeA, transposeB: transposeB), [node, other.node],
            try Shape(target))
    }
}

private struct MatrixMultiply: Primitive {
    let transposeA: Bool
    let transposeB: Bool

    var name: String { "matmul" }
    var attributes: [String: AttributeValue] {
        ["transpose_a": .flag(transposeA), "transpose_b": .flag(transposeB)]
    }
    var layer: Recording.Layer.Kind? { .linear }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = y.arguments
        let (a, b) = (inputs[0], inputs[1])
        // y = A B with A = op(a), B = op(b):  dA = dy Bᵀ,  dB = Aᵀ dy.
        func da() throws(TensorError) -> Tensor {
            transposeA
                ? try b.matmul(dy, transposeA: transposeB, transposeB: true)
                : try dy.matmul(b, transposeB: !transposeB)
        }
        func db() throws(TensorError) -> Tensor {
            transposeB
                ? try dy.matmul(a, transposeA: true, transposeB: transposeA)
                : try a.matmul(dy, transposeA: !transposeA)
        }
        return [wanted[0] ? try da() : nil, wanted[1] ? try db() : nil]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        let (a, shape) = (plan.inputShape(of: node, 0), plan.shape(of: node))
        plan.emit(
            node,
            MatrixMultiplyKernel(
                batch: shape.rank == 3 ? shape[0] : 1, rows: shape[shape.rank - 2],
                columns: shape[shape.rank - 1], inner: inner(a), transposeA: transposeA,
                transposeB: transposeB))
    }

    func multiplyAdds(_ inputs: [Shape], _ output: Shape) -> Int {
        output.count.multipliedReportingOverflow(by: inner(inputs[0])).0
    }

    private func inner(_ a: Shape) -> Int { a[a.rank - (transposeA ? 2 : 1)] }
}

private struct MatrixMultiplyKernel: Kernel {
    let batch: Int
    let rows: Int
    let columns: Int
    let inner: Int
    let transposeA: Bool
    let transposeB: Bool

    var name: String { "matmul" }
    var implementation: String { "onednn sgemm" }
    var service: OperationService {
        OperationService(
            operation: "matrix product", sizes: "\(rows)×\(inner) · \(inner)×\(columns)",
            implementation: KernelInformation.matrixProducts)
    }
    var multiplyAdds: Int { batch * rows * columns * inner }

    func run(_ memory: KernelMemory) throws(TensorError) {
        let (a, b, c) = (memory.input(0), memory.input(1), memory.output)
        do {
            for index in 0..<batch {
                try memory.context.multiply(
                    rows: rows, columns: columns, inner: inner,
                    a: a + index * rows * inner, transposeA: transposeA,
                    b: b + index * inner * columns, transposeB: transposeB,
                    c: c + index * rows * columns)
            }
        } catch { throw .kernel(error) }
    }
}
