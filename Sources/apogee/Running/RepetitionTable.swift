import Runs

extension Repetition {
    /// A table of all facts.
    func lines(width: Int?, ink: Ink = .none) -> [String] {
        var table = TextTable([
            .words(""), .words("in the run"), .words("here"), .words("so"),
        ])
        for fact in facts {
            let verdict =
                if fact.isSame {
                    "the same"
                } else if fact.now == nil {
                    "not compared"
                } else if !fact.decides {
                    "changes no result"
                } else {
                    fact.before == nil ? "not known" : "OTHER BITS"
                }
            table.add([fact.name, fact.before ?? "not recorded", fact.now ?? "–", verdict])
        }
        return table.lines(width: width, ink: ink)
    }
}
