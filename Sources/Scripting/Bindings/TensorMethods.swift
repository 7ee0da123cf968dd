import Components
import LuaHost
import Tensors

/// What `tensor:method(…)` and the operators do.
struct TensorMethods {
    typealias Definition = UserdataDefinition<TensorHandle>
    typealias Box = TensorBindings.BindingsBox

    func add(to definition: inout Definition, _ box: Box) {
        addElementwise(to: &definition, box)
        addOperators(to: &definition, box)
        addReductions(to: &definition, box)
        addMovement(to: &definition, box)
        addImages(to: &definition, box)
        addIndexing(to: &definition, box)
        addLosses(to: &definition, box)
        TensorNumbers().add(to: &definition, box)
    }

    // MARK: Elementwise

    private func addElementwise(to definition: inout Definition, _ box: Box) {
        let unary: [(String, @Sendable (Tensor) -> Tensor)] = [
            ("exp", { $0.exp() }), ("log", { $0.log() }), ("sqrt", { $0.sqrt() }),
            ("rsqrt", { $0.rsqrt() }), ("reciprocal", { $0.reciprocal() }),
            ("square", { $0.squared() }), ("abs", { $0.absolute() }), ("sign", { $0.sign() }),
            ("tanh", { $0.tanh() }), ("sigmoid", { $0.sigmoid() }), ("sin", { $0.sin() }),
            ("cos", { $0.cos() }), ("step", { $0.step() }), ("relu", { $0.relu() }),
            ("detach", { $0.detached() }),
        ]
        for (name, function) in unary {
            definition.method(name) { handle, arguments in
                try box.get().run(arguments, [handle]) { tensors, _ in function(tensors[0]) }
            }
        }
        let binary: [(String, @Sendable (Tensor, Tensor) throws -> Tensor)] = [
            ("maximum", { try $0.maximum($1) }), ("minimum", { try $0.minimum($1) }),
            ("greater", { try $0.greater(than: $1) }), ("equal", { try $0.equal(to: $1) }),
        ]
        for (name, function) in binary {
            definition.method(name) { handle, arguments in
                let bindings = try box.get()
                let read = TensorArguments(arguments: arguments, bindings: bindings)
                return try bindings.run(arguments, [handle, read.operand(1, "other")]) { t, _ in
                    try function(t[0], t[1])
                }
            }
        }
        definition.method("select") { handle, arguments in
            let bindings = try box.get()
            let read = TensorArguments(arguments: arguments, bindings: bindings)
            let handles = [handle, try read.operand(1, "a"), try read.operand(2, "b")]
            return try bindings.run(arguments, handles) { t, _ in try t[0].select(t[1], t[2]) }
        }
        definition.method("power") { handle, arguments in
            let exponent = try arguments.number(1, "exponent")
            return try box.get().run(arguments, [handle]) { t, _ in t[0].power(Float(exponent)) }
        }
    }

    private func addOperators(to definition: inout Definition, _ box: Box) {
        func binary(
            _ event: LuaOperation, _ name: String,
            _ function: @escaping @Sendable (Tensor, Tensor) throws -> Tensor
        ) {
            definition.operation(event) { arguments in
                let bindings = try box.get()
                let read = TensorArguments(arguments: arguments, bindings: bindings)
                let handles = try [1, 2].map { index throws(LuaError) in
                    do throws(LuaError) {
                        return try read.operand(index, index == 1 ? "left" : "right")
                    } catch {
                        let place = arguments.place(index)
                        let found =
                            arguments.context.typeName(at: place)
                            ?? arguments.kind(index).description
                        throw LuaError(
                            kind: .conversion,
                            message: "\(name): expected a tensor or a number, found \(found)")
                    }
                }
                try bindings.push(
                    try bindings.record(name, handles) { t, _ in try function(t[0], t[1]) })
                return 1
            }
        }
        binary(.add, "tensor + tensor") { try $0 + $1 }
        binary(.subtract, "tensor - tensor") { try $0 - $1 }
        binary(.multiply, "tensor * tensor") { try $0 * $1 }
        binary(.divide, "tensor / tensor") { try $0 / $1 }
        definition.operation(.negate) { arguments in
            let bindings = try box.get()
            let read = TensorArguments(arguments: arguments, bindings: bindings)
            return try bindings.run(arguments, [read.tensor(1, "tensor")]) { t, _ in
                t[0].negated()
            }
        }
        definition.operation(.power) { arguments in
            let bindings = try box.get()
            let read = TensorArguments(arguments: arguments, bindings: bindings)
            let handle = try read.tensor(1, "base")
            let exponent = try arguments.number(2, "exponent")
            return try bindings.run(arguments, [handle]) { t, _ in t[0].power(Float(exponent)) }
        }
        definition.operation(.length) { arguments in
            let bindings = try box.get()
            let handle = try arguments.object(1, "tensor", bindings.type)
            guard handle.shape.rank > 0 else {
                throw LuaError(kind: .conversion, message: "#: a single number has no length")
            }
            try arguments.context.push(handle.shape[0])
            return 1
        }
    }

