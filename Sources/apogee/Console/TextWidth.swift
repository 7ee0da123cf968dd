/// How many columns of a terminal a text takes.
package enum TextWidth {
    /// The columns of a text without control characters: East Asian wide characters and emoji take
    /// two, combining marks none.
    package static func columns(_ text: String) -> Int {
        text.reduce(0) { $0 + columns($1) }
    }

    /// The longest beginning that fits, ending with `…` if something was cut.
    package static func clipped(_ text: String, to width: Int) -> String {
        guard columns(text) > width else { return text }
        guard width > 0 else { return "" }
        var clipped = ""
        var used = 1
        for character in text {
            used += columns(character)
            guard used <= width else { break }
            clipped.append(character)
        }
        return clipped + "…"
    }

    /// The text as lines that fit: broken at spaces, and within a word only where the word alone is too
    /// wide. Nothing is cut.
    ///
    /// - Parameters:
    ///   - text: One line, without control characters.
    ///   - width: Columns of a line; at least one character stands on each.
    ///   - hyphens: Whether lines may also end after a hyphen.
    /// - Returns: The lines; one empty line of an empty text.
    package static func wrapped(_ text: String, to width: Int, hyphens: Bool = false) -> [String] {
        guard columns(text) > width else { return [text] }
        var lines: [String] = []
        var line = ""
        for word in words(text, hyphens: hyphens) {
            let glue = line.isEmpty || hyphens && line.last == "-" ? "" : " "
            if columns(line) + columns(glue) + columns(word) <= width {
                line += glue + word
                continue
            }
            if !line.isEmpty { lines.append(line) }
            line = ""
            for character in word {
                if !line.isEmpty, columns(line) + columns(character) > width {
                    lines.append(line)
                    line = ""
                }
                line.append(character)
            }
        }
        return lines + [line]
    }

    /// The parts of a text that lines keep whole.
    package static func words(_ text: String, hyphens: Bool = false) -> [String] {
        let words = text.split(separator: " ").map(String.init)
        guard hyphens else { return words }
        return words.flatMap { word in
            var parts = word.split(separator: "-", omittingEmptySubsequences: false).map(
                String.init)
            for index in parts.indices.dropLast() { parts[index] += "-" }
            return parts.filter { !$0.isEmpty }
        }
    }

    /// A name and what is said of it, which goes on below itself where it does not fit.
    ///
    /// - Parameters:
    ///   - name: The name, with the spaces before it.
    ///   - width: Columns that names are given.
    ///   - text: What is said of it.
    ///   - limit: Columns at hand; no limit if nil.
    /// - Returns: The lines. Where little room is left beside the name, the text stands below it.
    package static func entry(
        _ name: String, width: Int, _ text: String, columns limit: Int?
    ) -> [String] {
        let (name, text) = (plain(name), plain(text))
        let beside = padded(name, to: width, right: false) + "  "
        guard let limit, columns(beside) + columns(text) > limit else { return [beside + text] }
        let room = limit - columns(beside)
        if room >= 24 {
            let lines = wrapped(text, to: room)
            let space = String(repeating: " ", count: columns(beside))
            return [beside + lines[0]] + lines.dropFirst().map { space + $0 }
        }
        let margin = String(name.prefix { $0 == " " }) + "    "
        return [name] + wrapped(text, to: max(limit - columns(margin), 8)).map { margin + $0 }
    }

    /// The text with spaces up to a width, on its left or its right.
    package static func padded(_ text: String, to width: Int, right: Bool) -> String {
        let spaces = String(repeating: " ", count: max(0, width - columns(text)))
        return right ? spaces + text : text + spaces
    }

    /// The text as one line that cannot steer a terminal: control characters become spaces.
    package static func plain(_ text: String) -> String {
        var plain = ""
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            plain.unicodeScalars.append(isControl ? " " : scalar)
        }
        return plain
    }

    private static func columns(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        if scalar.properties.isEmojiPresentation { return 2 }
        return isWide(scalar.value) ? 2 : 1
    }

    /// The blocks that Unicode's East Asian Width (UAX 11) calls wide or full-width.
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF,
            0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x20000...0x3FFFD:
            return true
        default: return false
        }
    }
}
