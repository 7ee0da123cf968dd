internal import Experiments
internal import Components

/// A method of three functions of the script.
enum CustomMethod {
    private static let begin = PlanOption.function(
        "init", .method, "The function (context) that returns the initial state.")
    private static let step = PlanOption.function(
        "step", .method,
        "The function (state, context) that returns the next state, and whether it is done.")
    private static let result = PlanOption.function(
        "result", .method, "The function (state, context) that returns genotypes, best first.")

    static var custom: Component {
        Component(
            .method, "custom",
            options: [begin.specification, step.specification, result.specification],
            offers: [.search], needs: StepwiseMethod.needs,
            "Functions of the script: { init = function(context) … end, step = "
                + "function(state, context) … end, result = function(state, context) … end }."
        ) { options, builder in
            let functions = ScriptFunctions([
                "init": options[begin], "step": options[step], "result": options[result],
            ])
            return StepwiseMethod {
                try builder.scripts.make(
                    (any SearchMethod).self, at: .method, named: "custom", from: functions)
            }
        }
    }
}
