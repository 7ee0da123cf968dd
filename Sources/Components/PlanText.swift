/// Small pieces of text that messages and records share.
package enum PlanText {
    /// `text` in double quotes on one line, cut after 60 characters.
    package static func quoted(_ text: String) -> String {
        var shown = ""
        for (index, character) in text.unicodeScalars.enumerated() {
            if index == 60 { return "\"\(shown)…\"" }
            shown += isControl(character) ? "\u{FFFD}" : String(character)
        }
        return "\"\(shown)\""
    }

    /// Whether `scalar` could move a terminal's cursor or colour its text.
    package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    /// Bytes as people read them: `3.8 GiB`, rounded to the nearer tenth.
    package static func bytes(_ count: Int) -> String {
        for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] where count >= 1 << shift {
            let tenths = (Double(count) / Double(1 << shift) * 10).rounded()
            return "\(tenths / 10) \(unit)"
        }
        return "\(count) bytes"
    }

    /// `a, b and c`, or with another last word.
    package static func joined(_ words: [String], last: String = "and") -> String {
        guard let final = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(last) " + final
    }

    /// The known names for the end of a message: all, or the first 24.
    package static func listed(_ names: [String]) -> String {
        let shown = names.prefix(24).joined(separator: ", ")
        return names.count > 24 ? shown + ", … (\(names.count) in all)" : shown
    }
}
