import Kernels
import Randomness
import Tensors
import TestSupport

/// Functions whose derivatives are compared with differences, away from kinks and ties.
enum GradientCases {
    private static func spaced(_ shape: [Int], _ salt: Int) -> Variable {
        var rng = RandomStream(seed: 3).split(salt)
        return .spaced(shape, &rng)
    }

    private static func normal(_ shape: [Int], _ salt: Int, scale: Double = 1) -> Variable {
        var rng = RandomStream(seed: 5).split(salt)
        return .normal(shape, &rng, scale: scale)
    }

    private static func positive(_ shape: [Int], _ salt: Int) -> Variable {
        var rng = RandomStream(seed: 7).split(salt)
        return .uniform(shape, in: 0.6...2, &rng)
    }

    static let elementwise: [GradientCase] = {
        let x = [spaced([3, 4], 1)]
        let over0 = [positive([3, 4], 2)]
        let cases: [GradientCase] = [
            .init("negated", x) { $0[0].negated() }, .init("exp", x) { $0[0].exp() },
            .init("log", over0) { $0[0].log() }, .init("sqrt", over0) { $0[0].sqrt() },
            .init("reciprocal", over0) { $0[0].reciprocal() },
            .init("rsqrt", over0) { $0[0].rsqrt() }, .init("squared", x) { $0[0].squared() },
            .init("absolute", x) { $0[0].absolute() }, .init("tanh", x) { $0[0].tanh() },
            .init("sigmoid", x) { $0[0].sigmoid() }, .init("relu", x) { $0[0].relu() },
            .init("sin", x) { $0[0].sin() }, .init("cos", x) { $0[0].cos() },
            .init("sign", x) { try $0[0].sign() * $0[0] },
            .init("step", x) { try $0[0].step() * $0[0].squared() },
            .init("adding", x) { $0[0].adding(2).squared() },
            .init("scaled", x) { $0[0].scaled(by: -1.5).scaled(by: 2).squared() },
            .init("power 3", over0) { $0[0].power(3) }, .init("power 2", x) { $0[0].power(2) },
            .init("power 1", x) { $0[0].power(1).exp() },
            .init("power 0", x) { try $0[0].power(0) * $0[0].exp() },
            .init("power −1.5", over0) { $0[0].power(-1.5) },
            .init("power 0.5", over0) { $0[0].power(0.5) },
        ]
        let shapes: [([Int], [Int])] = [
            ([3, 4], [3, 4]), ([3, 4], [4]), ([3, 4], [3, 1]), ([3, 4], []), ([2, 3, 1], [3, 4]),
            ([3, 1], [1, 4]), ([2, 1, 3], [1, 2, 1]), ([1], [2, 2]),
        ]
        let binary: [(String, @Sendable (Tensor, Tensor) throws -> Tensor)] = [
            ("add", { try ($0 + $1).squared() }), ("subtract", { try ($0 - $1).squared() }),
            ("multiply", { try ($0 * $1).sin() }), ("divide", { try $0 / $1 }),
            ("maximum", { try $0.maximum($1).squared() }),
            ("minimum", { try $0.minimum($1).squared() }),
        ]
        return cases
            + shapes.flatMap { a, b in
                binary.map { name, function in
                    GradientCase("\(name) \(a) \(b)", [spaced(a, 8), positive(b, 9)]) {
                        try function($0[0], $0[1].adding(0.05))
                    }
                }
                    + [
                        GradientCase("select \(a) \(b)", [spaced(a, 8), normal(b, 9)]) {
                            try $0[0].step().select($0[1].squared(), $0[0].exp())
                        }
                    ]
            }
    }()

    static let folding: [GradientCase] = {
        let x = [spaced([2, 3, 4], 20)]
        let axes: [[Int]] = [[0], [1], [2], [0, 2], [0, 1], [-1, 0], [0, 1, 2], []]
        let folds = axes.flatMap { axes in
            [
                GradientCase("sum \(axes)", x) { try $0[0].sum(axes: axes).sin() },
                GradientCase("mean \(axes)", x) {
                    try $0[0].mean(axes: axes, keepDimensions: true).sin()
                },
                GradientCase("max \(axes)", x) { try $0[0].max(axes: axes).sin() },
            ]
        }
        let pairs = [(false, false), (false, true), (true, false), (true, true)]
        let products = pairs.flatMap { a, b in
            [
                GradientCase(
                    "matmul \(a) \(b)",
                    [normal(a ? [4, 3] : [3, 4], 21), normal(b ? [5, 4] : [4, 5], 22)]
                ) { try $0[0].matmul($0[1], transposeA: a, transposeB: b).sin() },
                GradientCase(
                    "batched matmul \(a) \(b)",
                    [
                        normal(a ? [2, 4, 3] : [2, 3, 4], 23),
                        normal(b ? [2, 5, 4] : [2, 4, 5], 24),
                    ]
                ) { try $0[0].matmul($0[1], transposeA: a, transposeB: b).sin() },
            ]
        }
        let logits = normal([4, 3], 25)
        return folds + products + [
            GradientCase("softmax", [logits]) { try $0[0].softmax() },
            GradientCase("softmax 0", [logits]) { try $0[0].softmax(axis: 0) },
            GradientCase("logSoftmax", [logits]) { try $0[0].logSoftmax() },
            GradientCase("crossEntropy", [logits]) {
                try $0[0].crossEntropy(labels: $0[0].graph.constant([2, 0, 1, 1], Shape([4])))
            },
            GradientCase("meanSquaredError", [logits, normal([4, 3], 26)]) {
                try $0[0].meanSquaredError($0[1]).sin()
            },
            GradientCase("cosineSimilarity", [logits, normal([4, 3], 27)]) {
                try $0[0].cosineSimilarity($0[1])
            },
        ]
    }()

