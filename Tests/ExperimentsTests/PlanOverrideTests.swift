import Evaluation
import Components
import Tasks
import Supernets
import MetaLearning
import NeuralNetworks
import Experiments
import Testing

struct PlanOverrideTests {
    private func plan(
        _ overrides: String..., from value: PlainValue = PlanFixtures.search
    ) throws -> ExperimentPlan {
        let plans = try ExperimentPlan.plans(
            decoding: value, overrides: overrides.map { text in try PlanOverride(text) },
            registry: PlanFixtures.registry(), at: PlanFixtures.file)
        return try #require(plans.first)
    }

    private func message(
        _ text: String, from value: PlainValue = PlanFixtures.search
    ) -> (text: String, code: ExitCode)? {
        do {
            _ = try plan(text, from: value)
            return nil
        } catch let error as ExperimentError {
            return (error.description, error.exitCode)
        } catch {
            return nil
        }
    }

    @Test func `an option is replaced or added`() throws {
        let plan = try plan(
            "learner.inner_steps=3", "learner.outer.learning_rate=2e-3", "seed=7", "name=Another",
            "space.cells=[normal, \"reduction\", normal]", "tasks.rotations=true",
            "budget.generations=4")
        guard let maml = plan.learner as? MAMLPlan, let cells = plan.space as? CellsPlan,
            let tasks = plan.tasks as? EpisodesPlan
        else {
            Issue.record("another kind of plan")
            return
        }
        #expect(maml.innerSteps == 3 && plan.seed == 7 && plan.name == "Another")
        guard case .adam(let adam) = maml.outer.optimizer else { return }
        #expect(adam.rate == 0.002)
        #expect(cells.cells == [.normal, .reduction, .normal] && tasks.rotations)
        #expect(plan.budget.generations == 4 && plan.budget.testTasks == 600)
    }

    @Test func `a component that is only named keeps its name when it gets an option`() throws {
        let value = PlanFixtures.with("learner", "anil")
        let plan = try plan("learner.order=2", from: value)
        guard let anil = plan.learner as? MAMLPlan else {
            Issue.record("the name is lost: \(plan.learner)")
            return
        }
        #expect(anil.name == "anil" && anil.isHeadOnly)
        #expect(anil.order == 2)
    }

    @Test func `items of a list are counted from one`() throws {
        let plan = try plan(
            "objectives.1=parameters", "objectives.2=query_loss", "learner=reptile")
        #expect(plan.objectives.map(\.title) == ["parameters", "query_loss"])
        #expect(plan.learner.name == "reptile")
        #expect(
            message("objectives.3=parameters")?.text
                == "--set objectives.3=parameters: there is no item 3; the list has 0")
        #expect(
            message("objectives.0=parameters")?.text
                == "--set objectives.0=parameters: there is no item 0; the list has 0")
    }

    @Test func `an unknown path is refused with the nearest name`() throws {
        let error = try #require(message("learner.iner_steps=3"))
        #expect(
            error.text
                == "--set learner.iner_steps=3: learner.iner_steps: no such option; did you mean "
                + "\"inner_steps\"?")
        #expect(error.code == .usage)
        #expect(
            message("lerner.inner_steps=3")?.text
                == "--set lerner.inner_steps=3: lerner: no such option; did you mean \"learner\"?")
    }

    @Test func `a wrong value is placed on the command line`() throws {
        let error = try #require(message("learner.inner_steps=five"))
        #expect(
            error.text
                == "--set learner.inner_steps=five: learner.inner_steps: expected an integer in "
                + "1…100, found \"five\"")
        #expect(error.code == .usage)
        #expect(
            message("learner.inner_steps=99999999999999999999")?.text.hasSuffix("found 1e+20")
                == true)
        #expect(
            message("learner.inner_learning_rate=nan")?.text.hasSuffix("found \"nan\"") == true)
    }

    @Test func `what cannot be read is refused`() {
        for (text, problem) in [
            ("learner", "expected path=value, as in learner.inner_steps=3"),
            ("=3", "expected an option's name before and after every dot"),
            ("learner..order=3", "expected an option's name before and after every dot"),
            ("learner.order=", "expected a value after ="),
            (
                "learner={ \"maml\" }",
                "a table cannot be set as a whole; set its options one by one"
            ),
            ("tasks.train=[a", "a list is not closed with ]"),
            ("tasks.train=[a,", "a list's item is empty"),
            ("tasks.train=[a] b", "did not expect \"b\""),
            ("tasks.train=[[[[[[a]]]]]]", "no list is nested that deep"),
            ("name=\"a", "a quote is not closed"),
            ("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q=1", "no option is nested that deep"),
            ("seed.x=1", "seed is 3 and has no options"),
            ("schedule.paths=uniform", "schedule is a function and has no options"),
        ] {
            let value = PlanFixtures.with(
                "schedule", .function(PlanFixtures.function),
                in: PlanFixtures.with("seed", 3))
            let error = message(text, from: value)
            #expect(error?.text == "--set \(text): \(problem)")
            #expect(error?.code == .usage)
        }
    }

    @Test func `another option of the command line is named as it was typed`() throws {
        func decode(_ kind: PlainValue.Kind) throws -> ExperimentPlan? {
            try ExperimentPlan.plans(
                decoding: PlanFixtures.search,
                overrides: [PlanOverride(["seed"], kind, typedAs: "--seed -7")],
                registry: PlanFixtures.registry()
            ).first
        }
        #expect(try decode(.integer(7))?.seed == 7)
        #expect {
            _ = try decode(.integer(-7))
        } throws: {
            "\($0)" == "--seed -7: seed: expected an integer of at least 0, found -7"
        }
    }

    @Test func `every plan of a list is overridden`() throws {
        let list: PlainValue = [PlanFixtures.search, PlanFixtures.sine]
        let plans = try ExperimentPlan.plans(
            decoding: list, overrides: [PlanOverride("seed=5")],
            registry: PlanFixtures.registry())
        #expect(plans.map(\.seed) == [5, 5])
        #expect(plans.map(\.name) == ["A search", "Sines"])
    }

    @Test func `a mistake in a list of plans names the plan`() throws {
        let list: PlainValue = [
            PlanFixtures.search, PlanFixtures.with("learner", "mmal"),
        ]
        #expect {
            try ExperimentPlan.plans(
                decoding: list, registry: PlanFixtures.registry(), at: PlanFixtures.file)
        } throws: {
            "\($0)"
                == "03.lua:19: [2].learner: no learner is named \"mmal\"; did you mean \"maml\"?"
        }
        #expect {
            try ExperimentPlan.plans(decoding: [1], registry: PlanFixtures.registry())
        } throws: {
            "\($0)" == "[1]: expected a table, found 1"
        }
        #expect {
            try ExperimentPlan.plans(decoding: "x", registry: PlanFixtures.registry())
        } throws: {
            "\($0)" == "plan: expected a table, or a list of tables, found \"x\""
        }
    }
}
