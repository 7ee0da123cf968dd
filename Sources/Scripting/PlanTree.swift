import Components
import Experiments
import LuaHost

/// Turns a copy of a Lua table into plan values, and its functions into handles.
struct PlanTree {
    /// The kept functions; a handle's number is its place here.
    private(set) var functions: [LuaFunction] = []

    /// The function of a handle, if it was given out here.
    func function(_ handle: ScriptFunction) -> LuaFunction? {
        functions.indices.contains(handle.id) ? functions[handle.id] : nil
    }

    /// Keeps a function that a plugin registered.
    mutating func keep(_ function: LuaFunction, at location: PlanLocation) -> ScriptFunction {
        functions.append(function)
        return ScriptFunction(id: functions.count - 1, location: location)
    }

    /// The plan value of a tree.
    ///
    /// - Parameters:
    ///   - tree: What the script wrote.
    ///   - path: What messages call it, such as `plan.strategy`.
    ///   - location: The plan's place, for messages.
    ///   - recorded: Turns a chunk's path into the name that records hold.
    /// - Returns: The value; only functions know their own place.
    /// - Throws: ``ScriptingError/notPlan(location:problem:)`` for what no plan can hold.
    mutating func value(
        _ tree: LuaTree, path: String, at location: PlanLocation, recorded: (String) -> String
    ) throws(ScriptingError) -> PlainValue {
        func refuse(_ found: String) -> ScriptingError {
            .notPlan(location: location, problem: "\(path): \(found) cannot be part of a plan")
        }
        switch tree {
        case .boolean(let flag): return PlainValue(.boolean(flag))
        case .integer(let whole): return PlainValue(.integer(whole))
        case .number(let number): return PlainValue(.number(number))
        case .string(let text): return PlainValue(.string(text))
        case .nil: throw refuse("nil")
        case .bytes: throw refuse("a string that is not UTF-8 text")
        case .userdata: throw refuse("a host object, such as a genotype or another experiment,")
        case .function(let function):
            guard let (file, line) = function.definition else {
                throw refuse("a function of the host")
            }
            functions.append(function)
            return .function(
                ScriptFunction(
                    id: functions.count - 1,
                    location: .script(file: recorded(file), line: line)))
        case .table(let table):
            var plan = PlainTable()
            for (index, item) in table.array.enumerated() {
                plan.positional.append(
                    try value(
                        item, path: "\(path)[\(index + 1)]", at: location, recorded: recorded))
            }
            for field in table.fields {
                plan.named.append(
                    PlainTable.Entry(
                        field.name,
                        try value(
                            field.value, path: "\(path).\(field.name)", at: location,
                            recorded: recorded)))
            }
            return PlainValue(.table(plan))
        }
    }
}
