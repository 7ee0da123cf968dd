package import Evaluation
package import Records

/// Where the searches of a run keep their states, and what they go on from.
///
/// A run with one search saves its state as it is. A run with several saves those of all, so that a
/// resumed run finds what earlier searches found; what lies between is computed again, and recorded
/// once.
package final class SearchStates {
    private let journal: RunJournal
    private var states: [Entry] = []
    /// The searches of the run, in the order in which they were asked for.
    private var names: [String] = []

    /// The latest state of one search.
    private struct Entry {
        let name: String
        let state: MethodState
    }

    /// Several states outside the program; arrays are told apart by a number before their name.
    package struct Saved: Codable {
        /// One search's state.
        struct Search: Codable {
            let name: String
            let text: String
        }
        /// In the order in which they were last saved.
        let searches: [Search]
    }

    /// - Parameters:
    ///   - journal: Its sink keeps states.
    ///   - resumed: What ``save(_:of:)`` kept; nil for a new run.
    /// - Throws: ``ExperimentError/failed(_:)`` for a state that is none.
    package init(_ journal: RunJournal, resumed: MethodState?) throws {
        self.journal = journal
        guard let resumed else { return }
        if let saved = try? RecordCoding.decode(Saved.self, from: resumed.text) {
            states = saved.searches.enumerated().map { index, search in
                let prefix = "\(index)/"
                return Entry(
                    name: search.name,
                    state: MethodState(
                        text: search.text,
                        arrays: resumed.arrays.filter { $0.name.hasPrefix(prefix) }.map {
                            NamedArray(
                                String($0.name.dropFirst(prefix.count)), shape: $0.shape,
                                values: $0.values)
                        }))
            }
        } else {
            states = [Entry(name: "", state: resumed)]
        }
        // What was recorded before the last state is not recorded again.
        journal.replay(until: try resumed.recordedEvents())
    }

    /// Adds a search of the run.
    package func add(_ name: String) { names.append(name) }

    /// The name under which the weights of a search are saved: the first one's are the supernet's.
    package func weights(of name: String) -> String {
        name == names.first ? "supernet" : "supernet_\(name)"
    }

    /// The state that a search goes on from; nil to begin anew.
    package func saved(_ name: String) -> MethodState? {
        let one = states.first { $0.name == name || $0.name.isEmpty && name == names.first }
        return one?.state
    }

    /// Keeps the latest state of a search, beside those of the searches before.
    package func save(_ state: MethodState, of name: String) throws {
        states.removeAll { $0.name == name || $0.name.isEmpty }
        states.append(Entry(name: name, state: state))
        guard names.count > 1 else {
            return try journal.sink.save(state: state.text, arrays: state.arrays, named: "method")
        }
        let saved = Saved(searches: states.map { .init(name: $0.name, text: $0.state.text) })
        try journal.sink.save(
            state: try RecordCoding.json(saved),
            arrays: states.enumerated().flatMap { index, entry in
                entry.state.arrays.map {
                    NamedArray("\(index)/\($0.name)", shape: $0.shape, values: $0.values)
                }
            }, named: "method")
    }
}
