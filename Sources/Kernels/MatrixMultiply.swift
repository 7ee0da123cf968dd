internal import OneDNNBridge

extension KernelContext {
    /// c = a · b over row-major matrices, each optionally transposed.
    ///
    /// - Parameters:
    ///   - rows: M, rows of c.
    ///   - columns: N, columns of c.
    ///   - inner: K, the summed dimension.
    ///   - a: [M, K], or [K, M] if `transposeA`.
    ///   - transposeA: Whether a is held transposed.
    ///   - b: [K, N], or [N, K] if `transposeB`.
    ///   - transposeB: Whether b is held transposed.
    ///   - c: [M, N], overwritten.
    /// - Throws: `KernelError.library` if oneDNN fails.
    public func multiply(
        rows: Int, columns: Int, inner: Int, a: UnsafePointer<Float>, transposeA: Bool,
        b: UnsafePointer<Float>, transposeB: Bool, c: UnsafeMutablePointer<Float>
    ) throws(KernelError) {
        try check(
            dn_multiply(
                Int64(rows), Int64(columns), Int64(inner), a, transposeA, b, transposeB, c))
    }
}
