/// Words of the language.
public enum LuaSyntax {
    /// The reserved words, sorted.
    public static let keywords = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if",
        "in", "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    /// Whether these bytes can be a name, reserved words included: an ASCII letter or `_`, then
    /// such and digits.
    public static func isWord(_ bytes: some Collection<UInt8>) -> Bool {
        guard let first = bytes.first, begins(first) else { return false }
        return bytes.allSatisfy(continues)
    }

    /// Whether a word can begin with this byte.
    public static func begins(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }

    /// Whether a word can go on with this byte.
    public static func continues(_ byte: UInt8) -> Bool {
        begins(byte) || (0x30...0x39).contains(byte)
    }
}
