/// Guesses which name was meant, for the messages of every module that may import this one.
package enum NearestName {
    /// The known name that a person most likely meant, if any is near: at most a third of its
    /// letters (and at least one) inserted, deleted, replaced or swapped with their neighbour.
    ///
    /// Source: the restricted Damerau–Levenshtein distance (Damerau 1964; Levenshtein 1966).
    /// - Complexity: O(the lengths' product) for each candidate.
    package static func of(_ name: String, among candidates: [String]) -> String? {
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
