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
        return graph.record(
            Resize(isBilinear: interpolation == .bilinear, isTransposed: false), [node], target)
    }
}

/// Resizing is linear, so its derivative is its transpose, and the other way round.
private struct Resize: Primitive {
    let isBilinear: Bool
    /// From small or large images back to those that were resized.
    let isTransposed: Bool

    var name: String { isTransposed ? "resize_transposed" : "resize" }

    var attributes: [String: AttributeValue] {
        ["interpolation": .text(isBilinear ? "bilinear" : "nearest")]
    }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let transpose = Resize(isBilinear: isBilinear, isTransposed: !isTransposed)
        return [y.graph.record(transpose, [dy.node], y.arguments[0].shape)]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        let (source, target) = (plan.inputShape(of: node, 0), plan.shape(of: node))
        let (from, to) = isTransposed ? (target, source) : (source, target)
        plan.emit(
            node,
            ResizeKernel(
                batch: from[0], height: from[1], width: from[2], channels: from[3],
                newHeight: to[1], newWidth: to[2], isBilinear: isBilinear,
                isTransposed: isTransposed))
    }
}

/// Resizing as a sparse linear map, forwards and transposed.
private struct ResizeKernel: Kernel {
    let batch: Int
    let height: Int
    let width: Int
    let channels: Int
    let newHeight: Int
    let newWidth: Int
    let isBilinear: Bool
    let isTransposed: Bool

    var name: String { "resize" }

    func run(_ memory: KernelMemory) {
        let (x, y) = (memory.input(0), memory.output)
        let rows = taps(from: height, to: newHeight)
        let columns = taps(from: width, to: newWidth)
        let large = height * width * channels
        let small = newHeight * newWidth * channels
        y.update(repeating: 0, count: batch * (isTransposed ? large : small))
        for image in 0..<batch {
            for (row, rowTaps) in rows.enumerated() {
                for (column, columnTaps) in columns.enumerated() {
                    let new = image * small + (row * newWidth + column) * channels
                    for (oldRow, rowWeight) in rowTaps {
                        for (oldColumn, columnWeight) in columnTaps {
                            let old = image * large + (oldRow * width + oldColumn) * channels
                            let weight = rowWeight * columnWeight
                            let (from, to) = isTransposed ? (new, old) : (old, new)
                            for channel in 0..<channels {
                                y[to + channel] += weight * x[from + channel]
                            }
                        }
                    }
                }
            }
        }
    }

    /// The source positions of each target position with their weights.
    private func taps(from size: Int, to target: Int) -> [[(Int, Float)]] {
        let scale = Double(size) / Double(target)
        return (0..<target).map { place in
            // In whole numbers: 49 · (2 / 98) rounds to below 1.
            guard isBilinear else { return [(place * size / target, 1)] }
            let centre = max((Double(place) + 0.5) * scale - 0.5, 0)
            let low = min(Int(centre), size - 1)
            let high = min(low + 1, size - 1)
            let part = Float(centre - Double(low))
            return [(low, 1 - part), (high, part)]
        }
    }
}
