import Foundation
import LuaHost
import SearchSpaces

/// The state of a scripted component as text: what it may hold, and how it is kept.
///
/// A state is a value of numbers, strings, booleans, tables and genotypes. It is copied out after
/// each call and copied in before the next, so that nothing is remembered that a checkpoint would
/// not hold.
indirect enum StateValue: Codable, Hashable, Sendable {
    case `nil`
    case boolean(Bool)
    case integer(Int)
    /// A float by its bits, so that infinities and NaN come back as they were.
    case number(UInt64)
    case string(String)
    case bytes([UInt8])
    case genotype([Int])
    case table([StateValue], [Field])

    /// A named entry.
    struct Field: Codable, Hashable, Sendable {
        let name: String
        let value: StateValue
    }

    /// Reads what a script returned as its state.
    ///
    /// - Throws: `LuaError` that names the entry which cannot be kept.
    init(_ tree: LuaTree, path: String, _ bindings: Bindings) throws(LuaError) {
        switch tree {
        case .nil: self = .nil
        case .boolean(let flag): self = .boolean(flag)
        case .integer(let whole): self = .integer(whole)
        case .number(let number): self = .number(number.bitPattern)
        case .string(let text): self = .string(text)
        case .bytes(let bytes): self = .bytes(bytes)
        case .userdata(let object):
            guard let handle = object.object(bindings.genotype) else {
                throw StateValue.refuse(path, "a host object other than a genotype")
            }
            self = .genotype(handle.genotype.genes)
        case .function: throw StateValue.refuse(path, "a function")
        case .table(let table):
            var items: [StateValue] = []
            for (place, item) in table.array.enumerated() {
                items.append(try StateValue(item, path: "\(path)[\(place + 1)]", bindings))
            }
            var fields: [Field] = []
            for field in table.fields {
                fields.append(
                    Field(
                        name: field.name,
                        value: try StateValue(field.value, path: "\(path).\(field.name)", bindings))
                )
            }
            self = .table(items, fields)
        }
    }

    private static func refuse(_ path: String, _ found: String) -> LuaError {
        LuaError(
            kind: .conversion,
            message:
                "\(path): \(found) cannot be saved; a state may contain numbers, strings, booleans, "
                + "tables and genotypes")
    }

    /// The state as Lua values; genotypes are of this space.
    func tree(_ bindings: Bindings, _ space: (any SearchSpace)?) throws(LuaError) -> LuaTree {
        switch self {
        case .nil: return .nil
        case .boolean(let flag): return .boolean(flag)
        case .integer(let whole): return .integer(whole)
        case .number(let bits): return .number(Double(bitPattern: bits))
        case .string(let text): return .string(text)
        case .bytes(let bytes): return .bytes(bytes)
        case .genotype(let genes):
            return .userdata(
                try bindings.context.userdata(
                    GenotypeHandle(Genotype(genes), space: space, isReadOnly: true),
                    bindings.genotype))
        case .table(let items, let fields):
            var table = LuaTree.Table()
            for item in items { table.array.append(try item.tree(bindings, space)) }
            for field in fields {
                table.fields.append(
                    LuaTree.Field(field.name, try field.value.tree(bindings, space)))
            }
            return .table(table)
        }
    }

    /// The state as one line of JSON.
    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// The state of a text.
    ///
    /// - Throws: `LuaError` for a text that was not written by ``text()``.
    static func read(_ text: String) throws(LuaError) -> StateValue {
        do {
            return try JSONDecoder().decode(StateValue.self, from: Data(text.utf8))
        } catch {
            throw LuaError(
                kind: .conversion, message: "the saved state cannot be read; was it edited?")
        }
    }
}
