import Kernels
import Randomness

/// A convolution by its definition, in `Double`.
struct ConvolutionReference {
    let geometry: WindowGeometry
    let x: [Float]
    let weights: [Float]
    let dy: [Float]
    /// The results of the three passes, each with the sums of the magnitudes of its terms.
    private(set) var forward: [(value: Double, magnitude: Double)]
    private(set) var backwardData: [(value: Double, magnitude: Double)]
    private(set) var backwardWeights: [(value: Double, magnitude: Double)]

    init(_ g: WindowGeometry, _ rng: inout RandomStream) {
        geometry = g
        let (n, h, w, c) = (Int(g.batch), Int(g.height), Int(g.width), Int(g.channels))
        let (oh, ow, k) = (Int(g.outputHeight), Int(g.outputWidth), Int(g.outputs))
        let (kh, kw, groups) = (Int(g.windowHeight), Int(g.windowWidth), Int(g.groups))
        let (inner, outer) = (c / groups, k / groups)
        func normal(_ count: Int) -> [Float] { (0..<count).map { _ in Float(rng.normal()) } }
        x = normal(n * h * w * c)
        weights = normal(kh * kw * inner * k)
        dy = normal(n * oh * ow * k)
        forward = Array(repeating: (0, 0), count: dy.count)
        backwardData = Array(repeating: (0, 0), count: x.count)
        backwardWeights = Array(repeating: (0, 0), count: weights.count)
        func add(_ term: Double, _ sum: inout (value: Double, magnitude: Double)) {
            sum.value += term
            sum.magnitude += abs(term)
        }
        for image in 0..<n {
            for oy in 0..<oh {
                for ox in 0..<ow {
                    for ky in 0..<kh {
                        let y = oy * Int(g.stride) + ky * Int(g.dilation) - Int(g.paddingHeight)
                        guard (0..<h).contains(y) else { continue }
                        for kx in 0..<kw {
                            let column =
                                ox * Int(g.stride) + kx * Int(g.dilation) - Int(g.paddingWidth)
                            guard (0..<w).contains(column) else { continue }
                            let from = ((image * h + y) * w + column) * c
                            let to = ((image * oh + oy) * ow + ox) * k
                            for output in 0..<k {
                                let first = output / outer * inner
                                for input in 0..<inner {
                                    let weight = ((ky * kw + kx) * inner + input) * k + output
                                    let (a, b, d) = (
                                        Double(x[from + first + input]), Double(weights[weight]),
                                        Double(dy[to + output])
                                    )
                                    add(a * b, &forward[to + output])
                                    add(d * b, &backwardData[from + first + input])
                                    add(a * d, &backwardWeights[weight])
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
