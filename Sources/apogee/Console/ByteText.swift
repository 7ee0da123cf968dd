import Runs

extension Machine {
    /// Bytes as people read them: `3.8 GiB`.
    static func bytes(_ count: Int) -> String {
        for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)] where count >= 1 << shift {
            return fixed(Double(count) / Double(1 << shift), digits: 1) + " " + unit
        }
        return "\(count) bytes"
    }
}
