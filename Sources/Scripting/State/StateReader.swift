import Components
import Experiments
import LuaHost
import Randomness
import Records
import SearchSpaces

/// Reads the state of a script's method or strategy back, as values of Lua.
final class StateReader {
    let bindings: Bindings
    /// The space of its genotypes; nil where none is known.
    let space: (any SearchSpace)?
    /// What a method's state may speak of; nil for a strategy's.
    let services: MethodServices?
    /// The arrays that were saved with the value.
    let arrays: [NamedArray]
    private let kinds: [SavedKind]
    private var streams: [RandomHandle] = []

    init(
        _ bindings: Bindings, _ kinds: [SavedKind], space: (any SearchSpace)?,
        services: MethodServices? = nil, arrays: [NamedArray] = []
    ) {
        self.bindings = bindings
        self.kinds = kinds
        self.space = space
        self.services = services
        self.arrays = arrays
    }

    /// The values of Lua.
    ///
    /// - Throws: `ExperimentError` for a value that no state holds.
    func tree(_ value: PlainValue) throws -> LuaTree {
        switch value.kind {
        case .nothing: return .nil
        case .boolean(let flag): return .boolean(flag)
        case .integer(let whole): return .integer(whole)
        case .number(let number): return .number(number)
        case .string(let text): return .string(text)
        case .bytes(let bytes): return .bytes(bytes)
        case .function: throw ExperimentError.failed("the saved state holds a function")
        case .table(let table):
            return .table(
                LuaTree.Table(
                    array: try table.positional.map(tree),
                    fields: try table.named.map { LuaTree.Field($0.name, try tree($0.value)) }))
        case .object(let name, let value):
            guard let kind = kinds.first(where: { $0.name == name }),
                let object = try kind.read(value, self)
            else { throw ExperimentError.failed("the saved state holds no such \(name)") }
            return .userdata(object)
        }
    }

    /// The same tree whose streams can be drawn from until ``end()``.
    func revived(_ tree: LuaTree) throws -> LuaTree {
        switch tree {
        case .userdata(let object):
            guard let handle = object.object(bindings.random) else { return tree }
            return .userdata(try userdata(handle.stream))
        case .table(let table):
            return .table(
                LuaTree.Table(
                    array: try table.array.map(revived),
                    fields: try table.fields.map { LuaTree.Field($0.name, try revived($0.value)) }))
        default: return tree
        }
    }

    /// A stream that can be drawn from until ``end()``.
    func userdata(_ stream: RandomStream) throws -> LuaUserdata {
        let handle = RandomHandle(stream)
        streams.append(handle)
        return try bindings.context.userdata(handle, bindings.random)
    }

    /// Ends the streams of the state, which hold for one call.
    func end() {
        for stream in streams { stream.end() }
        streams = []
    }
}