    // MARK: Reductions

    private func addReductions(to definition: inout Definition, _ box: Box) {
        let folds: [(String, @Sendable (Tensor, [Int]?, Bool) throws -> Tensor)] = [
            ("sum", { try $0.sum(axes: $1, keepDimensions: $2) }),
            ("mean", { try $0.mean(axes: $1, keepDimensions: $2) }),
            ("max", { try $0.max(axes: $1, keepDimensions: $2) }),
        ]
        for (name, function) in folds {
            definition.method(name) { handle, arguments in
                let bindings = try box.get()
                let read = TensorArguments(arguments: arguments, bindings: bindings)
                let axes = try read.axes(1, "axes", of: handle)
                let keep = try read.options(2, ["keep"]).boolean("keep") ?? false
                return try bindings.run(arguments, [handle]) { t, _ in
                    try function(t[0], axes, keep)
                }
            }
        }
        definition.method("argmax") { handle, arguments in
            let bindings = try box.get()
            let axis = try TensorArguments(arguments: arguments, bindings: bindings).axis(
                1, "axis", of: handle, default: -1)
            return try bindings.run(arguments, [handle]) { t, _ in
                try t[0].argmax(axis: axis).adding(1)
            }
        }
        for (name, isLog) in [("softmax", false), ("log_softmax", true)] {
            definition.method(name) { handle, arguments in
                let bindings = try box.get()
                let axis = try TensorArguments(arguments: arguments, bindings: bindings).axis(
                    1, "axis", of: handle, default: -1)
                return try bindings.run(arguments, [handle]) { t, _ in
                    isLog ? try t[0].logSoftmax(axis: axis) : try t[0].softmax(axis: axis)
                }
            }
        }
    }

    // MARK: Movement

    private func addMovement(to definition: inout Definition, _ box: Box) {
        definition.method("reshape") { handle, arguments in
            let bindings = try box.get()
            let sizes = try TensorArguments(arguments: arguments, bindings: bindings).sizes(
                1, "sizes")
            return try bindings.run(arguments, [handle]) { t, _ in try t[0].reshaped(sizes) }
        }
        definition.method("flatten") { handle, arguments in
            try box.get().run(arguments, [handle]) { t, _ in try t[0].flattened() }
        }
        definition.method("broadcast") { handle, arguments in
            let bindings = try box.get()
            let sizes = try TensorArguments(arguments: arguments, bindings: bindings).sizes(
                1, "sizes")
            return try bindings.run(arguments, [handle]) { t, _ in
                try t[0].broadcast(to: try Shape(sizes))
            }
        }
        definition.method("transpose") { handle, arguments in
            let bindings = try box.get()
            let read = TensorArguments(arguments: arguments, bindings: bindings)
            let order =
                try read.axes(1, "axes", of: handle)
                ?? Array((0..<handle.shape.rank).reversed())
            guard order.sorted() == Array(0..<handle.shape.rank) else {
                throw read.problem(
                    "axes: expected every axis of \(handle.shape) once, found "
                        + "\(order.map { $0 + 1 })")
            }
            return try bindings.run(arguments, [handle]) { t, _ in try t[0].transposed(order) }
        }
        definition.method("slice") { handle, arguments in
            let bindings = try box.get()
            let read = TensorArguments(arguments: arguments, bindings: bindings)
            let axis = try read.axis(1, "axis", of: handle)
            let first = try arguments.integer(2, "first")
            let last = try arguments.integer(3, "last")
            let step = arguments.isAbsent(4) ? 1 : try arguments.integer(4, "step")
            let size = handle.shape[axis]
            guard first >= 1, first <= last, last <= size, step >= 1, step <= size else {
                throw read.problem(
                    "expected 1 ≤ first ≤ last ≤ \(size) and a step of at least 1, found first "
                        + "\(first), last \(last), step \(step)")
            }
            var starts = [Int](repeating: 0, count: handle.shape.rank)
            var sizes = handle.shape.dimensions
            var strides = [Int](repeating: 1, count: handle.shape.rank)
            (starts[axis], strides[axis]) = (first - 1, step)
            sizes[axis] = (last - first) / step + 1
            return try bindings.run(arguments, [handle]) { t, _ in
                try t[0].sliced(starts: starts, sizes: sizes, strides: strides)
            }
        }
        definition.method("pad") { handle, arguments in
            let bindings = try box.get()
            let read = TensorArguments(arguments: arguments, bindings: bindings)
            let before = try read.sizes(1, "before")
            let after = try read.sizes(2, "after")
            return try bindings.run(arguments, [handle]) { t, _ in
                try t[0].padded(before: before, after: after)
            }
        }
        definition.method("matmul") { handle, arguments in
            let bindings = try box.get()
            let read = TensorArguments(arguments: arguments, bindings: bindings)
            let other = try read.tensor(1, "other")
            let options = try read.options(2, ["transpose_a", "transpose_b"])
            let a = try options.boolean("transpose_a") ?? false
            let b = try options.boolean("transpose_b") ?? false
            return try bindings.run(arguments, [handle, other]) { t, _ in
                try t[0].matmul(t[1], transposeA: a, transposeB: b)
            }
        }
    }

