internal import MetaLearning
package import NeuralNetworks
internal import Records
internal import Tensors

/// Which of a trainer's parameters are saved together, and what their file says of them.
package struct SavedPart {
    /// What the file says besides what it says of the run.
    package let facts: [String: String]
    private let isOwn: (String) -> Bool

    /// All parameters: a supernet, whose subnets share them.
    package static func supernet(_ facts: [String: String] = [:]) -> SavedPart {
        SavedPart(facts: facts.merging(["contents": "supernet"]) { own, _ in own }) { _ in true }
    }

    /// Those of one network.
    ///
    /// - Parameters:
    ///   - network: What is trained and tested.
    ///   - supernet: All that it shares parameters with; what belongs to neither is kept.
    ///   - facts: More for the file.
    /// - Returns: The part.
    /// - Throws: `TensorError` for sizes too large.
    package static func network(
        _ network: any Network, of supernet: ParameterLayout? = nil, _ facts: [String: String] = [:]
    ) throws -> SavedPart {
        let own = Set(try network.parameters.map(\.name))
        return SavedPart(facts: facts.merging(["contents": "network"]) { own, _ in own }) { name in
            own.contains(name) || supernet.map { $0.index(of: name) == nil } ?? true
        }
    }

    /// The arrays: parameters, then the running statistics of their batch norms.
    func arrays(of trainer: MetaTrainer) -> [NamedArray] {
        var arrays = arrays(of: trainer.parameters) { $0 }
        if let statistics = trainer.statistics {
            // Each belongs to the batch norm that has a scale.
            arrays += self.arrays(of: statistics) {
                $0.hasSuffix("statistics") ? $0.dropLast("statistics".count) + "gamma" : $0
            }
        }
        return arrays
    }

    private func arrays(
        of parameters: ParameterSet, owner: (String) -> String
    ) -> [NamedArray] {
        let (layout, values) = (parameters.layout, parameters.values.array)
        return zip(layout.entries, layout.offsets).filter { isOwn(owner($0.0.name)) }.map {
            entry, offset in
            NamedArray(
                entry.name, shape: entry.shape.dimensions,
                values: Array(values[offset..<offset + entry.shape.count]))
        }
    }
}
