import Foundation
internal import Randomness
internal import Scripting

/// Writes random calls of what the host's reference lists.
///
/// A program keeps what its statements return; `get("apogee.tensor", 7)` is what statement 7 returned, or a
/// value of that type that was there before where it failed or was left out. So every part of a program can
/// be left out without breaking the rest.
struct LuaWriter {
    var rng: RandomStream
    /// How often an argument is hostile.
    var malice = 0.12
    /// Statements by the type that they return.
    private(set) var results: [String: [Int]] = [:]
    private(set) var count = 0

    init(_ rng: RandomStream) { self.rng = rng }

    /// What keeps and gets values; a program puts what it has into `base`.
    static let keeping = """
        local base, kept, last = {}, {}, nil
        local function get(kind, place)
          local value = kept[place]
          if value ~= nil then return value end
          local list = base[kind]
          return list and list[place % #list + 1]
        end
        local function try(place, f)
          local ok, value = pcall(f)
          if ok then kept[place] = value else last = value end
        end

        """

    /// A statement that calls an entry.
    mutating func statement(_ entry: ReferenceEntry, of group: ReferenceGroup) -> String {
        count += 1
        let text = call(entry, of: group)
        if !entry.result.isEmpty { results[entry.result, default: []].append(count) }
        return "try(\(count), function() return \(text) end)\n"
    }

    /// A statement that keeps the value of an expression.
    mutating func keep(_ expression: String, as type: String) -> String {
        count += 1
        results[type, default: []].append(count)
        return "try(\(count), function() return \(expression) end)\n"
    }

    /// A call of an entry, or its value.
    mutating func call(
        _ entry: ReferenceEntry, of group: ReferenceGroup, on object: String? = nil
    ) -> String {
        let owner =
            object ?? (group.kind == .module ? group.name : value("apogee." + group.name))
        if entry.kind == .field { return "\(owner).\(entry.name)" }
        var arguments: [String] = []
        for parameter in entry.parameters {
            let isOptional = parameter.name.hasSuffix("?")
            if isOptional, rng.chance(0.4) { break }
            arguments.append(argument(parameter, entry))
        }
        if rng.chance(0.02) { arguments.append(Hostile.any(&rng)) }
        if rng.chance(0.02), !arguments.isEmpty { arguments.removeLast() }
        let list = arguments.joined(separator: ", ")
        return entry.kind == .method
            ? "\(owner):\(entry.name)(\(list))" : "\(owner).\(entry.name)(\(list))"
    }

    /// A value of a type.
    mutating func value(_ type: String) -> String {
        let known = results[type] ?? []
        // Late results are deeper.
        let place =
            known.isEmpty || rng.chance(0.25)
            ? 1000 + rng.integer(below: 12)
            : known[rng.integer(in: known.count / 2...known.count - 1)]
        return "get(\"\(type)\", \(place))"
    }

    private mutating func argument(
        _ parameter: ReferenceEntry.Value, _ entry: ReferenceEntry
    ) -> String {
        if rng.chance(malice / 4) { return Hostile.any(&rng) }
        let name =
            parameter.name.hasSuffix("?") ? String(parameter.name.dropLast()) : parameter.name
        let kinds = parameter.type.split(separator: "|").map(String.init)
        let kind = rng.choice(kinds)
        if let made = shaped(name, kind, entry) { return made }
        switch kind {
        case "integer": return integer()
        case "number": return number()
        case "boolean": return rng.choice(["true", "false"])
        case "string":
            return rng.chance(malice) ? rng.choice(Hostile.texts) : rng.choice(LuaWriter.names)
        case "integer[]": return rng.chance(0.05) ? "long" : list(0...5) { $0.integer() }
        case "number[]": return rng.chance(0.05) ? "long" : list(0...7) { $0.number() }
        case "string[]": return list(0...3) { $0.rng.choice(LuaWriter.names) }
        case "any[]": return list(0...4) { Hostile.any(&$0.rng) }
        case "any": return Hostile.any(&rng)
        case "function": return value("function")
        case "table":
            let options = LuaWriter.options(of: entry)
            return name == "options" && !options.isEmpty
                ? table(of: options) : list(0...4) { $0.number() }
        default:
            if kind.hasSuffix("[]") {
                let element = String(kind.dropLast(2))
                return list(0...3) { $0.value(element) }
            }
            return value(kind)
        }
    }

    /// Tensors whose shapes fit, by what an argument is called: without them most calls end at the checks.
    private mutating func shaped(_ name: String, _ kind: String, _ entry: ReferenceEntry) -> String?
    {
        guard kind == "apogee.tensor", rng.chance(0.75) else { return nil }
        switch name {
        case "weights": return "kernel(\(integerOrSmall()), \(value(kind)))"
        case "gamma", "beta": return "channels(\(value(kind)))"
        case "labels", "rows", "positions", "targets":
            return "labels(\(value(kind)), \(rng.integer(in: 1...5)))"
        default: return nil
        }
    }

    private mutating func integerOrSmall() -> String { "\(rng.integer(in: 1...3))" }

    mutating func integer() -> String {
        rng.chance(malice)
            ? Hostile.integer(&rng) : "\(rng.integer(in: rng.chance(0.9) ? 1...4 : -4...12))"
    }

    mutating func number() -> String {
        if rng.chance(malice) { return rng.choice(Hostile.numbers) }
        return rng.chance(0.5)
            ? integer() : "\(Double(rng.integer(in: -200...200)) / 64)"
    }

    private mutating func list(
        _ counts: ClosedRange<Int>, _ element: (inout LuaWriter) -> String
    ) -> String {
        var parts: [String] = []
        for _ in 0..<rng.integer(in: counts) { parts.append(element(&self)) }
        return "{ " + parts.joined(separator: ", ") + " }"
    }

    private mutating func table(of options: [String]) -> String {
        var parts: [String] = []
        for option in options where rng.chance(0.6) {
            let value =
                switch rng.integer(below: 12) {
                case 0: Hostile.any(&rng)
                case 1: rng.choice(["true", "false"])
                case 2: rng.choice(LuaWriter.names)
                case 3: number()
                case 4: list(2...2) { $0.integer() }
                default: integer()
                }
            parts.append("\(option) = \(value)")
        }
        return "{ " + parts.joined(separator: ", ") + " }"
    }

    private static let names = [
        "\"w\"", "\"a\"", "\"b\"", "\"conv\"", "\"nearest\"", "\"bilinear\"", "\"he\"",
        "\"uniform\"",
        "\"identity\"", "\"batch\"",
    ]

    /// The options that a summary names: “Max pooling; options stride, padding.”
    static func options(of entry: ReferenceEntry) -> [String] {
        guard
            let found = ["Options ", "options ", "Option ", "option "].lazy.compactMap({
                entry.summary.range(of: $0)
            }).first
        else { return [] }
        let words = entry.summary[found.upperBound...].split { ",. ;".contains($0) }
        return words.map(String.init).filter { word in
            // Words of Lua cannot be names.
            !["for", "and", "or", "in", "of"].contains(word)
                && word.allSatisfy { $0 == "_" || $0.isLowercase || $0.isNumber }
        }
    }
}
