import Evaluation
import Components
import Tasks
import Experiments
import Testing

struct ScheduleSettingsTests {
    @Test func `a schedule's table becomes settings`() throws {
        let line = PlanLocation.script(file: "03.lua", line: 30)
        let settings = try ScheduleSettings(
            decoding: [
                "paths": "population", "outer_learning_rate_factor": 0.5, "inner_steps": 3,
                "mutation_probability": 0.2,
            ], at: line)
        #expect(
            settings
                == ScheduleSettings(
                    populationFraction: 1, outerLearningRateFactor: 0.5, innerSteps: 3,
                    mutationProbability: 0.2))
        #expect(try ScheduleSettings(decoding: [:]) == ScheduleSettings())
        #expect(try ScheduleSettings(decoding: ["paths": "uniform"]).populationFraction == 0)
        #expect(try ScheduleSettings(decoding: ["paths": 0.25]).populationFraction == 0.25)
    }

    @Test func `a wrong setting is one clear sentence`() {
        let line = PlanLocation.script(file: "03.lua", line: 30)
        for (value, text) in [
            (["path": "uniform"], "schedule.path: no such option; did you mean \"paths\"?"),
            (
                ["paths": "unifrom"],
                "schedule.paths: expected \"uniform\" or \"population\", found \"unifrom\"; did "
                    + "you mean \"uniform\"?"
            ),
            (["paths": 1.5], "schedule.paths: expected a number in 0…1, found 1.5"),
            (
                ["paths": true],
                "schedule.paths: expected \"uniform\" or \"population\" or a number in 0…1, found "
                    + "true"
            ),
            ("uniform", "schedule: expected a table of settings, found \"uniform\""),
        ] as [(PlainValue, String)] {
            #expect {
                try ScheduleSettings(decoding: value, at: line)
            } throws: {
                "\($0)" == "03.lua:30: \(text)"
            }
        }
    }

    @Test func `a plan may hold settings in the schedule's place`() throws {
        let plan = try PlanFixtures.decode(
            PlanFixtures.with("schedule", ["paths": "uniform", "inner_steps": 2]))
        let builder = ComponentBuilder(registry: try PlanFixtures.registry())
        let progress = RunProgress(
            phase: .warmUp, update: 0, updates: 9, generation: 0, generations: 1)
        let settings = try builder.make(plan.schedule, at: .schedule)(progress)
        #expect(settings == ScheduleSettings(populationFraction: 0, innerSteps: 2))
    }
}
