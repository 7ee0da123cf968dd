import Evaluation
import Components
import Tasks
import Supernets
import MetaLearning
import Evolution
import NeuralNetworks
import Experiments
import SearchSpaces
import Testing

struct PlanDefaultsTests {
    @Test func `a search plan has the documented defaults`() throws {
        let plan = try PlanFixtures.decode(PlanFixtures.search)
        #expect(plan.name == "A search")
        #expect(plan.description == nil)
        #expect(plan.seed == 0)
        #expect(
            plan.json() == """
                {"name":"A search","description":null,"api":1,"seed":0,\
                "tasks":{"episodes":{"dataset":{"glyphs":{"alphabets":20,"characters":20,\
                "drawers":20,"side":28,"seed":1}},"split":"alphabets","train":[],"test":[],\
                "validation_fraction":0.2,"test_fraction":0.25,"ways":5,"shots":1,"queries":15,\
                "rotations":false,"sampler":"uniform"}},\
                "space":{"cells":{"nodes":4,"channels":16,"operations":"darts",\
                "cells":["normal","reduction"],"stem":"auto","pool_norm":true}},\
                "learner":{"maml":{"order":1,"inner_steps":5,"inner_learning_rate":0.1,\
                "test_steps":5,"meta_batch":4,"outer":{"adam":{"learning_rate":0.001,\
                "beta1":0.9,"beta2":0.999,"epsilon":1e-08,"weight_decay":0}},\
                "outer_schedule":"constant","gradient_clip":null,"batch_norm":"transductive",\
                "initial_weights":"uniform"}},\
                "strategy":{"evolution":{"population":50,"parents":10,"tournament":2,\
                "mutation":"per_gene","mutation_probability":0.1,\
                "crossover":{"uniform":{"granularity":"block"}},"mutants":25,"crossovers":25}},\
                "paths":{"mixed":{"population_fraction":0.5}},"objectives":["query_error"],\
                "per_task_search":{"enabled":true,"generations":2,"population":10,\
                "augmentations":4,"shift":2,"tasks":null},"method":null,"checkpoint_steps":10,\
                "schedule":{"constant":{"paths":null,"outer_learning_rate_factor":1,\
                "inner_steps":null,"mutation_probability":null}},\
                "budget":{"warm_up_updates":1000,"generations":20,"updates_per_generation":50,\
                "evaluations_per_generation":null,"final_updates":0,"validation_tasks":16,\
                "test_tasks":600},"arms":["searched","searched_per_task","random_search",\
                {"conv4":{"filters":64}}],"on_non_finite":"stop"}
                """)
    }

    @Test func `the typed plan says what its text says`() throws {
        let plan = try PlanFixtures.decode(PlanFixtures.search)
        guard let tasks = plan.tasks as? EpisodesPlan, let cells = plan.space as? CellsPlan,
            let maml = plan.learner as? MAMLPlan, let evolution = plan.strategy as? EvolutionPlan
        else {
            Issue.record("another kind of plan: \(plan)")
            return
        }
        #expect(tasks.ways == 5 && tasks.shots == 1 && tasks.queries == 15 && !tasks.rotations)
        #expect(tasks.split == .alphabets && tasks.validationFraction == 0.2)
        #expect(cells.operations == CellOperation.darts.map(\.displayName))
        #expect(cells.nodes == 4 && cells.cells == [.normal, .reduction] && cells.poolNorm)
        #expect(maml.order == 1 && maml.innerSteps == 5 && maml.testSteps == 5)
        #expect(maml.outer.metaBatch == 4 && maml.outer.gradientClip == nil)
        #expect(
            maml.outer.optimizer
                == .adam(
                    Adam.Options(
                        rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0)))
        #expect(plan.learner.network.batchNorm == .transductive && plan.learner.metaBatch == 4)
        #expect(evolution.population == 50 && evolution.parents == 10)
        #expect(evolution.mutants == 25 && evolution.crossovers == 25 && evolution.randoms == 0)
        #expect(plan.budget.totalUpdates == 2_000)
        #expect(plan.perTaskSearch?.generations == 2)
        #expect(
            plan.arms.map(\.title) == ["searched", "searched_per_task", "random_search", "conv4"])
    }

    @Test func `a sine plan compares its learner with a pre-trained network`() throws {
        let plan = try PlanFixtures.decode(PlanFixtures.sine)
        guard let sine = plan.tasks as? SinePlan, let mlp = plan.space as? MLPPlan else {
            Issue.record("another kind of plan: \(plan)")
            return
        }
        #expect(sine.shots == 10 && sine.queries == 10 && mlp.hidden == [40, 40])
        #expect(plan.strategy == nil && plan.paths == nil && plan.perTaskSearch == nil)
        #expect(plan.objectives.isEmpty)
        #expect(plan.arms.map(\.title) == ["maml", "pretrained"])
        #expect(plan.budget.totalUpdates == 2_000 && plan.budget.generations == 0)
    }

    @Test func `a plan of one fixed network has one row`() throws {
        let plan = try PlanFixtures.decode(
            PlanFixtures.with("learner", "prototypical", in: PlanFixtures.fixed))
        #expect(plan.arms.map(\.title) == ["prototypical"])
        #expect((plan.space as? Conv4Plan)?.filters == 64)
    }

    @Test func `evolution's numbers follow from its population`() throws {
        for (population, parents, tournament, mutants, crossovers) in [
            (2, 2, 2, 1, 1), (5, 2, 2, 2, 2), (9, 2, 2, 4, 4), (20, 4, 2, 10, 10),
            (101, 20, 2, 50, 50),
        ] {
            let plan = try PlanFixtures.decode(
                PlanFixtures.with(
                    "strategy",
                    .component("evolution", ["population": PlainValue(.integer(population))])))
            guard let evolution = plan.strategy as? EvolutionPlan else {
                Issue.record("another strategy")
                return
            }
            #expect(evolution.parents == parents && evolution.tournament == tournament)
            #expect(evolution.mutants == mutants && evolution.crossovers == crossovers)
        }
        let alone = try PlanFixtures.decode(
            PlanFixtures.with("strategy", .component("evolution", ["crossover": "none"])))
        guard let evolution = alone.strategy as? EvolutionPlan else { return }
        #expect(evolution.crossovers == 0 && evolution.mutants == 50)
        #expect(!evolution.operators.hasCrossover)
    }

    @Test func `steps at test are those of training unless given`() throws {
        let three = try PlanFixtures.decode(
            PlanFixtures.with("learner", .component("anil", ["inner_steps": 3])))
        let ten = try PlanFixtures.decode(
            PlanFixtures.with("learner", .component("anil", ["inner_steps": 3, "test_steps": 10])))
        guard let a = three.learner as? MAMLPlan, let b = ten.learner as? MAMLPlan else {
            Issue.record("another learner")
            return
        }
        #expect(a.testSteps == 3 && b.testSteps == 10)
    }

    @Test func `adamw decays weights by a step of its own`() throws {
        let plan = try PlanFixtures.decode(
            PlanFixtures.with("learner", .component("maml", ["outer": "adamw"])))
        guard case .adam(let options)? = (plan.learner as? MAMLPlan)?.outer.optimizer else {
            Issue.record("another optimizer")
            return
        }
        #expect(options.decay == .decoupled && options.weightDecay == 0.01)
        let usual = try PlanFixtures.decode(PlanFixtures.search)
        guard case .adam(let adam)? = (usual.learner as? MAMLPlan)?.outer.optimizer else { return }
        #expect(adam.decay == .coupled && adam.weightDecay == 0)
    }

    @Test func `reptile's inner Adam forgets the mean gradient`() throws {
        let plan = try PlanFixtures.decode(PlanFixtures.with("learner", "reptile"))
        guard let reptile = plan.learner as? ReptilePlan else {
            Issue.record("another learner")
            return
        }
        #expect(
            reptile.inner
                == .adam(
                    Adam.Options(
                        rate: 0.001, beta1: 0, beta2: 0.999, epsilon: 1e-8, weightDecay: 0)))
        #expect(reptile.outerStep == 1 && reptile.metaBatch == 4)
    }

    @Test func `the example of the scripting contract decodes`() throws {
        let function = PlainValue.function(PlanFixtures.function)
        let plan = try PlanFixtures.decode([
            "name": "AT-NAS on Omniglot, 5-way 1-shot", "api": 1,
            "tasks": .component(
                "episodes",
                [
                    "dataset": "omniglot", "split": "alphabets", "ways": 5, "shots": 1,
                    "queries": 15,
                ]),
            "space": .component("cells", ["nodes": 4, "channels": 16, "operations": "darts"]),
            "learner": .component(
                "maml",
                [
                    "order": 1, "inner_steps": 5, "inner_learning_rate": 0.1, "meta_batch": 4,
                    "outer": .component("adam", ["learning_rate": 1e-3]),
                ]),
            "strategy": .component(
                "evolution", ["population": 50, "mutation": function, "crossover": "uniform"]),
            "schedule": function, "objectives": ["query_error", "parameters"],
            "budget": ["warm_up_updates": 2000, "generations": 20],
        ])
        #expect(plan.schedule == .function(PlanFixtures.function))
        #expect(plan.strategy?.variation?.mutation == .function(PlanFixtures.function))
        #expect(plan.objectives.map(\.title) == ["query_error", "parameters"])
        #expect(plan.json().contains("\"mutation\":\"function 03.lua:23\""))
    }

    @Test func `every operation that a plan may list is one of the search space`() throws {
        for name in CellsPlan.operationNames {
            #expect(try CellOperation(name: name).displayName == name)
        }
        #expect(
            Set(CellsPlan.operationNames) == Set(CellOperation.allCases.map(\.displayName)))
        let sets = Dictionary(uniqueKeysWithValues: CellsPlan.operationSets.map { ($0.0, $0.1) })
        #expect(sets["darts"] == CellOperation.darts.map(\.displayName))
        #expect(sets["metanas"] == CellOperation.metaNAS.map(\.displayName))
    }
}
