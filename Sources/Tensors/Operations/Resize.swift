extension Tensor {
    /// How a resized image takes values between pixels.
    public enum Interpolation: Sendable {
        /// The nearest pixel's value.
        case nearest
        /// A weighted mean of the four pixels around.
        case bilinear
    }

    /// Images [N, H, W, C] in another size; pixel centres are matched, not corners.
    public func resized(
        height: Int, width: Int, _ interpolation: Interpolation = .bilinear
    ) throws(TensorError) -> Tensor {
        guard shape.rank == 4 else {
            throw .shapeMismatch(
                operation: "resize", expected: "images [N, H, W, C]", found: "\(shape)")
        }
        let target = try Shape([shape[0], height, width, shape[3]])
        if target == shape { return self }
        return graph.record(.resize(bilinear: interpolation == .bilinear), [node], target)
    }
}
