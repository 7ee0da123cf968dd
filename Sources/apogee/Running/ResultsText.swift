import Records

/// A run's results as text: a row an arm, what they differ by, and their genotypes.
enum ResultsText {
    static func lines(_ results: ResultsTable, width: Int?, ink: Ink = .none) -> [String] {
        guard !results.arms.isEmpty else { return ["no results yet"] }
        let metrics = results.arms.map(\.metric)
        let shared = metrics.allSatisfy { $0 == metrics.first } ? metrics.first : nil
        var columns: [TextTable.Column] = [.words("arm")]
        if shared == nil { columns.append(.words("metric")) }
        columns += [
            .numbers(shared ?? "mean"), .numbers("± 95 %"), .numbers("tasks"),
            .numbers("multiply-adds"), .numbers("gradient steps"), .numbers("evaluations"),
        ]
        var table = TextTable(columns)
        for arm in results.arms {
            var cells = [arm.arm]
            if shared == nil { cells.append(arm.metric) }
            cells += [
                value(arm.mean, arm.unit), value(arm.halfWidth, arm.unit), "\(arm.tasks)",
                short(arm.cost.multiplyAdds), short(arm.cost.gradientSteps),
                short(arm.cost.evaluations),
            ]
            table.add(cells)
        }
        var lines = table.lines(width: width, ink: ink)
        for arm in results.arms {
            guard let note = arm.note else { continue }
            lines += hanging(TextWidth.plain("\(arm.arm): \(note)"), width)
        }
        if !results.comparisons.isEmpty {
            lines.append("")
            let fractions = Set(results.arms.filter { $0.unit == "fraction" }.map(\.metric))
            let repeated = Set(results.arms.filter { $0.settings["seeds"] != nil }.map(\.arm))
            for one in results.comparisons {
                let text = comparison(
                    one, isFraction: fractions.contains(one.metric),
                    pairs: repeated.contains(one.first) ? "seeds" : "tasks")
                lines += hanging(TextWidth.plain(text), width)
            }
            if results.comparisons.contains(where: { !repeated.contains($0.first) }) {
                lines += hanging(ofOneSearch, width)
            }
        }
        lines += operators(results.arms, width, ink)
        let found = results.arms.filter { $0.genotype != nil }
        if !found.isEmpty {
            lines.append("")
            // The terminal breaks these, so that they can be copied whole.
            for arm in found { lines.append(TextWidth.plain("\(arm.arm): \(arm.genotype ?? "")")) }
        }
        return lines
    }

    /// What an interval and a p value over tasks leave open.
    private static let ofOneSearch =
        "Intervals and p are over test tasks, of one search and one training of each arm: other seeds "
        + "may differ."

    /// A row for each operator of each search; none where nothing was varied.
    private static func operators(_ arms: [ArmResult], _ width: Int?, _ ink: Ink) -> [String] {
        var table = TextTable([
            .words("arm"), .words("operator"), .numbers("children"), .numbers("new"),
        ])
        let varied = arms.filter { arm in
            (arm.operators ?? []).contains { !["sample", "listing"].contains($0.name) }
        }
        guard !varied.isEmpty else { return [] }
        for arm in varied {
            for (place, use) in (arm.operators ?? []).enumerated() {
                table.add([
                    place == 0 ? arm.arm : "", use.name, short(use.called), short(use.kept),
                ])
            }
        }
        return [""] + table.lines(width: width, ink: ink)
    }

    /// A sentence that goes on with a margin.
    private static func hanging(_ text: String, _ width: Int?) -> [String] {
        guard let width else { return [text] }
        let lines = TextWidth.wrapped(text, to: max(width - 2, 8))
        return [lines[0]] + lines.dropFirst().map { "  " + $0 }
    }

    /// `93.1 %` of a fraction; other numbers with four digits behind the point.
    private static func value(_ value: Double, _ unit: String) -> String {
        if unit == "fraction" { return fixed(100 * value, digits: 1) + " %" }
        return fixed(value, digits: 4) + (unit.isEmpty ? "" : " \(unit)")
    }

    /// Fractions are shown in percent, so their differences are percentage points.
    private static func comparison(
        _ comparison: Comparison, isFraction: Bool, pairs: String
    ) -> String {
        let (scale, digits, unit) = isFraction ? (100.0, 1, " points") : (1.0, 4, "")
        let sign = comparison.difference > 0 ? "+" : ""
        let chance =
            comparison.pValue < 0.0001 ? "< 0.0001" : "= \(fixed(comparison.pValue, digits: 4))"
        return "\(comparison.first) − \(comparison.second): \(comparison.metric) "
            + "\(sign)\(fixed(scale * comparison.difference, digits: digits)) ± "
            + "\(fixed(scale * comparison.halfWidth, digits: digits))\(unit) "
            + "(\(comparison.test), p \(chance), \(comparison.pairs) \(pairs))"
    }
}
