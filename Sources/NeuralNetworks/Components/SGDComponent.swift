internal import Components

/// Stochastic gradient descent in a plan.
enum SGDComponent {
    private static let rate = PlanOption.number(
        "learning_rate", .positive(upTo: 100), 0.01, "Step size.")
    private static let momentum = PlanOption.number(
        "momentum", NumberRange(0, 1, includesUpper: false), 0,
        "Decay rate of the running sum of steps.")
    static let weightDecay = PlanOption.number(
        "weight_decay", .fraction, 0, "Factor of the weight that is added to its gradient.")

    static var sgd: Component {
        Component(
            .optimizer, "sgd",
            options: [
                rate.specification, momentum.specification, weightDecay.specification,
            ], "Gradient descent, optionally with momentum."
        ) { options, _ in
            .sgd(
                rate: Float(options[rate]), momentum: Float(options[momentum]),
                weightDecay: Float(options[weightDecay]))
        }
    }
}
