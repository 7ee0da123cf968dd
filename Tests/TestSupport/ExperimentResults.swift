import Foundation

/// The file `benchmarks-data/experiments.json`: what the experiments found with seed 0.
///
/// `scripts/dev/record-experiments` writes it.
public struct ExperimentResults: Decodable, Sendable {
    /// A row of an experiment's results.
    public struct Arm: Decodable, Sendable {
        /// The row's name.
        public let arm: String
        /// The mean over the test tasks; a fraction where the metric is an accuracy.
        public let mean: Double
        /// Half the width of its 95 % interval.
        public let halfWidth: Double
        /// The multiply-adds billed.
        public let multiplyAdds: Int
        /// The architectures evaluated.
        public let evaluations: Int
    }

    /// The difference between two rows on the same tasks.
    public struct Comparison: Decodable, Sendable {
        /// The mean difference.
        public let difference: Double
        /// Half the width of its 95 % interval.
        public let halfWidth: Double
    }

    /// What one run found.
    public struct Run: Decodable, Sendable {
        /// The file's name in `scripts/experiments`.
        public let experiment: String
        /// The options that were changed by `--set`.
        public let settings: [String]
        /// The plan's name, as a file may have several plans.
        public let name: String
        /// The seed.
        public let seed: Int
        /// The instruction set that it ran with, which decides the last digits.
        public let instructionSet: String
        /// The version of oneDNN, which decides them too.
        public let oneDNN: String
        /// The rows.
        public let arms: [Arm]
        /// The first row against the others.
        public let comparisons: [Comparison]
    }

    /// All runs.
    public let experiments: [Run]

    /// Reads the file.
    ///
    /// - Returns: Its content.
    /// - Throws: What the file system or the decoder says.
    public static func read() throws -> ExperimentResults {
        let file = URL(fileURLWithPath: Repository.path("benchmarks-data/experiments.json"))
        return try JSONDecoder().decode(ExperimentResults.self, from: Data(contentsOf: file))
    }
}
