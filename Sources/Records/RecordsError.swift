/// Why a record cannot be written as text or read from it.
public enum RecordsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The value has no JSON form.
    case unencodable(record: String, detail: String)
    /// The text is no JSON, or not of this record.
    case unreadable(record: String, detail: String)

    /// What the coder found, with the path to the place.
    public var detail: String {
        switch self {
        case .unencodable(_, let detail), .unreadable(_, let detail): detail
        }
    }

    /// What is wrong, and what to try.
    public var description: String {
        switch self {
        case .unencodable(let record, let detail):
            return "\(record) cannot be written as JSON: \(detail)"
        case .unreadable(let record, let detail):
            return "no \(record) can be read from this text: \(detail); "
                + "the file may be cut short or written by another version"
        }
    }
}
