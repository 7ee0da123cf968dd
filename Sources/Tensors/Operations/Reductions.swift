internal import Kernels

/// Folding axes, and its counterpart, stretching.
extension Tensor {
    /// The sum over some axes.
    ///
    /// - Parameters:
    ///   - axes: Which; all if nil. A negative axis counts from the last.
    ///   - keepDimensions: Whether summed axes stay, with size 1.
    /// - Returns: The sums, with this tensor's other axes.
    /// - Throws: `TensorError.invalidArgument` for an axis out of range or named twice.
    public func sum(
        axes: [Int]? = nil, keepDimensions: Bool = false
    ) throws(TensorError) -> Tensor {
        try reduce(.sum, axes, keepDimensions, "sum")
    }

    /// The mean over some axes.
    public func mean(
        axes: [Int]? = nil, keepDimensions: Bool = false
    ) throws(TensorError) -> Tensor {
        let total = try reduce(.sum, axes, keepDimensions, "mean")
        return total.scaled(by: Float(total.shape.count) / Float(shape.count))
    }

    /// The maximum over some axes; where several elements attain it, they share the derivative.
    public func max(
        axes: [Int]? = nil, keepDimensions: Bool = false
    ) throws(TensorError) -> Tensor {
        try reduce(.max, axes, keepDimensions, "max")
    }

    /// The position of the first maximum along an axis, which disappears; no derivative.
    public func argmax(axis: Int) throws(TensorError) -> Tensor {
        let axis = try resolve(axis, "argmax")
        var sizes = shape.dimensions
        sizes.remove(at: axis)
        return graph.record(Argmax(axis: axis), [node], Shape(unchecked: sizes))
    }

    /// The tensor repeated along dimensions of 1, and along new leading ones, up to a shape.
    public func broadcast(to target: Shape) throws(TensorError) -> Tensor {
        if shape == target { return self }
        guard Shape.broadcast(shape, target) == target else {
            throw .shapeMismatch(
                operation: "broadcast", expected: "a shape that stretches to \(target)",
                found: "\(shape)")
        }
        if let filled { return graph.fill(filled, target) }
        if shape.count == target.count { return try reshaped(target) }
        return graph.record(Broadcast(), [node], target)
    }

    /// The sum over what a broadcast to this tensor's shape repeated.
    func sum(to target: Shape) throws(TensorError) -> Tensor {
        if shape == target { return self }
        // A batch norm takes means away, so its gradient sums to nothing over a channel: the bias of
        // a convolution before it gets none. Adding up would give rounding errors in place of 0.
        if primitive(BatchNormBackward.self) != nil, target.count == shape[shape.rank - 1],
            target.padded(toRank: shape.rank)[shape.rank - 1] == target.count
        {
            return graph.fill(0, target)
        }
        let padded = target.padded(toRank: shape.rank)
        let axes = (0..<shape.rank).filter { padded[$0] == 1 && shape[$0] != 1 }
        let folded = axes.isEmpty ? self : try sum(axes: axes, keepDimensions: true)
        return try folded.reshaped(target)
    }

    /// A non-negative axis, checked.
    func resolve(_ axis: Int, _ operation: String) throws(TensorError) -> Int {
        let resolved = axis < 0 ? axis + shape.rank : axis
        guard (0..<shape.rank).contains(resolved) else {
            throw .invalidArgument(
                operation: operation, argument: "axis",
                expected: shape.rank == 0
                    ? "no axis of a single number"
                    : "an axis in \(-shape.rank)...\(shape.rank - 1)",
                found: "\(axis)")
        }
        return resolved
    }

    private func reduce(
        _ kind: Reduce.Kind, _ axes: [Int]?, _ keep: Bool, _ name: String
    ) throws(TensorError) -> Tensor {
        var folded: [Int] = []
        for axis in axes ?? Array(0..<shape.rank) {
            let resolved = try resolve(axis, name)
            guard !folded.contains(resolved) else {
                throw .invalidArgument(
                    operation: name, argument: "axes", expected: "every axis once",
                    found: "\(axis) twice")
            }
            folded.append(resolved)
        }
        var kept = shape
        var remaining: [Int] = []
        for axis in 0..<shape.rank {
            if folded.contains(axis) { kept[axis] = 1 } else { remaining.append(shape[axis]) }
        }
        let target = keep ? kept : Shape(unchecked: remaining)
        let factor = shape.count / kept.count
        if factor == 1 { return try reshaped(target) }
        if let filled {
            return graph.fill(kind == .sum ? filled * Float(factor) : filled, target)
        }
        let result = graph.record(Reduce(kind: kind, axes: AxisSet(folded)), [node], kept)
        return try result.reshaped(target)
    }
}

// MARK: The operations

/// A fold over some axes, which stay with size 1.
private struct Reduce: Primitive {
    /// How axes are folded.
    enum Kind: UInt8 {
        case sum, max
    }

