/// A plain value: what a script's table, a JSON file or a saved state holds, free of the scripting
/// language, with the place where it was written.
///
/// Scripts are read into this tree, overrides from the command line are laid over it, and
/// `ExperimentPlan` is decoded from it. States of scripts are saved as such trees, and plugins' manifests
/// are read as such. It can be written as a Swift literal, too:
///
/// ```swift
/// let plan: PlainValue = [
///     "name": "A test", "api": 1, "tasks": .component("episodes", ["ways": 5]),
///     "space": "cells",
/// ]
/// ```
public struct PlainValue: Sendable, Hashable {
    /// What a value is.
    public indirect enum Kind: Sendable, Hashable {
        /// Nothing: JSON's `null`, Lua's `nil`.
        case nothing
        /// `true` or `false`.
        case boolean(Bool)
        /// A number written without a fraction.
        case integer(Int)
        /// A number written with a fraction or an exponent.
        case number(Double)
        /// Text.
        case string(String)
        /// A string that is not text.
        case bytes([UInt8])
        /// A list, a set of named values, or both.
        case table(PlainTable)
        /// A function of the script.
        case function(ScriptFunction)
        /// An object of the host by the name of its kind, such as a genotype with its genes.
        case object(kind: String, PlainValue)
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
    public static func component(_ name: String, _ options: PlainValue = [:]) -> PlainValue {
        guard case .table(var table) = options.kind else { return options }
        table.positional.insert(PlainValue(.string(name)), at: 0)
        return PlainValue(.table(table), at: options.location)
    }

    /// A function of a script.
    public static func function(_ function: ScriptFunction) -> PlainValue {
        PlainValue(.function(function), at: function.location)
    }

    /// The value's table, if it is one.
    public var table: PlainTable? {
        if case .table(let table) = kind { table } else { nil }
    }

    /// The value in a few words for an error message: `"five"`, `3`, `a table`.
    public var summary: String {
        switch kind {
        case .nothing: "nothing"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): PlanText.quoted(value)
        case .table(let table):
            table.positional.isEmpty && table.named.isEmpty ? "an empty table" : "a table"
        case .bytes: "a string that is not text"
        case .function: "a function"
        case .object(let kind, _): "a \(kind)"
        }
    }
}

/// A table: values by position, then values by name in the order of writing.
public struct PlainTable: Sendable, Hashable {
    /// One named value.
    public struct Entry: Sendable, Hashable {
        /// The key.
        public var name: String
        /// The value.
        public var value: PlainValue

        /// A named value.
        public init(_ name: String, _ value: PlainValue) {
            self.name = name
            self.value = value
        }
    }

    /// The values without a name, in order.
    public var positional: [PlainValue]

    /// The named values. A later entry of the same name is not looked at.
    public var named: [Entry]

    /// A table of these values.
    public init(positional: [PlainValue] = [], named: [Entry] = []) {
        self.positional = positional
        self.named = named
    }

    /// Whether it is a list of values, and not a table of named ones.
    public var isList: Bool { named.isEmpty && !positional.isEmpty }

    /// The value of this name. Setting nil removes it.
    public subscript(name: String) -> PlainValue? {
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

extension PlainValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
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
    public init(arrayLiteral elements: PlainValue...) {
        self.init(.table(PlainTable(positional: elements)))
    }

    /// A table of named values, in this order.
    public init(dictionaryLiteral elements: (String, PlainValue)...) {
        self.init(.table(PlainTable(named: elements.map { PlainTable.Entry($0.0, $0.1) })))
    }
}
