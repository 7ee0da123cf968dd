/// Picking elements by index. Indices are whole numbers held as floats; they are checked when the
/// plan runs.
extension Tensor {
    /// Rows of this tensor: result[i] = self[indices[i]], along the first axis.
    ///
    /// - Parameter indices: [M], each in 0 ..< the first size.
    /// - Returns: M rows.
    /// - Throws: `TensorError.shapeMismatch` unless this has rows and the indices one axis,
    ///   `.invalidShape` for a result too large, `.differentGraphs`.
    public func gatherRows(_ indices: Tensor) throws(TensorError) -> Tensor {
        try requireSameGraph([indices], "gatherRows")
        guard shape.rank >= 1, indices.shape.rank == 1 else {
            throw .shapeMismatch(
                operation: "gatherRows", expected: "a tensor with rows and indices [M]",
                found: "\(shape) and \(indices.shape)")
        }
        var target = shape
        target[0] = indices.shape[0]
        return graph.record(.gatherRows, [node, indices.node], try target.checked())
    }

    /// The transpose of `gatherRows`: a tensor of `rows` rows in which row indices[i] is the sum of
    /// this tensor's rows i.
    public func scatterAddRows(_ indices: Tensor, rows: Int) throws(TensorError) -> Tensor {
        try requireSameGraph([indices], "scatterAddRows")
        guard shape.rank >= 1, indices.shape.rank == 1, indices.shape[0] == shape[0], rows >= 1
        else {
            throw .shapeMismatch(
                operation: "scatterAddRows",
                expected: "an index for each of the \(shape.rank > 0 ? shape[0] : 0) rows",
                found: "\(indices.shape)")
        }
        var sizes = shape.dimensions
        sizes[0] = rows
        return graph.record(.scatterRows, [node, indices.node], try Shape(sizes))
    }

    /// Elements along an axis: result[.., i, ..] = self[.., indices[.., i, ..], ..].
    ///
    /// - Parameters:
    ///   - axis: Which; a negative one counts from the last.
    ///   - indices: As this tensor but for the axis, which may have any size.
    /// - Returns: A tensor of the indices' shape.
    /// - Throws: `TensorError.invalidArgument` for an axis out of range, `.shapeMismatch` for
    ///   indices of another shape, `.differentGraphs`.
    public func takeAlongAxis(_ axis: Int, _ indices: Tensor) throws(TensorError) -> Tensor {
        try requireSameGraph([indices], "takeAlongAxis")
        let axis = try resolve(axis, "takeAlongAxis")
        var target = shape
        guard indices.shape.rank == shape.rank else {
            throw .shapeMismatch(
                operation: "takeAlongAxis", expected: "indices of rank \(shape.rank)",
                found: "\(indices.shape)")
        }
        target[axis] = indices.shape[axis]
        guard target == indices.shape else {
            throw .shapeMismatch(
                operation: "takeAlongAxis",
                expected: "indices with the sizes of \(shape) but for axis \(axis)",
                found: "\(indices.shape)")
        }
        return graph.record(.takeAlong(axis: axis), [node, indices.node], target)
    }

    /// The values sorted along an axis; equal values keep their order.
    public func sorted(axis: Int, descending: Bool = false) throws(TensorError) -> Tensor {
        let axis = try resolve(axis, "sort")
        let order = graph.record(
            .sortIndices(axis: axis, descending: descending), [node], shape)
        return try takeAlongAxis(axis, order)
    }

    /// The positions that `sorted` would take the values from; no derivative.
    public func sortedIndices(
        axis: Int, descending: Bool = false
    ) throws(TensorError) -> Tensor {
        let axis = try resolve(axis, "sort")
        return graph.record(.sortIndices(axis: axis, descending: descending), [node], shape)
    }

    /// The `count` largest values along an axis, largest first.
    public func topK(_ count: Int, axis: Int) throws(TensorError) -> Tensor {
        let axis = try resolve(axis, "topK")
        guard (1...shape[axis]).contains(count) else {
            throw .invalidArgument(
                operation: "topK", argument: "count", expected: "1...\(shape[axis])",
                found: "\(count)")
        }
        var sizes = shape.dimensions
        sizes[axis] = count
        return try sorted(axis: axis, descending: true).sliced(
            starts: [Int](repeating: 0, count: shape.rank), sizes: sizes)
    }

    /// Labels [N] as rows with a 1 at the label: [N, classes]; no derivative.
    public func oneHot(classes: Int) throws(TensorError) -> Tensor {
        guard shape.rank == 1, classes >= 1 else {
            throw .shapeMismatch(
                operation: "oneHot", expected: "labels [N] and at least 1 class",
                found: "\(shape) and \(classes)")
        }
        return graph.record(.oneHot, [node], try Shape([shape[0], classes]))
    }

    func pullBackIndexing(_ dy: Tensor) throws(TensorError) -> [Tensor?] {
        let inputs = arguments
        switch operation {
        case .gatherRows:
            return [
                graph.record(.scatterRows, [dy.node, inputs[1].node], inputs[0].shape), nil,
            ]
        case .scatterRows:
            return [
                graph.record(.gatherRows, [dy.node, inputs[1].node], inputs[0].shape), nil,
            ]
        case .takeAlong(let axis):
            return [
                graph.record(
                    .scatterAlong(axis: axis), [dy.node, inputs[1].node], inputs[0].shape), nil,
            ]
        case .scatterAlong(let axis):
            return [
                graph.record(
                    .takeAlong(axis: axis), [dy.node, inputs[1].node], inputs[0].shape), nil,
            ]
        default:
            return inputs.map { _ in nil }
        }
    }
}