    let kind: Kind
    let axes: AxisSet

    var name: String { kind == .sum ? "reduce_sum" : "reduce_max" }
    var attributes: [String: AttributeValue] { ["axes": .list(axes.list)] }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let x = y.arguments[0]
        switch kind {
        case .sum:
            return [try dy.broadcast(to: x.shape)]
        case .max:
            let wins = try x.equal(to: y)
            let count = try wins.sum(axes: axes.list, keepDimensions: true)
            return [try wins * (dy / count)]
        }
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        let views = FoldedView.views(plan.inputShape(of: node, 0), axes)
        plan.emit(node, ReduceKernel(kind: kind, views: views))
    }
}

/// Folds one run of axes after another, through two scratch buffers in turn.
private struct ReduceKernel: Kernel {
    let kind: Reduce.Kind
    let views: [FoldedView]

    var name: String { "reduce" }
    var service: OperationService { .compiled("reduction") }

    /// Each of the two is as large as the first fold's result.
    private var half: Int { MemoryPlan.rounded(views[0].outer * views[0].inner * 4) }

    var scratchBytes: Int { views.count > 1 ? 2 * half : 0 }

    func run(_ memory: KernelMemory) {
        var source = memory.input(0)
        for (place, view) in views.enumerated() {
            var target = memory.output
            if place < views.count - 1, let scratch = memory.scratch {
                target = (scratch + (place % 2) * half).assumingMemoryBound(to: Float.self)
            }
            switch kind {
            case .sum:
                VectorKernels.sum(
                    outer: view.outer, axis: view.axis, inner: view.inner, source, target)
            case .max:
                VectorKernels.max(
                    outer: view.outer, axis: view.axis, inner: view.inner, source, target)
            }
            source = UnsafePointer(target)
        }
    }
}

private struct Argmax: Primitive {
    let axis: Int

    var name: String { "argmax" }
    var attributes: [String: AttributeValue] { ["axis": .number(axis)] }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        plan.emit(
            node, ArgmaxKernel(view: FoldedView(plan.inputShape(of: node, 0), axis: axis)))
    }
}

private struct ArgmaxKernel: Kernel {
    let view: FoldedView

    var name: String { "argmax" }
    var service: OperationService { .compiled("reduction") }

    func run(_ memory: KernelMemory) {
        VectorKernels.argmax(
            outer: view.outer, axis: view.axis, inner: view.inner, memory.input(0), memory.output)
    }
}

/// Stretching to the node's shape; to its own shape, a variable of its own.
struct Broadcast: Primitive {
    var name: String { "broadcast" }
    var isRearrangement: Bool { true }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        [try dy.sum(to: y.arguments[0].shape)]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        let shape = plan.shape(of: node)
        let padded = plan.inputShape(of: node, 0).padded(toRank: shape.rank)
        let strides = padded.strides
        let copy = StridedCopy(
            sizes: shape.dimensions,
            sourceStrides: (0..<shape.rank).map { padded[$0] == 1 ? 0 : strides[$0] },
            destinationStrides: shape.strides)
        plan.emit(node, CopyKernel(copy: copy))
    }
}

// MARK: Axes

/// A set of axes, as bits.
struct AxisSet: OptionSet, Hashable {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ axes: [Int]) {
        rawValue = axes.reduce(0) { $0 | (1 << UInt8($1)) }
    }

    /// The axes in order.
    var list: [Int] { (0..<8).filter(contains(axis:)) }

    func contains(axis: Int) -> Bool { rawValue & (1 << UInt8(axis)) != 0 }
}

/// A tensor seen as [outer, axis, inner], to fold the middle.
struct FoldedView {
    let outer: Int
    let axis: Int
    let inner: Int

    init(outer: Int, axis: Int, inner: Int) {
        self.outer = outer
        self.axis = axis
        self.inner = inner
    }

    init(_ shape: Shape, axis: Int) {
        let sizes = shape.dimensions
        outer = sizes[..<axis].reduce(1, *)
        self.axis = sizes[axis]
        inner = sizes[(axis + 1)...].reduce(1, *)
    }

    /// Neighbouring folded axes are one; each run of them is a view of what the earlier left.
    static func views(_ shape: Shape, _ axes: AxisSet) -> [FoldedView] {
        var sizes = shape.dimensions
        var views: [FoldedView] = []
        var axis = shape.rank - 1
        while axis >= 0 {
            guard axes.contains(axis: axis) else {
                axis -= 1
                continue
            }
            var first = axis
            while first > 0, axes.contains(axis: first - 1) { first -= 1 }
            views.append(
                FoldedView(
                    outer: sizes[..<first].reduce(1, *), axis: sizes[first...axis].reduce(1, *),
                    inner: sizes[(axis + 1)...].reduce(1, *)))
            for folded in first...axis { sizes[folded] = 1 }
            axis = first - 1
        }
        return views
    }
}
