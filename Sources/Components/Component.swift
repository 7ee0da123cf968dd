/// Something that a component offers to the others of its plan, such as images or choices.
public struct Trait: Sendable, Hashable {
    /// What messages call it: `images`.
    public let title: String

    /// A trait of this name.
    public init(_ title: String) { self.title = title }
}

/// What a component needs of the component that the plan names at another point.
public struct Need: Sendable, Hashable {
    /// The trait.
    public let trait: Trait
    /// Whose it must be.
    public let point: ExtensionPoint

    /// A need of a trait.
    public init(_ trait: Trait, of point: ExtensionPoint) {
        self.trait = trait
        self.point = point
    }
}

/// Something that a plan can name at an extension point: built in, or a plugin's.
///
/// One file owns a component: its options, what it offers and needs, and how it is made.
public struct Component {
    /// Where it can be named.
    public let point: ExtensionPoint
    /// The name, in snake_case.
    public let name: String
    /// One line on what it is, with the paper where there is one.
    public let summary: String
    /// Who registered it: `Apogee`, or a plugin's file.
    public let source: String
    /// Its options.
    public let options: [OptionSpecification]
    /// What it offers to others of its plan.
    public let offers: Set<Trait>
    /// What it needs of others of its plan.
    public let needs: [Need]
    /// Makes the product of its point from checked options.
    let make: (Options, ComponentBuilder) throws -> Any

    /// Who registers the components that come with the program.
    public static let builtIn = "Apogee"

    /// A component.
    ///
    /// - Parameters:
    ///   - point: Where it can be named.
    ///   - name: In plans, in snake_case.
    ///   - source: Who registers it.
    ///   - options: Its options.
    ///   - offers: What it offers to others of its plan.
    ///   - needs: What it needs of others of its plan; looked at before anything runs.
    ///   - summary: One line on what it is.
    ///   - make: Makes it from its options, which are checked and complete.
    public init<Product>(
        _ point: Point<Product>, _ name: String, source: String = Component.builtIn,
        options: [OptionSpecification] = [], offers: Set<Trait> = [], needs: [Need] = [],
        _ summary: String, make: @escaping (Options, ComponentBuilder) throws -> Product
    ) {
        self.point = point.id
        self.name = name
        self.summary = summary
        self.source = source
        self.options = options
        self.offers = offers
        self.needs = needs
        self.make = make
    }
}
