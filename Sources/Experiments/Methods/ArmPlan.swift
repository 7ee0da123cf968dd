public import Components
public import Records
public import SearchSpaces

/// A row of the results as a plan lists it: a method with its options, a name, and a budget.
public struct ArmPlan: Sendable, Hashable {
    /// The name of the plan's search, which is there for all arms, with or without a row.
    package static let searched = "searched"

    /// The row's name.
    public let name: String
    /// The method with its options.
    public let method: ComponentSelection
    /// What the row may spend; nil for the method's own budget.
    public internal(set) var budget: ArmBudget?

    /// The row's name.
    public var title: String { name }

    /// The arm whose bill is its budget; nil where it has another budget.
    package var budgetArm: String? {
        if case .asArm(let name)? = budget { name } else { nil }
    }

    /// Where the plan gives the row's options.
    package var position: PlanPosition {
        if case .named(_, let options) = method { options.position } else { PlanPosition("arms") }
    }

    static let nameOption = PlanOption.text(
        "name", 1...60, default: .required,
        "The row's name, in lower-case letters, digits and underscores."
    ).optional("the method's name")
    static let budgetOption = PlanOption<ArmBudget>(
        specification: OptionSpecification(
            "budget", .either([.text(1...70), .section(ArmBudget.options)]), default: .required,
            "What the row may spend: \"as NAME\", the bill of another row; or a table of "
                + "multiply_adds or updates.")
    ) { ArmBudget($0) }.optional("the method's own")

    /// What every row takes besides its method's options.
    static let options = [nameOption.specification, budgetOption.specification]

    init(_ selection: ComponentSelection) {
        method = selection
        guard case .named(let title, let options) = selection else {
            (name, budget) = (selection.title, nil)
            return
        }
        name = options["name"].flatMap { Self.nameOption.read($0) ?? nil } ?? title
        budget = options["budget"].flatMap { Self.budgetOption.read($0) ?? nil }
    }

    /// What is wrong with the row's name; nil if files can be named after it.
    var nameProblem: String? {
        let isFileName = name.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == 95
        }
        guard isFileName, name != "method", !name.hasPrefix("supernet") else {
            return "the name \(PlanText.quoted(name)): expected lower-case letters, digits and "
                + "underscores, and neither \"method\" nor \"supernet\""
        }
        return nil
    }
}

/// What an arm may spend.
public enum ArmBudget: Sendable, Hashable {
    /// As many multiply-adds as another arm was billed.
    case asArm(String)
    /// Multiply-adds, after which it ends.
    case multiplyAdds(Int)
    /// Meta-updates.
    case updates(Int)
    /// A text or a table that says none of these.
    case unclear

    private static let multiplyAdds = PlanOption.integer(
        "multiply_adds", 1...(.max), unit: "multiply-adds",
        "Multiply-adds, forward and backward, after which the row ends."
    ).optional("no limit")
    private static let updates = PlanOption.integer(
        "updates", 0...10_000_000, unit: "meta-updates", "Meta-updates of the row."
    ).optional("no limit")

    static let options = [multiplyAdds.specification, updates.specification]

    init?(_ value: OptionValue) {
        switch value {
        case .string(let text):
            self = text.hasPrefix("as ") ? .asArm(String(text.dropFirst(3))) : .unclear
        case .section(let options):
            switch (options[Self.multiplyAdds], options[Self.updates]) {
            case (let limit?, nil): self = .multiplyAdds(limit)
            case (nil, let updates?): self = .updates(updates)
            default: self = .unclear
            }
        default: return nil
        }
    }
}

/// What an arm leaves for others.
public struct ArmOutcome {
    /// What it was billed.
    public let cost: Cost
    /// The one architecture that it reports; nil without one.
    public let genotype: Genotype?

    /// An outcome.
    public init(cost: Cost, genotype: Genotype? = nil) {
        self.cost = cost
        self.genotype = genotype
    }
}
