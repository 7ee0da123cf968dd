import Components
import Experiments
import LuaHost
import Records

/// A saved state outside the program: a plain value, and arrays beside it.
struct ScriptState: Codable {
    private var version = 2
    /// What the script's state was.
    let state: PlainValue
    /// The shared weights' own state; nil for a strategy.
    let learner: String?
    /// The arrays, where they are kept with the text.
    let arrays: [Array]?

    /// An array as text.
    struct Array: Codable {
        let name: String
        let values: [Float]
    }

    /// Reads a state.
    ///
    /// - Throws: `RecordsError` for a text that is none.
    init(_ text: String) throws(RecordsError) {
        self = try RecordCoding.decode(ScriptState.self, from: text)
    }

    init(_ state: PlainValue, learner: String?, arrays: [NamedArray]? = nil) {
        self.state = state
        self.learner = learner
        self.arrays = arrays.map { $0.map { Array(name: $0.name, values: $0.values) } }
    }

    /// The arrays that were kept with the text.
    var kept: [NamedArray] {
        (arrays ?? []).map { NamedArray($0.name, shape: [$0.values.count], values: $0.values) }
    }

    /// The state as one line of JSON.
    ///
    /// - Throws: `RecordsError`; never in practice.
    func text() throws -> String { try RecordCoding.json(self) }

    /// The prefix of the shared weights' arrays.
    private static let prefix = "learner."

    /// A method's state, with the shared weights.
    static func method(
        _ tree: LuaTree, _ bindings: Bindings, _ services: MethodServices
    ) throws -> MethodState {
        var writer = StateWriter(bindings, SavedKind.ofMethods)
        let value = try writer.value(tree)
        let learner = try services.learnerState()
        return MethodState(
            text: try ScriptState(value, learner: learner.text).text(),
            arrays: writer.arrays
                + learner.arrays.map {
                    NamedArray(prefix + $0.name, shape: $0.shape, values: $0.values)
                })
    }

    /// A method's state as values of Lua; the shared weights become what they were.
    static func tree(
        _ saved: MethodState, _ bindings: Bindings, _ services: MethodServices
    ) throws -> LuaTree {
        let state = try ScriptState(saved.text)
        try services.restoreLearner(
            MethodState(
                text: state.learner ?? "",
                arrays: saved.arrays.filter { $0.name.hasPrefix(prefix) }.map {
                    NamedArray(
                        String($0.name.dropFirst(prefix.count)), shape: $0.shape,
                        values: $0.values)
                }))
        let reader = StateReader(
            bindings, SavedKind.ofMethods, space: services.space, services: services,
            arrays: saved.arrays)
        defer { reader.end() }
        return try reader.tree(state.state)
    }

    /// A strategy's state as text.
    static func strategy(_ tree: LuaTree, _ bindings: Bindings) throws -> String {
        var writer = StateWriter(bindings, SavedKind.common)
        let value = try writer.value(tree)
        return try ScriptState(
            value, learner: nil, arrays: writer.arrays.isEmpty ? nil : writer.arrays
        ).text()
    }
}
