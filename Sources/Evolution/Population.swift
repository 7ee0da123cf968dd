public import SearchSpaces

/// Genotypes of one length as one flat array, individual after individual: what operators read and
/// write that work on a whole population at once.
public struct Population: Sendable, Hashable {
    /// Genes of every individual, at least 1.
    public let width: Int
    /// Individuals.
    public let count: Int
    /// count · width genes, those of the first individual first.
    public private(set) var genes: [Int]

    /// A population of these genes, row after row.
    ///
    /// - Throws: `lengths` for a number of genes that is no multiple of the width, `invalidSetting`
    ///   for a width below 1.
    public init(genes: [Int], width: Int) throws(EvolutionError) {
        try check("population width", width, in: 1...largestCount)
        guard genes.count.isMultiple(of: width) else {
            throw .lengths(
                what: "a population of \(width) genes each", found: genes.count,
                expected: (genes.count + width - 1) / width * width)
        }
        self.width = width
        count = genes.count / width
        self.genes = genes
    }

    /// A population of these genotypes.
    ///
    /// - Throws: `lengths` for a genotype of another length, `invalidSetting` for a width below 1.
    public init(_ genotypes: some Sequence<Genotype>, width: Int) throws(EvolutionError) {
        var genes: [Int] = []
        genes.reserveCapacity(genotypes.underestimatedCount * max(width, 0))
        var row = 0
        for genotype in genotypes {
            guard genotype.genes.count == width else {
                throw .lengths(
                    what: "individual \(row) of the population", found: genotype.genes.count,
                    expected: width)
            }
            genes.append(contentsOf: genotype.genes)
            row += 1
        }
        try self.init(genes: genes, width: width)
    }

    /// The individual in a row, 0 ..< count.
    public subscript(row: Int) -> Genotype {
        Genotype(Array(genes[(row * width)..<((row + 1) * width)]))
    }

    /// All individuals, in order.
    public var genotypes: [Genotype] { (0..<count).map { self[$0] } }

    /// The individuals in these rows, in this order.
    func picking(_ rows: [Int]) -> Population {
        if rows.count == count && rows.elementsEqual(0..<count) { return self }
        var picked: [Int] = []
        picked.reserveCapacity(rows.count * width)
        for row in rows { picked += genes[(row * width)..<((row + 1) * width)] }
        return Population(picked, rows.count, width)
    }

    /// Puts the individuals of another population of the same width in these rows.
    mutating func put(_ others: Population, in rows: [Int]) {
        if others.count == count && rows.elementsEqual(0..<count) {
            self = others
            return
        }
        for (place, row) in rows.enumerated() {
            genes.replaceSubrange(
                (row * width)..<((row + 1) * width),
                with: others.genes[(place * width)..<((place + 1) * width)])
        }
    }

    private init(_ genes: [Int], _ count: Int, _ width: Int) {
        self.genes = genes
        self.count = count
        self.width = width
    }

    /// Why an individual is not one of a space, with its row; nil if all are.
    ///
    /// - Parameter space: The space.
    /// - Returns: The first row that the space refuses, and what it says of it.
    public func fault(in space: any SearchSpace) -> (row: Int, error: SearchSpaceError)? {
        // One genotype is filled again and again, so that nothing is allocated for each.
        var scratch = Genotype(Array(repeating: 0, count: width))
        for row in 0..<count {
            for gene in 0..<width { scratch.genes[gene] = genes[row * width + gene] }
            do throws(SearchSpaceError) {
                try space.validate(scratch)
            } catch {
                return (row, error)
            }
        }
        return nil
    }
}
