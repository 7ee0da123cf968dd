/// A seeded stream of random draws that splits by name.
///
/// `stream.split("mutation")` names a child stream that depends only on the seed and the path of
/// names, never on how much was drawn elsewhere: adding a draw in one place moves no other. The
/// state is a plain value, so a stream can be stored and replayed.
///
/// ```swift
/// var rng = RandomStream(seed: 7).split("generation").split(3)
/// let gene = rng.integer(below: 16)
/// ```
public struct RandomStream: RandomNumberGenerator, Sendable, Hashable, Codable {
    private var key: UInt64
    private var path: UInt64
    private var position: UInt64

    /// The root stream of a run.
    public init(seed: UInt64) {
        key = seed
        path = 0
        position = 0
    }

    private init(key: UInt64, path: UInt64) {
        self.key = key
        self.path = path
        position = 0
    }

    // MARK: Splitting

    /// The child stream with this name. Drawing from the parent does not change it.
    public func split(_ name: String) -> RandomStream {
        // FNV-1a over the bytes, then a Philox round, so that similar names part at once.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return child(hash, domain: 1)
    }

    /// The child stream with this number: of an individual, a task, a generation.
    public func split(_ index: Int) -> RandomStream {
        child(UInt64(bitPattern: Int64(index)), domain: 2)
    }

    private func child(_ label: UInt64, domain: UInt64) -> RandomStream {
        let mixedKey = key ^ (domain &* 0x9E37_79B9_7F4A_7C15)
        let words = RandomStream.words(key: mixedKey, path: path, position: label)
        return RandomStream(key: words.0, path: words.1)
    }

    private static func words(key: UInt64, path: UInt64, position: UInt64) -> (UInt64, UInt64) {
        let block = Philox.block(
            counter: SIMD4(
                UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32),
                UInt32(truncatingIfNeeded: path), UInt32(truncatingIfNeeded: path >> 32)),
            key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
        return (
            UInt64(block.x) | UInt64(block.y) << 32,
            UInt64(block.z) | UInt64(block.w) << 32
        )
    }

    // MARK: Drawing

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        let words = RandomStream.words(key: key, path: path, position: position >> 1)
        let word = position & 1 == 0 ? words.0 : words.1
        position &+= 1
        return word
    }

    /// A number in 0 ..< 1, with 53 random bits.
    public mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A number in `range`, uniform.
    public mutating func uniform(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// An integer in 0 ..< `bound`, without bias (Lemire 2019).
    ///
    /// - Parameter bound: At least 1.
    /// - Returns: Each integer with the same probability.
    public mutating func integer(below bound: Int) -> Int {
        precondition(bound > 0, "an integer below \(bound) does not exist")
        let bound = UInt64(bound)
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        }
        return Int(product.high)
    }

    /// An integer in `range`, both ends included.
    public mutating func integer(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + integer(below: range.upperBound - range.lowerBound + 1)
    }

    /// True with this probability.
    public mutating func chance(_ probability: Double) -> Bool {
        uniform() < probability
    }

    /// One of `elements`.
    ///
    /// - Parameter elements: Not empty.
    /// - Returns: Each element with the same probability.
    public mutating func choice<Element>(_ elements: [Element]) -> Element {
        elements[integer(below: elements.count)]
    }

    /// Puts `elements` in a random order (Fisher and Yates).
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        guard elements.count > 1 else { return }
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, integer(below: last + 1))
        }
    }

    /// `count` different integers in 0 ..< `bound`, in random order.
    ///
    /// - Complexity: O(`count`) time and memory, whatever the bound.
    public mutating func sample(_ count: Int, below bound: Int) -> [Int] {
        precondition(count >= 0 && count <= bound, "cannot draw \(count) of \(bound)")
        // A Fisher–Yates shuffle that stops early and keeps only the places it moved.
        var moved: [Int: Int] = [:]
        var drawn: [Int] = []
        drawn.reserveCapacity(count)
        for place in 0..<count {
            let other = place + integer(below: bound - place)
            drawn.append(moved[other] ?? other)
            moved[other] = moved[place] ?? place
        }
        return drawn
    }
}
