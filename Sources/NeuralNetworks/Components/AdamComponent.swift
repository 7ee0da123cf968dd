internal import Components

/// Adam in a plan.
enum AdamComponent {
    private static let below1 = NumberRange(0, 1, includesUpper: false)
    private static let rate = PlanOption.number(
        "learning_rate", .positive(upTo: 100), 0.001, "Step size.")
    private static let beta1 = PlanOption.number(
        "beta1", below1, 0.9, "Decay rate of the gradient's running mean.")
    private static let beta2 = PlanOption.number(
        "beta2", below1, 0.999, "Decay rate of the squared gradient's running mean.")
    private static let epsilon = PlanOption.number(
        "epsilon", .positive(upTo: 1), 1e-8, "Added to the square root of that mean.")

    private static let weightDecay = PlanOption.number(
        "weight_decay", .fraction, 0.01, "Times the learning rate, subtracted from each weight.")

    static var adam: Component {
        Component(
            .optimizer, "adam", options: options(SGDComponent.weightDecay),
            "Adam (Kingma, Ba 2015); weight decay is added to the gradient."
        ) { options, _ in .adam(settings(options, SGDComponent.weightDecay, .coupled)) }
    }

    static var adamW: Component {
        Component(
            .optimizer, "adamw", options: options(weightDecay),
            "Adam with decoupled weight decay (Loshchilov, Hutter 2019)."
        ) { options, _ in .adam(settings(options, weightDecay, .decoupled)) }
    }

    private static func options(_ decay: PlanOption<Double>) -> [OptionSpecification] {
        [
            rate.specification, beta1.specification, beta2.specification, epsilon.specification,
            decay.specification,
        ]
    }

    private static func settings(
        _ options: Options, _ weightDecay: PlanOption<Double>, _ decay: Adam.Decay
    ) -> Adam.Options {
        Adam.Options(
            rate: Float(options[rate]), beta1: Float(options[beta1]),
            beta2: Float(options[beta2]), epsilon: Float(options[epsilon]),
            weightDecay: Float(options[weightDecay]), decay: decay)
    }
}
