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
            let offering = components(at: need.point).filter { $0.offers.contains(need.trait) }
            let fitting = components(at: point).filter { isFit($0, among: named) }
            var ways: [String] = []
            if !offering.isEmpty {
                ways.append("the \(need.point.title) \(Registry.listed(offering.map(\.name)))")
            }
            if !fitting.isEmpty {
                ways.append("the \(point.title) \(Registry.listed(fitting.map(\.name)))")
            }
            return "\"\(name)\" needs \(need.point.titleWithArticle) with \(need.trait.title), and "
                + "\"\(other)\" has none"
                + (ways.isEmpty ? "" : "; use \(ways.joined(separator: ", or "))")
        }
        return nil
    }

    /// Whether all needs of a component are met by the others of a plan.
    public func isFit(_ component: Component, among named: [ExtensionPoint: String]) -> Bool {
        component.needs.allSatisfy { need in named[need.point].map { offers($0, need) } ?? true }
    }

    private func offers(_ name: String, _ need: Need) -> Bool {
        // An unknown name has a sentence of its own.
        component(name, at: need.point).map { $0.offers.contains(need.trait) } ?? true
    }

    private static func listed(_ names: [String]) -> String {
        PlanText.joined(names.prefix(6).map { "\"\($0)\"" }, last: "or")
    }
}
