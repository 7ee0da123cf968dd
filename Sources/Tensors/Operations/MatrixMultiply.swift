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
            .matmul(transposeA: transposeA, transposeB: transposeB), [node, other.node],
            try Shape(target))
    }

    func pullBackMatmul(
        _ transposeA: Bool, _ transposeB: Bool, _ dy: Tensor, _ wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = arguments
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
}
