/// A Lua value copied into Swift with all that is below it.
///
/// Functions and host objects stay references. Named entries are sorted by name, so that equal
/// tables give equal trees in every run.
public indirect enum LuaTree {
    /// Absence.
    case `nil`
    /// `true` or `false`.
    case boolean(Bool)
    /// A 64-bit integer.
    case integer(Int)
    /// A float.
    case number(Double)
    /// A string of UTF-8.
    case string(String)
    /// A string of other bytes.
    case bytes([UInt8])
    /// A table: an array part 1 … n and named entries.
    case table(Table)
    /// A function.
    case function(LuaFunction)
    /// A host object.
    case userdata(LuaUserdata)

    /// A table of a tree.
    public struct Table {
        /// The entries 1 … n.
        public var array: [LuaTree]
        /// The named entries, sorted by the bytes of their names.
        public var fields: [Field]

        /// A table of these entries.
        public init(array: [LuaTree] = [], fields: [Field] = []) {
            self.array = array
            self.fields = fields
        }

        /// The entry of a name.
        public subscript(name: String) -> LuaTree? {
            fields.first { $0.name == name }?.value
        }
    }

    /// A named entry.
    public struct Field {
        /// The name.
        public var name: String
        /// The value.
        public var value: LuaTree

        /// A named entry.
        public init(_ name: String, _ value: LuaTree) {
            self.name = name
            self.value = value
        }
    }

    /// The kind of the value as scripts call it.
    public var kind: LuaKind {
        switch self {
        case .nil: .nil
        case .boolean: .boolean
        case .integer: .integer
        case .number: .number
        case .string, .bytes: .string
        case .table: .table
        case .function: .function
        case .userdata: .userdata
        }
    }
}

/// How far a copy may go.
public struct LuaTreeLimits: Sendable, Hashable {
    /// Tables within tables.
    public var depth: Int
    /// Values in all.
    public var values: Int

    /// Limits of a copy.
    public init(depth: Int = 64, values: Int = 1_000_000) {
        self.depth = depth
        self.values = values
    }
}
