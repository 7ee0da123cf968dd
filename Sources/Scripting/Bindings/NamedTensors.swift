import LuaHost
import Tensors

/// Tensors by name as scripts hold them: the parameters of a network.
struct NamedTensors {
    /// In the order of their names.
    let entries: [(name: String, handle: TensorHandle)]
    private let places: [String: Int]

    var handles: [TensorHandle] { entries.map(\.handle) }

    subscript(name: String) -> TensorHandle? { places[name].map { entries[$0].handle } }

    /// Reads a table of an argument.
    init(_ read: TensorArguments, _ index: Int, _ name: String) throws {
        let table = try read.arguments.table(index, name)
        var entries: [(name: String, handle: TensorHandle)] = []
        for key in try table.keys() {
            guard let field = key.string else {
                throw read.problem(
                    "\(name): expected tensors by name, found a key of type \(key.kind)")
            }
            let value = try table.get(key)
            guard let handle = value.userdata?.object(read.bindings.type) else {
                throw read.problem("\(name)[\"\(field)\"]: expected a tensor, found \(value.kind)")
            }
            entries.append((field, handle))
        }
        entries.sort { $0.name < $1.name }
        self.entries = entries
        places = Dictionary(
            uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
    }

    /// These tensors in the order of an argument's names, or by name where it is left out.
    func ordered(
        _ read: TensorArguments, _ index: Int
    ) throws -> [(name: String, handle: TensorHandle)] {
        guard !read.arguments.isAbsent(index) else { return entries }
        let table = try read.arguments.table(index, "names")
        let count = try table.count()
        var found: [(name: String, handle: TensorHandle)] = []
        var seen: Set<String> = []
        for place in 0..<count {
            let value = try table.get(.integer(place + 1))
            guard let name = value.string, let handle = self[name] else {
                throw read.problem(
                    "names[\(place + 1)]: expected the name of a parameter, found "
                        + (value.string.map { "\"\($0)\"" } ?? value.kind.description))
            }
            guard seen.insert(name).inserted else {
                throw read.problem("names[\(place + 1)]: \"\(name)\" is listed twice")
            }
            found.append((name, handle))
        }
        guard found.count == entries.count else {
            let missing = entries.first { !seen.contains($0.name) }?.name ?? ""
            throw read.problem("names: \"\(missing)\" is missing")
        }
        return found
    }
}

extension TensorBindings {
    /// Pushes tensors by name.
    func push(_ named: [(name: String, handle: TensorHandle)]) throws -> Int {
        try context.pushTable(fields: named.count)
        for (name, handle) in named {
            try context.push(name)
            try push(handle)
            try context.set(in: -3)
        }
        return 1
    }

    /// Pushes a list of tensors.
    func push(list: [TensorHandle]) throws -> Int {
        try context.pushTable(array: list.count)
        for (index, handle) in list.enumerated() {
            try context.push(index + 1)
            try push(handle)
            try context.set(in: -3)
        }
        return 1
    }

    /// Pushes a list of words.
    func push(words: [String]) throws -> Int {
        try context.pushTable(array: words.count)
        for (index, word) in words.enumerated() {
            try context.push(index + 1)
            try context.push(word)
            try context.set(in: -3)
        }
        return 1
    }
}
