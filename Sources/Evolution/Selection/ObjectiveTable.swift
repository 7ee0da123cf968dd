/// Objectives of N individuals as one row-major array (N, M): what sorting and indicators read.
struct ObjectiveTable {
    let count: Int
    let objectives: Int
    let values: [Double]

    /// A table of rows of one length without NaN.
    ///
    /// - Throws: `lengths` or `notFinite`.
    init(_ rows: [[Double]]) throws(EvolutionError) {
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
