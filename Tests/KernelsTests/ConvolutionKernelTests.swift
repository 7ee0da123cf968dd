import Foundation
import Kernels
import Randomness
import TestSupport
import Testing

/// Every convolution, ours or oneDNN's, against its definition; and none on oneDNN's reference code
/// where networks of this field would meet it.
struct ConvolutionKernelTests {
    /// The kernel's result, from buffers of unfriendly contents.
    private static func run(
        _ kernel: ConvolutionKernel, _ context: KernelContext, _ first: [Float],
        _ second: [Float], count: Int
    ) throws -> [Float] {
        let scratch = UnsafeMutableRawPointer.allocate(
            byteCount: max(kernel.scratchBytes, 64), alignment: 64)
        defer { scratch.deallocate() }
        memset(scratch, 0xFF, max(kernel.scratchBytes, 64))
        var output = [Float](repeating: .nan, count: count)
        try output.withUnsafeMutableBufferPointer { output in
            try first.withUnsafeBufferPointer { first in
                try second.withUnsafeBufferPointer { second in
                    let (a, b) = (try #require(first.baseAddress), try #require(second.baseAddress))
                    try kernel.run(
                        context, first: a, second: b, bias: nil,
                        output: try #require(output.baseAddress), scratch: scratch)
                }
            }
        }
        return output
    }

    /// The largest error in units of a float's rounding of the terms' sum of magnitudes.
    private static func error(
        _ found: [Float], _ expected: [(value: Double, magnitude: Double)]
    ) -> Double {
        var worst = 0.0
        for (value, reference) in zip(found, expected) {
            let error = abs(Double(value) - reference.value) / max(reference.magnitude, 1e-3)
            guard error <= worst else {
                guard error.isFinite else { return .infinity }
                worst = error
                continue
            }
        }
        return worst
    }

    private static func geometry(_ rng: inout RandomStream) -> WindowGeometry? {
        var groups = 1
        var (inputs, outputs) = (rng.integer(in: 1...70), rng.integer(in: 1...70))
        switch rng.integer(below: 4) {
        case 0:
            // Multiples of 16 go other ways than the rest.
            if rng.integer(below: 2) == 0 { inputs = 16 * rng.integer(in: 1...4) }
            (groups, outputs) = (inputs, inputs)
        case 1:
            groups = rng.integer(in: 2...6)
            inputs = groups * rng.integer(in: 1...11)
            outputs = groups * rng.integer(in: 1...11)
        case 2:
            (inputs, outputs) = (
                rng.choice([1, 3, 4, 8, 16, 32, 48]), rng.choice([8, 16, 32, 64])
            )
        default: break
        }
        let (kh, kw) = (rng.integer(in: 1...5), rng.integer(in: 1...5))
        let (stride, dilation) = (rng.integer(in: 1...3), rng.integer(in: 1...3))
        let g = WindowGeometry(
            batch: rng.integer(in: 1...3), height: rng.integer(in: 1...11),
            width: rng.integer(in: 1...11), channels: inputs, outputs: outputs, windowHeight: kh,
            windowWidth: kw, stride: stride, dilation: dilation,
            paddingHeight: rng.integer(in: 0...dilation * (kh - 1) + 1),
            paddingWidth: rng.integer(in: 0...dilation * (kw - 1) + 1), groups: groups)
        let fits =
            g.height + 2 * g.paddingHeight >= g.dilation * (g.windowHeight - 1) + 1
            && g.width + 2 * g.paddingWidth >= g.dilation * (g.windowWidth - 1) + 1
        return fits ? g : nil
    }

    @Test func `random convolutions are their definition in all three passes`() throws {
        let cache = try KernelCache()
        let context = try KernelContext(cache)
        var rng = RandomStream(seed: 31)
        var (tested, worst) = (0, 0.0)
        var implementations: Set<String> = []
        while tested < 250 {
            guard let g = ConvolutionKernelTests.geometry(&rng) else { continue }
            let reference = ConvolutionReference(g, &rng)
            let passes:
                [(ConvolutionPass, [Float], [Float], [(value: Double, magnitude: Double)])] =
                    [
                        (.forward, reference.x, reference.weights, reference.forward),
                        (.backwardData, reference.dy, reference.weights, reference.backwardData),
                        (.backwardWeights, reference.x, reference.dy, reference.backwardWeights),
                    ]
            for (pass, first, second, expected) in passes {
                let kernel = try cache.convolution(pass, g)
                let found = try ConvolutionKernelTests.run(
                    kernel, context, first, second, count: expected.count)
                let error = ConvolutionKernelTests.error(found, expected)
                #expect(error <= 3e-6, "\(pass) \(g): \(kernel.implementation)")
                worst = max(worst, error)
                implementations.insert("\(pass) \(kernel.implementation)")
            }
            tested += 1
        }
        print("convolutions: \(tested) geometries, worst error \(worst) of the terms' magnitudes")
        print("served by: \(implementations.sorted())")
    }

    @Test func `depthwise code is chosen by the version of oneDNN, and never its reference code`()
        throws
    {
        let cache = try KernelCache()
        let isThree = KernelInformation.oneDNNVersion.hasPrefix("3.")
        let isWide = KernelInformation.ownKernels.hasSuffix("x86-64-v4")
        for (window, dilation, channels) in [(3, 1, 16), (3, 2, 32), (5, 1, 48), (3, 1, 24)] {
            let g = WindowGeometry(
                batch: 2, height: 14, width: 14, channels: channels, outputs: channels,
                windowHeight: window, windowWidth: window, stride: 1, dilation: dilation,
                paddingHeight: dilation * (window / 2), paddingWidth: dilation * (window / 2),
                groups: channels)
            let whole = isThree && isWide && channels % 16 == 0
            let small = whole && window == 3 && dilation == 1
            for (pass, isLibrary) in [
                (ConvolutionPass.forward, whole), (.backwardData, false), (.backwardWeights, small),
            ] {
                let kernel = try cache.convolution(pass, g)
                #expect((kernel.implementation != "apogee") == isLibrary, "\(pass) \(g)")
                #expect(!kernel.implementation.hasPrefix("ref"))
            }
        }
    }

    @Test func `3×3 convolutions of Conv-4 are their definition where filtering is minimal`() throws
    {
        let cache = try KernelCache()
        let context = try KernelContext(cache)
        var rng = RandomStream(seed: 32)
        let isWide = KernelInformation.ownKernels.hasSuffix("x86-64-v4")
        for (size, channels, outputs) in [(14, 64, 64), (7, 64, 48), (8, 32, 64), (3, 64, 64)] {
            let g = WindowGeometry(
                batch: 2, height: size, width: size, channels: channels, outputs: outputs,
                windowHeight: 3, windowWidth: 3, stride: 1, dilation: 1, paddingHeight: 1,
                paddingWidth: 1, groups: 1)
            let reference = ConvolutionReference(g, &rng)
            for (pass, first, second, expected) in [
                (ConvolutionPass.forward, reference.x, reference.weights, reference.forward),
                (.backwardData, reference.dy, reference.weights, reference.backwardData),
                (.backwardWeights, reference.x, reference.dy, reference.backwardWeights),
            ] {
                let kernel = try cache.convolution(pass, g)
                #expect((kernel.implementation == "apogee") == (isWide && size != 3))
                let found = try ConvolutionKernelTests.run(
                    kernel, context, first, second, count: expected.count)
                #expect(ConvolutionKernelTests.error(found, expected) <= 3e-6, "\(pass) \(g)")
            }
        }
    }

    @Test func `no convolution of a cell network or Conv-4 runs reference code`() throws {
        let cache = try KernelCache()
        var made = 0
        func make(
            _ channels: Int, _ outputs: Int, _ kh: Int, _ kw: Int, _ size: Int, stride: Int = 1,
            dilation: Int = 1, groups: Int = 1, passes: [ConvolutionPass]
        ) throws {
            for batch in [5, 25, 75] {
                let g = WindowGeometry(
                    batch: batch, height: size, width: size, channels: channels, outputs: outputs,
                    windowHeight: kh, windowWidth: kw, stride: stride, dilation: dilation,
                    paddingHeight: dilation * (kh - 1) / 2, paddingWidth: dilation * (kw - 1) / 2,
                    groups: groups)
                for pass in passes {
                    let kernel = try cache.convolution(pass, g)
                    #expect(!kernel.implementation.contains("ref"), "\(pass) \(g)")
                    made += 1
                }
            }
        }
        let all: [ConvolutionPass] = [.forward, .backwardData, .backwardWeights]
        let first: [ConvolutionPass] = [.forward, .backwardWeights]
        for filters in [32, 48, 64] {
            for images in [1, 3] {
                try make(images, filters, 3, 3, images == 1 ? 28 : 84, passes: first)
            }
            for size in images(filters) { try make(filters, filters, 3, 3, size, passes: all) }
        }
        for channels in [8, 16, 24, 32, 36, 48, 64] {
            for size in [28, 14, 7] {
                for stride in [1, 2] {
                    for (window, dilation) in [(3, 1), (5, 1), (3, 2), (5, 2)] {
                        try make(
                            channels, channels, window, window, size, stride: stride,
                            dilation: dilation, groups: channels, passes: all)
                    }
                    try make(channels, channels, 1, 1, size, stride: stride, passes: all)
                    try make(channels, channels, 1, 5, size, stride: stride, passes: all)
                    try make(channels, channels, 5, 1, size, stride: stride, passes: all)
                    // Factorised reduction: half the channels from each of two offsets.
                    try make(channels, channels / 2, 1, 1, size, stride: 2, passes: all)
                }
                for several in [2, 3, 4] {  // preprocessing of a cell's inputs
                    try make(several * channels, channels, 1, 1, size, passes: all)
                }
                try make(channels, channels, 3, 3, size, passes: all)
            }
            try make(1, 3 * channels, 3, 3, 28, passes: first)
            try make(3, 3 * channels, 3, 3, 84, passes: first)
        }
        print("convolutions of networks: \(made) kernels, none on reference code")
    }

    private func images(_ filters: Int) -> [Int] {
        filters == 64 ? [28, 14, 7, 3] : [42, 21, 14, 10]
    }
}
