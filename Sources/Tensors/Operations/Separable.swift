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
        if let convolution = primitive(Convolution.self), convolution.pass == .forward {
            depthwise = convolution.geometry
            inputs.insert(arguments[1].node, at: 0)
            source = arguments[0]
        }
        let before = graph.inputs(of: source.node)
        let isNormed: Bool
        var parts = 1
        if source.primitive(Elementwise.self)?.function == .relu {
            isNormed = false
            let sources = Tensor.sideBySide(graph, before[0], depthwise, weights)
            parts = sources.count
            inputs.insert(contentsOf: sources, at: 0)
        } else if let norm = source.primitive(BatchNorm.self), norm.fusion == .relu {
            isNormed = true
            // The normalised values stand for the four that they come from where gradients flow,
            // so that those of several units add up before the batch norm's own.
            let normed = graph.record(
                BatchNorm(fusion: .none, epsilon: norm.epsilon), before,
                graph.shapes[source.node])
            inputs.insert(contentsOf: [normed.node] + before, at: 0)
        } else {
            return nil
        }
        guard
            let unit = SeparableUnit(
                depthwise: depthwise, pointwise: pointwise, isNormed: isNormed,
                epsilon: Tensor.usualEpsilon, parts: parts)
        else { return nil }
        let results = unit.forwardParts
        let buffer = graph.record(
            Separable(unit: unit), inputs, Shape(unchecked: [results.count]))
        return buffer.part(0, results)
    }

    /// The tensors that lie side by side in this one's channels, if a 1×1 convolution can read them
    /// as they are; else this tensor.
    private static func sideBySide(
        _ graph: Graph, _ node: Int, _ depthwise: WindowGeometry?, _ weights: Tensor
    ) -> [Int] {
        guard depthwise == nil, weights.shape[0] == 1, weights.shape[1] == 1,
            graph.primitive(node, Concatenate.self)?.axis == 3
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

    fileprivate func part(_ index: Int, _ parts: Parts) -> Tensor {
        graph.record(.part(offset: parts.offsets[index]), [node], parts.shapes[index])
    }

    /// The sums that a batch norm's gradient needs, if this gradient behind it came with them from
    /// the one unit that read it; nil if not.
    func separableSums(of norm: Tensor) -> Tensor? {
        guard case .part(0)? = structure, let whole = arguments.first,
            let unit = whole.primitive(SeparableBackward.self)?.unit, unit.isNormed,
            graph.arguments[whole.node][0] == norm.node
        else { return nil }
        return whole.part(unit.sumsIndex, unit.backwardParts)
    }
}

// MARK: The operations

/// (x, [depthwise weights], 1×1 weights) or, behind a batch norm, (its result, then what it reads,
/// [depthwise weights], 1×1 weights) → y, which is a part of the buffer, and its statistics, which a
/// plan takes from there. Behind a batch norm the kernel does without the result, which is there for
/// gradients.
struct Separable: Primitive {
    let unit: SeparableUnit

    var name: String { "separable_unit" }
    var attributes: [String: AttributeValue] { unit.attributes }
    var unreadInputs: Int { unit.isNormed ? 1 : 0 }

    func derivative(
        of whole: Tensor, parts cotangents: [PartCotangent]
    ) throws(TensorError) -> [Tensor?] {
        let graph = whole.graph
        let inputs = graph.inputs(of: whole.node)
        // The output is the only part that is read: plans take statistics from the unit.
        guard let dy = cotangents.first?.value else { return inputs.map { _ in nil } }
        let y = whole.part(0, unit.forwardParts)
        let norm = dy.arguments.map(\.node)
        var read = inputs
        var isBehindNorm = false
        if dy.primitive(BatchNormBackward.self)?.fusion == NormKernels.Fusion.none,
            norm[0] == y.node
        {
            isBehindNorm = true
            read += norm
        } else {
            read.append(dy.node)
        }
        let backward = unit.backwardParts
        let buffer = graph.record(
            SeparableBackward(unit: unit, isBehindNorm: isBehindNorm), read,
            Shape(unchecked: [backward.count]))
        var found: [Tensor?] = (0..<Int(unit.parts)).map { buffer.part($0, backward) }
        if unit.isNormed { found += [nil, nil, nil, nil] }
        if unit.isDepthwise { found.append(buffer.part(unit.sumsIndex + 1, backward)) }
        return found + [buffer.part(unit.sumsIndex + 2, backward)]
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) { plan.lowerUnit(node, self) }

    func multiplyAdds(_ inputs: [Shape], _ output: Shape) -> Int { unit.multiplyAdds }

    func activation(of y: Tensor) -> Tensor? {
        let parts = Array(y.arguments.prefix(Int(unit.parts)))
        return (try? Tensor.concatenate(parts, axis: 3))?.unary(.relu)
    }
}

/// (what a unit read, dy) or (what it read, then what a batch norm's gradient reads) → the gradients
/// of x and of the weights, and the sums of the batch norm before it, in one buffer.
struct SeparableBackward: Primitive {
    let unit: SeparableUnit
    let isBehindNorm: Bool

    var name: String { "separable_unit_backward" }
    var attributes: [String: AttributeValue] { unit.attributes }
    var unreadInputs: Int { unit.isNormed ? 1 : 0 }

    func derivative(
        of y: Tensor, parts cotangents: [PartCotangent]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = y.arguments
        let definition = try SeparableDefinition(unit, isBehindNorm, inputs)
        let results =
            definition.dx + [definition.sums, definition.depthwise, definition.pointwise]
        // Statistics and sums are functions of the other inputs, which the definition uses.
        let primary = definition.primary
        var total = [Tensor?](repeating: nil, count: inputs.count)
        for cotangent in cotangents {
            let place = unit.backwardPlaces.firstIndex { $0.offset == cotangent.offset }
            guard let place, let result = results[place] else { continue }
            let found = try result.vectorJacobianProduct(
                cotangent.value, variables: primary.map { inputs[$0].node }, cutAtVariables: true)
            for (place, contribution) in zip(primary, found) {
                guard let contribution else { continue }
                total[place] =
                    if let known = total[place] { try known + contribution } else { contribution }
            }
        }
        return total
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) { plan.lowerUnit(node, self) }

    func multiplyAdds(_ inputs: [Shape], _ output: Shape) -> Int { 2 * unit.multiplyAdds }
}

extension SeparableUnit {
    /// A unit's options for readers of a graph.
    fileprivate var attributes: [String: AttributeValue] {
        window.attributes.merging([
            "outputs": .number(outputs), "depthwise": .flag(isDepthwise),
            "normed": .flag(isNormed), "epsilon": .number(epsilon), "parts": .number(parts),
        ]) { _, own in own }
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
            graph.record(Convolution(pass: pass, geometry: g), [a, b], shape)
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
