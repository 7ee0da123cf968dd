/// The text of a progress line: `search  30/60 updates (50 %) · 1/3 generations · best query_error
/// 0.245 · run 1 min 20 s, 2 min 05 s left · 13.4 updates/s · loss 1.134`.
///
/// In a narrow terminal what matters less is shortened, then left out; nothing is cut in the middle.
package struct ProgressText {
    /// A part of the line, in the order in which parts stand.
    private struct Part {
        /// As it stands where there is room.
        let long: String
        /// As it stands where there is little.
        let short: String
        /// Parts of a lower rank stay longer.
        let rank: Int
    }

    private let phase: String
    private var parts: [Part] = []

    /// The text of a state.
    ///
    /// - Parameters:
    ///   - state: How far the run is.
    ///   - elapsed: Seconds of the phase.
    ///   - first: Units that were done when the phase began here.
    ///   - run: Seconds of the run, and those left of it, as far as they are known.
    package init(
        _ state: ProgressLine.State, elapsed: Double, from first: Int,
        run: (elapsed: Double, left: Double?)? = nil
    ) {
        phase = TextWidth.plain(state.phase)
        count(state)
        if !state.generations.isEmpty {
            add(state.generations + " generations", short: "gen " + state.generations, rank: 0)
        }
        if let best = state.best {
            add("best \(best.name) \(best.value)", short: "best " + best.value, rank: 1)
        }
        if let run {
            let passed = DurationText.text(seconds: run.elapsed)
            if let left = run.left {
                add(
                    "run \(passed), \(DurationText.text(seconds: left)) left",
                    short: DurationText.rough(seconds: left) + " left", rank: 2)
            } else {
                add("run \(passed)", short: DurationText.rough(seconds: run.elapsed), rank: 2)
            }
        }
        speed(state, elapsed: elapsed, from: first)
        if !state.note.isEmpty { add(state.note, rank: 5) }
    }

    private mutating func add(_ long: String, short: String? = nil, rank: Int) {
        parts.append(
            Part(
                long: TextWidth.plain(long), short: TextWidth.plain(short ?? long), rank: rank))
    }

    private mutating func count(_ state: ProgressLine.State) {
        let unit = state.unit.isEmpty ? "" : " " + state.unit
        // In a search the generation says as much.
        let rank = state.generations.isEmpty ? 0 : 3
        guard state.total > 0 else {
            return add("\(state.done)\(unit)", short: "\(state.done)", rank: rank)
        }
        let fraction = Double(state.done) / Double(state.total)
        let percent = Int(100 * max(0, min(1, fraction)))
        let count = "\(state.done)/\(state.total)"
        add("\(count)\(unit) (\(percent) %)", short: count, rank: rank)
    }

    /// Units a second, or seconds a unit where that reads better; at the end how long it took.
    private mutating func speed(_ state: ProgressLine.State, elapsed: Double, from first: Int) {
        let done = Double(state.done) - Double(first)
        guard elapsed > 0, done > 0 else { return }
        let rate = done / elapsed
        let unit = state.unit.isEmpty ? "steps" : state.unit
        let speed =
            rate >= 0.5
            ? fixed(rate, digits: rate < 100 ? 1 : 0) + " \(unit)/s"
            : DurationText.text(seconds: 1 / rate) + " each"
        let isDone = state.total > 0 && state.done >= state.total
        add(
            isDone ? speed + " in " + DurationText.text(seconds: elapsed) : speed, short: speed,
            rank: 4)
    }

    /// The text with as much as fits.
    ///
    /// - Parameter width: Columns at hand; no limit if nil.
    /// - Returns: The phase, and the rest of the line.
    package func text(width: Int? = nil) -> (phase: String, rest: String) {
        guard let width else { return (phase, "  " + joined(parts.map(\.long))) }
        let (full, isWhole) = filled(phase, width)
        // The generation, the best and the time say more than the word "search".
        guard !isWhole, parts.contains(where: { $0.rank == 0 && $0.short.hasPrefix("gen") }) else {
            return full
        }
        return ("", filled("", width).text.rest)
    }

    /// The text with as much as fits beside a phase, and whether no part of a rank below 3 is missing.
    private func filled(
        _ phase: String, _ width: Int
    ) -> (text: (phase: String, rest: String), isWhole: Bool) {
        let gap = phase.isEmpty ? "" : "  "
        var shown = [String?](repeating: nil, count: parts.count)
        let places = parts.indices.sorted { parts[$0].rank < parts[$1].rank }
        func fits() -> Bool {
            TextWidth.columns(phase + gap + joined(shown.compactMap(\.self))) <= width
        }
        for form in [\Part.short, \Part.long] {
            for place in places where form == \Part.short || shown[place] != nil {
                let before = shown[place]
                shown[place] = parts[place][keyPath: form]
                if !fits() { shown[place] = before }
            }
        }
        let rest = joined(shown.compactMap(\.self))
        let isWhole = parts.indices.allSatisfy { parts[$0].rank >= 3 || shown[$0] != nil }
        let room = width - TextWidth.columns(rest) - (rest.isEmpty ? 0 : gap.count)
        return (
            (TextWidth.clipped(phase, to: max(room, 0)), rest.isEmpty ? "" : gap + rest), isWhole
        )
    }

    private func joined(_ texts: [String]) -> String { texts.joined(separator: " · ") }
}
