/// A table in plain text: a head, a rule, aligned rows.
///
/// ```
/// arm               accuracy   ±      tasks
/// ────────────────  ────────  ─────  ─────
/// searched network    93.1 %  0.4 %    600
/// ```
package struct TextTable: Sendable {
    /// One column.
    package struct Column: Sendable {
        /// The head.
        package var title: String
        /// Whether cells are flush right, as numbers are read.
        package var isNumeric: Bool

        /// A column of words.
        package static func words(_ title: String) -> Column {
            Column(title: title, isNumeric: false)
        }

        /// A column of numbers.
        package static func numbers(_ title: String) -> Column {
            Column(title: title, isNumeric: true)
        }
    }

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
    /// - Parameter width: Columns at hand; the widest column of words is clipped to fit. No limit
    ///   if nil.
    /// - Returns: The head, the rule and the rows.
    package func lines(width: Int? = nil) -> [String] {
        guard !columns.isEmpty else { return [] }
        let widths = fitted(width)
        var lines = [line(columns.map(\.title), widths)]
        lines.append(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "))
        for row in rows { lines.append(line(row, widths)) }
        return lines
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = columns.indices.map { index in
            TextWidth.padded(
                TextWidth.clipped(cells[index], to: widths[index]), to: widths[index],
                right: columns[index].isNumeric)
        }.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }

    private func fitted(_ width: Int?) -> [Int] {
        var widths = columns.indices.map { index in
            rows.reduce(TextWidth.columns(columns[index].title)) {
                max($0, TextWidth.columns($1[index]))
            }
        }
        guard let width else { return widths }
        var excess = widths.reduce(2 * (widths.count - 1), +) - width
        while excess > 0 {
            let words = widths.indices.filter { !columns[$0].isNumeric && widths[$0] > 8 }
            guard let widest = words.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }
}
