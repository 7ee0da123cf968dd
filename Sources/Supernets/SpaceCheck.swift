internal import NeuralNetworks
public import SearchSpaces

/// The contract of a script's or plugin's space, seen from what its functions give.
public enum SpaceCheck {
    /// What a space does wrong.
    public enum Fault: Error, Sendable, Equatable, CustomStringConvertible {
        /// The same genotype gave two different networks.
        case changing(genotype: String)

        /// What is wrong, and what to try.
        public var description: String {
            switch self {
            case .changing(let genotype):
                "the same genotype gave two different networks (\(genotype)); keep no state between "
                    + "calls"
            }
        }
    }

    /// Records the networks of genotypes twice, each time in a supernet of its own.
    ///
    /// - Parameters:
    ///   - definition: The space.
    ///   - genotypes: Of the space.
    ///   - side: Rows and columns of the images.
    ///   - classes: Classes of a task.
    /// - Throws: ``Fault``; what the script's functions do wrong, with their place.
    public static func networks(
        of definition: SpaceDefinition, _ genotypes: [Genotype], side: Int = 28, classes: Int = 5
    ) throws {
        let supernets = try (0..<2).map { _ in
            try definition.supernet(
                NetworkSite(
                    inputShape: [side, side, 1], outputs: classes, batches: [classes],
                    sources: [.batch]))
        }
        for genotype in genotypes {
            let descriptions = try supernets.map { try $0.describe(genotype) }
            guard descriptions[0] == descriptions[1] else {
                throw Fault.changing(genotype: try definition.space.text(genotype))
            }
        }
    }
}
