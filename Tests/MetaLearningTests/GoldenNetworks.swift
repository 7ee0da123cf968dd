import Datasets
import NeuralNetworks
import Tensors
import TestSupport

/// What tests of learners read of `networks.json`; the README beside it says what each key is.
struct GoldenNetworks: Decodable {
    struct Named: Decodable {
        let name: String
        let shape: [Int]
        let values: [Double]
    }

    struct Labelled: Decodable {
        let inputs: GoldenTensor
        let labels: [Int32]

        var batch: Batch {
            Batch(inputs: inputs.floats, inputShape: inputs.shape, targets: .labels(labels))
        }
    }

    struct Valued: Decodable {
        let inputs: GoldenTensor
        let targets: GoldenTensor

        var batch: Batch {
            Batch(
                inputs: inputs.floats, inputShape: inputs.shape,
                targets: .values(targets.floats, shape: targets.shape))
        }
    }

    struct Case: Decodable {
        let name: String
        let learner: String?
        let order: Int?
        let innerSteps: Int?
        let innerLearningRate: Float?
        let supportSet: String?
        let shots: Int?
        let queryLoss: Double
        let gradient: [Named]?
        let difference: [Named]?
    }

    struct Conv4: Decodable {
        let filters: Int
        let ways: Int
        let parameters: [Named]
        let support: Labelled
        let query: Labelled
        let cases: [Case]
    }

    struct Sine: Decodable {
        let parameters: [Named]
        let support: Valued
        let query: Valued
        let cases: [Case]
    }

    let conv4: Conv4
    let sine: Sine

    static func read() throws -> GoldenNetworks {
        try Repository.golden(GoldenNetworks.self, "networks.json")
    }
}

extension ParameterSet {
    /// Overwrites parameters by name.
    ///
    /// - Returns: How many were found.
    func assign(_ golden: [GoldenNetworks.Named]) -> Int {
        var found = 0
        for named in golden {
            guard let entry = layout.index(of: named.name),
                layout.entries[entry].shape.dimensions == named.shape
            else { continue }
            for (place, value) in named.values.enumerated() {
                values.pointer[layout.offsets[entry] + place] = Float(value)
            }
            found += 1
        }
        return found
    }
}
