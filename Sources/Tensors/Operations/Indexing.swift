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
        return graph.record(
            GatherRows(isTransposed: false), [node, indices.node], try target.checked())
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
        return graph.record(GatherRows(isTransposed: true), [node, indices.node], try Shape(sizes))
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
        return graph.record(
            TakeAlong(axis: axis, isTransposed: false), [node, indices.node], target)
    }

    /// The values sorted along an axis; equal values keep their order.
    public func sorted(axis: Int, descending: Bool = false) throws(TensorError) -> Tensor {
        let axis = try resolve(axis, "sort")
        let order = graph.record(
            SortIndices(axis: axis, isDescending: descending), [node], shape)
        return try takeAlongAxis(axis, order)
    }

    /// The positions that `sorted` would take the values from; no derivative.
    public func sortedIndices(
        axis: Int, descending: Bool = false
    ) throws(TensorError) -> Tensor {
        let axis = try resolve(axis, "sort")
        return graph.record(SortIndices(axis: axis, isDescending: descending), [node], shape)
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
        return graph.record(OneHot(), [node], try Shape([shape[0], classes]))
    }
}

// MARK: Rows

/// Picking rows is linear, and its transpose adds rows up.
private struct GatherRows: Primitive {
    let isTransposed: Bool

    var name: String { isTransposed ? "scatter_add_rows" : "gather_rows" }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = y.arguments
        let transpose = GatherRows(isTransposed: !isTransposed)
        return [y.graph.record(transpose, [dy, inputs[1]], inputs[0].shape), nil]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        let (source, target) = (plan.inputShape(of: node, 0), plan.shape(of: node))
        let (all, picked) = isTransposed ? (target, source) : (source, target)
        plan.emit(
            node,
            GatherRowsKernel(
                rows: all[0], indexCount: picked[0], rowLength: source.count / source[0],
                isTransposed: isTransposed))
    }
}

private struct GatherRowsKernel: Kernel {
    let rows: Int
    let indexCount: Int
    let rowLength: Int
    let isTransposed: Bool

    var name: String { "indexing" }

    func run(_ memory: KernelMemory) throws(TensorError) {
        let (x, index, y) = (memory.input(0), memory.input(1), memory.output)
        guard isTransposed else {
            for place in 0..<indexCount {
                let row = try checkedIndex(index[place], below: rows, "gatherRows")
                (y + place * rowLength).update(from: x + row * rowLength, count: rowLength)
            }
            return
        }
        y.update(repeating: 0, count: rows * rowLength)
        for place in 0..<indexCount {
            let row = try checkedIndex(index[place], below: rows, "scatterAddRows")
            let (from, to) = (x + place * rowLength, y + row * rowLength)
            for element in 0..<rowLength { to[element] += from[element] }
        }
    }
}

// MARK: Elements along an axis

/// Picking elements is linear, and its transpose adds elements up.
private struct TakeAlong: Primitive {
    let axis: Int
    let isTransposed: Bool

    var name: String { isTransposed ? "scatter_add_along_axis" : "take_along_axis" }
    var attributes: [String: AttributeValue] { ["axis": .number(axis)] }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = y.arguments
        let transpose = TakeAlong(axis: axis, isTransposed: !isTransposed)
        return [y.graph.record(transpose, [dy, inputs[1]], inputs[0].shape), nil]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        let (source, target) = (plan.inputShape(of: node, 0), plan.shape(of: node))
        let (all, picked) = isTransposed ? (target, source) : (source, target)
        let view = FoldedView(target, axis: axis)
        plan.emit(
            node,
            TakeAlongKernel(
                outer: view.outer, axis: all[axis], indexAxis: picked[axis], inner: view.inner,
                isTransposed: isTransposed))
    }
}

private struct TakeAlongKernel: Kernel {
    let outer: Int
    let axis: Int
    let indexAxis: Int
    let inner: Int
    let isTransposed: Bool

    var name: String { "indexing" }

    func run(_ memory: KernelMemory) throws(TensorError) {
        let (x, index, y) = (memory.input(0), memory.input(1), memory.output)
        if isTransposed { y.update(repeating: 0, count: outer * axis * inner) }
        for outer in 0..<outer {
            for along in 0..<indexAxis {
                for inner in 0..<inner {
                    let place = (outer * indexAxis + along) * self.inner + inner
                    let other = try checkedIndex(index[place], below: axis, "takeAlongAxis")
                    let picked = (outer * axis + other) * self.inner + inner
                    if isTransposed { y[picked] += x[place] } else { y[place] = x[picked] }
                }
            }
        }
    }
}

// MARK: Sorting and one-hot rows

private struct SortIndices: Primitive {
    let axis: Int
    let isDescending: Bool

    var name: String { "sort_indices" }
    var attributes: [String: AttributeValue] {
        ["axis": .number(axis), "descending": .flag(isDescending)]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        plan.emit(
            node,
            SortKernel(
                view: FoldedView(plan.shape(of: node), axis: axis), isDescending: isDescending))
    }
}

/// Stable, so that equal values keep their order; NaN stands last.
private struct SortKernel: Kernel {
    let view: FoldedView
    let isDescending: Bool

    var name: String { "indexing" }

    func run(_ memory: KernelMemory) {
        let (x, y) = (memory.input(0), memory.output)
        for outer in 0..<view.outer {
            for inner in 0..<view.inner {
                func value(_ place: Int) -> Float {
                    x[(outer * view.axis + place) * view.inner + inner]
                }
                let order = (0..<view.axis).sorted { a, b in
                    let (va, vb) = (value(a), value(b))
                    if va.isNaN || vb.isNaN {
                        return va.isNaN == vb.isNaN ? a < b : vb.isNaN
                    }
                    return va == vb ? a < b : isDescending ? va > vb : va < vb
                }
                for (place, from) in order.enumerated() {
                    y[(outer * view.axis + place) * view.inner + inner] = Float(from)
                }
            }
        }
    }
}

private struct OneHot: Primitive {
    var name: String { "one_hot" }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        let shape = plan.shape(of: node)
        plan.emit(node, OneHotKernel(rows: shape[0], classes: shape[1]))
    }
}

private struct OneHotKernel: Kernel {
    let rows: Int
    let classes: Int

    var name: String { "indexing" }

    func run(_ memory: KernelMemory) throws(TensorError) {
        let (labels, y) = (memory.input(0), memory.output)
        y.update(repeating: 0, count: rows * classes)
        for row in 0..<rows {
            let label = try checkedIndex(labels[row], below: classes, "oneHot")
            y[row * classes + label] = 1
        }
    }
}

private func checkedIndex(
    _ value: Float, below size: Int, _ operation: String
) throws(TensorError) -> Int {
    guard value >= 0, value < Float(size), value == value.rounded(.down) else {
        throw .indexOutOfRange(operation: operation, index: value, size: size)
    }
    return Int(value)
}
