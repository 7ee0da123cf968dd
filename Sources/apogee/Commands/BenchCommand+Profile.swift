import Tensors

extension BenchCommand {
    /// Where the time went by operation: share, rate of bytes and of arithmetic.
    func showProfile(_ profile: StepProfile) {
        let total = profile.sorted.reduce(0) { $0 + $1.seconds }
        guard total > 0 else { return }
        var table = TextTable([
            .words("operation"), .words("runs on"), .numbers("share"), .numbers("calls"),
            .numbers("time a call"), .numbers("GB/s"), .numbers("GFLOP/s"),
        ])
        for row in profile.sorted {
            table.add([
                row.operation, row.implementation,
                "\(Self.number(100 * row.seconds / total)) %", "\(row.calls)",
                Self.seconds(row.seconds / Double(max(row.calls, 1))),
                Self.number(Double(row.bytes) / row.seconds * 1e-9),
                row.multiplyAdds > 0
                    ? Self.number(2 * Double(row.multiplyAdds) / row.seconds * 1e-9) : "",
            ])
        }
        Output.table(table)
        Output.line("steps of all updates, warm-ups too: \(Self.seconds(total))")
    }
}
