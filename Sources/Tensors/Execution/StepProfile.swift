internal import Kernels

/// Where the time of plans goes: seconds, calls, bytes and arithmetic by kind of step.
///
/// Times are of the wall clock and never enter results.
public final class StepProfile {
    /// The steps of one kind together.
    public struct Row: Sendable {
        /// What ran, as "batch norm" or "convolution forward 3x3 depthwise".
        public var operation: String
        /// Where it ran: oneDNN's name of the implementation, or "apogee".
        public var implementation: String
        /// Number of steps.
        public var calls = 0
        /// Seconds of all of them.
        public var seconds = 0.0
        /// Bytes of the buffers that they read and wrote, each counted once a step.
        public var bytes = 0
        /// Multiply-adds of convolutions and matrix products.
        public var multiplyAdds = 0
    }

    private var rows: [String: Row] = [:]

    /// A clock in seconds: the engine has none of its own.
    let now: () -> Double

    /// A profile of nothing yet, by this clock in seconds.
    public init(now: @escaping () -> Double) { self.now = now }

    /// The kinds of steps, the slowest first.
    public var sorted: [Row] {
        rows.values.sorted { ($1.seconds, $0.operation) < ($0.seconds, $1.operation) }
    }

    /// Forgets all that was noted.
    public func reset() { rows = [:] }

    func add(_ step: Step, of plan: Plan, seconds: Double) {
        let (operation, implementation, multiplyAdds) = step.profileName
        let key = "\(operation) \(implementation)"
        var row = rows[key] ?? Row(operation: operation, implementation: implementation)
        row.calls += 1
        row.seconds += seconds
        for output in step.outputs { row.bytes += plan.bufferBytes[output] }
        for input in step.inputs { row.bytes += plan.bufferBytes[input] }
        row.multiplyAdds += multiplyAdds
        rows[key] = row
    }
}

extension Step {
    /// Operation, implementation and multiply-adds.
    fileprivate var profileName: (String, String, Int) {
        func own(_ name: String) -> (String, String, Int) { (name, "apogee", 0) }
        switch kind {
        case .elementwise: return own("elementwise")
        case .fill: return own("fill")
        case .copy: return own("copy")
        case .concatenate: return own("concatenate")
        case .reduce: return own("reduce")
        case .argmax: return own("argmax")
        case .matmul(let s):
            return ("matmul", "onednn sgemm", s.batch * s.rows * s.columns * s.inner)
        case .convolution(let kernel, _):
            return (kernel.kind, kernel.implementation, kernel.multiplyAdds)
        case .firstLayerGradient(let kernel):
            return ("batch norm + thin backwardWeights", "apogee", kernel.multiplyAdds)
        case .separable(let unit):
            return (unit.name + " forward", "apogee", unit.multiplyAdds)
        case .separableBackward(let unit, _, _):
            return (unit.name + " backward", "apogee", 2 * unit.multiplyAdds)
        case .mixing(let kernel): return ("relu + 1x1 forward", "apogee", kernel.multiplyAdds)
        case .mixingBackward(let kernel, _, _):
            return ("relu + 1x1 backward", "apogee", 2 * kernel.multiplyAdds)
        case .maxPool, .maxPoolIndex, .maxPoolBoth, .windowGather, .windowScatter:
            return own("max pool")
        case .averagePool, .averagePoolBackward: return own("average pool")
        case .normStatistics: return own("batch norm statistics")
        case .batchNorm: return own("batch norm apply")
        case .normAdd: return own("batch norm apply + add")
        case .batchNormSums: return own("batch norm sums")
        case .batchNormBackward: return own("batch norm backward")
        case .normProducts, .normSpread, .normCollect: return own("batch norm second derivative")
        case .gatherRows, .scatterRows, .takeAlong, .scatterAlong, .sortIndices, .oneHot:
            return own("indexing")
        case .kernel(let kernel):
            return (kernel.name, kernel.implementation, kernel.multiplyAdds)
        case .random: return own("random")
        }
    }
}

extension SeparableUnit {
    fileprivate var name: String {
        let dilated = window.dilation > 1 ? " dilated" : ""
        return "separable \(window.windowHeight)x\(window.windowWidth)\(dilated)"
    }
}
