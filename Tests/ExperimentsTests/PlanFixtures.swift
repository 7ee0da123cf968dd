import Methods
import Components
import Experiments

/// Plans and helpers that several test files share.
enum PlanFixtures {
    /// The smallest plan that searches.
    static let search: PlainValue = [
        "name": "A search", "api": 1, "tasks": ["episodes"], "space": ["cells"],
    ]

    /// The smallest plan of sine tasks.
    static let sine: PlainValue = ["name": "Sines", "api": 1, "tasks": "sine", "space": "mlp"]

    /// The smallest plan of one fixed network on images.
    static let fixed: PlainValue = [
        "name": "Conv-4", "api": 1, "tasks": "episodes", "space": "conv4",
    ]

    /// The smallest plan whose architectures are looked up.
    static let tabular: PlainValue = [
        "name": "Tables", "api": 1, "tasks": "tabular", "space": "nas_bench_201",
    ]

    static let file = PlanLocation.script(file: "03.lua", line: 19)

    static func registry() throws -> Registry {
        var registry = try BuiltIns.registry()
        registry.freeze()
        return registry
    }

    static func decode(_ value: PlainValue) throws -> ExperimentPlan {
        try ExperimentPlan(decoding: value, registry: registry(), at: file)
    }

    /// The plan `base` with one option replaced.
    static func with(
        _ option: String, _ value: PlainValue, in base: PlainValue = search
    ) -> PlainValue {
        guard var table = base.table else { return base }
        table[option] = value
        return PlainValue(.table(table), at: base.location)
    }

    /// The text of the error that decoding `value` throws; "no error" where it throws none.
    static func message(_ value: PlainValue) -> String {
        do {
            _ = try decode(value)
            return "no error"
        } catch let error as ExperimentError {
            return error.description
        } catch {
            return "another error: \(error)"
        }
    }

    /// The text of the error of the plan `base` with one option replaced.
    static func message(
        _ option: String, _ value: PlainValue, in base: PlainValue = search
    ) -> String {
        message(with(option, value, in: base))
    }

    /// The components of a point that fit these names of a plan, as messages list them: all that are
    /// registered, so that a new component changes no test.
    static func fitting(_ point: ExtensionPoint, _ named: [ExtensionPoint: String]) -> String {
        listed(point) { $0.isFit($1, among: named) }
    }

    /// The components of a point that offer something, as messages list them.
    static func offering(_ trait: Trait, _ point: ExtensionPoint) -> String {
        listed(point) { $1.offers.contains(trait) }
    }

    /// The first six, as a sentence of alternatives.
    private static func listed(
        _ point: ExtensionPoint, _ isListed: (Registry, Component) -> Bool
    ) -> String {
        guard let registry = try? registry() else { return "no registry" }
        let names = registry.components(at: point).filter { isListed(registry, $0) }
            .prefix(6).map { "\"\($0.name)\"" }
        guard let last = names.last, names.count > 1 else { return names.first ?? "none" }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }

    static let function = ScriptFunction(id: 7, location: .script(file: "03.lua", line: 23))
}
