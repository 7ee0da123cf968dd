import Components
import Supernets
import Evolution
import Datasets
import Experiments
import Testing

struct PlanErrorTests {
    private typealias F = PlanFixtures

    // MARK: One option

    @Test func `a value of the wrong type is named with what was expected`() {
        #expect(
            F.message("learner", .component("maml", ["inner_steps": "five"]))
                == "03.lua:19: learner.inner_steps: expected an integer in 1…100, found \"five\"")
        #expect(
            F.message("learner", .component("maml", ["order": true]))
                == "03.lua:19: learner.order: expected 1 or 2, found true")
        #expect(
            F.message("learner", .component("maml", ["inner_learning_rate": []]))
                == "03.lua:19: learner.inner_learning_rate: expected a number above 0 and at most "
                + "100, found an empty table")
        #expect(
            F.message("tasks", .component("episodes", ["rotations": 1]))
                == "03.lua:19: tasks.rotations: expected true or false, found 1")
        #expect(
            F.message("tasks", .component("episodes", ["train": "Greek"]))
                == "03.lua:19: tasks.train: expected a list of 0…10000 values, each text of 1…200 "
                + "characters, found \"Greek\"")
        #expect(
            F.message("objectives", "query_error")
                == "03.lua:19: objectives: expected a list of 1…16 values, each an objective: its "
                + "name, { \"name\", option = value } or a function, found \"query_error\"")
        #expect(
            F.message("budget", 5) == "03.lua:19: budget: expected a table of options, found 5")
        #expect(
            F.message("learner", .function(F.function))
                == "03.lua:23: learner: expected a learner: its name or { \"name\", option = value }, "
                + "found a function")
        #expect(F.message("x") == "03.lua:19: plan: expected a table, found \"x\"")
    }

    @Test func `a value outside its range is named with the range and its unit`() {
        #expect(
            F.message("learner", .component("maml", ["meta_batch": 0]))
                == "03.lua:19: learner.meta_batch: expected an integer in 1…1024 tasks, found 0")
        #expect(
            F.message("learner", .component("maml", ["inner_learning_rate": 0]))
                == "03.lua:19: learner.inner_learning_rate: expected a number above 0 and at most "
                + "100, found 0")
        #expect(
            F.message(
                "learner", .component("maml", ["inner_learning_rate": PlainValue(.number(.nan))]))
                == "03.lua:19: learner.inner_learning_rate: expected a number above 0 and at most "
                + "100, found nan")
        #expect(
            F.message("learner", .component("maml", ["outer": .component("adam", ["beta1": 1])]))
                == "03.lua:19: learner.outer.beta1: expected a number at least 0 and below 1, "
                + "found 1")
        #expect(
            F.message("space", .component("cells", ["nodes": 5]))
                == "03.lua:19: space.nodes: expected an integer in 1…4, found 5")
        #expect(
            F.message("space", .component("cells", ["nodes": 2.5]))
                == "03.lua:19: space.nodes: expected an integer in 1…4, found 2.5")
        #expect(
            F.message("space", .component("cells", ["nodes": 1e300]))
                == "03.lua:19: space.nodes: expected an integer in 1…4, found 1e+300")
        #expect(
            F.message("seed", -1)
                == "03.lua:19: seed: expected an integer of at least 0, found -1")
        #expect(
            F.message("objectives", [])
                == "03.lua:19: objectives: expected a list of 1…16 values, each an objective: its "
                + "name, { \"name\", option = value } or a function, found 0 values")
        #expect(
            F.message("name", "")
                == "03.lua:19: name: expected text of 1…200 characters, found \"\"")
        #expect(
            F.message("name", "a\u{1B}[2J")
                == "03.lua:19: name: expected text of 1…200 characters, found \"a\u{FFFD}[2J\" "
                + "with control characters")
        #expect(F.message("name", "two\nlines") == "03.lua:19: name: expected one line")
    }

    @Test func `an integer written with a fraction of zero is an integer`() throws {
        let plan = try F.decode(F.with("space", .component("cells", ["nodes": 3.0])))
        guard let cells = plan.space as? CellsPlan else { return }
        #expect(cells.nodes == 3)
    }

    @Test func `the nearest option is offered`() {
        #expect(
            F.message("lerner", "maml")
                == "03.lua:19: lerner: no such option; did you mean \"learner\"?")
        #expect(
            F.message("learner", .component("maml", ["iner_steps": 3]))
                == "03.lua:19: learner.iner_steps: no such option; did you mean \"inner_steps\"?")
        #expect(
            F.message("learner", .component("maml", ["inner_setps": 3]))
                == "03.lua:19: learner.inner_setps: no such option; did you mean \"inner_steps\"?")
        #expect(
            F.message("budget", ["Generations": 3])
                == "03.lua:19: budget.Generations: no such option; did you mean \"generations\"?")
    }

    @Test func `where no option is near all are listed`() {
        #expect(
            F.message("space", .component("conv4", ["zzzzzzzz": 3]), in: F.fixed)
                == "03.lua:19: space.zzzzzzzz: no such option; known are filters")
        #expect(
            F.message("strategy", .component("random", ["population": 3]))
                == "03.lua:19: strategy.population: no such option; none can be set here")
        let long = String(repeating: "inner_steps", count: 1_000)
        let table = PlainValue(
            .table(PlainTable(named: [PlainTable.Entry(long, 1)])))
        let text = F.message("budget", table)
        #expect(text.count < 400 && text.contains("…: no such option; known are warm_up_updates"))
    }

    @Test func `the nearest component is offered`() throws {
        #expect(
            F.message("learner", "mmal")
                == "03.lua:19: learner: no learner is named \"mmal\"; did you mean \"maml\"?")
        #expect(
            try F.message("learner", "gradient_descent_by_gradient_descent")
                == "03.lua:19: learner: no learner is named \"gradient_descent_by_gradient_descent"
                + "\"; known are "
                + F.registry().names(at: .learner).joined(separator: ", "))
        #expect(
            F.message("strategy", .component("evolution", ["crossover": "uniforn"]))
                == "03.lua:19: strategy.crossover: no crossover is named \"uniforn\"; did you mean "
                + "\"uniform\"?")
        #expect(
            F.message("paths", "unifrom")
                == "03.lua:19: paths: no path sampler is named \"unifrom\"; did you mean "
                + "\"uniform\"?")
        #expect(
            F.message("objectives", ["query_error", "paramters"])
                == "03.lua:19: objectives[2]: no objective is named \"paramters\"; did you mean "
                + "\"parameters\"?")
        #expect(
            F.message("tasks", .component("episodes", ["dataset": "omniglott"]))
                == "03.lua:19: tasks.dataset: no data set is named \"omniglott\"; did you mean "
                + "\"omniglot\"?")
    }

    @Test func `a name outside a choice is refused with the choices and the nearest`() {
        #expect(
            F.message("learner", .component("maml", ["batch_norm": "transductiv"]))
                == "03.lua:19: learner.batch_norm: expected \"transductive\" or \"running\", found "
                + "\"transductiv\"; did you mean \"transductive\"?")
        #expect(
            F.message("space", .component("cells", ["operations": ["max", "sep4"]]))
                == "03.lua:19: space.operations[2]: no operation is named \"sep4\"; did you mean "
                + "\"sep3\"?")
        #expect(
            F.message("space", .component("cells", ["operations": "mine"]))
                == "03.lua:19: space.operations: expected \"darts\" or \"metanas\", found \"mine\"")
    }

    @Test func `what is missing is named`() {
        #expect(
            F.message([:]) == "03.lua:19: name: missing; expected text of 1…200 characters")
        #expect(F.message(["name": "x"]) == "03.lua:19: api: missing; expected 1")
        #expect(
            F.message(["name": "x", "api": 1])
                == "03.lua:19: tasks: missing; expected a kind of tasks: its name or { \"name\", "
                + "option = value }")
        #expect(
            F.message("tasks", ["ways": 5])
                == "03.lua:19: tasks: missing; expected the name of a kind of tasks first, as in "
                + "{ \"episodes\", option = value }; known are episodes, supervised, sine, tabular")
        #expect(
            F.message("objectives", [["name": "depth"]])
                == "03.lua:19: objectives[1].evaluate: missing; expected a function")
    }

    @Test func `values without a name where options belong are refused`() {
        #expect(
            F.message("learner", ["maml", "anil"])
                == "03.lua:19: learner[2]: expected option = value, found \"anil\" without a name")
        #expect(
            F.message("learner", [3])
                == "03.lua:19: learner[1]: expected the name of a learner, found 3")
        #expect(
            F.message("budget", [3])
                == "03.lua:19: budget[1]: expected option = value, found 3 without a name")
        #expect(
            F.message("space", .component("cells", ["cells": ["kind": "normal"]]))
                == "03.lua:19: space.cells: expected a list of 1…20 values, each \"normal\" or "
                + "\"reduction\", found a table with the key \"kind\"")
    }

    @Test func `a plan of another version is refused in one sentence`() {
        #expect(
            F.message(["api": 2, "from": "the future"])
                == "03.lua:19: api: this Apogee reads plans with api = 1, but this plan has api = 2"
        )
        #expect(F.message("api", "1") == "03.lua:19: api: expected 1, found \"1\"")
    }

    @Test func `a mistake is placed where it was written`() {
        let line = PlanLocation.script(file: "lib/learners.lua", line: 4)
        let text = PlanFixtures.message(
            "learner",
            .component("maml", ["inner_steps": PlainValue(.string("five"), at: line)]))
        #expect(
            text
                == "lib/learners.lua:4: learner.inner_steps: expected an integer in 1…100, found "
                + "\"five\"")
        #expect(
            ExperimentError.contradiction(at: PlanPosition("seed"), problem: "bad").description
                == "seed: bad")
        #expect(PlanLocation.script(file: "a.lua", line: nil).description == "a.lua")
    }

    @Test func `every error has the exit code of its cause`() {
        let place = PlanPosition("seed", at: PlanFixtures.file)
        let typed = PlanPosition("seed", at: .commandLine("--set seed=x"))
        let errors: [(ExperimentError, ExitCode)] = [
            (.wrongType(at: place, expected: "", found: ""), .invalid),
            (.wrongType(at: typed, expected: "", found: ""), .usage),
            (.unknownOption(at: typed, nearest: nil, known: []), .usage),
            (.invalidOverride(text: "", problem: ""), .usage),
            (.nameClash(point: .method, name: "", first: "", second: ""), .invalid),
            (.registryFrozen(point: .method, name: "", source: ""), .invalid),
            (.invalidResult(of: .mutation, at: nil, problem: ""), .failed),
        ]
        for (error, code) in errors { #expect(error.exitCode == code) }
        #expect(ExitCode.usage.rawValue == 64 && ExitCode.invalid.rawValue == 65)
        #expect(ExitCode.inputMissing.rawValue == 66 && ExitCode.failed.rawValue == 1)
    }
}
