/// A fixed number of floats in memory that stays in place, aligned to a cache line.
///
/// It is shared between the search thread and the workers. That is sound because of how the executor
/// is used, which the compiler cannot see, hence `@unchecked Sendable`: while tasks run, a buffer is
/// either only read, or written by one task alone.
public final class FloatBuffer: @unchecked Sendable {
    /// Number of floats.
    public let count: Int
    /// The first float.
    public let pointer: UnsafeMutablePointer<Float>

    /// Zeros.
    public init(count: Int) {
        self.count = count
        let bytes = Swift.max(count, 1) * MemoryLayout<Float>.stride
        pointer = UnsafeMutableRawPointer.allocate(
            byteCount: bytes, alignment: MemoryPlan.alignment
        ).bindMemory(to: Float.self, capacity: Swift.max(count, 1))
        pointer.initialize(repeating: 0, count: Swift.max(count, 1))
    }

    /// A copy of these values.
    public convenience init(_ values: [Float]) {
        self.init(count: values.count)
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { pointer.update(from: base, count: count) }
        }
    }

    deinit { UnsafeMutableRawPointer(pointer).deallocate() }

    /// The values as an array.
    public var array: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

    /// Replaces the values by as many others; of more or fewer, those that both have.
    public func overwrite(_ values: [Float]) {
        values.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            pointer.update(from: base, count: Swift.min(count, values.count))
        }
    }

    /// A buffer of its own with the same values.
    public func copy() -> FloatBuffer {
        let copy = FloatBuffer(count: count)
        copy.pointer.update(from: pointer, count: count)
        return copy
    }
}
