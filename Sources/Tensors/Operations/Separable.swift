internal import Kernels

/// Where the values of a node with several lie in its buffer: each begins on a cache line.
private struct Parts {
    private(set) var offsets: [Int] = []
    private(set) var shapes: [Shape] = []
    private(set) var count = 0

    mutating func add(_ shape: Shape) {
        offsets.append(count)
        shapes.append(shape)
        count += (shape.count + 15) / 16 * 16
    }

    var places: [(offset: Int, shape: Shape)] { zip(offsets, shapes).map { ($0, $1) } }
}

extension SeparableUnit {
    /// y [N, H, W, K] and statistics [2, K].
    fileprivate var forwardParts: Parts {
        var parts = Parts()
        parts.add(
            Shape(unchecked: [
                Int(window.batch), Int(window.outputHeight), Int(window.outputWidth), Int(outputs),
            ]))
        parts.add(Shape(unchecked: [2, Int(outputs)]))
        return parts
    }

    /// dx of each part of the input, sums [2, C], depthwise weights, 1×1 weights.
    fileprivate var backwardParts: Parts {
        var parts = Parts()
        let channels = Int(window.channels)
        var shape = Tensor.inputShape(window)
        shape[3] = channels / Int(self.parts)
        for _ in 0..<self.parts { parts.add(shape) }
        parts.add(Shape(unchecked: [2, channels]))
        let taps = isDepthwise ? Int(window.windowHeight) : 1
        parts.add(Shape(unchecked: [taps, taps, 1, channels]))
        parts.add(Shape(unchecked: [1, 1, channels, Int(outputs)]))
        return parts
    }

    /// Offsets and shapes of y and statistics.
    var forwardPlaces: [(offset: Int, shape: Shape)] { forwardParts.places }
    /// Offsets and shapes of dx of each part of the input, sums, depthwise and 1×1 weights.
    var backwardPlaces: [(offset: Int, shape: Shape)] { backwardParts.places }
    /// Which of the gradient's results are the sums; weights follow.
    var sumsIndex: Int { Int(parts) }
    /// Number of values that the forward pass reads before weights.
    var sourceCount: Int { isNormed ? 5 : Int(parts) }
    /// Number of values that the forward pass reads.
    var inputCount: Int { sourceCount + (isDepthwise ? 2 : 1) }
}

extension Tensor {
    /// ReLU, depthwise and 1×1 convolution as one unit, if this tensor and the 1×1 convolution that
    /// is to be recorded are its ends; nil if they are not, or the unit's kernels are not made for
    /// these sizes.
    func separable(_ weights: Tensor, _ pointwise: WindowGeometry) -> Tensor? {
        guard graph.isFusing else { return nil }
        var source = self
        var depthwise: WindowGeometry?
        var inputs = [weights.node]
        if case .convolution(.forward, let geometry) = operation {
            depthwise = geometry
            inputs.insert(arguments[1].node, at: 0)
            source = arguments[0]
        }
        let before = graph.inputs(of: source.node)
        let isNormed: Bool
        var parts = 1
        switch source.operation {
        case .elementwise(.relu, _):
            isNormed = false
            let sources = Tensor.sideBySide(graph, before[0], depthwise, weights)
            parts = sources.count
            inputs.insert(contentsOf: sources, at: 0)
        case .batchNorm(.relu, let epsilon):
            isNormed = true
            // The normalised values stand for the four that they come from where gradients flow,
            // so that those of several units add up before the batch norm's own.
            let normed = graph.record(
                .batchNorm(.none, epsilon: epsilon), before, graph.shapes[source.node])
            inputs.insert(contentsOf: [normed.node] + before, at: 0)
        default: return nil
        }
        guard
            let unit = SeparableUnit(
                depthwise: depthwise, pointwise: pointwise, isNormed: isNormed,
                epsilon: Tensor.usualEpsilon, parts: parts)
        else { return nil }
        let results = unit.forwardParts
        let buffer = graph.record(.separable(unit), inputs, Shape(unchecked: [results.count]))
        return buffer.part(0, results)
    }