    // MARK: Images

    private func addImages(to definition: inout Definition, _ box: Box) {
        definition.method("convolution") { handle, arguments in
            let bindings = try box.get()
            let read = TensorArguments(arguments: arguments, bindings: bindings)
            let weights = try read.tensor(1, "weights")
            let geometry = try WindowOptions(try read.options(2, WindowOptions.convolution))
            return try bindings.run(arguments, [handle, weights]) { t, _ in
                try geometry.convolution(t[0], t[1])
            }
        }
        let pools: [(String, @Sendable (Tensor, Int, Int?, Int) throws -> Tensor)] = [
            ("max_pool", { try $0.maxPool(window: $1, stride: $2, padding: $3) }),
            ("average_pool", { try $0.averagePool(window: $1, stride: $2, padding: $3) }),
        ]
        for (name, function) in pools {
            definition.method(name) { handle, arguments in
                let bindings = try box.get()
                let read = TensorArguments(arguments: arguments, bindings: bindings)
                let window = try arguments.integer(1, "window")
                let options = try read.options(2, ["stride", "padding"])
                let stride = try options.integer("stride")
                let padding = try options.integer("padding") ?? 0
                return try bindings.run(arguments, [handle]) { t, _ in
                    try function(t[0], window, stride, padding)
                }
            }
        }
        definition.method("global_average_pool") { handle, arguments in
            try box.get().run(arguments, [handle]) { t, _ in try t[0].globalAveragePool() }
        }
        definition.method("batch_norm") { handle, arguments in
            let bindings = try box.get()
            let read = TensorArguments(arguments: arguments, bindings: bindings)
            let handles = [handle, try read.tensor(1, "gamma"), try read.tensor(2, "beta")]
            let epsilon = try read.options(3, ["epsilon"]).number("epsilon") ?? 1e-5
            return try bindings.run(arguments, handles) { t, _ in
                try t[0].batchNorm(gamma: t[1], beta: t[2], epsilon: Float(epsilon))
            }
        }
        definition.method("resize") { handle, arguments in
            let bindings = try box.get()
            let read = TensorArguments(arguments: arguments, bindings: bindings)
            let height = try arguments.integer(1, "height")
            let width = try arguments.integer(2, "width")
            let kind = try read.options(3, ["interpolation"]).string("interpolation")
            guard kind == nil || kind == "bilinear" || kind == "nearest" else {
                throw read.problem(
                    "interpolation: expected \"bilinear\" or \"nearest\", found \"\(kind ?? "")\"")
            }
            return try bindings.run(arguments, [handle]) { t, _ in
                try t[0].resized(
                    height: height, width: width, kind == "nearest" ? .nearest : .bilinear)
            }
        }
    }

    // MARK: Indexing

