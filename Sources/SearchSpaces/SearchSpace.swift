public import Randomness

/// A finite set of architectures, each an integer vector that can be checked, mended and varied.
///
/// A space knows nothing of training: it says which genotypes there are and how they are written.
/// Its rules may be a script's, so it belongs to the search thread, and they may fail.
public protocol SearchSpace {
    /// The space's name in plans and records.
    var name: String { get }

    /// One choice per gene, in the order of the genes.
    var choices: [Choice] { get }

    /// The number of distinct valid genotypes, exact while below 2^53; at most so many where a
    /// script's rule decides and listing them all would take long.
    var size: Double { get }

    /// Ranges of genes that belong together and cross over as one, in order and without gaps.
    var blocks: [Range<Int>] { get }

    /// How many numbers name genotypes, where there are few enough to go through; nil otherwise.
    var numbers: Int? { get }

    /// The genotype of a number 0 ..< ``numbers``, in ascending order of the genes; nil for a number
    /// whose genotype the space does not allow.
    func genotype(number: Int) -> Genotype?

    /// Checks that a genotype is one of this space.
    ///
    /// - Throws: `wrongLength`, or `invalidGene` for the first gene that is not allowed.
    func validate(_ genotype: Genotype) throws(SearchSpaceError)

    /// The valid genotype nearest in meaning to any integers, however many.
    ///
    /// A valid genotype is returned as it is.
    ///
    /// - Throws: What a script's rule throws.
    func repair(_ genotype: Genotype) throws -> Genotype

    /// The values that a gene may take while the others stay, in ascending order.
    ///
    /// Empty when the space has no such gene or the genotype is of the wrong length.
    ///
    /// - Throws: What a script's rule throws.
    func options(gene: Int, in genotype: Genotype) throws -> [Int]

    /// A genotype, each valid one equally likely.
    ///
    /// - Throws: What a script's rule throws.
    func sample(_ rng: inout RandomStream) throws -> Genotype

    /// A valid genotype in the notation for humans.
    ///
    /// - Throws: As ``validate(_:)``.
    func text(_ genotype: Genotype) throws(SearchSpaceError) -> String

    /// The genotype that a text in the notation for humans says.
    ///
    /// - Throws: `notation` or `unknownName`, saying where.
    func parse(_ text: String) throws(SearchSpaceError) -> Genotype
}

extension SearchSpace {
    /// Every gene on its own.
    public var blocks: [Range<Int>] {
        choices.indices.map { $0..<($0 + 1) }
    }

    /// Whether a genotype is one of this space.
    public func contains(_ genotype: Genotype) -> Bool {
        (try? validate(genotype)) != nil
    }

    /// The number of combinations of options, valid or not; nil if they are more than 2^20, of which
    /// going through all could take minutes where a script's rule decides.
    public var numbers: Int? {
        var count = 1
        for choice in choices {
            count *= choice.options.count
            guard count <= 1 << 20 else { return nil }
        }
        return count
    }

    /// The combination of this number, the last gene running fastest; nil if it is not valid.
    public func genotype(number: Int) -> Genotype? {
        let genotype = combination(number)
        return contains(genotype) ? genotype : nil
    }

    /// The combination of options of a number in counting order.
    func combination(_ number: Int) -> Genotype {
        var genes = [Int](repeating: 0, count: choices.count)
        var rest = number
        for gene in choices.indices.reversed() {
            let count = choices[gene].options.count
            genes[gene] = rest % count
            rest /= count
        }
        return Genotype(genes)
    }

    /// Every valid genotype in ascending order of its genes, or nil if there are more than `limit`.
    ///
    /// - Complexity: O(``numbers``), at most `limit` × 256.
    public func enumerate(limit: Int) -> [Genotype]? {
        guard limit > 0, size <= Double(limit), let numbers, Double(numbers) <= Double(limit) * 256
        else { return nil }
        return (0..<numbers).compactMap(genotype(number:))
    }
}

/// The remainder of `value` in 0 ..< `count`, for any integer.
func wrapped(_ value: Int, _ count: Int) -> Int {
    let remainder = value % count
    return remainder < 0 ? remainder + count : remainder
}