    /// The tensors that lie side by side in this one's channels, if a 1×1 convolution can read them
    /// as they are; else this tensor.
    private static func sideBySide(
        _ graph: Graph, _ node: Int, _ depthwise: WindowGeometry?, _ weights: Tensor
    ) -> [Int] {
        guard depthwise == nil, weights.shape[0] == 1, weights.shape[1] == 1,
            case .concatenate(axis: 3) = graph.operations[node]
        else { return [node] }
        let parts = graph.inputs(of: node)
        let channels = graph.shapes[parts[0]][3]
        guard channels % 16 == 0, Set(parts).count == parts.count,
            parts.allSatisfy({ graph.shapes[$0][3] == channels })
        else { return [node] }
        return parts
    }

    /// Batch norm's epsilon in nearly every network, so that statistics come with the output.
    static let usualEpsilon: Float = 1e-5

    /// The statistics that came with this output of a separable unit; nil if this is none.
    func separableStatistics(epsilon: Float) -> Tensor? {
        guard case .part(0) = operation, case .separable(let unit) = arguments[0].operation,
            unit.epsilon == epsilon
        else { return nil }
        return arguments[0].part(1, unit.forwardParts)
    }

    private func part(_ index: Int, _ parts: Parts) -> Tensor {
        graph.record(.part(offset: parts.offsets[index]), [node], parts.shapes[index])
    }

    /// The sums that a batch norm's gradient needs, if this gradient behind it came with them from
    /// the one unit that read it; nil if not.
    func separableSums(of norm: Tensor) -> Tensor? {
        guard case .part(0) = operation,
            case .separableBackward(let unit, _) = arguments[0].operation, unit.isNormed,
            graph.arguments[arguments[0].node][0] == norm.node
        else { return nil }
        return arguments[0].part(unit.sumsIndex, unit.backwardParts)
    }

    // MARK: Derivatives

    /// The cotangents of the inputs of a node with several values, from those of its parts.
    func pullBackSeparable(
        _ cotangents: [(offset: Int, value: Tensor)], _ wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        switch operation {
        case .separable(let unit): return try pullBackForward(unit, cotangents)
        case .separableBackward(let unit, let isBehindNorm):
            return try pullBackBackward(unit, isBehindNorm, cotangents)
        default: return wanted.map { _ in nil }
        }
    }

    private func pullBackForward(
        _ unit: SeparableUnit, _ cotangents: [(offset: Int, value: Tensor)]
    ) throws(TensorError) -> [Tensor?] {
        let parts = unit.forwardParts
        let y = part(0, parts)
        var arriving: Tensor?
        for (offset, value) in cotangents {
            var share = value
            if offset != 0 {
                // Statistics are a function of the output.
                let statistics = try NormDefinition(x: y, epsilon: unit.epsilon).statistics()
                let found = try statistics.vectorJacobianProduct(
                    value, variables: [y.node], cutAtVariables: true)
                guard let through = found[0] else { continue }
                share = through
            }
            arriving = if let known = arriving { try known + share } else { share }
        }
        let inputs = graph.inputs(of: node)
        guard let dy = arriving else { return inputs.map { _ in nil } }
        let norm = dy.arguments.map(\.node)
        var read = inputs
        var isBehindNorm = false
        if case .batchNormBackward(.none, _) = dy.operation, norm[0] == y.node {
            isBehindNorm = true
            read += norm
        } else {
            read.append(dy.node)
        }
        let backward = unit.backwardParts
        let buffer = graph.record(
            .separableBackward(unit, isBehindNorm: isBehindNorm), read,
            Shape(unchecked: [backward.count]))
        var found: [Tensor?] = (0..<Int(unit.parts)).map { buffer.part($0, backward) }
        if unit.isNormed { found += [nil, nil, nil, nil] }
        if unit.isDepthwise { found.append(buffer.part(unit.sumsIndex + 1, backward)) }
        return found + [buffer.part(unit.sumsIndex + 2, backward)]
    }

