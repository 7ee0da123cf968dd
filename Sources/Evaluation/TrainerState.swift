internal import Components
package import MetaLearning
internal import NeuralNetworks
package import Records
internal import Tensors

/// A trainer's state as JSON text and arrays, and back.
extension MetaTrainer {
    private struct Saved: Codable {
        var updates: Int
        var steps: [Int]
    }

    package func savedState() throws -> MethodState {
        let optimizer = optimizerState
        var arrays = [
            NamedArray("weights", shape: [parameters.values.count], values: parameters.values.array)
        ]
        if let statistics {
            arrays.append(
                NamedArray(
                    "statistics", shape: [statistics.values.count],
                    values: statistics.values.array))
        }
        for (index, values) in optimizer.moments.enumerated() {
            arrays.append(NamedArray("moment\(index)", shape: [values.count], values: values))
        }
        let saved = Saved(updates: updates, steps: optimizer.steps)
        return MethodState(text: try RecordCoding.json(saved), arrays: arrays)
    }

    package func restore(_ state: MethodState) throws {
        let saved = try RecordCoding.decode(Saved.self, from: state.text)
        func values(_ name: String) -> [Float]? { state.arrays.first { $0.name == name }?.values }
        var moments: [[Float]] = []
        while let next = values("moment\(moments.count)") { moments.append(next) }
        guard let weights = values("weights"),
            restore(
                weights: weights, statistics: values("statistics"),
                optimizer: OptimizerState(moments: moments, steps: saved.steps),
                updates: saved.updates)
        else {
            throw ExperimentError.failed("the saved weights are those of another network")
        }
    }
}
