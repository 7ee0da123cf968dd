internal import NeuralNetworks
internal import Tensors

/// A forward pass that was written outside Swift, recorded for one number of images and one source
/// of statistics: a value, which every worker replays into the graphs that it builds.
struct RecordedForward: Sendable {
    /// The input's name in recordings, which no parameter can have.
    static let inputName = "x "

    let recording: Recording
    /// Sizes of the output.
    let output: Shape
    /// Names of running statistics that the outputs after the first belong to.
    private let statistics: [String]

    /// Records a forward pass.
    ///
    /// - Parameters:
    ///   - input: Sizes of the input, the batch first.
    ///   - specifications: The trained parameters that it may read.
    ///   - source: Where batch norms take their statistics from.
    ///   - forward: Records the output.
    /// - Throws: What `forward` throws.
    init(
        _ input: [Int], _ specifications: [ParameterSpecification], _ source: BatchNormSource,
        forward: (Tensor, Parameters, ForwardContext) throws -> Tensor
    ) throws {
        let graph = Graph(isFusing: false)
        let running =
            source == .running
            ? try ParameterSpecification.runningStatistics(of: specifications) : []
        let parameters = Parameters(graph, ParameterLayout(specifications + running))
        let x = try graph.input(RecordedForward.inputName, try Shape(input))
        let context = ForwardContext(batchNorm: source)
        let y = try forward(x, parameters, context)
        output = y.shape
        recording = try Recording([y] + context.statistics.map(\.values))
        statistics = context.statistics.map(\.name)
    }

    /// The parameters and running statistics that were read.
    var read: Set<String> {
        Set(recording.inputs.map(\.name)).subtracting([RecordedForward.inputName])
    }

    /// Replays the pass.
    ///
    /// - Parameters:
    ///   - x: The input, of the sizes that were recorded.
    ///   - prefix: Stands before the names of parameters.
    ///   - parameters: What is read.
    ///   - context: Gets the statistics of batch norms.
    /// - Returns: The output.
    /// - Throws: What reading a parameter throws; `shapeMismatch` for an input of other sizes.
    func replay(
        _ x: Tensor, under prefix: String, _ parameters: Parameters, _ context: ForwardContext
    ) throws(TensorError) -> Tensor {
        let outputs = try recording.replay(in: x.graph) { name throws(TensorError) in
            name == RecordedForward.inputName ? x : try parameters(prefix + name)
        }
        for (name, values) in zip(statistics, outputs.dropFirst()) {
            context.note(prefix + name, values)
        }
        return outputs[0]
    }
}

extension ParameterSpecification {
    /// Why the names of a script's parameters cannot be used; nil if they can.
    static func faultyName(
        in specifications: [ParameterSpecification]
    ) -> (name: String, isTwice: Bool)? {
        var seen: Set<String> = []
        for entry in specifications {
            // Files of weights keep their own texts under that one.
            guard !entry.name.isEmpty, entry.name != "__metadata__", entry.name.utf8.count <= 100,
                entry.name.utf8.allSatisfy({
                    (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0)
                        || $0 == 95 || $0 == 46
                })
            else { return (entry.name, false) }
            guard seen.insert(entry.name).inserted else { return (entry.name, true) }
        }
        return nil
    }
}
