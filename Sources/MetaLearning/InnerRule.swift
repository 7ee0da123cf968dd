public import NeuralNetworks
public import Tensors

/// How one inner step moves one parameter.
public enum InnerRule: Sendable {
    /// Against the gradient, by this rate.
    case descent(rate: Float)
    /// By a rule that was written outside Swift.
    case recorded(RecordedRule)

    /// What tells the plans of one rule from those of another.
    var key: String {
        switch self {
        case .descent(let rate): "\(rate)"
        case .recorded(let rule): "rule \(rule.name)"
        }
    }

    /// The parameter after the step.
    ///
    /// - Parameters:
    ///   - value: Before the step.
    ///   - gradient: Of the support loss.
    ///   - name: The parameter's name.
    ///   - initial: The parameter before the first step, asked for where the rule reads it.
    /// - Returns: A tensor of the same shape.
    /// - Throws: `TensorError` for a parameter that the rule was not recorded for.
    func moved(
        _ value: Tensor, _ gradient: Tensor, name: String,
        initial: () throws(TensorError) -> Tensor
    ) throws(TensorError) -> Tensor {
        switch self {
        case .descent(let rate): try value - gradient.scaled(by: rate)
        case .recorded(let rule):
            try rule.moved(value, gradient, name: name, initial: initial)
        }
    }
}

/// An inner step that was written outside Swift, recorded for every parameter that it can meet.
///
/// Recording happens on the thread that owns the script, before anything is trained; workers replay
/// what was recorded into the graphs that they build.
public final class RecordedRule: Sendable {
    /// What a rule sees of a parameter.
    public struct Case: Hashable, Sendable {
        /// The parameter's name.
        public let name: String
        /// Its sizes.
        public let shape: Shape

        /// A case to record.
        public init(name: String, shape: Shape) {
            self.name = name
            self.shape = shape
        }
    }

    /// Records the step of one parameter: the value before it, the gradient of the support loss and
    /// the value before the first step give the value after it.
    public typealias Step =
        (_ one: Case, _ value: Tensor, _ gradient: Tensor, _ initial: Tensor) throws -> Tensor

    /// For messages and results.
    public let name: String
    private let recordings = Guarded<[Case: Recording]>([:])

    /// A rule without recordings.
    public init(name: String) { self.name = name }

    /// Records the rule for those of the parameters that it was not recorded for yet.
    ///
    /// - Parameters:
    ///   - entries: Parameters of a network.
    ///   - step: Records one step.
    /// - Throws: What `step` throws, and `RuleError` for a result of another shape.
    public func record(_ entries: [ParameterSpecification], _ step: Step) throws {
        for entry in entries where !entry.name.hasSuffix(".statistics") {
            let one = Case(name: entry.name, shape: entry.shape)
            if recordings.withLock({ $0[one] != nil }) { continue }
            let graph = Graph(isFusing: false)
            let result = try step(
                one, try graph.input("value", one.shape), try graph.input("gradient", one.shape),
                try graph.input("initial", one.shape))
            guard result.shape == one.shape else {
                throw RuleError(rule: name, one: one, found: result.shape)
            }
            let recording = try Recording([result])
            recordings.withLock { $0[one] = recording }
        }
    }

    func moved(
        _ value: Tensor, _ gradient: Tensor, name: String,
        initial: () throws(TensorError) -> Tensor
    ) throws(TensorError) -> Tensor {
        let one = Case(name: name, shape: value.shape)
        guard let recording = recordings.withLock({ $0[one] }) else {
            throw .inputMismatch(
                name: "learner \(self.name)", expected: "a parameter that it was recorded for",
                found: "\(name) of shape \(value.shape)")
        }
        let outputs = try recording.replay(in: value.graph) { input throws(TensorError) in
            switch input {
            case "value": value
            case "gradient": gradient
            default: try initial()
            }
        }
        return outputs.first ?? value
    }
}

/// A rule whose result is no value of the parameter.
public struct RuleError: Error, Sendable, Equatable, CustomStringConvertible {
    let rule: String
    let one: RecordedRule.Case
    let found: Shape

    /// A rule's name, the parameter, and the shape of what the rule gave for it.
    public init(rule: String, one: RecordedRule.Case, found: Shape) {
        self.rule = rule
        self.one = one
        self.found = found
    }

    /// What was expected and found.
    public var description: String {
        "learner \(rule): adapt: expected a tensor of shape \(one.shape), that of the parameter "
            + "\(one.name), found shape \(found)"
    }
}
