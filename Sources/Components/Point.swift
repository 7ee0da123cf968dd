/// The name of a place where an experiment names a component, and where a plugin may add one.
///
/// What the components of the place are is said by its ``Point``; this is what plans, manifests and
/// messages need to know of it.
public struct ExtensionPoint: Sendable, Hashable, Codable {
    /// The name in plans and manifests, such as `path_sampler`.
    public let rawValue: String
    /// The word for it in a message: `path sampler`.
    public let title: String
    /// Whether a plan may hold a function of the script in a component's place.
    public let allowsFunction: Bool
    /// The component that a table without a name means.
    let unnamed: Unnamed?

    /// A point.
    ///
    /// - Parameters:
    ///   - name: In plans and manifests, in snake_case.
    ///   - title: The word for it in messages; the name with spaces by default.
    ///   - unnamed: What a table without a name means.
    ///   - allowsFunction: Whether a plan may hold a function in a component's place.
    public init(
        _ name: String, title: String? = nil, unnamed: Unnamed? = nil,
        allowsFunction: Bool = false
    ) {
        rawValue = name
        self.title = title ?? String(name.map { $0 == "_" ? " " : $0 })
        self.unnamed = unnamed
        self.allowsFunction = allowsFunction
    }

    /// The component meant by a table that gives options but no name.
    public struct Unnamed: Sendable, Hashable, Codable {
        let name: String
        let option: String?

        /// A component that every such table means, or only one with this option.
        public init(_ name: String, ifGiven option: String? = nil) {
            self.name = name
            self.option = option
        }
    }

    /// The word for it with its article: `a path sampler`.
    public var titleWithArticle: String {
        (title.first.map { "aeiou".contains($0) } == true ? "an " : "a ") + title
    }

    /// The component meant by a table that gives these options but no name; nil where the option's
    /// own default is meant.
    func nameless(_ options: [PlainTable.Entry]) -> String? {
        guard let unnamed else { return nil }
        guard let option = unnamed.option else { return unnamed.name }
        return options.contains { $0.name == option } ? unnamed.name : nil
    }

    /// Points are the same if their names are.
    public static func == (a: ExtensionPoint, b: ExtensionPoint) -> Bool {
        a.rawValue == b.rawValue
    }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

/// An extension point: what its components make, and how a bare function of a script becomes one.
///
/// A point is declared once, as a static member of `Point where Product == …`. Components are then
/// registered with ``Component/init(_:_:source:options:offers:needs:_:make:)`` and made with
/// ``ComponentBuilder/make(_:at:)``, and neither can confuse the products of two points.
public struct Point<Product> {
    /// Its name, and what plans need to know of it.
    public let id: ExtensionPoint
    /// How a function in a component's place becomes the product.
    let function: ((ScriptFunction, ComponentBuilder) throws -> Product)?

    /// A point where plans take no functions.
    public init(_ id: ExtensionPoint) {
        self.id = id
        function = nil
    }

    /// A point where plans take a function of the script in a component's place.
    ///
    /// - Parameters:
    ///   - name: In plans and manifests, in snake_case.
    ///   - unnamed: What a table without a name means.
    ///   - function: How a function of a script becomes the product.
    public init(
        _ name: String, unnamed: ExtensionPoint.Unnamed? = nil,
        function: @escaping (ScriptFunction, ComponentBuilder) throws -> Product
    ) {
        id = ExtensionPoint(name, unnamed: unnamed, allowsFunction: true)
        self.function = function
    }
}
