internal import Kernels

// Second derivatives of batch norm, ReLU and 2×2 pooling.
//
// Over N rows, with the mean of v written [v]: D is dy as it arrives at the normalised values, and
// P(v) = v − [v] − x̂·[v·x̂]. The gradient is dx = γ·s·P(D), where s is the inverse deviation, so a
// cotangent u of dx gives, as x̂ and s depend on x,
//
//   to D: γ·s·P(u)        to γ: s·Σu·P(D)
//   to x: −γ·s²·([D·x̂]·(u − [u]) + [u·x̂]·(D − [D]) + x̂·([u·P(D)] − 2·[D·x̂]·[u·x̂]))
//
// and cotangents p and q of ΣD and ΣD·x̂ give p + q·x̂ to D and s·q·P(D) to x. What arrives at D goes
// on to dy where D took it from; which places those are has no derivative, so β gets none.
extension Tensor {
    /// Rows of a [k, C] tensor as [C], divided by a count.
    fileprivate func row(_ index: Int, over count: Int = 1) throws(TensorError) -> Tensor {
        let row = try sliced(starts: [index, 0], sizes: [1, shape[1]]).reshaped([shape[1]])
        return count == 1 ? row : row.scaled(by: 1 / Float(count))
    }

    private func stacked(_ rows: [Tensor]) throws(TensorError) -> Tensor {
        var parts: [Tensor] = []
        for row in rows { parts.append(try row.reshaped([1, row.shape.count])) }
        return try Tensor.concatenate(parts, axis: 0)
    }

    /// Of `batchNormBackward` behind pooling: (x, statistics, gamma, beta, dy, sums).
    func pullBackPooledGradient(
        _ epsilon: Float, _ u: Tensor, _ wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = arguments
        let (x, gamma, dy) = (inputs[0], inputs[2], inputs[4])
        let read = inputs.prefix(4).map(\.node)
        let count = x.shape.count / gamma.shape.count
        let products = graph.record(
            NormProducts(epsilon: epsilon), read + [dy.node, u.node],
            Shape(unchecked: [3, gamma.shape.count]))
        let (mean, slope) = try (inputs[5].row(0, over: count), inputs[5].row(1, over: count))
        let (other, tilt) = try (products.row(0, over: count), products.row(1, over: count))
        let inverse = try inputs[1].row(1)
        let scale = try gamma * inverse
        let crossed = try products.row(2, over: count) - other * mean - tilt * slope
        var dx: Tensor?
        if wanted[0] {
            let steep = try (scale * inverse).negated()
            let (a, b) = try (steep * slope, steep * tilt)
            let k = try stacked([
                a, b, steep * (crossed - (slope * tilt).scaled(by: 2)),
                (a * other + b * mean).negated(),
            ])
            dx = graph.record(
                NormSpread(epsilon: epsilon), read + [dy.node, k.node, u.node], x.shape)
        }
        var ddy: Tensor?
        if wanted[4] {
            let k = try stacked([
                scale, (scale * other).negated(), (scale * tilt).negated(),
            ])
            ddy = graph.record(NormCollect(epsilon: epsilon), read + [k.node, u.node], dy.shape)
        }
        let dgamma = wanted[2] ? try (inverse * crossed).scaled(by: Float(count)) : nil
        return [dx, nil, dgamma, nil, ddy, nil]
    }

    /// Of `batchNormSums` behind pooling: (x, statistics, gamma, beta, dy).
    func pullBackPooledSums(
        _ epsilon: Float, _ cotangent: Tensor, _ wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = arguments
        let (x, gamma, dy) = (inputs[0], inputs[2], inputs[4])
        let read = inputs.prefix(4).map(\.node)
        let count = x.shape.count / gamma.shape.count
        let q = try cotangent.row(1)
        let none = graph.fill(0, gamma.shape)
        var dx: Tensor?
        if wanted[0] {
            let b = try inputs[1].row(1) * q
            let k = try stacked([
                none, b, (b * row(1, over: count)).negated(), (b * row(0, over: count)).negated(),
            ])
            dx = graph.record(NormSpread(epsilon: epsilon), read + [dy.node, k.node], x.shape)
        }
        var ddy: Tensor?
        if wanted[4] {
            let k = try stacked([none, cotangent.row(0), q])
            ddy = graph.record(NormCollect(epsilon: epsilon), read + [k.node], dy.shape)
        }
        return [dx, nil, nil, nil, ddy]
    }
}

// MARK: The operations, whose own derivatives come from their definitions

