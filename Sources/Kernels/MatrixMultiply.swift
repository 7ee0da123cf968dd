internal import COneDNN

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
        let status = dnnl_sgemm(
            CChar(UInt8(ascii: transposeA ? "T" : "N")),
            CChar(UInt8(ascii: transposeB ? "T" : "N")),
            dnnl_dim_t(rows), dnnl_dim_t(columns), dnnl_dim_t(inner), 1, a,
            dnnl_dim_t(transposeA ? rows : inner), b, dnnl_dim_t(transposeB ? inner : columns), 0,
            c, dnnl_dim_t(columns))
        try check(status, "dnnl_sgemm")
    }
}
