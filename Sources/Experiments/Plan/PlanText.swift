/// Small pieces of text that messages and records share.
enum PlanText {
    /// `text` in double quotes on one line, cut after 60 characters.
    static func quoted(_ text: String) -> String {
        var shown = ""
        for (index, character) in text.unicodeScalars.enumerated() {
            if index == 60 { return "\"\(shown)…\"" }
            shown += isControl(character) ? "\u{FFFD}" : String(character)
        }
        return "\"\(shown)\""
    }

    /// Whether `scalar` could move a terminal's cursor or colour its text.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }

    /// Bytes as people read them: `3.8 GiB`, rounded to the nearer tenth.
    static func bytes(_ count: Int) -> String {
        for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] where count >= 1 << shift {
            let tenths = (Double(count) / Double(1 << shift) * 10).rounded()
            return "\(tenths / 10) \(unit)"
        }
        return "\(count) bytes"
    }

    /// `a, b and c`, or with another last word.
    static func joined(_ words: [String], last: String = "and") -> String {
        guard let final = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(last) " + final
    }

    /// The known names for the end of a message: all, or the first 24.
    static func listed(_ names: [String]) -> String {
        let shown = names.prefix(24).joined(separator: ", ")
        return names.count > 24 ? shown + ", … (\(names.count) in all)" : shown
    }

    /// The known name that a person most likely meant, if any is near: at most a third of its
    /// letters (and at least one) inserted, deleted, replaced or swapped with their neighbour.
    ///
    /// Source: the restricted Damerau–Levenshtein distance (Damerau 1964; Levenshtein 1966).
    /// - Complexity: O(the lengths' product) for each candidate.
    static func nearest(to name: String, among candidates: [String]) -> String? {
        // A name far longer than any option is no typing error, and would cost time.
        guard name.utf8.count <= 80 else { return nil }
        let wanted = Array(name.lowercased().unicodeScalars)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let letters = Array(candidate.lowercased().unicodeScalars)
            let allowed = max(1, max(wanted.count, letters.count) / 3)
            guard abs(wanted.count - letters.count) <= allowed else { continue }
            let distance = distance(wanted, letters)
            if distance <= allowed, distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for (j, other) in b.enumerated() {
                var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (letter == other ? 0 : 1))
                if i > 0, j > 0, letter == b[j - 1], a[i - 1] == other {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
