internal import Tensors

/// A place for each task's result, filled by workers in any order and read afterwards.
final class ResultSlots<Value: Sendable>: Sendable {
    private let values: Guarded<[Value?]>

    init(count: Int) { values = Guarded([Value?](repeating: nil, count: count)) }

    subscript(index: Int) -> Value? {
        get { values.withLock { $0[index] } }
        set { values.withLock { $0[index] = newValue } }
    }
}

typealias OutcomeSlots = ResultSlots<TaskOutcome>
typealias ScoreSlots = ResultSlots<(scores: [TaskScore], cost: ComputeCost)>
