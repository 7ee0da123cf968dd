/// Operations that move elements without changing them.
extension Tensor {
    /// The same elements, row-major, in another shape.
    public func reshaped(_ target: Shape) throws(TensorError) -> Tensor {
        if shape == target { return self }
        guard shape.count == target.count else {
            throw .shapeMismatch(
                operation: "reshape", expected: "\(shape.count) elements, as in \(shape)",
                found: "\(target.count), as in \(target)")
        }
        if let filled { return graph.fill(filled, target) }
        if case .reshape = operation { return try arguments[0].reshaped(target) }
        return graph.record(.reshape, [node], target)
    }

    /// The same elements in a shape with these sizes; one size may be −1 and is worked out.
    public func reshaped(_ sizes: [Int]) throws(TensorError) -> Tensor {
        var sizes = sizes
        if let open = sizes.firstIndex(of: -1) {
            let rest = sizes.enumerated().reduce(1) { product, size in
                size.offset == open ? product : product &* size.element
            }
            guard rest > 0, shape.count % rest == 0 else {
                throw .shapeMismatch(
                    operation: "reshape", expected: "sizes that divide \(shape.count) elements",
                    found: "\(sizes)")
            }
            sizes[open] = shape.count / rest
        }
        return try reshaped(try Shape(sizes))
    }

    /// All dimensions but the first made one.
    public func flattened() throws(TensorError) -> Tensor {
        guard shape.rank > 1 else { return self }
        return try reshaped([shape[0], -1])
    }

    /// The dimensions in another order: result dimension i is dimension `permutation[i]`.
    public func transposed(_ permutation: [Int]) throws(TensorError) -> Tensor {
        guard permutation.sorted() == Array(0..<shape.rank) else {
            throw .invalidArgument(
                operation: "transpose", argument: "permutation",
                expected: "every axis of \(shape) once", found: "\(permutation)")
        }
        if permutation == Array(0..<shape.rank) { return self }
        let target = Shape(unchecked: permutation.map { shape[$0] })
        if let filled { return graph.fill(filled, target) }
        return graph.record(.transpose(permutation), [node], target)
    }

    /// Part of a tensor: along each axis `sizes` elements from `starts` in steps of `strides`.
    public func sliced(
        starts: [Int], sizes: [Int], strides: [Int]? = nil
    ) throws(TensorError) -> Tensor {
        let strides = strides ?? [Int](repeating: 1, count: shape.rank)
        guard [starts.count, sizes.count, strides.count].allSatisfy({ $0 == shape.rank }) else {
            throw .invalidArgument(
                operation: "slice", argument: "starts, sizes, strides",
                expected: "\(shape.rank) of each",
                found: "\(starts.count), \(sizes.count), \(strides.count)")
        }
        for axis in 0..<shape.rank {
            let fits =
                starts[axis] >= 0 && strides[axis] > 0 && sizes[axis] > 0
                && strides[axis] <= shape[axis] && sizes[axis] <= shape[axis]
                && starts[axis] < shape[axis]
                && starts[axis] + (sizes[axis] - 1) * strides[axis] < shape[axis]
            guard fits else {
                throw .invalidArgument(
                    operation: "slice", argument: "axis \(axis)",
                    expected: "a part of 0..<\(shape[axis])",
                    found:
                        "\(sizes[axis]) from \(starts[axis]) in steps of \(strides[axis])")
            }
        }
        let target = Shape(unchecked: sizes)
        if target == shape { return self }
        if let filled { return graph.fill(filled, target) }
        return graph.record(.slice(starts: starts, strides: strides), [node], target)
    }

    /// Zeros put around a tensor.
    public func padded(before: [Int], after: [Int]) throws(TensorError) -> Tensor {
        guard before.count == shape.rank, after.count == shape.rank,
            (before + after).allSatisfy({ $0 >= 0 && $0 <= Int(Int32.max) })
        else {
            throw .invalidArgument(
                operation: "pad", argument: "before, after",
                expected: "\(shape.rank) counts of at least 0 each", found: "\(before), \(after)")
        }
        let target = try Shape(
            (0..<shape.rank).map { before[$0] + shape[$0] + after[$0] })
        return padded(
            before: before, strides: [Int](repeating: 1, count: shape.rank), to: target)
    }

    /// Zeros before, between and after: the transpose of `sliced`.
    func padded(before: [Int], strides: [Int], to target: Shape) -> Tensor {
        if target == shape { return self }
        return graph.record(.pad(before: before, strides: strides), [node], target)
    }

    /// Tensors one after another along an axis; the other sizes must agree.
    public static func concatenate(
        _ tensors: [Tensor], axis: Int
    ) throws(TensorError) -> Tensor {
        guard let first = tensors.first else {
            throw .invalidArgument(
                operation: "concatenate", argument: "tensors", expected: "at least one",
                found: "none")
        }
        if tensors.count == 1 { return first }
        try first.requireSameGraph(tensors, "concatenate")
        let axis = try first.resolve(axis, "concatenate")
        var sizes = first.shape.dimensions
        for tensor in tensors.dropFirst() {
            var other = tensor.shape.dimensions
            guard other.count == sizes.count else {
                throw .shapeMismatch(
                    operation: "concatenate", expected: "tensors of rank \(sizes.count)",
                    found: "\(tensor.shape)")
            }
            let length = other[axis]
            other[axis] = sizes[axis]
            guard other == sizes else {
                throw .shapeMismatch(
                    operation: "concatenate",
                    expected: "the sizes of \(first.shape) but for axis \(axis)",
                    found: "\(tensor.shape)")
            }
            sizes[axis] += length
        }
        return first.graph.record(
            .concatenate(axis: axis), tensors.map(\.node), try Shape(sizes))
    }

    func pullBackMovement(
        _ dy: Tensor, _ wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        switch operation {
        case .transpose(let permutation):
            var inverse = permutation
            for (place, axis) in permutation.enumerated() { inverse[axis] = place }
            return [try dy.transposed(inverse)]
        case .slice(let starts, let strides):
            return [dy.padded(before: starts, strides: strides, to: arguments[0].shape)]
        case .pad(let before, let strides):
            return [
                try dy.sliced(
                    starts: before, sizes: arguments[0].shape.dimensions, strides: strides)
            ]
        case .concatenate(let axis):
            var start = 0
            var parts: [Tensor?] = []
            for (input, isWanted) in zip(arguments, wanted) {
                var starts = [Int](repeating: 0, count: shape.rank)
                starts[axis] = start
                start += input.shape[axis]
                parts.append(
                    isWanted
                        ? try dy.sliced(starts: starts, sizes: input.shape.dimensions) : nil)
            }
            return parts
        default:
            return wanted.map { _ in nil }
        }
    }
}
