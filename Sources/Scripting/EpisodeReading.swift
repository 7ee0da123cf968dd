import Tasks
import Datasets
import Experiments
import LuaHost

/// Reads what a task sampler returned, counted from 1, as an episode's indices.
struct EpisodeReading {
    let context: LuaContext
    let task: TaskContext

    /// The episode at a place of the stack.
    func episode(at place: Int) throws(LuaError) -> EpisodeIndices {
        guard context.kind(at: place) == .table else {
            throw wrong(
                "expected { classes = …, support = …, query = … }, found "
                    + context.kind(at: place).description)
        }
        let tree = try context.tree(
            at: place, name: "episode", limits: LuaTreeLimits(depth: 4, values: 1_000_000))
        guard case .table(let table) = tree else { throw wrong("expected a table") }
        let known = ["classes", "support", "query"]
        if let field = table.fields.first(where: { !known.contains($0.name) }) {
            throw wrong("unknown key '\(field.name)'; expected classes, support and query")
        }
        let places = try integers(table["classes"], "classes", count: task.ways, "ways")
        var seen: [Int: Int] = [:]
        for (label, place) in places.enumerated() {
            guard (1...task.classes.count).contains(place) else {
                throw wrong(
                    "classes[\(label + 1)] is \(place); dataset.classes has 1 to "
                        + "\(task.classes.count)")
            }
            if let first = seen.updateValue(label, forKey: place) {
                throw wrong("classes[\(first + 1)] and classes[\(label + 1)] are both \(place)")
            }
        }
        let classes = places.map { task.classes[$0 - 1] }
        let support = try examples(
            table["support"], "support", classes, count: task.shots, "shots")
        let query = try examples(table["query"], "query", classes, count: task.queries, "queries")
        for label in classes.indices {
            var used: Set<Int> = []
            for example in support[label] + query[label] {
                guard used.insert(example).inserted else {
                    throw wrong(
                        "example \(example + 1) of class \(places[label]) is used twice; support "
                            + "and query must not overlap")
                }
            }
        }
        return EpisodeIndices(classes: classes.map(\.index), support: support, query: query)
    }

    private func examples(
        _ tree: LuaTree?, _ name: String, _ classes: [TaskContext.Class], count: Int,
        _ option: String
    ) throws(LuaError) -> [[Int]] {
        guard case .table(let table)? = tree, table.fields.isEmpty else {
            throw wrong("\(name): expected a list of lists, found \((tree ?? .nil).kind)")
        }
        guard table.array.count == classes.count else {
            throw wrong(
                "\(name) has \(table.array.count) lists, expected one per class, \(classes.count)")
        }
        var lists: [[Int]] = []
        for (label, entry) in table.array.enumerated() {
            let path = "\(name)[\(label + 1)]"
            let list = try integers(entry, path, count: count, option)
            for (place, example) in list.enumerated() {
                let available = classes[label].examples
                guard example >= 1, example <= available else {
                    throw wrong(
                        "\(path)[\(place + 1)] is \(example); the class has examples 1 to "
                            + "\(available)")
                }
            }
            lists.append(list.map { $0 - 1 })
        }
        return lists
    }

    private func integers(
        _ tree: LuaTree?, _ name: String, count: Int, _ option: String
    ) throws(LuaError) -> [Int] {
        guard case .table(let table)? = tree, table.fields.isEmpty else {
            throw wrong("\(name): expected a list of integers, found \((tree ?? .nil).kind)")
        }
        guard table.array.count == count else {
            throw wrong("\(name) has \(table.array.count) entries, \(option) is \(count)")
        }
        var values: [Int] = []
        for (place, entry) in table.array.enumerated() {
            switch entry {
            case .integer(let value): values.append(value)
            case .number(let value):
                guard let exact = Int(exactly: value) else { fallthrough }
                values.append(exact)
            default:
                throw wrong("\(name)[\(place + 1)]: expected an integer, found \(entry.kind)")
            }
        }
        return values
    }

    private func wrong(_ message: String) -> LuaError {
        LuaError(kind: .conversion, message: message)
    }
}
