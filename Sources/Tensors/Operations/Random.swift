internal import Randomness

extension Graph {
    /// Uniform numbers in 0 ..< 1, drawn anew each run from the seed that the run is given.
    public func randomUniform(_ shape: Shape) -> Tensor { random(.uniform, shape) }

    /// Standard normal numbers, drawn anew each run from the seed that the run is given.
    public func randomNormal(_ shape: Shape) -> Tensor { random(.normal, shape) }

    private func random(_ law: RandomValues.Law, _ shape: Shape) -> Tensor {
        record(.primitive(RandomValues(law: law, salt: newSalt())), [], shape)
    }
}

/// Random tensors: element i of tensor `salt` depends on the run's seed alone.
private struct RandomValues: Primitive {
    enum Law: UInt8 {
        case uniform, normal
    }

    let law: Law
    let salt: Int

    var name: String { law == .uniform ? "random_uniform" : "random_normal" }

    func lower(_ node: Int, in plan: inout PlanCompiler) {
        plan.emit(node, RandomKernel(law: law, salt: salt, count: plan.shape(of: node).count))
    }

    func replay(
        _ inputs: [Tensor], _ shape: Shape, in graph: Graph
    ) throws(TensorError) -> Tensor {
        law == .uniform ? graph.randomUniform(shape) : graph.randomNormal(shape)
    }
}

private struct RandomKernel: Kernel {
    let law: RandomValues.Law
    let salt: Int
    let count: Int

    var name: String { "random" }

    func run(_ memory: KernelMemory) {
        let y = memory.output
        var rng = RandomStream(seed: memory.seed).split(salt)
        for place in 0..<count {
            switch law {
            case .uniform: y[place] = Float(rng.next() >> 40) * 0x1p-24
            case .normal: y[place] = Float(rng.normal())
            }
        }
    }
}
