internal import Foundation
internal import Tensors

/// Clocks and memory readings; nowhere else does Apogee look at a clock.
enum Measurement {
    /// Times of `repeats` calls after `warmUps` untimed ones, sorted, in seconds.
    static func times(
        warmUps: Int, repeats: Int, _ body: () throws -> Void
    ) rethrows -> [Double] {
        for _ in 0..<warmUps { try body() }
        let clock = ContinuousClock()
        return try (0..<repeats).map { _ in
            let elapsed = try clock.measure(body)
            return Double(elapsed.components.seconds)
                + Double(elapsed.components.attoseconds) * 1e-18
        }.sorted()
    }

    static func median(_ sorted: [Double]) -> Double {
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1
            ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// Most resident memory so far, in bytes: of this process, or of the largest it has waited for.
    static func peakBytes(ofChildren: Bool = false) -> Int {
        var usage = rusage()
        let who = ofChildren ? RUSAGE_CHILDREN : RUSAGE_SELF
        getrusage(__rusage_who_t(who.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }

    /// Multiply-adds × 2 a second of 1024³ matrix products, one on every thread at once, in 10⁹.
    static func peak(_ executor: Executor) throws -> Double {
        let size = 1024
        let graph = Graph()
        let shape = try Shape([size, size])
        let product = try graph.input("a", shape).matmul(graph.input("b", shape))
        let plan = try Plan([product], kernels: executor.kernels)
        let buffers = (0..<executor.threads).map { _ in
            [FloatBuffer(count: size * size), FloatBuffer(count: size * size)]
        }
        let seconds = try times(warmUps: 2, repeats: 5) {
            try executor.forEach(executor.threads) { index, workspace in
                let (input, output) = (buffers[index][0], buffers[index][1])
                try workspace.run(
                    plan, inputs: [UnsafePointer(input.pointer), UnsafePointer(input.pointer)],
                    outputs: [output.pointer])
            }
        }
        return 2 * Double(size * size * size * executor.threads) / seconds[0] * 1e-9
    }
}
