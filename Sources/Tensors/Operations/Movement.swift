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
        if case .reshape? = structure { return try arguments[0].reshaped(target) }
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
        return graph.record(Transpose(permutation: permutation), [node], target)
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
        return graph.record(Slice(starts: starts, strides: strides), [node], target)
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
        return graph.record(Pad(before: before, strides: strides), [node], target)
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
            Concatenate(axis: axis), tensors.map(\.node), try Shape(sizes))
    }
}

// MARK: The operations

private struct Transpose: Primitive {
    let permutation: [Int]

    var name: String { "transpose" }
    var attributes: [String: AttributeValue] { ["permutation": .list(permutation)] }
    var isRearrangement: Bool { true }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        var inverse = permutation
        for (place, axis) in permutation.enumerated() { inverse[axis] = place }
        return [try dy.transposed(inverse)]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        let (source, shape) = (plan.inputShape(of: node, 0), plan.shape(of: node))
        let strides = source.strides
        let copy = StridedCopy(
            sizes: shape.dimensions, sourceStrides: permutation.map { strides[$0] },
            destinationStrides: shape.strides)
        plan.emit(node, CopyKernel(copy: copy))
    }
}

private struct Slice: Primitive {
    let starts: [Int]
    let strides: [Int]

    var name: String { "slice" }
    var attributes: [String: AttributeValue] {
        ["starts": .list(starts), "strides": .list(strides)]
    }
    var isRearrangement: Bool { true }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        [dy.padded(before: starts, strides: strides, to: y.arguments[0].shape)]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        let (source, shape) = (plan.inputShape(of: node, 0), plan.shape(of: node))
        let steps = source.strides
        let copy = StridedCopy(
            sizes: shape.dimensions, sourceStrides: zip(steps, strides).map { $0 * $1 },
            destinationStrides: shape.strides,
            sourceOffset: zip(steps, starts).reduce(0) { $0 + $1.0 * $1.1 })
        plan.emit(node, CopyKernel(copy: copy))
    }
}

/// Zeros before and between the elements; the shape says how many come after.
private struct Pad: Primitive {
    let before: [Int]
    let strides: [Int]

    var name: String { "pad" }
    var attributes: [String: AttributeValue] {
        ["before": .list(before), "strides": .list(strides)]
    }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        [
            try dy.sliced(
                starts: before, sizes: y.arguments[0].shape.dimensions, strides: strides)
        ]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        let (source, shape) = (plan.inputShape(of: node, 0), plan.shape(of: node))
        let steps = shape.strides
        let copy = StridedCopy(
            sizes: source.dimensions, sourceStrides: source.strides,
            destinationStrides: zip(steps, strides).map { $0 * $1 },
            destinationOffset: zip(steps, before).reduce(0) { $0 + $1.0 * $1.1 })
        plan.emit(node, CopyKernel(copy: copy, cleared: shape.count))
    }
}

struct Concatenate: Primitive {
    let axis: Int

    var name: String { "concatenate" }
    var attributes: [String: AttributeValue] { ["axis": .number(axis)] }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        var start = 0
        var parts: [Tensor?] = []
        for (input, isWanted) in zip(y.arguments, wanted) {
            var starts = [Int](repeating: 0, count: y.shape.rank)
            starts[axis] = start
            start += input.shape[axis]
            parts.append(
                isWanted ? try dy.sliced(starts: starts, sizes: input.shape.dimensions) : nil)
        }
        return parts
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        let strides = plan.shape(of: node).strides
        var start = 0
        let copies = plan.inputShapes(of: node).map { part in
            defer { start += part[axis] }
            return StridedCopy(
                sizes: part.dimensions, sourceStrides: part.strides,
                destinationStrides: strides, destinationOffset: start * strides[axis])
        }
        plan.emit(node, ConcatenateKernel(copies: copies))
    }
}

private struct ConcatenateKernel: Kernel {
    let copies: [StridedCopy]

    var name: String { "concatenate" }
    var service: OperationService { .swift("copy") }

    func run(_ memory: KernelMemory) {
        for (index, copy) in copies.enumerated() {
            copy.run(from: memory.input(index), to: memory.output)
        }
    }
}
