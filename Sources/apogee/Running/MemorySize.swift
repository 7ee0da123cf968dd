/// A size of memory as it is typed: `512M`, `1.5G`, `1048576`.
struct MemorySize {
    /// At least 1.
    let bytes: Int

    /// Whole or decimal digits, then nothing, K, M, G or T (powers of 1024), in either case.
    init?(_ argument: String) {
        let units: [Character: Double] = [
            "K": 0x1p10, "M": 0x1p20, "G": 0x1p30, "T": 0x1p40,
        ]
        var digits = Substring(argument)
        var unit = 1.0
        if let last = digits.last, let found = units[Character(last.uppercased())] {
            unit = found
            digits.removeLast()
        }
        let isPlain = digits.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
        }
        guard isPlain, digits.first != ".", digits.last != ".", let number = Double(digits),
            let bytes = Int(exactly: (number * unit).rounded(.down)), bytes >= 1
        else { return nil }
        self.bytes = bytes
    }
}
