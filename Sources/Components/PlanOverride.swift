/// One `--set path=value` of the command line, laid over a plan before it is decoded.
///
/// The path names options, `learner.inner_steps`, and items of lists by their number from 1,
/// `objectives.2`. The value is `true`, `false`, a number, text with or without double quotes, or a
/// list `[5, "a b", c]`. Setting an option of a component that the plan only names keeps the name.
public struct PlanOverride: Sendable, Hashable {
    /// The option of the command line as it was typed, such as `--set learner.order=2`.
    public let text: String
    /// The options' names from the outside in.
    public let path: [String]
    /// The new value.
    public let value: PlainValue

    /// Reads `path=value`.
    ///
    /// - Parameters:
    ///   - text: The path and the value.
    ///   - typed: How messages show it; `--set` with the text unless given.
    /// - Throws: ``ExperimentError/invalidOverride(text:problem:)``.
    public init(_ text: String, typedAs typed: String? = nil) throws(ExperimentError) {
        let typed = typed ?? "--set \(text)"
        self.text = typed
        guard let equals = text.firstIndex(of: "=") else {
            throw .invalidOverride(
                text: typed, problem: "expected path=value, as in learner.inner_steps=3")
        }
        path = text[..<equals].split(separator: ".", omittingEmptySubsequences: false)
            .map { String($0.filter { $0 != " " }) }
        guard path.allSatisfy({ !$0.isEmpty }) else {
            throw .invalidOverride(
                text: typed, problem: "expected an option's name before and after every dot")
        }
        guard path.count <= 16 else {
            throw .invalidOverride(text: typed, problem: "no option is nested that deep")
        }
        var reader = OverrideReader(
            text: typed, rest: Substring(text[text.index(after: equals)...]))
        value = try reader.whole()
    }

    /// What another option of the command line stands for, as `--seed 7` for `seed`.
    public init(_ path: [String], _ kind: PlainValue.Kind, typedAs text: String) {
        self.text = text
        self.path = path
        value = PlainValue(kind, at: .commandLine(text))
    }

    /// The plan with this value in place; every plan, where the script returned a list of them.
    ///
    /// - Throws: ``ExperimentError/invalidOverride(text:problem:)`` where the path leads through
    ///   something that has no options.
    public func applied(to plan: PlainValue) throws(ExperimentError) -> PlainValue {
        guard case .table(let table) = plan.kind, table.isList else {
            return try set(plan, path[...])
        }
        var plans = PlainTable()
        for item in table.positional { plans.positional.append(try set(item, path[...])) }
        return PlainValue(.table(plans), at: plan.location)
    }

    private func set(
        _ old: PlainValue?, _ rest: ArraySlice<String>
    ) throws(ExperimentError) -> PlainValue {
        guard let key = rest.first else { return value }
        var table: PlainTable
        switch old?.kind {
        case nil: table = PlainTable()
        case .table(let present): table = present
        // A component without options so far.
        case .string(let name): table = PlainTable(positional: [PlainValue(.string(name))])
        default:
            let owner = path.dropLast(rest.count).joined(separator: ".")
            throw .invalidOverride(
                text: text,
                problem: "\(owner.isEmpty ? "the plan" : owner) is \(old?.summary ?? "nothing") "
                    + "and has no options")
        }
        if let number = Int(key) {
            guard number >= 1, number <= table.positional.count + 1 else {
                throw .invalidOverride(
                    text: text,
                    problem: "there is no item \(key); the list has \(table.positional.count)")
            }
            if number <= table.positional.count {
                table.positional[number - 1] = try set(
                    table.positional[number - 1], rest.dropFirst())
            } else {
                table.positional.append(try set(nil, rest.dropFirst()))
            }
        } else {
            table[key] = try set(table[key], rest.dropFirst())
        }
        return PlainValue(.table(table), at: old?.location ?? value.location)
    }
}

/// Reads the value of an override.
private struct OverrideReader {
    let text: String
    var rest: Substring

    private func fail(_ problem: String) -> ExperimentError {
        .invalidOverride(text: text, problem: problem)
    }

    private func located(_ kind: PlainValue.Kind) -> PlainValue {
        PlainValue(kind, at: .commandLine(text))
    }

    mutating func whole() throws(ExperimentError) -> PlainValue {
        skipSpaces()
        guard let first = rest.first else { throw fail("expected a value after =") }
        if first == "{" {
            throw fail("a table cannot be set as a whole; set its options one by one")
        }
        guard first == "[" || first == "\"" else {
            return scalar(String(rest))
        }
        let value = try item(depth: 0)
        skipSpaces()
        guard rest.isEmpty else { throw fail("did not expect \(PlanText.quoted(String(rest)))") }
        return value
    }

    private mutating func item(depth: Int) throws(ExperimentError) -> PlainValue {
        skipSpaces()
        switch rest.first {
        case "\"":
            rest.removeFirst()
            guard let end = rest.firstIndex(of: "\"") else { throw fail("a quote is not closed") }
            let content = String(rest[..<end])
            rest = rest[rest.index(after: end)...]
            return located(.string(content))
        case "[":
            guard depth < 4 else { throw fail("no list is nested that deep") }
            rest.removeFirst()
            return try list(depth: depth)
        default:
            let word = rest.prefix { $0 != "," && $0 != "]" }
            rest = rest[word.endIndex...]
            guard word.contains(where: { $0 != " " }) else { throw fail("a list's item is empty") }
            return scalar(String(word))
        }
    }

    private mutating func list(depth: Int) throws(ExperimentError) -> PlainValue {
        var items: [PlainValue] = []
        skipSpaces()
        if rest.first == "]" {
            rest.removeFirst()
            return located(.table(PlainTable()))
        }
        while true {
            items.append(try item(depth: depth + 1))
            skipSpaces()
            switch rest.popFirst() {
            case ",": continue
            case "]": return located(.table(PlainTable(positional: items)))
            default: throw fail("a list is not closed with ]")
            }
        }
    }

    private mutating func skipSpaces() {
        rest = rest.drop { $0 == " " }
    }

    private func scalar(_ word: String) -> PlainValue {
        let trimmed = Substring(word).drop { $0 == " " }
        let word = String(String(trimmed.reversed().drop { $0 == " " }.reversed()))
        switch word {
        case "true": return located(.boolean(true))
        case "false": return located(.boolean(false))
        default: break
        }
        // "nan" and "infinity" are words here, not numbers.
        guard let first = word.first, first.isASCII, first.isNumber || "+-.".contains(first) else {
            return located(.string(word))
        }
        if let whole = Int(word) { return located(.integer(whole)) }
        if let number = Double(word), number.isFinite { return located(.number(number)) }
        return located(.string(word))
    }
}
