import LuaHost

/// Lua text in words, as far as completion needs it: the text may end anywhere.
struct LuaTokens {
    /// One token.
    enum Token: Hashable {
        /// A name or reserved word.
        case word(String)
        /// A string, as it was written between its quotes.
        case string(String)
        /// A number, as it was written.
        case number(String)
        /// An operator or a bracket.
        case mark(String)
    }

    /// Where the text ends.
    enum End: Hashable {
        /// After space, or at the beginning.
        case apart
        /// Right behind the last token.
        case touching
        /// In a string between quotes, with this before it.
        case string(String)
        /// In a comment or a string between long brackets.
        case closed
    }

    /// The tokens; a string that is open is not among them.
    private(set) var tokens: [Token] = []
    /// Where the text ends.
    private(set) var end = End.apart

    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
        while place < bytes.count, end != .closed { step() }
    }

    private static let marks = ["...", "..", "::", "==", "~=", "<=", ">=", "//", "<<", ">>"]

    private func byte(_ ahead: Int = 0) -> UInt8? {
        place + ahead < bytes.count ? bytes[place + ahead] : nil
    }

    private func text(from start: Int, to stop: Int) -> String {
        String(decoding: bytes[start..<stop], as: UTF8.self)
    }

    /// Reads one token, or skips space or a comment.
    private mutating func step() {
        guard let first = byte() else { return }
        let start = place
        switch first {
        case 0x09...0x0D, 0x20:
            place += 1
            end = .apart
        case UInt8(ascii: "-") where byte(1) == first:
            place += 2
            comment()
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            place += 1
            string(first)
        case UInt8(ascii: "[") where longBracket() != nil:
            longText()
            if end != .closed { add(.string("")) }
        case _ where LuaSyntax.begins(first):
            while let next = byte(), LuaSyntax.continues(next) { place += 1 }
            add(.word(text(from: start, to: place)))
        case _ where isDigit(first) || first == UInt8(ascii: ".") && byte(1).map(isDigit) == true:
            number()
            add(.number(text(from: start, to: place)))
        default:
            let rest = bytes[place...]
            let mark = Self.marks.first { rest.starts(with: $0.utf8) }
            place += mark?.utf8.count ?? 1
            add(.mark(text(from: start, to: place)))
        }
    }

    private mutating func add(_ token: Token) {
        tokens.append(token)
        end = .touching
    }

    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private mutating func number() {
        while let next = byte() {
            let isSign = next == UInt8(ascii: "+") || next == UInt8(ascii: "-")
            let isAfterExponent = [0x65, 0x45, 0x70, 0x50].contains(bytes[max(place - 1, 0)])
            guard
                LuaSyntax.continues(next) || next == UInt8(ascii: ".") || isSign && isAfterExponent
            else { return }
            place += 1
        }
    }

    private mutating func string(_ quote: UInt8) {
        let start = place
        while let next = byte() {
            if next == quote {
                place += 1
                return add(.string(text(from: start, to: place - 1)))
            }
            // A line break ends it: Lua will complain of it when the line is run.
            if next == UInt8(ascii: "\n") { return add(.string("")) }
            place += next == UInt8(ascii: "\\") ? 2 : 1
        }
        place = bytes.count
        end = .string(text(from: start, to: place))
    }

    /// The number of `=` in a long bracket that opens here; nil for any other text.
    private func longBracket() -> Int? {
        guard byte() == UInt8(ascii: "[") else { return nil }
        var level = 0
        while byte(1 + level) == UInt8(ascii: "=") { level += 1 }
        return byte(1 + level) == UInt8(ascii: "[") ? level : nil
    }

    /// Skips the text between long brackets.
    private mutating func longText() {
        guard let level = longBracket() else { return }
        let close = [0x5D] + [UInt8](repeating: 0x3D, count: level) + [0x5D]
        place += level + 2
        while place < bytes.count {
            if bytes[place...].starts(with: close) {
                place += close.count
                return
            }
            place += 1
        }
        end = .closed
    }

    private mutating func comment() {
        guard longBracket() == nil else {
            longText()
            if end != .closed { end = .apart }
            return
        }
        while let next = byte(), next != UInt8(ascii: "\n") { place += 1 }
        end = byte() == nil ? .closed : .apart
    }
}
