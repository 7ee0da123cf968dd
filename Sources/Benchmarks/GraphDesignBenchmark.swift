internal import NeuralNetworks
internal import Randomness
internal import SearchSpaces
internal import Supernets
internal import Tensors

/// The measurement behind decision 0001: one step of a cell network as a compiled plan, and node by
/// node as an eager tape would run it.
///
/// Both run the same kernels on the same graph. The tape is given every advantage that costs it
/// nothing: its kernels are made before the clock starts, reshapes are views, constants are
/// immediates, and recording, shape checks and dispatch are not in its time.
public enum GraphDesignBenchmark {
    /// Medians over random paths of the `cell-supernet` network, for a support step (batch 5) and a
    /// query gradient (batch 75).
    public struct Report: Sendable {
        /// A name and its value, in the order of telling.
        public var rows: [(name: String, value: Double, unit: String)] = []

        mutating func add(_ name: String, _ values: [Double], _ unit: String, times factor: Double)
        {
            rows.append((name, Measurement.median(values.sorted()) * factor, unit))
        }
    }

    /// Measures on one thread.
    ///
    /// - Parameter paths: Random paths to measure.
    /// - Returns: Medians over the paths.
    /// - Throws: `TensorError`.
    public static func run(paths: Int = 9) throws -> Report {
        let supernet = try CellSupernet(
            CellSpace(nodes: 4),
            CellNetworkConfiguration(
                inputHeight: 28, inputWidth: 28, inputChannels: 1, classes: 5, channels: 16,
                stem: .single, poolNormalization: true))
        let stream = RandomStream(seed: 1)
        let parameters = ParameterSet(supernet.layout, stream: stream.split("parameters"))
        let workspace = try Workspace(kernels: Executor(threads: 1).kernels)
        var rng = stream.split("paths")
        var report = Report()
        let genotypes = try (0..<paths).map { _ in try supernet.space.sample(&rng) }
        for (title, count, isStep) in [("support step", 5, true), ("query gradient", 75, false)] {
            let runs = try genotypes.map { genotype in
                try GraphDesignRun(
                    supernet.subnet(genotype), parameters, examples: count, isStep: isStep,
                    workspace)
            }
            func add(
                _ name: String, _ unit: String, _ factor: Double = 1,
                _ value: (GraphDesignRun) -> Double
            ) {
                report.add("\(title): \(name)", runs.map(value), unit, times: factor)
            }
            add("nodes", "") { Double($0.nodes) }
            add("plan, steps", "") { Double($0.planSteps) }
            add("plan, time", "ms", 1e3) { $0.planSeconds }
            add("plan, memory", "MB", 1e-6) { Double($0.planBytes) }
            add("trace and compile", "ms", 1e3) { $0.compileSeconds }
            add("trace and compile, a node", "µs", 1e6) { $0.compileSeconds / Double($0.nodes) }
            add("tape, kernel calls", "") { Double($0.calls) }
            add("tape, time", "ms", 1e3) { $0.tapeSeconds }
            add("tape, memory", "MB", 1e-6) { Double($0.tapeBytes) }
            add("tape freeing gradients, time", "ms", 1e3) { $0.freeingSeconds }
            add("tape freeing gradients, memory", "MB", 1e-6) { Double($0.freeingBytes) }
            add("largest difference of results", "") { $0.difference }
        }
        return report
    }
}

/// One path's step under both designs.
private struct GraphDesignRun {
    let nodes: Int
    let planSteps: Int
    let calls: Int
    let compileSeconds: Double
    let planSeconds: Double
    let tapeSeconds: Double
    let freeingSeconds: Double
    let planBytes: Int
    let tapeBytes: Int
    let freeingBytes: Int
    let difference: Double

    init(
        _ network: any Network, _ parameters: ParameterSet, examples: Int, isStep: Bool,
        _ workspace: Workspace
    ) throws {
        let layout = parameters.layout
        func trace() throws -> (graph: Graph, loss: Tensor, outputs: [Tensor]) {
            let graph = Graph()
            let read = Parameters(graph, layout)
            let x = try graph.input("inputs", try Shape([examples, 28, 28, 1]))
            let labels = try graph.input("targets", try Shape([examples]))
            let loss = try network.forward(x, read, ForwardContext()).crossEntropy(labels: labels)
            let tensors = try read.names.map { try read($0) }
            let gradients = try loss.gradient(tensors)
            guard isStep else { return (graph, loss, [loss] + gradients) }
            return (
                graph, loss,
                [loss] + (try zip(tensors, gradients).map { try $0 - $1.scaled(by: 0.1) })
            )
        }
        // The first compilation also makes the kernels of sizes that are new; the median has none.
        let compile = try Measurement.times(warmUps: 2, repeats: 5) {
            _ = try Plan(trace().outputs, kernels: workspace.kernels)
        }
        compileSeconds = Measurement.median(compile)
        let (graph, loss, outputs) = try trace()
        nodes = graph.nodeCount
        var rng = RandomStream(seed: 2)
        let images = FloatBuffer((0..<examples * 784).map { _ in Float(rng.uniform()) })
        let labels = FloatBuffer((0..<examples).map { Float($0 % 5) })
        func given(_ name: String) -> UnsafeMutablePointer<Float> {
            switch name {
            case "inputs": return images.pointer
            case "targets": return labels.pointer
            default:
                let entry = layout.index(of: name) ?? 0
                return parameters.values.pointer + layout.offsets[entry]
            }
        }
        let plan = try Plan(outputs, kernels: workspace.kernels)
        planSteps = plan.stepCount
        let results = outputs.map { FloatBuffer(count: $0.shape.count) }
        planBytes = plan.arenaBytes + 4 * results.reduce(0) { $0 + $1.count }
        let inputs = plan.inputs.map { UnsafePointer(given($0.name)) }
        let pointers = results.map(\.pointer)
        planSeconds = Measurement.median(
            try Measurement.times(warmUps: 2, repeats: 5) {
                try workspace.run(plan, inputs: inputs, outputs: pointers)
            })
        let tape = try EagerTape(outputs, loss: loss, workspace)
        calls = tape.calls
        var (held, most) = (0, 0)
        var values: [[Float]] = []
        tapeSeconds = Measurement.median(
            try Measurement.times(warmUps: 2, repeats: 5) {
                held = try tape.run(workspace, freesGradients: false, given: given) { values = $0 }
            })
        freeingSeconds = Measurement.median(
            try Measurement.times(warmUps: 2, repeats: 5) {
                most = try tape.run(workspace, freesGradients: true, given: given) { values = $0 }
            })
        (tapeBytes, freeingBytes) = (held, most)
        var difference: Float = 0
        for (own, other) in zip(results.map(\.array), values) {
            for (a, b) in zip(own, other) { difference = max(difference, abs(a - b)) }
        }
        self.difference = Double(difference)
    }
}
