internal import Kernels

/// A copy of a box of elements between two row-major tensors: slices, padding, transposition,
/// repetition and concatenation are all this.
struct StridedCopy: Sendable {
    let sizes: [Int]
    let sourceStrides: [Int]
    let destinationStrides: [Int]
    let sourceOffset: Int
    let destinationOffset: Int

    /// Dimensions of size 1 are dropped and neighbours that lie together are joined.
    init(
        sizes: [Int], sourceStrides: [Int], destinationStrides: [Int], sourceOffset: Int = 0,
        destinationOffset: Int = 0
    ) {
        var joined: [(size: Int, source: Int, destination: Int)] = []
        for axis in sizes.indices where sizes[axis] != 1 {
            let next = (sizes[axis], sourceStrides[axis], destinationStrides[axis])
            if let last = joined.last, last.source == next.0 * next.1,
                last.destination == next.0 * next.2
            {
                joined[joined.count - 1] = (last.size * next.0, next.1, next.2)
            } else {
                joined.append(next)
            }
        }
        if joined.isEmpty { joined = [(1, 1, 1)] }
        self.sizes = joined.map(\.size)
        self.sourceStrides = joined.map(\.source)
        self.destinationStrides = joined.map(\.destination)
        self.sourceOffset = sourceOffset
        self.destinationOffset = destinationOffset
    }

    func run(from source: UnsafePointer<Float>, to destination: UnsafeMutablePointer<Float>) {
        copy(source + sourceOffset, destination + destinationOffset, 0)
    }

    private func copy(
        _ source: UnsafePointer<Float>, _ destination: UnsafeMutablePointer<Float>, _ axis: Int
    ) {
        if axis == sizes.count - 2, sourceStrides[axis + 1] == 1, destinationStrides[axis + 1] == 1
        {
            VectorKernels.copyRows(
                sizes[axis], count: sizes[axis + 1], from: source, fromRow: sourceStrides[axis],
                to: destination, toRow: destinationStrides[axis])
            return
        }
        let size = sizes[axis]
        let from = sourceStrides[axis]
        let to = destinationStrides[axis]
        if axis == sizes.count - 1 {
            if from == 1, to == 1 {
                destination.update(from: source, count: size)
            } else if from == 0, to == 1 {
                destination.update(repeating: source.pointee, count: size)
            } else {
                for index in 0..<size { destination[index &* to] = source[index &* from] }
            }
            return
        }
        for index in 0..<size {
            copy(source + index &* from, destination + index &* to, axis + 1)
        }
    }
}

/// A copy as a step of a plan.
struct CopyKernel: Kernel {
    let copy: StridedCopy
    /// Elements of the result that are set to zero before.
    var cleared = 0

    var name: String { "copy" }

    func run(_ memory: KernelMemory) {
        let y = memory.output
        if cleared > 0 { y.update(repeating: 0, count: cleared) }
        copy.run(from: memory.input(0), to: y)
    }
}