/// (x, statistics, gamma, beta, dy, u) → [Σu | Σu·x̂ | Σu·D], behind ReLU and pooling, where D is dy as
/// it arrives at the normalised values
private struct NormProducts: Primitive {
    let epsilon: Float

    var name: String { "batch_norm_products" }
    var attributes: [String: AttributeValue] { ["epsilon": .number(epsilon)] }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = y.arguments
        return try NormDefinition(x: inputs[0], epsilon: epsilon).products(
            gamma: inputs[2], beta: inputs[3], dy: inputs[4], u: inputs[5]
        ).pullBack(dy, to: inputs)
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        plan.emit(node, NormKernel(plan.norm(node, .reluPool), .products))
    }
}

/// (x, statistics, gamma, beta, dy, k [4, C], u?) → k₀·u + k₁·D + k₂·x̂ + k₃
private struct NormSpread: Primitive {
    let epsilon: Float

    var name: String { "batch_norm_spread" }
    var attributes: [String: AttributeValue] { ["epsilon": .number(epsilon)] }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = y.arguments
        return try NormDefinition(x: inputs[0], epsilon: epsilon).spread(
            gamma: inputs[2], beta: inputs[3], dy: inputs[4], k: inputs[5],
            u: inputs.count == 7 ? inputs[6] : nil
        ).pullBack(dy, to: inputs)
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        let hasOther = plan.inputShapes(of: node).count == 7
        plan.emit(node, NormKernel(plan.norm(node, .reluPool), .spread(hasOther: hasOther)))
    }
}

/// (x, statistics, gamma, beta, k [3, C], u?) → k₀·u + k₁ + k₂·x̂ at each window's winner
private struct NormCollect: Primitive {
    let epsilon: Float

    var name: String { "batch_norm_collect" }
    var attributes: [String: AttributeValue] { ["epsilon": .number(epsilon)] }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = y.arguments
        return try NormDefinition(x: inputs[0], epsilon: epsilon).collect(
            gamma: inputs[2], beta: inputs[3], k: inputs[4],
            u: inputs.count == 6 ? inputs[5] : nil
        ).pullBack(dy, to: inputs)
    }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        let hasOther = plan.inputShapes(of: node).count == 6
        plan.emit(node, NormKernel(plan.norm(node, .reluPool), .collect(hasOther: hasOther)))
    }
}

extension Tensor {
    /// The cotangents of the inputs of the kernel that this tensor defines in plain operations.
    /// Statistics, the second input, count as a function of the first.
    fileprivate func pullBack(
        _ dy: Tensor, to inputs: [Tensor]
    ) throws(TensorError) -> [Tensor?] {
        let places = inputs.indices.filter { $0 != 1 }
        let found = try vectorJacobianProduct(
            dy, variables: places.map { inputs[$0].node }, cutAtVariables: true)
        var result = [Tensor?](repeating: nil, count: inputs.count)
        for (place, part) in zip(places, found) { result[place] = part }
        return result
    }
}

extension NormDefinition {
    fileprivate func products(
        gamma: Tensor, beta: Tensor, dy: Tensor, u: Tensor
    ) throws(TensorError) -> Tensor {
        let arriving = try arriving(.reluPool, gamma, beta, dy)
        let axes = Array(0..<x.shape.rank - 1)
        let row = [1, gamma.shape.count]
        return try Tensor.concatenate(
            [
                u.sum(axes: axes).reshaped(row), (u * normalized).sum(axes: axes).reshaped(row),
                (u * arriving).sum(axes: axes).reshaped(row),
            ], axis: 0)
    }

    fileprivate func spread(
        gamma: Tensor, beta: Tensor, dy: Tensor, k: Tensor, u: Tensor?
    ) throws(TensorError) -> Tensor {
        let arriving = try arriving(.reluPool, gamma, beta, dy)
        let sum = try k.row(1) * arriving + k.row(2) * normalized + k.row(3)
        guard let u else { return sum }
        return try sum + k.row(0) * u
    }

    fileprivate func collect(
        gamma: Tensor, beta: Tensor, k: Tensor, u: Tensor?
    ) throws(TensorError) -> Tensor {
        let affine = try normalized * gamma + beta
        var value = try k.row(2) * normalized + k.row(1)
        if let u { value = try value + k.row(0) * u }
        let masked = try value * affine.step()
        // The transpose of what pooling's gradient does.
        let active = affine.relu()
        let pooled = try active.maxPool(window: 2)
        guard let window = pooled.primitive(MaxPool.self)?.window else { return pooled }
        let index = x.graph.record(MaxPoolIndex(window: window), [active], pooled.shape)
        return x.graph.record(WindowGather(window: window), [masked, index], pooled.shape)
    }
}
