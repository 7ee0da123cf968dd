extension Registry {
    /// Why a component does not fit the others of its plan: the first need that is not met.
    ///
    /// - Parameters:
    ///   - name: The component's name.
    ///   - point: Where the plan names it.
    ///   - named: The names of the plan's components at other points.
    /// - Returns: A sentence on what is needed and which components offer it; nil if all is there.
    public func unmetNeed(
        of name: String, at point: ExtensionPoint, among named: [ExtensionPoint: String]
    ) -> String? {
        guard let component = component(name, at: point) else { return nil }
        for need in component.needs {
            guard let other = named[need.point], !offers(other, need) else { continue }
            let offering = components(at: need.point).filter { offers($0.name, need) }
            let fitting = components(at: point).filter { isFit($0, among: named) }
            var ways: [String] = []
            if !offering.isEmpty {
                ways.append("the \(need.point.noun) \(Registry.listed(offering.map(\.name)))")
            }
            if !fitting.isEmpty {
                ways.append("the \(point.noun) \(Registry.listed(fitting.map(\.name)))")
            }
            return "\"\(name)\" needs \(need.point.nounWithArticle) with \(need.trait.title), "
                + "which \"\(other)\" lacks"
                + (ways.isEmpty ? "" : "; use \(ways.joined(separator: ", or "))")
        }
        return nil
    }

    /// Whether all needs of a component are met by the others of a plan.
    public func isFit(_ component: Component, among named: [ExtensionPoint: String]) -> Bool {
        component.needs.allSatisfy { need in named[need.point].map { offers($0, need) } ?? true }
    }

    /// Whether the component that a plan names fits the others.
    public func isFit(
        _ point: ExtensionPoint, _ selection: ComponentSelection,
        among named: [ExtensionPoint: String]
    ) -> Bool {
        component(selection.title, at: point).map { isFit($0, among: named) } ?? true
    }

    private func offers(_ name: String, _ need: Need) -> Bool {
        // An unknown name has a sentence of its own.
        component(name, at: need.point).map {
            $0.offers.contains(need.trait) || need.trait == .name($0.name)
        } ?? true
    }

    private static func listed(_ names: [String]) -> String {
        PlanText.joined(names.prefix(6).map { "\"\($0)\"" }, last: "or")
    }
}

extension ExtensionPoint {
    /// The word for what a plan has there: `tasks`, `space`.
    fileprivate var noun: String { title.hasPrefix("kind of ") ? rawValue : title }

    /// The word with its article, if it takes one: `tasks`, `a space`.
    fileprivate var nounWithArticle: String {
        title.hasPrefix("kind of ") ? rawValue : titleWithArticle
    }
}