    private func pullBackBackward(
        _ unit: SeparableUnit, _ isBehindNorm: Bool, _ cotangents: [(offset: Int, value: Tensor)]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = arguments
        let definition = try SeparableDefinition(unit, isBehindNorm, inputs)
        let results =
            definition.dx + [definition.sums, definition.depthwise, definition.pointwise]
        // Statistics and sums are functions of the other inputs, which the definition uses.
        let primary = definition.primary
        var total = [Tensor?](repeating: nil, count: inputs.count)
        for (offset, value) in cotangents {
            guard let index = unit.backwardPlaces.firstIndex(where: { $0.offset == offset }),
                let result = results[index]
            else { continue }
            let found = try result.vectorJacobianProduct(
                value, variables: primary.map { inputs[$0].node }, cutAtVariables: true)
            for (place, contribution) in zip(primary, found) {
                guard let contribution else { continue }
                total[place] =
                    if let known = total[place] { try known + contribution } else { contribution }
            }
        }
        return total
    }
}

/// The gradient of a separable unit in plain operations: what the fused kernel computes, for its
/// own derivatives.
private struct SeparableDefinition {
    let dx: [Tensor?]
    private(set) var sums: Tensor?
    private(set) var depthwise: Tensor?
    let pointwise: Tensor
    /// Places of the inputs that the others are functions of.
    let primary: [Int]

    init(_ unit: SeparableUnit, _ isBehindNorm: Bool, _ inputs: [Tensor]) throws(TensorError) {
        let graph = inputs[0].graph
        let count = unit.inputCount
        let sources = unit.isNormed ? [0, 1] : Array(0..<Int(unit.parts))
        var primary = sources + (unit.isDepthwise ? [count - 2] : [])
        primary.append(count - 1)
        let dy: Tensor
        if isBehindNorm {
            dy = try NormDefinition(x: inputs[count], epsilon: Tensor.usualEpsilon).backward(
                .none, gamma: inputs[count + 2], beta: inputs[count + 3], dy: inputs[count + 4])
            primary += [count, count + 2, count + 3, count + 4]
        } else {
            dy = inputs[count]
            primary.append(count)
        }
        self.primary = primary

        func convolution(
            _ pass: ConvolutionPass, _ g: WindowGeometry, _ a: Tensor, _ b: Tensor, _ shape: Shape
        ) -> Tensor {
            graph.record(.convolution(pass, g), [a.node, b.node], shape)
        }
        let x = try Tensor.concatenate(Array(inputs[..<Int(unit.parts)]), axis: 3)
        let active = x.unary(.relu)
        var g = unit.window
        let inner: Tensor
        if unit.isDepthwise {
            inner = convolution(.forward, g, active, inputs[count - 2], Tensor.outputShape(g))
            g = WindowGeometry(
                batch: Int(g.batch), height: Int(g.outputHeight), width: Int(g.outputWidth),
                channels: Int(g.channels), outputs: Int(unit.outputs), windowHeight: 1,
                windowWidth: 1, stride: 1, dilation: 1, paddingHeight: 0, paddingWidth: 0,
                groups: 1)
        } else {
            inner = active
        }
        pointwise = convolution(.backwardWeights, g, inner, dy, Tensor.weightShape(g))
        var arriving = convolution(.backwardData, g, dy, inputs[count - 1], Tensor.inputShape(g))
        if unit.isDepthwise {
            depthwise = convolution(
                .backwardWeights, unit.window, active, arriving, Tensor.weightShape(unit.window))
            arriving = convolution(
                .backwardData, unit.window, arriving, inputs[count - 2],
                Tensor.inputShape(unit.window))
        }
        let through = try arriving * x.step()
        let width = Int(unit.window.channels / unit.parts)
        dx = try (0..<Int(unit.parts)).map { part throws(TensorError) in
            var sizes = through.shape.dimensions
            sizes[3] = width
            return try through.sliced(starts: [0, 0, 0, part * width], sizes: sizes)
        }
        if unit.isNormed {
            let norm = try NormDefinition(x: inputs[1], epsilon: Tensor.usualEpsilon)
            let axes = [0, 1, 2]
            let row = [1, Int(unit.window.channels)]
            sums = try Tensor.concatenate(
                [
                    through.sum(axes: axes).reshaped(row),
                    (through * norm.normalized).sum(axes: axes).reshaped(row),
                ], axis: 0)
        }
    }
}
