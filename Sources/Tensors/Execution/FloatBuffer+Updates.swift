internal import Kernels

extension FloatBuffer {
    /// One step of Adam (Kingma and Ba 2015, algorithm 1) over part of this buffer, in place.
    ///
    /// - Parameters:
    ///   - range: Which elements; within all four buffers.
    ///   - first: First moments, changed in place.
    ///   - second: Second moments, changed in place.
    ///   - gradient: Of this buffer's values.
    ///   - rate: Learning rate.
    ///   - beta1: β₁, decay of the first moments.
    ///   - beta2: β₂, decay of the second moments.
    ///   - epsilon: Added to the root of the second moment.
    ///   - corrections: 1 − β₁ᵗ and 1 − β₂ᵗ of this step t.
    ///   - weightDecay: Times the value, added to the gradient.
    public func stepAdam(
        _ range: Range<Int>, first: FloatBuffer, second: FloatBuffer, gradient: FloatBuffer,
        rate: Float, beta1: Float, beta2: Float, epsilon: Float, corrections: (Float, Float),
        weightDecay: Float
    ) {
        let start = range.lowerBound
        VectorKernels.adam(
            count: range.count, parameter: pointer + start, first: first.pointer + start,
            second: second.pointer + start, gradient: gradient.pointer + start, rate: rate,
            beta1: beta1, beta2: beta2, epsilon: epsilon, corrections: corrections,
            weightDecay: weightDecay)
    }
}
