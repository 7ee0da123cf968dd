import Foundation
import Kernels
import Tensors
import TestSupport
import Testing

/// Values, gradients and Hessian-vector products of every operation against PyTorch in float64.
struct GoldenTests {
    static let families = [
        "convolution", "elementwise", "indexing", "linear_algebra", "losses", "normalization",
        "pooling", "reductions", "shape_ops",
    ]

    @Test func `every file of golden tensors belongs to a family that is tested`() throws {
        let folder = Repository.path("benchmarks-data/golden")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix("tensors-") }.sorted()
        #expect(files == GoldenTests.families.map { "tensors-\($0).json" })
    }

    @Test(arguments: families)
    func `value, gradients and second-order products are the golden ones`(
        family: String
    ) throws {
        let engine = try Engine()
        let cases = try GoldenFamily.read(family).cases
        try #require(cases.count >= 8)
        var worst = [0.0, 0.0, 0.0]
        var names = ["", "", ""]
        for golden in cases {
            for (kind, error) in try GoldenTests.errors(golden, engine).enumerated() {
                #expect(
                    error <= 1e-5,
                    "\(family), \(golden.name): \(["value", "gradient", "second"][kind])")
                if !(error <= worst[kind]) { (worst[kind], names[kind]) = (error, golden.name) }
            }
        }
        print("golden \(family): \(cases.count) cases, worst errors \(worst) in \(names)")
    }

    /// The worst errors of value, gradients and second-order products.
    static func errors(_ golden: GoldenCase, _ engine: Engine) throws -> [Double] {
        let graph = Graph()
        var given: [String: [Float]] = [:]
        let inputs = try golden.inputs.enumerated().map { index, input in
            given["x\(index)"] = input.floats
            return try graph.input("x\(index)", try Shape(input.shape))
        }
        let output = try GoldenOperations.apply(golden, inputs)
        #expect(output.shape.dimensions == golden.output.shape, "\(golden.name)")
        let gradients = try output.contracted(golden.cotangent.floats).gradient(inputs)
        var sum = graph.fill(0)
        for (gradient, direction) in zip(gradients, golden.directions) {
            sum = try sum + gradient.contracted(direction.floats)
        }
        let second = try sum.gradient(inputs)
        for (tensor, expected) in zip(gradients + second, golden.gradients + golden.second) {
            #expect(tensor.shape.dimensions == expected.shape, "\(golden.name)")
        }
        let values = try engine.evaluate([output] + gradients + second, given)
        let expected = [golden.output] + golden.gradients + golden.second
        try #require(values.count == expected.count)
        var errors = [0.0, 0.0, 0.0]
        for (place, (found, golden)) in zip(values, expected).enumerated() {
            let kind = place == 0 ? 0 : place <= inputs.count ? 1 : 2
            let error = Closeness.error(found, golden.values)
            if !(error <= errors[kind]) { errors[kind] = error }
        }
        return errors
    }
}
