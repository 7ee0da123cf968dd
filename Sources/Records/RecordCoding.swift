import Foundation

/// The one way in which records become JSON and come back.
///
/// Equal records give equal bytes: keys are sorted, and a number is written with the fewest digits
/// that read back as the same number. JSON has no NaN and no infinities; they are written as the
/// strings `"nan"`, `"inf"` and `"-inf"`, so that one diverged trial never makes a file unreadable.
public enum RecordCoding {
    /// The JSON text of a record, without a line break at the end.
    ///
    /// - Parameters:
    ///   - record: Any value of plain properties.
    ///   - pretty: Whether to indent for people; otherwise it is one line.
    /// - Returns: The text.
    /// - Throws: ``RecordsError/unencodable(record:detail:)``.
    public static func json<Record: Encodable>(
        _ record: Record, pretty: Bool = false
    ) throws(RecordsError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return String(decoding: try encoder.encode(record), as: UTF8.self)
        } catch {
            throw .unencodable(record: "\(Record.self)", detail: explain(error))
        }
    }

    /// Reads a record from JSON text.
    ///
    /// - Parameters:
    ///   - type: The record's type.
    ///   - json: The text; anything may stand in it.
    /// - Returns: The record.
    /// - Throws: ``RecordsError/unreadable(record:detail:)``.
    public static func decode<Record: Decodable>(
        _ type: Record.Type, from json: String
    ) throws(RecordsError) -> Record {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return try decoder.decode(type, from: Data(json.utf8))
        } catch {
            throw .unreadable(record: "\(Record.self)", detail: explain(error))
        }
    }

    /// A short account of what the coder says, with the path to the place.
    private static func explain(_ error: any Error) -> String {
        func place(_ path: [any CodingKey]) -> String {
            path.isEmpty ? "" : " at " + path.map(\.stringValue).joined(separator: ".")
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return "“\(key.stringValue)” is missing" + place(context.codingPath)
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            return context.debugDescription + place(context.codingPath)
        case EncodingError.invalidValue(_, let context):
            return context.debugDescription + place(context.codingPath)
        default:
            return "\(error)"
        }
    }
}
