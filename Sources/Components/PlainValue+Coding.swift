/// A plain value as JSON: lists, objects and scalars as JSON has them.
///
/// What JSON cannot tell is an object with one key: `{"@number": "3.0"}` for a float that would read as an
/// integer or that is not finite, `{"@bytes": […]}`, `{"@table": [[…], {…}]}` for a table with both parts
/// or with such keys, and `{"@genotype": …}` for an object of the host. Functions cannot be written.
/// Places are left out.
extension PlainValue: Codable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The mark of a key that is no name.
    private static let mark = "@"

    /// Reads a value.
    ///
    /// - Throws: `DecodingError` for a marked object that is not as it was written.
    public init(from decoder: any Decoder) throws {
        self.init(try Self.kind(decoder))
    }

    private static func kind(_ decoder: any Decoder) throws -> Kind {
        if let fields = try? decoder.container(keyedBy: Name.self) { return try marked(fields) }
        if var items = try? decoder.unkeyedContainer() {
            var table = PlainTable()
            while !items.isAtEnd { table.positional.append(try items.decode(PlainValue.self)) }
            return .table(table)
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() { return .nothing }
        if let flag = try? value.decode(Bool.self) { return .boolean(flag) }
        if let whole = try? value.decode(Int.self) { return .integer(whole) }
        if let number = try? value.decode(Double.self) { return .number(number) }
        return .string(try value.decode(String.self))
    }

    private static func marked(_ fields: KeyedDecodingContainer<Name>) throws -> Kind {
        guard fields.allKeys.count == 1, let key = fields.allKeys.first,
            key.stringValue.hasPrefix(mark)
        else { return .table(PlainTable(named: try entries(fields))) }
        func fault(_ problem: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: fields, debugDescription: problem)
        }
        switch String(key.stringValue.dropFirst(mark.count)) {
        case "number":
            guard let number = Double(try fields.decode(String.self, forKey: key)) else {
                throw fault("expected a number as text")
            }
            return .number(number)
        case "bytes": return .bytes(try fields.decode([UInt8].self, forKey: key))
        case "table":
            var parts = try fields.nestedUnkeyedContainer(forKey: key)
            var table = PlainTable()
            var items = try parts.nestedUnkeyedContainer()
            while !items.isAtEnd { table.positional.append(try items.decode(PlainValue.self)) }
            table.named = try entries(try parts.nestedContainer(keyedBy: Name.self))
            return .table(table)
        case let kind: return .object(kind: kind, try fields.decode(PlainValue.self, forKey: key))
        }
    }

    /// Named values by the bytes of their names, so that equal texts give equal values.
    private static func entries(
        _ fields: KeyedDecodingContainer<Name>
    ) throws -> [PlainTable.Entry] {
        try fields.allKeys.sorted {
            $0.stringValue.utf8.lexicographicallyPrecedes($1.stringValue.utf8)
        }.map { PlainTable.Entry($0.stringValue, try fields.decode(PlainValue.self, forKey: $0)) }
    }

    /// Writes the value.
    ///
    /// - Throws: `EncodingError` for a function.
    public func encode(to encoder: any Encoder) throws {
        func marked(_ name: String, _ value: some Encodable) throws {
            var fields = encoder.container(keyedBy: Name.self)
            try fields.encode(value, forKey: Name(Self.mark + name))
        }
        switch kind {
        case .nothing:
            var value = encoder.singleValueContainer()
            try value.encodeNil()
        case .boolean(let flag): try flag.encode(to: encoder)
        case .integer(let whole): try whole.encode(to: encoder)
        case .number(let number):
            if number.isFinite, number != number.rounded() {
                try number.encode(to: encoder)
            } else {
                try marked("number", "\(number)")
            }
        case .string(let text): try text.encode(to: encoder)
        case .bytes(let bytes): try marked("bytes", bytes)
        case .object(let kind, let value): try marked(kind, value)
        case .table(let table): try Self.encode(table, to: encoder)
        case .function(let function):
            throw EncodingError.invalidValue(
                function,
                .init(
                    codingPath: encoder.codingPath,
                    debugDescription: "a function cannot be written: \(function)"))
        }
    }

    private static func encode(_ table: PlainTable, to encoder: any Encoder) throws {
        func encode(_ items: [PlainValue], _ container: inout any UnkeyedEncodingContainer) throws {
            for item in items { try container.encode(item) }
        }
        if table.named.isEmpty, !table.positional.isEmpty {
            var items: any UnkeyedEncodingContainer = encoder.unkeyedContainer()
            return try encode(table.positional, &items)
        }
        if table.positional.isEmpty, !table.named.contains(where: { $0.name.hasPrefix(mark) }) {
            var fields = encoder.container(keyedBy: Name.self)
            for entry in table.named { try fields.encode(entry.value, forKey: Name(entry.name)) }
            return
        }
        var outer = encoder.container(keyedBy: Name.self)
        var parts = outer.nestedUnkeyedContainer(forKey: Name(mark + "table"))
        var items: any UnkeyedEncodingContainer = parts.nestedUnkeyedContainer()
        try encode(table.positional, &items)
        var fields = parts.nestedContainer(keyedBy: Name.self)
        for entry in table.named { try fields.encode(entry.value, forKey: Name(entry.name)) }
    }
}
