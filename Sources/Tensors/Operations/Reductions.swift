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
        return graph.record(.argmax(axis: axis), [node], Shape(unchecked: sizes))
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
        return graph.record(.broadcast, [node], target)
    }

    /// The sum over what a broadcast to this tensor's shape repeated.
    func sum(to target: Shape) throws(TensorError) -> Tensor {
        if shape == target { return self }
        // A batch norm takes means away, so its gradient sums to nothing over a channel: the bias of
        // a convolution before it gets none. Adding up would give rounding errors in place of 0.
        if case .batchNormBackward = operation, target.count == shape[shape.rank - 1],
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
        _ reduction: Reduction, _ axes: [Int]?, _ keep: Bool, _ name: String
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
            return graph.fill(reduction == .sum ? filled * Float(factor) : filled, target)
        }
        let result = graph.record(.reduce(reduction, axes: AxisSet(folded)), [node], kept)
        return try result.reshaped(target)
    }

    func pullBackReduction(
        _ reduction: Reduction, _ axes: AxisSet, _ dy: Tensor
    ) throws(TensorError) -> Tensor {
        let x = arguments[0]
        switch reduction {
        case .sum:
            return try dy.broadcast(to: x.shape)
        case .max:
            let wins = try x.equal(to: self)
            let folded = (0..<x.shape.rank).filter { axes.contains(axis: $0) }
            let count = try wins.sum(axes: folded, keepDimensions: true)
            return try wins * (dy / count)
        }
    }
}
