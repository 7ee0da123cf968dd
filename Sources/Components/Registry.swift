/// Everything that a plan can name, by extension point.
///
/// Built-in components and plugins register through the same door, ``register(_:)``, while
/// plugins load; ``freeze()`` closes it before a plan is decoded.
public struct Registry {
    private var components: [ExtensionPoint: [Component]] = [:]

    /// Whether registration is over.
    public private(set) var isFrozen = false

    /// A registry without any component.
    public init() {}

    /// Adds a component.
    ///
    /// - Throws: ``ExperimentError/nameClash(point:name:first:second:)`` when the name is taken,
    ///   ``ExperimentError/registryFrozen(point:name:source:)`` after ``freeze()``, and
    ///   ``ExperimentError/invalidComponent(point:name:source:problem:)`` for a component that no
    ///   plan could name or use.
    public mutating func register(_ component: Component) throws(ExperimentError) {
        guard !isFrozen else {
            throw .registryFrozen(
                point: component.point, name: component.name, source: component.source)
        }
        if let problem = Registry.problem(with: component) {
            throw .invalidComponent(
                point: component.point, name: component.name, source: component.source,
                problem: problem)
        }
        try checkDefaults(of: component)
        if let taken = self.component(component.name, at: component.point) {
            throw .nameClash(
                point: component.point, name: component.name, first: taken.source,
                second: component.source)
        }
        components[component.point, default: []].append(component)
    }

    /// Refuses a default that its own option would not take. Components are left out: they may be
    /// registered later.
    private func checkDefaults(of component: Component) throws(ExperimentError) {
        for option in component.options {
            if case .component = option.type { continue }
            guard case .value(let value) = option.fallback, component.source != Component.builtIn
            else { continue }
            do throws(ExperimentError) {
                _ = try PlanDecoder(registry: self).value(
                    value, option, at: PlanPosition("default of \(option.name)"))
            } catch {
                throw .invalidComponent(
                    point: component.point, name: component.name, source: component.source,
                    problem: error.description)
            }
        }
    }

    /// Ends registration.
    public mutating func freeze() {
        isFrozen = true
    }

    /// The component of this name.
    public func component(_ name: String, at point: ExtensionPoint) -> Component? {
        components(at: point).first { $0.name == name }
    }

    /// The components of a point, in the order of registration.
    public func components(at point: ExtensionPoint) -> [Component] {
        components[point] ?? []
    }

    /// The names at a point, in the order of registration.
    public func names(at point: ExtensionPoint) -> [String] {
        components(at: point).map(\.name)
    }

    /// A component and its options as a plan would hold them, checked against this registry.
    ///
    /// - Throws: ``ExperimentError`` for a name or an option that is wrong.
    public func selection(
        _ value: PlainValue, at point: ExtensionPoint
    ) throws(ExperimentError) -> ComponentSelection {
        let specification = OptionSpecification(
            point.rawValue, .component(point), default: .required, "")
        let decoded = try PlanDecoder(registry: self).value(
            value, specification, at: PlanPosition(point.rawValue, at: value.location))
        guard case .component(let selection) = decoded else {
            throw .wrongType(
                at: PlanPosition(point.rawValue, at: value.location),
                expected: point.titleWithArticle, found: value.summary)
        }
        return selection
    }

    private static func problem(with component: Component) -> String? {
        guard isSnakeCase(component.name) else {
            return "expected a name of lower-case letters, digits and underscores"
        }
        var seen: Set<String> = []
        for option in component.options {
            guard isSnakeCase(option.name) else {
                return "option \(PlanText.quoted(option.name)): expected a name of lower-case "
                    + "letters, digits and underscores"
            }
            guard seen.insert(option.name).inserted else {
                return "option \(PlanText.quoted(option.name)) is declared twice"
            }
        }
        return nil
    }

    private static func isSnakeCase(_ name: String) -> Bool {
        guard let first = name.utf8.first, (97...122).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == 95
        }
    }
}
