internal import Naming

/// Checks a tree of plan values against specifications, strictly: nothing unknown is skipped and
/// nothing mistyped is guessed.
///
/// The depth of the recursion is that of the specifications, so a deeply nested value costs
/// nothing.
package struct PlanDecoder {
    let registry: Registry

    package init(registry: Registry) { self.registry = registry }

    // MARK: Tables of options

    /// The options of a table, defaults filled in. The caller has read the first `skipped`
    /// positional values.
    package func options(
        _ table: PlainTable, _ specifications: [OptionSpecification], at position: PlanPosition,
        skipped: Int = 0, known: [String]? = nil
    ) throws(ExperimentError) -> Options {
        let names = known ?? specifications.map(\.name)
        if table.positional.count > skipped {
            let extra = table.positional[skipped]
            throw .wrongType(
                at: position.item(skipped, at: extra.location), expected: "option = value",
                found: "\(extra.summary) without a name")
        }
        for entry in table.named where !names.contains(entry.name) {
            let shown = String(PlanText.quoted(entry.name).dropFirst().dropLast())
            throw .unknownOption(
                at: position.child(shown, at: entry.value.location),
                nearest: NearestName.of(entry.name, among: names), known: names)
        }
        var options = Options(at: position)
        for specification in specifications {
            let place = position.child(specification.name)
            options.append(
                specification.name,
                try option(specification, in: table, before: options, at: place))
        }
        return options
    }

    private func option(
        _ specification: OptionSpecification, in table: PlainTable, before options: Options,
        at position: PlanPosition
    ) throws(ExperimentError) -> OptionValue {
        if let given = table[specification.name] {
            return try value(given, specification, at: position)
        }
        switch specification.fallback {
        case .required:
            throw .missingOption(at: position, expected: specification.expectation)
        case .absent:
            return .absent
        case .value(let value):
            return try self.value(value, specification, at: position)
        case .derived(_, let rule):
            return try self.value(rule(options, registry), specification, at: position)
        }
    }

    // MARK: Values

    /// A value of an option.
    package func value(
        _ value: PlainValue, _ specification: OptionSpecification, at position: PlanPosition
    ) throws(ExperimentError) -> OptionValue {
        var nameless: String?
        if case .value(let fallback) = specification.fallback {
            nameless = PlanDecoder.componentName(fallback)
        }
        return try self.value(
            value, specification.type, unit: specification.unit, nameless: nameless, at: position)
    }

    private func value(
        _ value: PlainValue, _ type: OptionType, unit: String?, nameless: String? = nil,
        at outer: PlanPosition
    ) throws(ExperimentError) -> OptionValue {
        let position = PlanPosition(outer.path, at: value.location ?? outer.location)
        guard type.accepts(value.kind) else {
            throw .wrongType(at: position, expected: type.expectation, found: value.summary)
        }
        func outOfRange(_ hint: String = "") -> ExperimentError {
            .outOfRange(
                at: position, expected: type.expectation + (unit.map { " \($0)" } ?? ""),
                found: value.summary + hint)
        }
        switch (type, value.kind) {
        case (.boolean, .boolean(let flag)):
            return .boolean(flag)
        case (.integer(let range), .integer(let whole)):
            guard range.contains(whole) else { throw outOfRange() }
            return .integer(whole)
        case (.integer(let range), .number(let number)):
            guard let whole = Int(exactly: number), range.contains(whole) else {
                throw outOfRange()
            }
            return .integer(whole)
        case (.number(let range), .integer(let whole)):
            guard range.contains(Double(whole)) else { throw outOfRange() }
            return .number(Double(whole))
        case (.number(let range), .number(let number)):
            guard range.contains(number) else { throw outOfRange() }
            // -0 and 0 mean the same and must be recorded alike.
            return .number(number == 0 ? 0 : number)
        case (.text(let length), .string(let text)):
            guard length.contains(text.count) else { throw outOfRange() }
            guard PlanDecoder.isPrintable(text) else {
                throw outOfRange(" with control characters")
            }
            return .string(text)
        case (.choice(let names), .string(let name)):
            guard names.contains(name) else {
                let nearest = NearestName.of(name, among: names)
                throw outOfRange(nearest.map { "; did you mean \"\($0)\"?" } ?? "")
            }
            return .string(name)
        case (.list(let element, let count), .table(let table)):
            return .list(
                try list(table, of: element, count: count, unit: unit, type: type, at: position))
        case (.component(let point, let added), _):
            return .component(
                try component(value, of: point, adding: added, nameless: nameless, at: position))
        case (.section(let specifications), .table(let table)):
            return .section(try options(table, specifications, at: position))
        case (.function, .function(let function)):
            return .function(function)
        case (.either(let types), let kind):
            for type in types where type.accepts(kind) {
                return try self.value(value, type, unit: unit, nameless: nameless, at: position)
            }
            throw outOfRange()
        default:
            throw .wrongType(at: position, expected: type.expectation, found: value.summary)
        }
    }

    private func list(
        _ table: PlainTable, of element: OptionType, count: ClosedRange<Int>, unit: String?,
        type: OptionType, at position: PlanPosition
    ) throws(ExperimentError) -> [OptionValue] {
        if let entry = table.named.first {
            throw .wrongType(
                at: position, expected: type.expectation,
                found: "a table with the key \(PlanText.quoted(entry.name))")
        }
        guard count.contains(table.positional.count) else {
            throw .outOfRange(
                at: position, expected: type.expectation,
                found: "\(table.positional.count) values")
        }
        var items: [OptionValue] = []
        for (index, item) in table.positional.enumerated() {
            items.append(try value(item, element, unit: unit, at: position.item(index)))
        }
        return items
    }

    // MARK: Components

    /// A component's name and options; `nameless` is meant by a table that begins with no name.
    private func component(
        _ value: PlainValue, of point: ExtensionPoint, adding added: [OptionSpecification],
        nameless: String?,
        at position: PlanPosition
    ) throws(ExperimentError) -> ComponentSelection {
        if case .function(let function) = value.kind { return .function(function) }
        let table = value.table ?? PlainTable(positional: [value])
        var name = point.nameless(table.named) ?? nameless
        var skipped = 0
        if let first = table.positional.first {
            guard case .string(let given) = first.kind else {
                throw .wrongType(
                    at: position.item(0, at: first.location),
                    expected: "the name of \(point.titleWithArticle)", found: first.summary)
            }
            name = given
            skipped = 1
        }
        let known = registry.names(at: point)
        guard let name else {
            throw .missingOption(
                at: position,
                expected: "the name of \(point.titleWithArticle) first, as in "
                    + "{ \"\(known.first ?? "name")\", option = value }; known are "
                    + PlanText.listed(known))
        }
        guard let component = registry.component(name, at: point) else {
            throw .unknownName(
                at: position, kind: point.title, name: name,
                nearest: NearestName.of(name, among: known), known: known)
        }
        let given = added.filter { table[$0.name] != nil }
        let options = try options(
            table, component.options + given, at: position, skipped: skipped,
            known: (component.options + added).map(\.name))
        return .named(name, options)
    }

    private static func componentName(_ value: PlainValue) -> String? {
        switch value.kind {
        case .string(let name): name
        case .table(let table): table.positional.first.flatMap(componentName)
        default: nil
        }
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { !PlanText.isControl($0) || $0 == "\n" || $0 == "\t" }
    }
}
