import Methods
import Evaluation
import Components
import Tasks
import Supernets
import MetaLearning
import Evolution
import NeuralNetworks
import Datasets
import Experiments
import Testing

struct RegistryTests {
    private func mutation(
        _ name: String, _ source: String = "shift.lua", options: [OptionSpecification] = []
    ) -> Component {
        Component(
            .mutation, name, source: source, options: options, "Does nothing."
        ) { _, _ in .single { parent, _, _ in parent } }
    }

    @Test func `a plugin's component is named in a plan like a built-in one`() throws {
        var registry = try BuiltIns.registry()
        let amount = OptionSpecification(
            "amount", .integer(1...9), default: .value(2), "How far genes move.")
        try registry.register(mutation("shift", options: [amount]))
        registry.freeze()
        let value = PlanFixtures.with(
            "strategy", .component("evolution", ["mutation": .component("shift", ["amount": 3])]))
        let plan = try ExperimentPlan(decoding: value, registry: registry)
        guard case .named("shift", let options) = plan.strategy?.variation?.mutation else {
            Issue.record("another mutation")
            return
        }
        #expect(options["amount"] == .integer(3))
        #expect(plan.json().contains("\"mutation\":{\"shift\":{\"amount\":3}}"))
    }

    @Test func `two components of one name are refused with both sources`() throws {
        var registry = try BuiltIns.registry()
        #expect {
            try registry.register(mutation("per_gene"))
        } throws: {
            "\($0)"
                == "mutation \"per_gene\": registered by Apogee and again by shift.lua; rename one"
        }
        // The same name at another point is another component.
        try registry.register(mutation("uniform"))
    }

    @Test func `a frozen registry takes nothing`() throws {
        var registry = try PlanFixtures.registry()
        #expect(registry.isFrozen)
        #expect {
            try registry.register(mutation("late"))
        } throws: {
            "\($0)"
                == "shift.lua: mutation \"late\": components can be registered only while plugins "
                + "load, not during a run"
        }
        #expect(registry.component("late", at: .mutation) == nil)
    }

    @Test func `a component that no plan could use is refused`() throws {
        var registry = Registry()
        let twice = OptionSpecification("a", .boolean, default: .value(true), "")
        for (component, problem) in [
            (
                mutation("Shift"),
                "\"Shift\": expected a name of lower-case letters, digits and underscores"
            ),
            (mutation("x", options: [twice, twice]), "\"x\": option \"a\" is declared twice"),
        ] {
            #expect {
                try registry.register(component)
            } throws: {
                "\($0)" == "shift.lua: \(component.point.rawValue) \(problem)"
            }
        }
        #expect(registry.components(at: .mutation).isEmpty)
    }

    @Test func `every built-in component and option can be listed`() throws {
        let registry = try BuiltIns.registry()
        let points: [ExtensionPoint] = [
            .space, .mutation, .crossover, .strategy, .pathSampler, .taskSampler, .schedule,
            .objective, .learner, .tasks, .dataset, .optimizer,
        ]
        for point in points {
            #expect(!registry.names(at: point).isEmpty)
            for component in registry.components(at: point) {
                #expect(!component.summary.isEmpty && component.source == "Apogee")
                for option in component.options {
                    #expect(!option.summary.isEmpty && !option.expectation.isEmpty)
                    #expect(!option.fallback.summary.isEmpty)
                }
            }
        }
        #expect(registry.names(at: .crossover) == ["uniform", "one_point", "batch", "none"])
        let maml = try #require(registry.component("maml", at: .learner))
        let testSteps = try #require(maml.options.first { $0.name == "test_steps" })
        #expect(testSteps.fallback.summary == "as inner_steps")
        #expect(testSteps.expectation == "an integer in 0…1000")
    }

    @Test func `every default lies in its own option's range`() throws {
        // Decoding a component that is only named reads each default through its option.
        let registry = try BuiltIns.registry()
        for (option, point, base) in [
            ("learner", .learner, PlanFixtures.search),
            ("strategy", .strategy, PlanFixtures.search),
            ("paths", .pathSampler, PlanFixtures.search),
            ("schedule", .schedule, PlanFixtures.search),
        ] as [(String, ExtensionPoint, PlainValue)] {
            for name in registry.names(at: point) {
                var value = PlanFixtures.with(option, PlainValue(.string(name)), in: base)
                if name == "supervised" {
                    value = PlanFixtures.with("tasks", "supervised", in: value)
                }
                // What a script has to give has no default.
                let missing = ["learner": "adapt", "strategy": "init"][option] ?? ""
                let expected =
                    name == "custom"
                    ? "03.lua:19: \(option).\(missing): missing; expected a function" : "no error"
                #expect(PlanFixtures.message(value) == expected, "\(option) \(name)")
            }
        }
    }
}
