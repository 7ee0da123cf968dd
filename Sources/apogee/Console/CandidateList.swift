/// The words that a completion offers, as columns of a terminal.
package enum CandidateList {
    /// The most words that are shown; a list that fills screens is not read.
    private static let most = 120

    /// The words column by column, and how many more there are.
    ///
    /// - Parameters:
    ///   - words: What to show, in order.
    ///   - isComplete: Whether these are all.
    ///   - width: Columns of the terminal.
    /// - Returns: Lines no wider than that, unless a word is.
    package static func lines(_ words: [String], isComplete: Bool = true, width: Int) -> [String] {
        let shown = words.prefix(most)
        let widest = shown.reduce(1) { max($0, TextWidth.columns($1)) }
        // The last column stays free: some terminals wrap when it is written.
        let columns = max(1, (max(width, 1) + 1) / (widest + 2))
        let rows = (shown.count + columns - 1) / columns
        var lines = (0..<rows).map { row in
            var cells = stride(from: row, to: shown.count, by: rows).map {
                TextWidth.padded(TextWidth.plain(shown[$0]), to: widest, right: false)
            }
            if let last = cells.popLast() { cells.append(trimmed(last)) }
            return cells.joined(separator: "  ")
        }
        let left = words.count - shown.count
        if !isComplete {
            lines.append("… and more: the table is too large to search")
        } else if left > 0 {
            lines.append("… and \(left) more")
        }
        return lines
    }

    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }
}
