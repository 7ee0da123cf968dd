public import Randomness

/// Choices of which a rule allows some combinations: those that it leaves as they are.
///
/// The rule is the repair of a script: it makes any combination of options a valid one. So one
/// function says what is valid, what an invalid genotype becomes, and which options a gene has.
public struct RuledSpace: SearchSpace {
    /// From a combination of options to a valid one; a valid one stays as it is.
    public typealias Rule = (Genotype) throws -> Genotype

    /// The choices without the rule.
    public let base: ChoiceSpace
    /// The number of valid genotypes; that of all combinations if these are more than 4096.
    public let size: Double
    private let rule: Rule

    /// As many combinations are tried to count the valid ones.
    private static let countingLimit = 4096
    /// As many combinations are drawn to find a valid one before the last of them is repaired.
    private static let drawingLimit = 256

    /// A space of the valid among these choices' combinations.
    ///
    /// - Throws: What the rule throws; `SearchSpaceError.rule` for a rule that gives what is no
    ///   combination of the choices, or changes what it gave.
    public init(_ base: ChoiceSpace, rule: @escaping Rule) throws {
        self.base = base
        self.rule = rule
        var valid = base.size
        for genotype in base.enumerate(limit: RuledSpace.countingLimit) ?? [] {
            if try RuledSpace.apply(rule, genotype, base) != genotype { valid -= 1 }
        }
        size = valid
        // One call at least, so that a rule that cannot work is known before anything runs.
        _ = try RuledSpace.apply(rule, base.repair(Genotype([])), base)
    }

    /// The space's name in plans and records.
    public var name: String { base.name }
    /// One choice per gene.
    public var choices: [Choice] { base.choices }

    /// What the rule makes of a combination, checked.
    private static func apply(
        _ rule: Rule, _ genotype: Genotype, _ base: ChoiceSpace
    ) throws -> Genotype {
        let mended = try rule(genotype)
        do throws(SearchSpaceError) {
            try base.validate(mended)
        } catch {
            throw SearchSpaceError.rule(
                space: base.name, problem: "repair gave no genotype of the choices: \(error)")
        }
        guard try mended == genotype || rule(mended) == mended else {
            throw SearchSpaceError.rule(
                space: base.name,
                problem:
                    "repair changes what it gave itself (\(try base.text(mended))); a repaired "
                    + "genotype must be valid, and a valid one must stay as it is")
        }
        return mended
    }

    /// Checks each gene against its choice, then that the rule leaves the genotype as it is.
    ///
    /// - Throws: `wrongLength`, `invalidGene`, or `rule`; an error of a script is told in its text.
    public func validate(_ genotype: Genotype) throws(SearchSpaceError) {
        try base.validate(genotype)
        let mended: Genotype
        do {
            mended = try RuledSpace.apply(rule, genotype, base)
        } catch let error as SearchSpaceError {
            throw error
        } catch {
            throw .rule(space: name, problem: "\(error)")
        }
        guard mended == genotype else {
            throw .rule(
                space: name,
                problem: "\(try base.text(genotype)) is not valid; its repair makes it "
                    + (try base.text(mended)))
        }
    }

    /// Wraps genes into their choices, then applies the rule.
    ///
    /// - Throws: What the rule throws.
    public func repair(_ genotype: Genotype) throws -> Genotype {
        try RuledSpace.apply(rule, base.repair(genotype), base)
    }

    /// The options that are valid while the other genes stay.
    ///
    /// - Throws: What the rule throws.
    public func options(gene: Int, in genotype: Genotype) throws -> [Int] {
        try base.options(gene: gene, in: genotype).filter { option in
            var changed = genotype
            changed.genes[gene] = option
            return try RuledSpace.apply(rule, changed, base) == changed
        }
    }

    /// Draws combinations until one is valid, so that each valid one is equally likely. Where valid
    /// ones are rarer than about one in a hundred, a repaired one may come instead.
    ///
    /// - Throws: What the rule throws.
    public func sample(_ rng: inout RandomStream) throws -> Genotype {
        var mended = base.repair(Genotype([]))
        for _ in 0..<RuledSpace.drawingLimit {
            let drawn = base.sample(&rng)
            mended = try RuledSpace.apply(rule, drawn, base)
            if mended == drawn { return drawn }
        }
        return mended
    }

    /// `name=option` for each choice, with commas between.
    ///
    /// - Throws: As ``validate(_:)``.
    public func text(_ genotype: Genotype) throws(SearchSpaceError) -> String {
        try validate(genotype)
        return try base.text(genotype)
    }

    /// Reads `name=option` pairs in any order and case; every choice once.
    ///
    /// - Throws: `notation` or `unknownName`.
    public func parse(_ text: String) throws(SearchSpaceError) -> Genotype {
        try base.parse(text)
    }
}
