import Components
import LuaHost
import Records

/// Writes the state of a script's method or strategy as a plain value with arrays beside it. What cannot
/// be kept is an error that names its place.
struct StateWriter {
    let bindings: Bindings
    private let kinds: [SavedKind]
    /// The arrays that the value speaks of.
    var arrays: [NamedArray] = []

    init(_ bindings: Bindings, _ kinds: [SavedKind]) {
        self.bindings = bindings
        self.kinds = kinds
    }

    /// The plain value of what a script returned as its state.
    ///
    /// - Throws: `LuaError` that names the entry which cannot be kept.
    mutating func value(_ tree: LuaTree, _ path: String = "state") throws -> PlainValue {
        switch tree {
        case .nil:
            if path == "state" { throw refusal(path, "nil") }
            return PlainValue(.nothing)
        case .boolean(let flag): return PlainValue(.boolean(flag))
        case .integer(let whole): return PlainValue(.integer(whole))
        case .number(let number): return PlainValue(.number(number))
        case .string(let text): return PlainValue(.string(text))
        case .bytes(let bytes): return PlainValue(.bytes(bytes))
        case .function: throw refusal(path, "a function")
        case .table(let table):
            var plain = PlainTable()
            for (index, entry) in table.array.enumerated() {
                plain.positional.append(try value(entry, "\(path)[\(index + 1)]"))
            }
            for field in table.fields {
                plain.named.append(
                    PlainTable.Entry(field.name, try value(field.value, "\(path).\(field.name)")))
            }
            return PlainValue(.table(plain))
        case .userdata(let object):
            for kind in kinds {
                if let value = try kind.write(object, &self, path) {
                    return PlainValue(.object(kind: kind.name, value))
                }
            }
            throw refusal(path, "a host object of another kind")
        }
    }

    /// The error for what cannot be part of a state.
    func refusal(_ path: String, _ found: String) -> LuaError {
        let known = ["numbers", "strings", "booleans", "tables"] + kinds.map(\.plural)
        return LuaError(
            kind: .conversion,
            message: "\(path): \(found) cannot be part of the state, which may contain "
                + PlanText.joined(known, last: "and"))
    }
}
