/// Names that every form in which parameters are kept can hold.
public enum ParameterName {
    /// What the files of weights keep for themselves.
    private static let reserved = "__metadata__"
    private static let longest = 500

    /// What is wrong with a name.
    ///
    /// - Parameter name: The name.
    /// - Returns: A part of a sentence; nil for a good name.
    public static func problem(_ name: String) -> String? {
        if name.isEmpty { return "a parameter's name is empty" }
        if name == reserved {
            return "the name \(reserved) is kept by the files of weights; choose another"
        }
        if name.utf8.count > longest {
            return "a parameter's name has \(name.utf8.count) bytes, at most \(longest) are kept"
        }
        if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            return "a parameter's name has control characters; use letters, digits, '.' and '_'"
        }
        return nil
    }
}
