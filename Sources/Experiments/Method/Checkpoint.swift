internal import Evaluation
internal import Tasks
public import Components
public import Records

/// All that a run must keep to go on, besides arrays.
struct Checkpoint: Codable {
    /// The method's own state.
    var method: String
    /// Events that were recorded by then.
    var events: Int
    /// Whether the search is over, and only the results are left.
    var isDone: Bool
    var training: Cost
    var evaluation: Cost
    var trials: Int
    var failures: Int
    /// Which evaluations were made; nil in states of before they were kept.
    var proofs: EvaluationProofs?
    /// Strategies that were begun.
    var strategies: Int
    /// Inner steps that the schedule set; nil for the learner's own.
    var innerSteps: Int?
    /// What was proposed and not yet evaluated.
    var lineage: [Lineage.Call]
    /// How often operators were used; nil in states of before it was counted.
    var operators: [OperatorUse]?
    /// How well the classes of training tasks were told.
    var classes: ClassRecord.Scores
}

extension MethodState {
    /// How many events a run had recorded when it saved this state.
    ///
    /// - Throws: ``ExperimentError/failed(_:)`` for a text that is no saved state.
    public func recordedEvents() throws(ExperimentError) -> Int {
        let several = try? RecordCoding.decode(SearchStates.Saved.self, from: text)
        let last = several?.searches.last.map { MethodState(text: $0.text, arrays: []) }
        let events = try (last ?? self).checkpoint().events
        guard events >= 0 else { throw MethodState.unusable("events is \(events)") }
        return events
    }

    func checkpoint() throws(ExperimentError) -> Checkpoint {
        do {
            return try RecordCoding.decode(Checkpoint.self, from: text)
        } catch {
            throw MethodState.unusable(error.description)
        }
    }

    package static func unusable(_ reason: String) -> ExperimentError {
        .failed("the saved state cannot be taken up: \(reason)")
    }
}
