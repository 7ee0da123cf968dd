public import Tensors

/// A part of a parameter: along each axis the places that are kept.
///
/// Elastic networks use it: a narrow network reads the leading channels of a wide one's parameters,
/// and a small kernel the middle of a large one (Cai et al., "Once-for-all", ICLR 2020, without the
/// matrices between kernels).
public struct ParameterPart: Sendable, Hashable {
    /// For each axis ranges of places, in order and apart.
    public let ranges: [[Range<Int>]]

    /// The places of these ranges.
    public init(_ ranges: [[Range<Int>]]) { self.ranges = ranges }

    /// The leading channels of a parameter, and of a convolution's weights [kh, kw, in, out] the
    /// middle of the kernel.
    ///
    /// - Parameters:
    ///   - small: The part's sizes.
    ///   - whole: The parameter's sizes.
    /// - Throws: `TensorError.shapeMismatch` for a part that is larger along some axis.
    public init(_ small: Shape, of whole: Shape) throws(TensorError) {
        guard small.rank == whole.rank,
            zip(small.dimensions, whole.dimensions).allSatisfy({ $0 <= $1 })
        else {
            throw .shapeMismatch(
                operation: "slice", expected: "at most \(whole)", found: "\(small)")
        }
        ranges = small.dimensions.indices.map { axis in
            let isKernel = small.rank == 4 && axis < 2
            let start = isKernel ? (whole[axis] - small[axis]) / 2 : 0
            return [start..<start + small[axis]]
        }
    }

    /// The part's sizes.
    ///
    /// - Throws: `TensorError.shapeMismatch` if the parameter does not have these places.
    public func shape(in whole: Shape) throws(TensorError) -> Shape {
        let fits =
            ranges.count == whole.rank
            && zip(ranges, whole.dimensions).allSatisfy { axis, size in
                axis.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= size }
            }
        guard fits else {
            throw .shapeMismatch(
                operation: "slice", expected: "places of a parameter of shape \(whole)",
                found: "\(ranges)")
        }
        return try Shape(ranges.map { $0.reduce(0) { $0 + $1.count } })
    }

    /// The part of a tensor; gradients flow to the places that are kept.
    ///
    /// - Throws: `TensorError.shapeMismatch` if the tensor does not have these places.
    public func of(_ tensor: Tensor) throws(TensorError) -> Tensor {
        let target = try shape(in: tensor.shape)
        guard target != tensor.shape else { return tensor }
        // One slice takes every axis of one range; each of the others is put together after it.
        var starts = [Int](repeating: 0, count: ranges.count)
        var sizes = tensor.shape.dimensions
        for (axis, kept) in ranges.enumerated() where kept.count == 1 {
            (starts[axis], sizes[axis]) = (kept[0].lowerBound, kept[0].count)
        }
        var result =
            sizes == tensor.shape.dimensions
            ? tensor : try tensor.sliced(starts: starts, sizes: sizes)
        for (axis, kept) in ranges.enumerated() where kept.count > 1 {
            let base = result
            let pieces = try kept.filter { !$0.isEmpty }.map { range throws(TensorError) in
                var starts = [Int](repeating: 0, count: ranges.count)
                var sizes = base.shape.dimensions
                (starts[axis], sizes[axis]) = (range.lowerBound, range.count)
                return try base.sliced(starts: starts, sizes: sizes)
            }
            result = try Tensor.concatenate(pieces, axis: axis)
        }
        return result
    }

    /// The part's elements by their places in the flat whole, row-major; of places that `shape`
    /// accepts.
    func places(in whole: Shape) -> [Int] {
        var places = [0]
        for (axis, kept) in ranges.enumerated() {
            places = places.flatMap { place in
                kept.flatMap { range in range.map { place * whole[axis] + $0 } }
            }
        }
        return places
    }
}
