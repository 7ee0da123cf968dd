/// A table in plain text: a head, a rule, aligned rows.
///
/// ```
/// arm               accuracy   ±      tasks
/// ────────────────  ────────  ─────  ─────
/// searched network    93.1 %  0.4 %    600
/// ```
///
/// Where a terminal is narrower, heads and words go on in a second line; where that is not enough,
/// the cells of each row stand below each other. Nothing is cut.
package struct TextTable: Sendable {
    /// One column.
    package struct Column: Sendable {
        /// The head.
        package var title: String
        /// Whether cells are flush right, as numbers are read.
        package var isNumeric: Bool

        /// A column of words.
        package static func words(_ title: String) -> Column {
            Column(title: TextWidth.plain(title), isNumeric: false)
        }

        /// A column of numbers.
        package static func numbers(_ title: String) -> Column {
            Column(title: TextWidth.plain(title), isNumeric: true)
        }
    }

    /// A column of sentences gets at least this width, unless it needs less: below it they are easier
    /// to read when the cells of a row are stacked.
    private static let leastSentence = 24

    private let columns: [Column]
    private var rows: [[String]] = []

    /// An empty table.
    package init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; cells that are missing stay empty, cells too many are left out.
    package mutating func add(_ cells: [String]) {
        rows.append(
            columns.indices.map { $0 < cells.count ? TextWidth.plain(cells[$0]) : "" })
    }

    /// The table's lines, without spaces at their ends.
    ///
    /// - Parameters:
    ///   - width: Columns at hand. No limit if nil.
    ///   - ink: How heads and rule are coloured.
    /// - Returns: The head, the rule and the rows; or the rows with their cells below each other.
    package func lines(width: Int? = nil, ink: Ink = .none) -> [String] {
        guard !columns.isEmpty else { return [] }
        guard let widths = fitted(width) else { return stacked(width ?? .max, ink) }
        // Heads stand on the rule.
        let heads = columns.indices.map {
            TextWidth.wrapped(columns[$0].title, to: widths[$0], hyphens: true)
        }
        let height = heads.map(\.count).max() ?? 1
        let raised = heads.map { [String](repeating: "", count: height - $0.count) + $0 }
        var lines = (0..<height).map { place in
            ink.paint(line(raised.map { $0[place] }, widths), .bold)
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        lines.append(ink.paint(rule, .dim))
        for row in rows {
            let cells = row.indices.map { TextWidth.wrapped(row[$0], to: widths[$0]) }
            for place in 0..<(cells.map(\.count).max() ?? 1) {
                lines.append(line(cells.map { place < $0.count ? $0[place] : "" }, widths))
            }
        }
        return lines
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = columns.indices.map { index in
            TextWidth.padded(
                cells[index], to: widths[index], right: columns[index].isNumeric)
        }.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }

    /// The columns' widths; nil if they do not fit beside each other.
    private func fitted(_ width: Int?) -> [Int]? {
        var widths = columns.indices.map { index in
            rows.reduce(TextWidth.columns(columns[index].title)) {
                max($0, TextWidth.columns($1[index]))
            }
        }
        guard let width else { return widths }
        let lowest = columns.indices.map { least($0, natural: widths[$0]) }
        var excess = widths.reduce(2 * (widths.count - 1), +) - width
        while excess > 0 {
            let wide = widths.indices.filter { widths[$0] > lowest[$0] }
            guard let widest = wide.max(by: { widths[$0] < widths[$1] }) else { return nil }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    /// The least width of a column in which no number and no name is broken.
    private func least(_ index: Int, natural: Int) -> Int {
        func widest(_ words: [String]) -> Int { words.map(TextWidth.columns).max() ?? 0 }
        let head = widest(TextWidth.words(columns[index].title, hyphens: true))
        if columns[index].isNumeric { return max(head, widest(rows.map { $0[index] })) }
        let words = rows.reduce(head) { max($0, widest(TextWidth.words($1[index]))) }
        return max(words, min(natural, Self.leastSentence))
    }

    /// Each row as its first cell, and below it the other cells with their heads.
    private func stacked(_ width: Int, _ ink: Ink) -> [String] {
        let heads = columns.dropFirst().map(\.title)
        let label = heads.map(TextWidth.columns).max() ?? 0
        var lines: [String] = []
        for row in rows {
            let first = columns[0].isNumeric ? "\(columns[0].title) \(row[0])" : row[0]
            lines += TextWidth.wrapped(first, to: width).map { ink.paint($0, .bold) }
            for (head, cell) in zip(heads, row.dropFirst()) where !cell.isEmpty {
                lines += TextWidth.entry("  " + head, width: label + 2, cell, columns: width)
            }
        }
        return lines
    }
}
