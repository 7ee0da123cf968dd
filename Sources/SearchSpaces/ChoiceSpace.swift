public import Randomness

/// A space of independent choices: every combination of options is valid.
///
/// The layer-by-layer spaces of single-path one-shot search have this form (Guo et al. 2020:
/// one gene per layer). The notation is `name=option, name=option`.
public struct ChoiceSpace: SearchSpace, Hashable, Sendable {
    /// The space's name in plans and records.
    public let name: String
    /// One choice per gene.
    public let choices: [Choice]
    // How many options each choice has: what checking a genotype reads, thousands of times.
    private let counts: [Int]

    /// A space of these choices.
    ///
    /// - Throws: `invalidSetting` if there is no choice, a choice has no options, a name is empty,
    ///   is given twice, or holds one of the notation's own characters (`,`, `=`).
    public init(name: String, choices: [Choice]) throws(SearchSpaceError) {
        guard !choices.isEmpty else {
            throw .invalidSetting(name: "choices", found: "empty", expected: "at least one choice")
        }
        try Self.checkNames(choices.map(\.name), of: "the choices of \(name)")
        for choice in choices {
            guard !choice.options.isEmpty else {
                throw .invalidSetting(
                    name: "options of \(choice.name)", found: "empty",
                    expected: "at least one option")
            }
            try Self.checkNames(choice.options, of: "the options of \(choice.name)")
        }
        self.name = name
        self.choices = choices
        counts = choices.map(\.options.count)
    }

    private static func checkNames(_ names: [String], of what: String) throws(SearchSpaceError) {
        var seen: Set<String> = []
        for name in names {
            guard seen.insert(name.lowercased()).inserted else {
                throw .invalidSetting(
                    name: "a name of \(what)", found: "\"\(name)\" twice",
                    expected: "each name once, whatever its case")
            }
            guard !name.isEmpty, trimmed(name) == name, !name.contains(where: ",=\n".contains)
            else {
                throw .invalidSetting(
                    name: "a name of \(what)", found: "\"\(name)\"",
                    expected: "a name without comma, equals sign or space around it")
            }
        }
    }

    /// The product of the numbers of options.
    public var size: Double {
        choices.reduce(1) { $0 * Double($1.options.count) }
    }

    /// The number of genotypes, where it is exact.
    public var numbers: Int? { size < 0x1p53 ? Int(size) : nil }

    /// The combination of this number: each is valid.
    public func genotype(number: Int) -> Genotype? { combination(number) }

    /// Checks each gene against its choice.
    ///
    /// - Throws: `wrongLength` or `invalidGene`.
    public func validate(_ genotype: Genotype) throws(SearchSpaceError) {
        guard genotype.genes.count == choices.count else {
            throw .wrongLength(space: name, expected: choices.count, found: genotype.genes.count)
        }
        for index in counts.indices {
            let gene = genotype.genes[index]
            guard gene < 0 || gene >= counts[index] else { continue }
            throw .invalidGene(
                index: index, name: choices[index].name, found: gene,
                allowed: Array(choices[index].options.indices))
        }
    }

    /// Wraps each gene into its choice's range; missing genes become 0, further ones are dropped.
    public func repair(_ genotype: Genotype) -> Genotype {
        Genotype(
            choices.enumerated().map { index, choice in
                index < genotype.genes.count
                    ? wrapped(genotype.genes[index], choice.options.count) : 0
            })
    }

    /// Every option of the gene's choice.
    public func options(gene: Int, in genotype: Genotype) -> [Int] {
        guard genotype.genes.count == choices.count, choices.indices.contains(gene) else {
            return []
        }
        return Array(choices[gene].options.indices)
    }

    /// Draws each gene on its own.
    public func sample(_ rng: inout RandomStream) -> Genotype {
        Genotype(counts.map { rng.integer(below: $0) })
    }

    /// `name=option` for each choice, with commas between.
    ///
    /// - Throws: As ``validate(_:)``.
    public func text(_ genotype: Genotype) throws(SearchSpaceError) -> String {
        try validate(genotype)
        return zip(choices, genotype.genes)
            .map { "\($0.name)=\($0.options[$1])" }.joined(separator: ", ")
    }

    /// Reads `name=option` pairs in any order and case; every choice once.
    ///
    /// - Throws: `notation` or `unknownName`.
    public func parse(_ text: String) throws(SearchSpaceError) -> Genotype {
        var genes = [Int?](repeating: nil, count: choices.count)
        for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
            let sides = piece.split(separator: "=", omittingEmptySubsequences: false).map(trimmed)
            guard sides.count == 2 else {
                throw .notation(
                    place: name, found: "\"\(trimmed(piece))\"", expected: "name=option")
            }
            let index = try Self.index(of: sides[0], in: choices.map(\.name), kind: "choice")
            guard genes[index] == nil else {
                throw .notation(
                    place: choices[index].name, found: "it twice", expected: "each choice once")
            }
            genes[index] = try Self.index(
                of: sides[1], in: choices[index].options, kind: "option of \(choices[index].name)")
        }
        var complete: [Int] = []
        for (gene, choice) in zip(genes, choices) {
            guard let gene else {
                throw .notation(
                    place: choice.name, found: "nothing", expected: "\(choice.name)=option")
            }
            complete.append(gene)
        }
        return Genotype(complete)
    }

    private static func index(
        of found: String, in known: [String], kind: String
    ) throws(SearchSpaceError) -> Int {
        let lowered = found.lowercased()
        guard let index = known.firstIndex(where: { $0.lowercased() == lowered }) else {
            throw .unknownName(kind: kind, found: found, known: known)
        }
        return index
    }
}

/// `text` without white space around it.
func trimmed(_ text: some StringProtocol) -> String {
    var rest = Substring(text)
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
}
