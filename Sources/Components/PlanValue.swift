/// A value of an experiment's plan before it has been checked: what a script's table holds, free of
/// the scripting language.
///
/// Scripts are read into this tree, overrides from the command line are laid over it, and
/// ``ExperimentPlan`` is decoded from it. It can be written as a Swift literal, too:
///
/// ```swift
/// let plan: PlanValue = [
///     "name": "A test", "api": 1, "tasks": .component("episodes", ["ways": 5]),
///     "space": "cells",
/// ]
/// ```
public struct PlanValue: Sendable, Hashable {
    /// What a value is.
    public enum Kind: Sendable, Hashable {
        /// `true` or `false`.
        case boolean(Bool)
        /// A number written without a fraction.
        case integer(Int)
        /// A number written with a fraction or an exponent.
        case number(Double)
        /// Text.
        case string(String)
        /// A list, a set of named values, or both.
        case table(PlanTable)
        /// A function of the script.
        case function(ScriptFunction)
    }

    /// What the value is.
    public var kind: Kind

    /// Where it was written; where this is nil, the enclosing value's place is named instead.
    public var location: PlanLocation?

    /// A value and where it was written.
    public init(_ kind: Kind, at location: PlanLocation? = nil) {
        self.kind = kind
        self.location = location
    }

    /// A component's name with its options, as `{ "maml", order = 2 }` is in a script.
    public static func component(_ name: String, _ options: PlanValue = [:]) -> PlanValue {
        guard case .table(var table) = options.kind else { return options }
        table.positional.insert(PlanValue(.string(name)), at: 0)
        return PlanValue(.table(table), at: options.location)
    }

    /// A function of a script.
    public static func function(_ function: ScriptFunction) -> PlanValue {
        PlanValue(.function(function), at: function.location)
    }

    /// The value's table, if it is one.
    public var table: PlanTable? {
        if case .table(let table) = kind { table } else { nil }
    }

    /// The value in a few words for an error message: `"five"`, `3`, `a table`.
    public var summary: String {
        switch kind {
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): PlanText.quoted(value)
        case .table(let table):
            table.positional.isEmpty && table.named.isEmpty ? "an empty table" : "a table"
        case .function: "a function"
        }
    }
}

/// A table of a plan: values by position, then values by name in the order of writing.
public struct PlanTable: Sendable, Hashable {
    /// One named value.
    public struct Entry: Sendable, Hashable {
        /// The key.
        public var name: String
        /// The value.
        public var value: PlanValue

        /// A named value.
        public init(_ name: String, _ value: PlanValue) {
            self.name = name
            self.value = value
        }
    }

    /// The values without a name, in order.
    public var positional: [PlanValue]

    /// The named values. A later entry of the same name is not looked at.
    public var named: [Entry]

    /// A table of these values.
    public init(positional: [PlanValue] = [], named: [Entry] = []) {
        self.positional = positional
        self.named = named
    }

    /// Whether it is a list of values, and not a table of named ones.
    public var isList: Bool { named.isEmpty && !positional.isEmpty }

    /// The value of this name. Setting nil removes it.
    public subscript(name: String) -> PlanValue? {
        get { named.first { $0.name == name }?.value }
        set {
            guard let newValue else { return named.removeAll { $0.name == name } }
            guard let index = named.firstIndex(where: { $0.name == name }) else {
                return named.append(Entry(name, newValue))
            }
            named[index].value = newValue
        }
    }
}

extension PlanValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// A boolean.
    public init(booleanLiteral value: Bool) { self.init(.boolean(value)) }

    /// An integer.
    public init(integerLiteral value: Int) { self.init(.integer(value)) }

    /// A number.
    public init(floatLiteral value: Double) { self.init(.number(value)) }

    /// Text.
    public init(stringLiteral value: String) { self.init(.string(value)) }

    /// A list.
    public init(arrayLiteral elements: PlanValue...) {
        self.init(.table(PlanTable(positional: elements)))
    }

    /// A table of named values, in this order.
    public init(dictionaryLiteral elements: (String, PlanValue)...) {
        self.init(.table(PlanTable(named: elements.map { PlanTable.Entry($0.0, $0.1) })))
    }
}
