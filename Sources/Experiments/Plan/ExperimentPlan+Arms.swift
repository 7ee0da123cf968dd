internal import Components

// How the arms of a plan build on each other.
extension ExperimentPlan {
    /// The plan's search, which is there for all arms, with or without a row of its own.
    var implicitSearch: ArmPlan {
        ArmPlan(.named(ArmPlan.searched, Options(at: options.position)))
    }

    /// The method that the search of an arm is of, and how it is made; nil for an arm that searches
    /// nothing by steps.
    func search(
        of arm: ArmPlan, _ builder: ComponentBuilder
    ) throws -> (ComponentSelection, SearchPlan)? {
        guard isSearching, builder.registry.isFit(.method, arm.method, among: names) else {
            return nil
        }
        var selection = arm.method
        if case .named(ArmPlan.searched, _) = selection {
            // With every default, as if the plan had named it.
            selection =
                try method
                ?? builder.registry.selection(PlainValue(.string(SearchPlan.usual)), at: .method)
        }
        guard let search = try builder.make(selection, at: .method).search else { return nil }
        return (selection.without(ArmPlan.options.map(\.name)), search)
    }

    /// How many searches the arms need, each over weights of its own.
    func searchCount(_ builder: ComponentBuilder) throws -> Int {
        var found: Set<ComponentSelection> = []
        for arm in arms {
            if let (selection, _) = try search(of: arm, builder) { found.insert(selection) }
        }
        return max(found.count, 1)
    }

    /// The arms whose outcomes an arm needs, with the option that names each.
    func references(of arm: ArmPlan, _ method: any Method) -> [(option: String, arm: String)] {
        var found = method.references
        if case .asArm(let name)? = arm.budget ?? method.usualBudget(in: self) {
            found.append(("budget", name))
        }
        return found
    }

    /// Refuses references to arms that are not there, and arms that wait for each other.
    func validateReferences(
        _ methods: [any Method], at position: PlanPosition
    ) throws(ExperimentError) {
        var waits: [String: [String]] = [:]
        for (index, (arm, method)) in zip(arms, methods).enumerated() {
            let place = position.item(index)
            for (option, name) in references(of: arm, method) {
                guard name == ArmPlan.searched || arms.contains(where: { $0.name == name })
                else {
                    throw .contradiction(
                        at: place.child(option),
                        problem: "no arm is named \(PlanText.quoted(name)); the arms are "
                            + PlanText.listed(arms.map(\.name)))
                }
                waits[arm.name, default: []].append(name)
            }
        }
        for (index, arm) in arms.enumerated() {
            if let circle = circle(from: arm.name, waits) {
                throw .contradiction(
                    at: position.item(index),
                    problem: "it depends on itself: " + circle.joined(separator: " → "))
            }
        }
    }

    /// A way along references from an arm back to it; nil if there is none.
    private func circle(from start: String, _ waits: [String: [String]]) -> [String]? {
        var ways = [[start]]
        var seen: Set<String> = []
        while let way = ways.popLast() {
            for next in waits[way.last ?? start] ?? [] {
                if next == start { return way + [next] }
                if seen.insert(next).inserted { ways.append(way + [next]) }
            }
        }
        return nil
    }
}
