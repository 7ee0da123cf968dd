public import Components

/// The rule that turns gradients into steps, as a plan names it.
public enum OptimizerRule: Sendable, Hashable {
    /// Stochastic gradient descent.
    case sgd(rate: Float, momentum: Float, weightDecay: Float)
    /// Adam.
    case adam(Adam.Options)

    /// An optimizer without history, for parameters of this layout.
    public func optimizer(_ layout: ParameterLayout) -> any Optimizer {
        switch self {
        case .sgd(let rate, let momentum, let decay):
            SGD(rate: rate, momentum: momentum, weightDecay: decay)
        case .adam(let options): Adam(options, layout: layout)
        }
    }
}

extension Point where Product == OptimizerRule {
    /// Rules that turn gradients into steps.
    public static var optimizer: Point { Point(ExtensionPoint.optimizer) }
}

extension ExtensionPoint {
    /// Rules that turn gradients into steps.
    public static let optimizer = ExtensionPoint("optimizer")
}

/// The optimizers that come with the program.
public enum OptimizerComponents {
    /// All of them.
    public static var all: [Component] {
        [AdamComponent.adam, AdamComponent.adamW, SGDComponent.sgd]
    }
}