    static let moving: [GradientCase] = {
        let x = [spaced([3, 4, 2], 30)]
        let rows = [normal([5, 3], 31)]
        let image = [normal([2, 3, 4, 2], 32)]
        return [
            .init("reshape", x) { try $0[0].reshaped([4, -1]) },
            .init("flatten", x) { try $0[0].flattened() },
            .init("transpose", x) { try $0[0].transposed([2, 0, 1]) },
            .init("slice", x) { try $0[0].sliced(starts: [1, 0, 1], sizes: [2, 3, 1]) },
            .init("strided slice", x) {
                try $0[0].sliced(starts: [0, 1, 0], sizes: [2, 2, 2], strides: [2, 2, 1])
            },
            .init("pad", x) { try $0[0].padded(before: [1, 0, 2], after: [0, 3, 1]).adding(1) },
            .init("concatenate", x + [normal([3, 1, 2], 33)]) {
                try Tensor.concatenate([$0[0], $0[1], $0[0]], axis: 1)
            },
            .init("concatenate many", x) { x in
                try Tensor.concatenate((1...11).map { x[0].scaled(by: Float($0)) }, axis: 0)
            },
            .init("broadcast", [normal([3, 1], 34)]) {
                try $0[0].broadcast(to: Shape([2, 3, 4]))
            },
            .init("gatherRows", rows) {
                try $0[0].gatherRows($0[0].graph.constant([4, 0, 4], Shape([3])))
            },
            .init("scatterAddRows", rows) {
                try $0[0].scatterAddRows(
                    $0[0].graph.constant([1, 0, 1, 3, 1], Shape([5])), rows: 4)
            },
            .init("takeAlongAxis", rows) {
                try $0[0].takeAlongAxis(
                    1, $0[0].graph.constant([0, 1, 2, 2, 1, 1, 0, 0, 2, 2], Shape([5, 2])))
            },
            .init("sorted", x) { try $0[0].sorted(axis: 1) },
            .init("sorted down", x) { try $0[0].sorted(axis: 0, descending: true) },
            .init("topK", x) { try $0[0].topK(2, axis: 1) },
            .init("resize up", image) { try $0[0].resized(height: 5, width: 7) },
            .init("resize down", image) { try $0[0].resized(height: 2, width: 3) },
            .init("resize nearest", image) { try $0[0].resized(height: 5, width: 3, .nearest) },
            .init("random", x) { try $0[0] * $0[0].graph.randomNormal($0[0].shape) },
            .init("fill", x) {
                try $0[0] * $0[0].graph.fill(1.5, $0[0].shape) - $0[0].graph.fill(2)
            },
        ]
    }()

    static let windows: [GradientCase] = {
        let image = spaced([2, 6, 5, 3], 40)
        let convolutions: [(String, [Int], Int, Int, Int, Int)] = [
            // weights, stride, padding, dilation, groups
            ("plain", [3, 3, 3, 4], 1, 1, 1, 1), ("strided", [3, 3, 3, 2], 2, 0, 1, 1),
            ("dilated", [2, 2, 3, 2], 1, 2, 2, 1), ("depthwise", [3, 3, 1, 3], 1, 1, 1, 3),
            ("depthwise strided", [3, 3, 1, 3], 2, 2, 2, 3),
            ("multiplier", [2, 3, 1, 6], 1, 0, 1, 3), ("pointwise", [1, 1, 3, 5], 2, 0, 1, 1),
        ]
        let pools: [(Int, Int, Int)] = [(2, 2, 0), (3, 1, 1), (3, 2, 1), (2, 1, 1), (3, 3, 0)]
        return convolutions.map { name, weights, stride, padding, dilation, groups in
            GradientCase(
                "\(name) convolution", [normal([2, 6, 5, 3], 41), normal(weights, 42, scale: 0.3)]
            ) {
                try $0[0].convolution(
                    $0[1], stride: stride, padding: (padding, padding), dilation: dilation,
                    groups: groups)
            }
        }
            + pools.flatMap { window, stride, padding in
                [
                    GradientCase("max \(window) \(stride) \(padding)", [image]) {
                        try $0[0].maxPool(window: window, stride: stride, padding: padding)
                    },
                    GradientCase("average \(window) \(stride) \(padding)", [image]) {
                        try $0[0].averagePool(window: window, stride: stride, padding: padding)
                    },
                ]
            } + [GradientCase("global average", [image]) { try $0[0].globalAveragePool() }]
    }()

    static let norms: [GradientCase] = {
        let arguments = [
            spaced([2, 4, 4, 3], 50), positive([3], 51), Variable([3], [0.31, -0.17, 0.05]),
        ]
        @Sendable func norm(_ x: [Tensor]) throws -> Tensor {
            try x[0].batchNorm(gamma: x[1], beta: x[2])
        }
        return [
            .init("batch norm", arguments) { try norm($0) },
            .init("batch norm of rows", [normal([6, 3], 52)] + arguments.dropFirst()) {
                try norm($0)
            },
            .init("batch norm, relu", arguments) { try norm($0).relu() },
            .init("batch norm, relu, max-pool", arguments) {
                try norm($0).relu().maxPool(window: 2)
            },
            .init("statistics", arguments) { try $0[0].batchStatistics().sin() },
            .init("batch norm used twice", arguments) {
                let y = try norm($0)
                return try y.relu() * y
            },
        ]
    }()
}
