internal import Components
internal import Experiments
internal import Methods

/// The page that lists every key of a plan: what the decoder checks against, as text.
enum PlanPage {
    /// The page.
    static var text: String {
        let searching = ExperimentPlan.searchSpecifications
        let fixed = ExperimentPlan.fixedSpecifications
        let absent = searching.map(\.name).filter { name in !fixed.contains { $0.name == name } }
        var text = """
            # The plan

            Every key of the table that `apogee.experiment` takes, with its type and default. This page is
            generated from what plans are checked against, by `apogee plugins --annotations plugins`;
            `apogee plugins NAME` shows one component, those of plugins too.

            A component is a name, `"maml"`, or a table with options, `{ "maml", inner_steps = 3 }`. A table
            without a name is the default component with these options. `--set learner.inner_steps=3` changes
            any key of a run.

            ## A plan that searches

            For spaces with choices: `cells`, `nas_bench_201`, those of plugins and scripts.


            """
        text += table(searching)
        text += """

            ## A plan with one fixed network

            For spaces that are one network, as `conv4` and `mlp`. It has the keys of a plan that searches, except
            \(PlanText.joined(absent.map { "`\($0)`" }, last: "and")). These differ:


            """
        let known = searching.map(row)
        text += table(fixed.filter { !known.contains(row($0)) })
        text += "\n## Rows\n\nEach row in `arms` takes, besides its method's options:\n\n"
        text += table(ExperimentPlan.rowSpecifications)
        for point in BuiltIns.points { text += section(point) }
        return text
    }

    private static func section(_ point: ExtensionPoint) -> String {
        let registry = (try? BuiltIns.registry()) ?? Registry()
        let components = registry.components(at: point)
        guard !components.isEmpty else { return "" }
        var text = "\n## Components: \(point.rawValue)\n"
        if point.allowsFunction { text += "\nA plan may also hold a function of the script.\n" }
        for component in components {
            text += "\n### `\(component.name)`\n\n\(escaped(component.summary))\n"
            if !component.options.isEmpty { text += "\n" + table(component.options) }
        }
        return text
    }

    // MARK: Tables

    /// A row for each option; those of a table of options follow it with its name before.
    private static func table(_ options: [OptionSpecification]) -> String {
        var text = "| key | type | default | meaning |\n| --- | --- | --- | --- |\n"
        func add(_ specification: OptionSpecification, _ prefix: String) {
            let name = prefix + specification.name
            if case .section = specification.type {
                text += "| `\(name)` | a table | | \(escaped(specification.summary)) |\n"
            } else {
                text += row(specification, name)
            }
            for option in inner(specification.type) { add(option, name + ".") }
        }
        for specification in options { add(specification, "") }
        return text
    }

    /// The options of a table that an option may be.
    private static func inner(_ type: OptionType) -> [OptionSpecification] {
        switch type {
        case .section(let own): own
        case .list(let element, _): inner(element)
        case .either(let types): types.flatMap(inner)
        default: []
        }
    }

    /// Where a kind of component is listed; nothing where only plugins have some.
    private static func link(_ type: OptionType) -> String {
        switch type {
        case .component(let point, _):
            section(point).isEmpty ? "" : " ([list](#components-\(point.rawValue)))"
        case .list(let element, _): link(element)
        default: ""
        }
    }

    private static func row(_ specification: OptionSpecification) -> String {
        if case .section = specification.type { return table([specification]) }
        return row(specification, specification.name)
    }

    private static func row(_ specification: OptionSpecification, _ name: String) -> String {
        "| `\(name)` | \(escaped(specification.expectation))\(link(specification.type)) | "
            + "\(escaped(fallback(specification))) | \(escaped(specification.summary)) |\n"
    }

    /// The default; values as code, rules in words.
    private static func fallback(_ specification: OptionSpecification) -> String {
        switch specification.fallback {
        case .value: "`\(specification.fallback.summary)`"
        case .required, .absent, .derived: specification.fallback.summary
        }
    }

    /// A vertical bar would end a table's cell.
    private static func escaped(_ text: String) -> String {
        text.replacing("|", with: "\\|")
    }
}