    private func addIndexing(to definition: inout Definition, _ box: Box) {
        definition.method("gather_rows") { handle, arguments in
            let bindings = try box.get()
            let read = TensorArguments(arguments: arguments, bindings: bindings)
            return try bindings.run(arguments, [handle, read.tensor(1, "rows")]) { t, _ in
                try t[0].gatherRows(t[1].adding(-1))
            }
        }
        definition.method("scatter_add_rows") { handle, arguments in
            let bindings = try box.get()
            let read = TensorArguments(arguments: arguments, bindings: bindings)
            let count = try arguments.integer(2, "count")
            return try bindings.run(arguments, [handle, read.tensor(1, "rows")]) { t, _ in
                try t[0].scatterAddRows(t[1].adding(-1), rows: count)
            }
        }
        definition.method("take_along") { handle, arguments in
            let bindings = try box.get()
            let read = TensorArguments(arguments: arguments, bindings: bindings)
            let axis = try read.axis(1, "axis", of: handle)
            return try bindings.run(arguments, [handle, read.tensor(2, "positions")]) { t, _ in
                try t[0].takeAlongAxis(axis, t[1].adding(-1))
            }
        }
        for (name, isPositions) in [("sort", false), ("argsort", true)] {
            definition.method(name) { handle, arguments in
                let bindings = try box.get()
                let read = TensorArguments(arguments: arguments, bindings: bindings)
                let axis = try read.axis(1, "axis", of: handle, default: -1)
                let options = try read.options(2, ["descending"])
                let descending = try options.boolean("descending") ?? false
                return try bindings.run(arguments, [handle]) { t, _ in
                    isPositions
                        ? try t[0].sortedIndices(axis: axis, descending: descending).adding(1)
                        : try t[0].sorted(axis: axis, descending: descending)
                }
            }
        }
        definition.method("top_k") { handle, arguments in
            let bindings = try box.get()
            let count = try arguments.integer(1, "count")
            let axis = try TensorArguments(arguments: arguments, bindings: bindings).axis(
                2, "axis", of: handle, default: -1)
            return try bindings.run(arguments, [handle]) { t, _ in
                try t[0].topK(count, axis: axis)
            }
        }
        definition.method("one_hot") { handle, arguments in
            let classes = try arguments.integer(1, "classes")
            return try box.get().run(arguments, [handle]) { t, _ in
                try t[0].adding(-1).oneHot(classes: classes)
            }
        }
    }

    // MARK: Losses

    private func addLosses(to definition: inout Definition, _ box: Box) {
        let losses: [(String, String, @Sendable (Tensor, Tensor) throws -> Tensor)] = [
            ("cross_entropy", "labels", { try $0.crossEntropy(labels: $1.adding(-1)) }),
            ("accuracy", "labels", { try $0.accuracy(labels: $1.adding(-1)) }),
            ("mean_squared_error", "targets", { try $0.meanSquaredError($1) }),
        ]
        for (name, argument, function) in losses {
            definition.method(name) { handle, arguments in
                let bindings = try box.get()
                let read = TensorArguments(arguments: arguments, bindings: bindings)
                return try bindings.run(arguments, [handle, read.tensor(1, argument)]) { t, _ in
                    try function(t[0], t[1])
                }
            }
        }
        definition.method("cosine_similarity") { handle, arguments in
            let bindings = try box.get()
            let read = TensorArguments(arguments: arguments, bindings: bindings)
            let other = try read.tensor(1, "other")
            let axis = try read.axis(2, "axis", of: handle, default: -1)
            return try bindings.run(arguments, [handle, other]) { t, _ in
                try t[0].cosineSimilarity(t[1], axis: axis)
            }
        }
    }
}

/// Options of a convolution, as methods and layers take them.
struct WindowOptions {
    static let convolution = ["stride", "padding", "dilation", "groups"]

    let stride: Int
    let padding: (height: Int, width: Int)?
    let dilation: Int
    let groups: Int

    init(_ options: TensorOptions) throws(LuaError) {
        stride = try options.integer("stride") ?? 1
        padding = try options.pair("padding")
        dilation = try options.integer("dilation") ?? 1
        groups = try options.integer("groups") ?? 1
    }

    func convolution(_ x: Tensor, _ weights: Tensor) throws(TensorError) -> Tensor {
        try x.convolution(
            weights, stride: stride, padding: padding, dilation: dilation, groups: groups)
    }
}
