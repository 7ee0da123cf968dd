import Kernels
import Tensors
import TestSupport
import Testing

/// Which pixels resizing reads.
struct ResizeTests {
    @Test func `the nearest pixel is ⌊i · in / out⌋ for every pair of sizes`() throws {
        let engine = try Engine()
        for size in [1, 2, 3, 5, 7, 12] {
            let graph = Graph()
            let x = try graph.constant(
                (0..<size).map { Float($0) }, try Shape([1, 1, size, 1]))
            let outputs = try (1...120).map {
                try x.resized(height: 1, width: $0, .nearest)
            }
            for (place, found) in try engine.evaluate(outputs).enumerated() {
                let width = place + 1
                #expect(
                    found == (0..<width).map { Float($0 * size / width) }, "\(size) to \(width)")
            }
        }
    }

    @Test func `bilinear weights sum to one, so a constant image stays constant`() throws {
        let engine = try Engine()
        let graph = Graph()
        let x = try graph.constant([Float](repeating: 2, count: 3 * 5), try Shape([1, 3, 5, 1]))
        for (height, width) in [(1, 1), (2, 9), (7, 4), (31, 3)] {
            let found = try engine.evaluate([x.resized(height: height, width: width)])[0]
            expectClose(found, [Double](repeating: 2, count: height * width), tolerance: 1e-6)
        }
    }
}
