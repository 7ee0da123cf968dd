/// Objectives of N individuals as one row-major array (N, M): what sorting and indicators read.
struct ObjectiveTable {
    let count: Int
    let objectives: Int
    let values: [Double]

    /// A table without rows.
    init() {
        self.init(count: 0, objectives: 0, values: [])
    }

    /// A table of rows of one length without NaN.
    ///
    /// - Throws: `lengths` or `notFinite`.
    init(_ rows: some Collection<[Double]>) throws(EvolutionError) {
        let width = rows.first?.count ?? 0
        var values: [Double] = []
        values.reserveCapacity(rows.count * width)
        for (index, row) in rows.enumerated() {
            guard row.count == width, width > 0 else {
                throw .lengths(
                    what: "row \(index) of the objectives", found: row.count,
                    expected: max(width, 1))
            }
            if let nan = row.first(where: \.isNaN) {
                throw .notFinite(what: "an objective in row \(index)", found: "\(nan)")
            }
            values += row
        }
        count = rows.count
        objectives = width
        self.values = values
    }

    /// Which of two rows is nowhere worse and somewhere better than the other.
    enum Dominance { case first, second, neither }

    /// How two rows stand to each other.
    func dominance(_ a: Int, _ b: Int) -> Dominance {
        var (isBetter, isWorse) = (false, false)
        for column in 0..<objectives {
            let (mine, its) = (values[a * objectives + column], values[b * objectives + column])
            isBetter = isBetter || mine < its
            isWorse = isWorse || mine > its
        }
        return isBetter == isWorse ? .neither : isBetter ? .first : .second
    }

    /// The rows of these numbers, in this order.
    func rows(_ indices: [Int]) -> ObjectiveTable {
        var picked: [Double] = []
        picked.reserveCapacity(indices.count * objectives)
        for index in indices {
            picked += values[(index * objectives)..<((index + 1) * objectives)]
        }
        return ObjectiveTable(count: indices.count, objectives: objectives, values: picked)
    }

    private init(count: Int, objectives: Int, values: [Double]) {
        self.count = count
        self.objectives = objectives
        self.values = values
    }
}
