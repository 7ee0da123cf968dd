/// The sizes of a tensor's dimensions, outermost first, at most eight; row-major.
///
/// A plain value without heap storage, because a graph holds one for every node.
public struct Shape: Hashable, Sendable, CustomStringConvertible {
    /// Most dimensions a tensor may have.
    public static let maximumRank = 8

    /// Sizes; 1 past the rank, so that equal shapes are equal words.
    private var sizes: SIMD8<Int32>
    /// Number of dimensions; 0 for a single number.
    public private(set) var rank: Int

    /// A single number.
    public static let scalar = Shape()

    private init() {
        sizes = SIMD8(repeating: 1)
        rank = 0
    }

    /// Checks and packs sizes.
    ///
    /// - Throws: `TensorError.invalidShape` if a size is below 1, there are more than eight, or there
    ///   are more than 2³¹ − 1 elements.
    public init(_ dimensions: [Int]) throws(TensorError) {
        guard dimensions.count <= Shape.maximumRank else {
            throw .invalidShape(
                dimensions: dimensions,
                reason: "at most \(Shape.maximumRank) dimensions are possible")
        }
        var count = 1
        for size in dimensions {
            guard size > 0 else {
                throw .invalidShape(
                    dimensions: dimensions, reason: "every dimension must be at least 1")
            }
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, product <= Int(Int32.max) else {
                throw .invalidShape(
                    dimensions: dimensions, reason: "more than 2147483647 elements")
            }
            count = product
        }
        self.init(unchecked: dimensions)
    }

    /// Packs sizes that are known to be sound.
    init(unchecked dimensions: [Int]) {
        sizes = SIMD8(repeating: 1)
        rank = dimensions.count
        for (axis, size) in dimensions.enumerated() { sizes[axis] = Int32(size) }
    }

    /// The size of one dimension.
    public subscript(axis: Int) -> Int {
        get { Int(sizes[axis]) }
        set { sizes[axis] = Int32(newValue) }
    }

    /// This shape, if it was put together of sound sizes and has no more elements than possible.
    func checked() throws(TensorError) -> Shape {
        var product = 1
        for axis in 0..<rank {
            product *= Int(sizes[axis])  // below 2³¹ · 2³¹
            guard product <= Int(Int32.max) else { return try Shape(dimensions) }
        }
        return self
    }

    /// All sizes as words, which is quicker than one by one.
    public func hash(into hasher: inout Hasher) {
        let words = unsafeBitCast(sizes, to: SIMD4<UInt64>.self)
        for place in 0..<4 { hasher.combine(words[place]) }
        hasher.combine(rank)
    }

    /// Number of elements; 1 for a single number.
    public var count: Int {
        var product = 1
        for axis in 0..<rank { product &*= Int(sizes[axis]) }
        return product
    }

    /// The sizes as an array.
    public var dimensions: [Int] { (0..<rank).map { Int(sizes[$0]) } }

    /// The sizes in brackets, as "[2, 3]".
    public var description: String { dimensions.description }

    /// Elements to step over to move by one along each axis, row-major.
    var strides: [Int] {
        var strides = [Int](repeating: 1, count: rank)
        for axis in stride(from: rank - 2, through: 0, by: -1) {
            strides[axis] = strides[axis + 1] * self[axis + 1]
        }
        return strides
    }

    /// The shape with leading dimensions of 1 until it has this rank.
    func padded(toRank target: Int) -> Shape {
        guard rank < target else { return self }
        var result = Shape()
        result.rank = target
        for axis in 0..<rank { result.sizes[axis + target - rank] = sizes[axis] }
        return result
    }

    /// The shape of two shapes stretched to each other; nil if they do not fit.
    static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
        if a == b { return a }
        let rank = max(a.rank, b.rank)
        let (a, b) = (a.padded(toRank: rank), b.padded(toRank: rank))
        var result = a
        for axis in 0..<rank where a[axis] != b[axis] {
            if a[axis] == 1 {
                result[axis] = b[axis]
            } else if b[axis] != 1 {
                return nil
            }
        }
        return result
    }
}
