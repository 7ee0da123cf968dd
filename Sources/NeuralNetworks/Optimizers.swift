public import Tensors

/// How parameters move along a gradient. State is kept per parameter, so that a parameter which an
/// update does not touch keeps its value, its moments and its step count.
public protocol Optimizer: AnyObject {
    /// Moves the touched parameters.
    ///
    /// - Parameters:
    ///   - parameters: Changed in place.
    ///   - gradient: Of the parameters' layout.
    ///   - touched: Places of the entries to move, each once.
    ///   - rateFactor: Times the learning rate, from a schedule.
    func update(
        _ parameters: ParameterSet, gradient: FloatBuffer, touched: [Int], rateFactor: Float)

    /// The history: what must be kept to go on as if there had been no break.
    var state: OptimizerState { get }

    /// Takes up a history.
    ///
    /// - Returns: Whether it is one of the same parameters and rule; if not, nothing changes.
    func restore(_ state: OptimizerState) -> Bool
}

/// The history of an optimizer.
public struct OptimizerState: Sendable, Hashable {
    /// Velocity or moments, each of the parameters' layout; none before the first update of some.
    public var moments: [[Float]]
    /// Updates that each entry took part in, where they are counted.
    public var steps: [Int]

    /// A history.
    public init(moments: [[Float]] = [], steps: [Int] = []) {
        self.moments = moments
        self.steps = steps
    }
}

/// Stochastic gradient descent with momentum: v ← μ v + g, p ← p − rate · v.
public final class SGD: Optimizer {
    /// Learning rate.
    public let rate: Float
    /// μ, 0 ..< 1.
    public let momentum: Float
    /// Times the parameter, added to the gradient.
    public let weightDecay: Float
    private var velocity: FloatBuffer?

    /// An optimizer without history.
    public init(rate: Float, momentum: Float = 0, weightDecay: Float = 0) {
        self.rate = rate
        self.momentum = momentum
        self.weightDecay = weightDecay
    }

    /// The velocity, if there was an update with momentum.
    public var state: OptimizerState {
        OptimizerState(moments: velocity.map { [$0.array] } ?? [])
    }

    /// Takes up a velocity.
    public func restore(_ state: OptimizerState) -> Bool {
        guard state.moments.count <= 1, state.steps.isEmpty else { return false }
        velocity = state.moments.first.map { FloatBuffer($0) }
        return true
    }

    /// Moves the touched parameters by their velocity, which the gradient first adds to.
    public func update(
        _ parameters: ParameterSet, gradient: FloatBuffer, touched: [Int], rateFactor: Float
    ) {
        // Without momentum the slope alone moves a parameter, and there is nothing to keep.
        if momentum != 0, velocity == nil {
            velocity = FloatBuffer(count: parameters.layout.count)
        }
        let history = momentum == 0 ? nil : velocity
        for entry in touched {
            let first = parameters.layout.offsets[entry]
            for place in first..<first + parameters.layout.entries[entry].shape.count {
                let value = parameters.values.pointer[place]
                var slope = gradient.pointer[place] + weightDecay * value
                if let history {
                    slope += momentum * history.pointer[place]
                    history.pointer[place] = slope
                }
                parameters.values.pointer[place] = value - rate * rateFactor * slope
            }
        }
    }
}

/// Adam with bias correction (Kingma and Ba 2015, algorithm 1), with weight decay of either kind.
public final class Adam: Optimizer {
    /// How weight decay acts.
    public enum Decay: Sendable, Hashable {
        /// Decay times the parameter is added to the gradient, so that it is scaled with it: L2
        /// regularization, as `torch.optim.Adam`.
        case coupled
        /// The parameter is first multiplied by 1 − rate · decay, and the moments see the gradient
        /// alone: AdamW (Loshchilov and Hutter 2019, algorithm 2), as `torch.optim.AdamW`.
        case decoupled
    }

    /// Settings of Adam.
    public struct Options: Sendable, Hashable {
        /// Learning rate.
        public var rate: Float
        /// Decay of the first moment, 0 ..< 1.
        public var beta1: Float
        /// Decay of the second moment, 0 ..< 1.
        public var beta2: Float
        /// Added to the root of the second moment.
        public var epsilon: Float
        /// How strongly weights are drawn to zero, at least 0; `decay` says by what rule.
        public var weightDecay: Float
        /// Whether decay is part of the gradient or a step of its own.
        public var decay: Decay

        /// The defaults of `torch.optim.Adam`.
        public init(
            rate: Float = 1e-3, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
            weightDecay: Float = 0, decay: Decay = .coupled
        ) {
            self.rate = rate
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.weightDecay = weightDecay
            self.decay = decay
        }
    }

    private let options: Options
    private var first: FloatBuffer
    private var second: FloatBuffer
    /// Updates that each entry took part in; its powers of the decays go by this count.
    private var steps: [Int]

    /// An optimizer without history, for parameters of this layout.
    public init(_ options: Options, layout: ParameterLayout) {
        self.options = options
        first = FloatBuffer(count: layout.count)
        second = FloatBuffer(count: layout.count)
        steps = [Int](repeating: 0, count: layout.entries.count)
    }

    /// Both moments and each entry's count.
    public var state: OptimizerState {
        OptimizerState(moments: [first.array, second.array], steps: steps)
    }

    /// Takes up moments and counts.
    public func restore(_ state: OptimizerState) -> Bool {
        guard state.moments.map(\.count) == [first.count, second.count],
            state.steps.count == steps.count, state.steps.allSatisfy({ $0 >= 0 })
        else { return false }
        (first, second) = (FloatBuffer(state.moments[0]), FloatBuffer(state.moments[1]))
        steps = state.steps
        return true
    }

    /// Takes one step of Adam on the touched parameters, each by its own count of steps.
    public func update(
        _ parameters: ParameterSet, gradient: FloatBuffer, touched: [Int], rateFactor: Float
    ) {
        let rate = options.rate * rateFactor
        let isDecoupled = options.decay == .decoupled
        for entry in touched {
            steps[entry] += 1
            let offset = parameters.layout.offsets[entry]
            let range = offset..<offset + parameters.layout.entries[entry].shape.count
            if isDecoupled, options.weightDecay != 0 {
                let kept = 1 - rate * options.weightDecay
                for place in range { parameters.values.pointer[place] *= kept }
            }
            parameters.values.stepAdam(
                range, first: first, second: second, gradient: gradient, rate: rate,
                beta1: options.beta1, beta2: options.beta2, epsilon: options.epsilon,
                corrections: (
                    1 - Adam.power(options.beta1, steps[entry]),
                    1 - Adam.power(options.beta2, steps[entry])
                ), weightDecay: isDecoupled ? 0 : options.weightDecay)
        }
    }

    /// Repeated squaring in double precision: the same bits on every machine.
    private static func power(_ base: Float, _ exponent: Int) -> Float {
        var (result, factor, left) = (1.0, Double(base), exponent)
        while left > 0 {
            if left & 1 == 1 { result *= factor }
            factor *= factor
            left >>= 1
        }
        return Float(result)
    }
}
