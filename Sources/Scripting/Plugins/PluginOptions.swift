import Evolution
import Components
import Experiments
import LuaHost

/// Reads the options that a plugin's component declares.
///
/// ```lua
/// options = {
///   { name = "rate", type = "number", min = 0, max = 1, default = 0.1, doc = "Chance to change." },
///   { name = "mode", type = "choice", choices = { "block", "gene" }, default = "block", doc = "…" },
/// }
/// ```
struct PluginOptions {
    /// Turns what a script wrote into plan values.
    var plain: (LuaTree) throws(LuaError) -> PlainValue

    private static let keys = [
        "name", "type", "default", "optional", "min", "max", "choices", "of", "count", "unit",
        "doc",
    ]
    /// The kinds of values, and what a declaration of each needs.
    static let types = [
        "boolean", "integer", "number", "text", "choice", "list", "mutation", "crossover",
    ]

    /// The options of the list at `options`.
    ///
    /// - Throws: `LuaError` that names the option and the key.
    func specifications(_ tree: LuaTree?) throws(LuaError) -> [OptionSpecification] {
        guard let tree else { return [] }
        guard case .table(let table) = tree, table.fields.isEmpty else {
            throw problem(
                "options: expected a list such as { { name = \"rate\", type = \"number\", "
                    + "default = 0.1, doc = \"…\" } }, found \(tree.kind.description)")
        }
        var specifications: [OptionSpecification] = []
        for (place, entry) in table.array.enumerated() {
            specifications.append(try specification(entry, "options[\(place + 1)]"))
        }
        return specifications
    }

    private func specification(
        _ tree: LuaTree, _ place: String
    ) throws(LuaError) -> OptionSpecification {
        guard case .table(let table) = tree, table.array.isEmpty else {
            throw problem("\(place): expected a table with name, type and default")
        }
        for field in table.fields where !Self.keys.contains(field.name) {
            throw problem(
                "\(place): no such key '\(field.name)'; "
                    + Hint.text(for: field.name, among: Self.keys))
        }
        let reader = TableReader(table: table, place: place)
        let name = try reader.text("name")
        guard PluginManifest.isName(name) else {
            throw problem(
                "\(place).name: expected lower-case letters, digits and underscores, found "
                    + "\"\(name)\"")
        }
        let own = TableReader(table: table, place: "option '\(name)'")
        let type = try type(try own.text("type"), own)
        let fallback: OptionDefault
        if let value = table["default"] {
            fallback = .value(try plain(value))
        } else if try own.flag("optional") {
            fallback = .absent("none")
        } else {
            fallback = .required
        }
        return OptionSpecification(
            name, type, default: fallback, unit: try own.optionalText("unit"),
            try own.text("doc"))
    }

    private func type(_ name: String, _ reader: TableReader) throws(LuaError) -> OptionType {
        switch name {
        case "boolean": return .boolean
        case "integer":
            let low = try reader.integer("min") ?? -1_000_000_000_000
            let high = try reader.integer("max") ?? 1_000_000_000_000
            guard low <= high else {
                throw problem("\(reader.place): expected min ≤ max, found \(low) and \(high)")
            }
            return .integer(low...high)
        case "number":
            let low = try reader.number("min") ?? -1e12
            let high = try reader.number("max") ?? 1e12
            guard low <= high else {
                throw problem("\(reader.place): expected min ≤ max, found \(low) and \(high)")
            }
            return .number(NumberRange(low, high))
        case "text": return .text(1...1_000)
        case "choice":
            let names = try reader.names("choices")
            guard !names.isEmpty else {
                throw problem("\(reader.place).choices: expected at least one name")
            }
            return .choice(names)
        case "list":
            let element = try reader.text("of")
            guard ["boolean", "integer", "number", "text", "choice"].contains(element) else {
                throw problem(
                    "\(reader.place).of: expected \"boolean\", \"integer\", \"number\", \"text\" "
                        + "or \"choice\", found \"\(element)\"")
            }
            let count = try reader.integers("count") ?? [0, 10_000]
            guard count.count == 2, count[0] >= 0, count[0] <= count[1] else {
                throw problem(
                    "\(reader.place).count: expected the minimum and maximum number of values, "
                        + "such as { 1, 10 }")
            }
            return .list(try type(element, reader), count: count[0]...count[1])
        case "mutation": return .component(.mutation)
        case "crossover": return .component(.crossover)
        default:
            throw problem(
                "\(reader.place).type: no such type \"\(name)\"; "
                    + Hint.text(for: name, among: Self.types))
        }
    }

    private func problem(_ text: String) -> LuaError { TableReader.problem(text) }
}

/// Reads the fields of a table that a plugin gives, with messages that name the place.
struct TableReader {
    let table: LuaTree.Table
    let place: String

    static func problem(_ text: String) -> LuaError {
        LuaError(kind: .conversion, message: "register: " + text)
    }

    private func mismatch(_ key: String, _ expected: String, _ value: LuaTree?) -> LuaError {
        TableReader.problem(
            "\(place).\(key): expected \(expected), found "
                + (value.map { $0.kind.description } ?? "nothing"))
    }

    /// A text that must be given.
    func text(_ key: String) throws(LuaError) -> String {
        guard let text = try optionalText(key) else { throw mismatch(key, "text", nil) }
        return text
    }

    func optionalText(_ key: String) throws(LuaError) -> String? {
        guard let value = table[key] else { return nil }
        guard case .string(let text) = value, (1...500).contains(text.count),
            !text.unicodeScalars.contains(where: PlanText.isControl)
        else { throw mismatch(key, "one line of text", value) }
        return text
    }

    func flag(_ key: String) throws(LuaError) -> Bool {
        guard let value = table[key] else { return false }
        guard case .boolean(let flag) = value else { throw mismatch(key, "true or false", value) }
        return flag
    }

    func integer(_ key: String) throws(LuaError) -> Int? {
        guard let value = table[key] else { return nil }
        switch value {
        case .integer(let whole): return whole
        case .number(let number):
            guard let whole = Int(exactly: number) else { fallthrough }
            return whole
        default: throw mismatch(key, "an integer", value)
        }
    }

    func number(_ key: String) throws(LuaError) -> Double? {
        guard let value = table[key] else { return nil }
        switch value {
        case .integer(let whole): return Double(whole)
        case .number(let number) where number.isFinite: return number
        default: throw mismatch(key, "a finite number", value)
        }
    }

    func names(_ key: String) throws(LuaError) -> [String] {
        guard let value = table[key], case .table(let list) = value, list.fields.isEmpty else {
            throw mismatch(key, "a list of names", table[key])
        }
        var names: [String] = []
        for item in list.array {
            guard case .string(let name) = item, !names.contains(name) else {
                throw mismatch(key, "a list of distinct names", item)
            }
            names.append(name)
        }
        return names
    }

    func integers(_ key: String) throws(LuaError) -> [Int]? {
        guard let value = table[key] else { return nil }
        guard case .table(let list) = value, list.fields.isEmpty else {
            throw mismatch(key, "a list of integers", value)
        }
        var integers: [Int] = []
        for item in list.array {
            guard case .integer(let whole) = item else {
                throw mismatch(key, "a list of integers", item)
            }
            integers.append(whole)
        }
        return integers
    }
}
