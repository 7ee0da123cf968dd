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

    static let function = ScriptFunction(id: 7, location: .script(file: "03.lua", line: 23))
}
