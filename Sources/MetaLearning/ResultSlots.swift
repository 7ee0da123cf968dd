internal import Synchronization

/// A place for each task's result, filled by workers in any order and read afterwards.
final class ResultSlots<Value: Sendable>: Sendable {
    private let values: Mutex<[Value?]>

    init(count: Int) { values = Mutex([Value?](repeating: nil, count: count)) }

    subscript(index: Int) -> Value? {
        get { values.withLock { $0[index] } }
        set { values.withLock { $0[index] = newValue } }
    }
}

typealias OutcomeSlots = ResultSlots<TaskOutcome>
typealias ScoreSlots = ResultSlots<(scores: [TaskScore], cost: ComputeCost)>
