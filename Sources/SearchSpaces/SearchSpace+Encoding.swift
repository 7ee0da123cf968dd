// Encodings: a genotype as features for a predictor.

extension SearchSpace {
    /// The length of the one-hot encoding: the options of all choices together.
    public var oneHotCount: Int {
        choices.reduce(0) { $0 + $1.options.count }
    }

    /// A genotype as features: for each gene a run of zeros with a one at its value.
    ///
    /// Shape [``oneHotCount``]. Two genotypes have the same encoding only if they are equal.
    ///
    /// - Throws: As ``validate(_:)``.
    public func oneHot(_ genotype: Genotype) throws(SearchSpaceError) -> [Float] {
        try validate(genotype)
        var features: [Float] = []
        features.reserveCapacity(oneHotCount)
        for (gene, choice) in zip(genotype.genes, choices) {
            for option in choice.options.indices { features.append(option == gene ? 1 : 0) }
        }
        return features
    }
}
