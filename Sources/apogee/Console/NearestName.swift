/// Guesses which name was meant.
package enum NearestName {
    /// The name that needs the fewest letters inserted, deleted or replaced (Levenshtein 1966);
    /// nil if that is more than a third of them.
    package static func of(_ word: String, among names: [String]) -> String? {
        guard word.count <= 80 else { return nil }
        let wanted = Array(word.lowercased())
        var best: (name: String, distance: Int)?
        for name in names {
            let letters = Array(name.lowercased())
            let allowed = max(2, max(wanted.count, letters.count) / 3)
            let distance = distance(wanted, letters)
            if distance <= allowed, distance < best?.distance ?? .max { best = (name, distance) }
        }
        return best?.name
    }

    private static func distance(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var corner = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, corner + (letter == other ? 0 : 1))
                corner = above
            }
        }
        return row[b.count]
    }
}
