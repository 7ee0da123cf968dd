/// The integers of 0 ..< `count` in a random order, each computed when it is asked for.
///
/// Nothing is stored, so a range of any size can be gone through, each integer once: a Feistel
/// network permutes the next power of four, and what lies above `count` is permuted again.
public struct RandomOrder: Sendable, Hashable {
    /// How many integers there are.
    public let count: Int
    private let keys: [UInt64]
    private let halfBits: UInt64

    /// An order of these integers, given by the stream.
    ///
    /// - Parameters:
    ///   - count: At least 0, at most 2^62.
    ///   - rng: Gives the order; the same stream gives the same one.
    public init(below count: Int, _ rng: RandomStream) {
        precondition(count >= 0 && count <= 1 << 62, "cannot order \(count) integers")
        self.count = count
        var bits: UInt64 = 1
        while 1 << (2 * bits) < UInt64(count) { bits += 1 }
        halfBits = bits
        var rng = rng
        keys = (0..<8).map { _ in rng.next() }
    }

    /// The integer at a place 0 ..< `count`.
    public subscript(place: Int) -> Int {
        precondition(place >= 0 && place < count, "place \(place) of \(count)")
        var value = UInt64(place)
        repeat { value = permuted(value) } while value >= UInt64(count)
        return Int(value)
    }

    private func permuted(_ value: UInt64) -> UInt64 {
        let mask = (UInt64(1) << halfBits) - 1
        var (left, right) = (value >> halfBits, value & mask)
        for key in keys {
            // The finalizer of MurmurHash3 as the round function: every bit moves every other.
            var mixed = right ^ key
            mixed = (mixed ^ (mixed >> 33)) &* 0xFF51_AFD7_ED55_8CCD
            mixed = (mixed ^ (mixed >> 33)) &* 0xC4CE_B9FE_1A85_EC53
            mixed ^= mixed >> 33
            (left, right) = (right, left ^ (mixed & mask))
        }
        return left << halfBits | right
    }
}
