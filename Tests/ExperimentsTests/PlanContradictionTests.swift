import Evaluation
import Components
import Tasks
import Experiments
import Testing

struct PlanContradictionTests {
    private typealias F = PlanFixtures

    @Test func `tasks and space must fit each other`() {
        #expect(
            F.message("tasks", "sine")
                == "03.lua:19: space: \"cells\" needs tasks with images, which \"sine\" lacks; use "
                + "the tasks \(F.offering(.images, .tasks)), or the space "
                + F.fitting(.space, [.tasks: "sine"]))
        #expect(
            F.message("tasks", "episodes", in: F.sine)
                == "03.lua:19: space: \"mlp\" needs tasks with vectors, which \"episodes\" lacks; use "
                + "the tasks \(F.offering(.vectors, .tasks)), or the space "
                + F.fitting(.space, [.tasks: "episodes"]))
        #expect(
            F.message("learner", "prototypical", in: F.sine)
                == "03.lua:19: learner: \"prototypical\" needs tasks with classes, which \"sine\" "
                + "lacks; use the tasks \(F.offering(.classes, .tasks)), or the learner "
                + F.fitting(.learner, [.tasks: "sine"]))
    }

    @Test func `tables leave nothing to train`() {
        for (option, value) in [
            ("learner", "reptile"), ("paths", "uniform"), ("per_task_search", ["generations": 2]),
            ("on_non_finite", "stop"),
        ] as [(String, PlainValue)] {
            #expect(
                F.message(option, value, in: F.tabular)
                    == "03.lua:19: \(option): nothing is trained, because the tasks are looked up "
                    + "in tables; remove it, or use the tasks \"episodes\"")
        }
        #expect(F.message(F.tabular) == "no error")
    }

    @Test func `one fixed network leaves nothing to search`() {
        for (option, value) in [
            ("strategy", "evolution"), ("paths", "uniform"), ("objectives", ["parameters"]),
            ("per_task_search", ["generations": 2]),
            ("schedule", ["outer_learning_rate_factor": 0.5]),
        ] as [(String, PlainValue)] {
            #expect(
                F.message(option, value, in: F.fixed)
                    == "03.lua:19: \(option): there is nothing to search, because the space is one "
                    + "fixed network; remove it, or use the space \"cells\"")
        }
        #expect(
            F.message("budget", ["generations": 3], in: F.fixed)
                == "03.lua:19: budget.generations: there is nothing to search, because the space "
                + "is one fixed network; give budget.updates")
        #expect(
            F.message("budget", ["updates": 3])
                == "03.lua:19: budget.updates: is only for fixed networks; give "
                + "warm_up_updates, generations and updates_per_generation")
    }

    @Test func `evolution's numbers must fit its population`() {
        func message(_ options: PlainValue) -> String {
            F.message("strategy", .component("evolution", options))
        }
        #expect(
            message(["population": 10, "parents": 11])
                == "03.lua:19: strategy.parents: expected at most population = 10, found 11")
        #expect(
            message(["parents": 4, "tournament": 5])
                == "03.lua:19: strategy.tournament: expected at most parents = 4, found 5")
        #expect(
            message(["population": 10, "mutants": 6, "crossovers": 5])
                == "03.lua:19: strategy.mutants: mutants + crossovers is 11; expected at most "
                + "population = 10")
        #expect(
            message(["crossover": "none", "crossovers": 5])
                == "03.lua:19: strategy.crossovers: expected 0 with crossover = \"none\", found 5")
        #expect(
            F.message("strategy", .component("regularized", ["population": 4, "sample_size": 5]))
                == "03.lua:19: strategy.sample_size: expected at most population = 4, found 5")
    }

    @Test func `only a strategy that seeks a front ranks by several objectives`() throws {
        let value = F.with("objectives", ["query_error", "parameters"])
        for (strategy, count) in [
            ("evolution", 1), ("regularized", 1), ("random", 1), ("nsga2", 2),
        ] {
            let plan = try F.decode(F.with("strategy", PlainValue(.string(strategy)), in: value))
            #expect(plan.objectives.count == 2 && plan.rankingObjectives.count == count)
            #expect(plan.rankingObjectives.first == plan.objectives.first)
        }
        #expect(try F.decode(F.sine).rankingObjectives.isEmpty)
    }

    @Test func `an objective is listed once`() {
        #expect(
            F.message("objectives", ["parameters", "parameters"])
                == "03.lua:19: objectives: \"parameters\" is listed twice")
        let custom: PlainValue = ["name": "parameters", "evaluate": .function(F.function)]
        #expect(
            F.message("objectives", ["parameters", custom])
                == "03.lua:19: objectives: \"parameters\" is listed twice")
    }

    @Test func `a test alphabet is not trained on`() {
        #expect(
            F.message(
                "tasks", .component("episodes", ["train": ["Greek", "Latin"], "test": ["Latin"]]))
                == "03.lua:19: tasks.test: \"Latin\" is also named in train; a test alphabet must "
                + "be unseen")
        #expect(
            F.message("tasks", .component("episodes", ["split": "classes", "test": ["Latin"]]))
                == "03.lua:19: tasks.test: alphabets can be named only with split = \"alphabets\"")
    }

    @Test func `the candidate operations are different and do something`() {
        func message(_ operations: PlainValue) -> String {
            F.message("space", .component("cells", ["operations": operations]))
        }
        #expect(
            message(["max", "max"])
                == "03.lua:19: space.operations: an operation is listed twice")
        #expect(
            message(["none"])
                == "03.lua:19: space.operations: \"none\" alone computes nothing; list another "
                + "operation")
    }

    @Test func `rows must fit the plan`() {
        #expect(
            F.message("arms", ["searched", "searched"])
                == "03.lua:19: arms[2]: \"searched\" is listed twice")
        #expect(
            F.message("arms", ["maml"])
                == "03.lua:19: arms[1]: \"trained\" needs a space with one fixed network, which "
                + "\"cells\" lacks; use the space \(F.offering(.oneNetwork, .space)), or the method "
                + F.fitting(
                    .method, [.tasks: "episodes", .space: "cells", .learner: "maml"]))
        #expect(
            F.message("arms", ["anil"], in: F.sine)
                == "03.lua:19: arms[1]: the plan's learner is \"maml\", not \"anil\"")
        #expect(
            F.message("arms", ["conv4"], in: F.sine)
                == "03.lua:19: arms[1]: \"conv4\" needs tasks with images, which \"sine\" lacks; use "
                + "the tasks \(F.offering(.images, .tasks)), or the method "
                + F.fitting(.method, [.tasks: "sine", .space: "mlp", .learner: "maml"]))
        #expect(
            F.message("arms", ["searched_per_task"], in: F.fixed)
                == "03.lua:19: arms[1]: \"searched_per_task\" needs a space with choices to search, "
                + "which \"conv4\" lacks; use the space \(F.offering(.choices, .space)), or the method "
                + F.fitting(
                    .method, [.tasks: "episodes", .space: "conv4", .learner: "maml"]))
        #expect(
            F.message("arms", ["pretrained"], in: F.fixed)
                == "03.lua:19: arms[1]: \"pretrained\" needs tasks with the same targets in all "
                + "tasks, which \"episodes\" lacks; use the tasks "
                + "\(F.offering(.sharedTargets, .tasks)), or the method "
                + F.fitting(
                    .method, [.tasks: "episodes", .space: "conv4", .learner: "maml"]))
        #expect(
            F.message(
                "arms", ["searched_per_task"],
                in: F.with("per_task_search", ["enabled": false]))
                == "03.lua:19: arms[1]: \"searched_per_task\" needs per_task_search.enabled = true")
        #expect(
            F.message("arms", ["searched_per_task"], in: F.with("learner", "prototypical"))
                == "03.lua:19: arms[1]: \"searched_per_task\" needs a learner with adaptation by "
                + "gradients, which \"prototypical\" lacks; use the learner "
                + "\(F.offering(.adaptation, .learner)), or the method "
                + F.fitting(
                    .method, [.tasks: "episodes", .space: "cells", .learner: "prototypical"]))
    }

    @Test func `rows that cannot be made are not made by default`() throws {
        for plan in [
            F.with("per_task_search", ["enabled": false]), F.with("learner", "prototypical"),
        ] {
            #expect(
                try F.decode(plan).arms.map(\.title) == ["searched", "random_search", "conv4"])
        }
    }

    @Test func `no more tasks are searched than are tested`() {
        let plan = F.with("budget", ["test_tasks": 100])
        #expect(
            F.message("per_task_search", ["tasks": 101], in: plan)
                == "03.lua:19: per_task_search.tasks: expected at most budget.test_tasks = 100, "
                + "found 101")
    }
}
