internal import CKernels

/// Folds of an [outer, axis, inner] view, and optimizer steps over whole parameter blocks.
public enum VectorKernels {
    /// Sums over the axis.
    public static func sum(
        outer: Int, axis: Int, inner: Int, _ x: UnsafePointer<Float>,
        _ y: UnsafeMutablePointer<Float>
    ) {
        ck_sum(outer, axis, inner, x, y)
    }

    /// Maxima over the axis.
    public static func max(
        outer: Int, axis: Int, inner: Int, _ x: UnsafePointer<Float>,
        _ y: UnsafeMutablePointer<Float>
    ) {
        ck_max(outer, axis, inner, x, y)
    }

    /// First positions of the maxima over the axis.
    public static func argmax(
        outer: Int, axis: Int, inner: Int, _ x: UnsafePointer<Float>,
        _ y: UnsafeMutablePointer<Float>
    ) {
        ck_argmax(outer, axis, inner, x, y)
    }

    /// Copies `rows` rows of `count` values between tensors with rows of other lengths.
    public static func copyRows(
        _ rows: Int, count: Int, from: UnsafePointer<Float>, fromRow: Int,
        to: UnsafeMutablePointer<Float>, toRow: Int
    ) {
        ck_copy_rows(rows, count, from, fromRow, to, toRow)
    }

    /// One step of Adam (Kingma and Ba 2015, algorithm 1) in place over `count` values.
    ///
    /// - Parameters:
    ///   - count: Length of the four arrays.
    ///   - parameter: Values, changed in place.
    ///   - first: First moments, changed in place.
    ///   - second: Second moments, changed in place.
    ///   - gradient: Of the values.
    ///   - rate: Learning rate.
    ///   - beta1: β₁, decay of the first moments.
    ///   - beta2: β₂, decay of the second moments.
    ///   - epsilon: Added to the root of the second moment.
    ///   - corrections: 1 − β₁ᵗ and 1 − β₂ᵗ of this step t.
    ///   - weightDecay: Times the parameter, added to the gradient.
    public static func adam(
        count: Int, parameter: UnsafeMutablePointer<Float>, first: UnsafeMutablePointer<Float>,
        second: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, rate: Float,
        beta1: Float, beta2: Float, epsilon: Float, corrections: (Float, Float),
        weightDecay: Float
    ) {
        ck_adam(
            count, parameter, first, second, gradient, rate, beta1, beta2, epsilon, corrections.0,
            corrections.1, weightDecay)
    }
}
