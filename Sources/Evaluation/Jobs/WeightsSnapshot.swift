package import MetaLearning
internal import NeuralNetworks
internal import Records
internal import Tensors

/// A trainer's weights as a plain value, for workers that share no memory with it.
package struct WeightsSnapshot: Codable, Hashable, Sendable {
    /// Which weights they are.
    package let version: WeightsVersion
    private let parameters: [Entry]
    private let statistics: [Entry]?

    /// One parameter.
    private struct Entry: Codable, Hashable, Sendable {
        let name: String
        let shape: [Int]
        let values: [Float]
    }

    /// The weights of a trainer as they are now.
    package init(_ trainer: MetaTrainer) {
        version = trainer.version
        parameters = Self.entries(trainer.parameters)
        statistics = trainer.statistics.map(Self.entries)
    }

    private static func entries(_ set: ParameterSet) -> [Entry] {
        let values = set.values.array
        return zip(set.layout.entries, set.layout.offsets).map { entry, offset in
            Entry(
                name: entry.name, shape: entry.shape.dimensions,
                values: Array(values[offset..<offset + entry.shape.count]))
        }
    }

    /// The weights as JSON text.
    ///
    /// - Throws: `RecordsError`; never in practice, as weights are plain values.
    package func encoded() throws -> String { try RecordCoding.json(self) }

    /// Reads weights.
    ///
    /// - Throws: ``EvaluationError`` for a text that lacks something.
    package init(encoded text: String) throws(EvaluationError) {
        do {
            self = try RecordCoding.decode(WeightsSnapshot.self, from: text)
        } catch {
            throw .undecodable(detail: error.detail)
        }
    }

    /// A trainer that holds them.
    func trainer(_ factory: LearnerFactory, innerSteps: Int?) throws -> MetaTrainer {
        try factory.trainer(
            try set(parameters), named: version.name, innerSteps: innerSteps,
            statistics: try statistics.map(set), changes: version.number)
    }

    private func set(_ entries: [Entry]) throws -> ParameterSet {
        let set = ParameterSet(
            zeros: ParameterLayout(
                try entries.map {
                    ParameterSpecification($0.name, try Shape($0.shape), .constant(0))
                }))
        let values = entries.flatMap(\.values)
        guard values.count == set.values.count else {
            throw EvaluationError.unfitWeights(version)
        }
        set.values.overwrite(values)
        return set
    }
}

extension EvaluationOutcome {
    /// The outcome as JSON text.
    ///
    /// - Throws: `RecordsError`; never in practice, as scores are plain values.
    package func encoded() throws -> String { try RecordCoding.json(self) }

    /// Reads an outcome.
    ///
    /// - Throws: ``EvaluationError`` for a text that lacks something.
    package init(encoded text: String) throws(EvaluationError) {
        do {
            self = try RecordCoding.decode(EvaluationOutcome.self, from: text)
        } catch {
            throw .undecodable(detail: error.detail)
        }
    }
}
