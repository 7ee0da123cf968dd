internal import Kernels

/// Elementwise functions. Shapes of two arguments are stretched to each other as in NumPy:
/// dimensions are matched from the last, and a dimension of 1 is repeated.
extension Tensor {
    // MARK: One argument

    /// −x.
    public func negated() -> Tensor { unary(.negate) }
    /// eˣ.
    public func exp() -> Tensor { unary(.exp) }
    /// Natural logarithm; NaN below 0.
    public func log() -> Tensor { unary(.log) }
    /// Square root; NaN below 0.
    public func sqrt() -> Tensor { unary(.sqrt) }
    /// 1 / x.
    public func reciprocal() -> Tensor { unary(.reciprocal) }
    /// 1 / √x.
    public func rsqrt() -> Tensor { unary(.rsqrt) }
    /// x².
    public func squared() -> Tensor { unary(.square) }
    /// |x|.
    public func absolute() -> Tensor { unary(.abs) }
    /// −1, 0 or 1.
    public func sign() -> Tensor { unary(.sign) }
    /// Hyperbolic tangent.
    public func tanh() -> Tensor { unary(.tanh) }
    /// 1 / (1 + e⁻ˣ).
    public func sigmoid() -> Tensor { unary(.sigmoid) }
    /// Sine of x in radians.
    public func sin() -> Tensor { unary(.sin) }
    /// Cosine of x in radians.
    public func cos() -> Tensor { unary(.cos) }
    /// 1 where x > 0, else 0; no derivative.
    public func step() -> Tensor { unary(.step) }

    /// max(x, 0); its derivative at 0 is 0.
    public func relu() -> Tensor {
        // Normalising and clamping in one pass over memory.
        if graph.isFusing, let norm = primitive(BatchNorm.self), norm.fusion == .none {
            return graph.record(
                BatchNorm(fusion: .relu, epsilon: norm.epsilon), graph.inputs(of: node), shape)
        }
        return unary(.relu)
    }

    /// x to the power of a constant; x ≥ 0 unless the constant is 0, 1 or 2.
    public func power(_ exponent: Float) -> Tensor {
        switch exponent {
        case 0: graph.fill(1, shape)
        case 1: self
        case 2: squared()
        default: unary(.power, immediate: exponent)
        }
    }

    /// x + a constant.
    public func adding(_ constant: Float) -> Tensor {
        if constant == 0 { return self }
        if let filled { return graph.fill(filled + constant, shape) }
        return unary(.addImmediate, immediate: constant)
    }

    /// x · a constant.
    public func scaled(by constant: Float) -> Tensor {
        if constant == 1 { return self }
        if let filled { return graph.fill(filled * constant, shape) }
        if let earlier = primitive(Elementwise.self), earlier.function == .multiplyImmediate {
            return arguments[0].scaled(by: earlier.immediate * constant)
        }
        return unary(.multiplyImmediate, immediate: constant)
    }

    // MARK: Two arguments

    /// a + b.
    public static func + (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
        if let value = b.filled, let result = a.keepingShape(with: b) {
            return result.adding(value)
        }
        if let value = a.filled, let result = b.keepingShape(with: a) {
            return result.adding(value)
        }
        return try a.binary(.add, b, "add")
    }

    /// a − b.
    public static func - (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
        if let value = b.filled, let result = a.keepingShape(with: b) {
            return result.adding(-value)
        }
        return try a.binary(.subtract, b, "subtract")
    }

    /// a · b, elementwise.
    public static func * (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
        if let value = b.filled, let result = a.keepingShape(with: b) {
            return result.scaled(by: value)
        }
        if let value = a.filled, let result = b.keepingShape(with: a) {
            return result.scaled(by: value)
        }
        return try a.binary(.multiply, b, "multiply")
    }

    /// a / b, elementwise.
    public static func / (a: Tensor, b: Tensor) throws(TensorError) -> Tensor {
        try a.binary(.divide, b, "divide")
    }

    /// The larger of each pair; a tie's derivative goes to the first.
    public func maximum(_ other: Tensor) throws(TensorError) -> Tensor {
        try binary(.maximum, other, "maximum")
    }

    /// The smaller of each pair; a tie's derivative goes to the first.
    public func minimum(_ other: Tensor) throws(TensorError) -> Tensor {
        try binary(.minimum, other, "minimum")
    }

    /// 1 where a > b, else 0; no derivative.
    public func greater(than other: Tensor) throws(TensorError) -> Tensor {
        try binary(.greater, other, "greater")
    }

    /// 1 where a = b, else 0; no derivative.
    public func equal(to other: Tensor) throws(TensorError) -> Tensor {
        try binary(.equal, other, "equal")
    }

    /// `a` where this tensor is above one half, else `b`; all of one shape.
    public func select(_ a: Tensor, _ b: Tensor) throws(TensorError) -> Tensor {
        try requireSameGraph([a, b], "select")
        guard let partial = Shape.broadcast(a.shape, b.shape),
            let stretched = Shape.broadcast(shape, partial)
        else {
            throw .shapeMismatch(
                operation: "select", expected: "shapes that fit \(shape)",
                found: "\(a.shape) and \(b.shape)")
        }
        let target = try stretched.checked()
        let inputs = try [broadcast(to: target), a.broadcast(to: target), b.broadcast(to: target)]
        return graph.record(
            Elementwise(function: .select), inputs.map(\.node), target)
    }

    // MARK: Recording

    func unary(_ function: ElementwiseFunction, immediate: Float = 0) -> Tensor {
        graph.record(Elementwise(function: function, immediate: immediate), [node], shape)
    }

    /// This tensor, if the shape of an operation with `other` is this tensor's own.
    private func keepingShape(with other: Tensor) -> Tensor? {
        guard graph === other.graph, Shape.broadcast(shape, other.shape) == shape else {
            return nil
        }
        return self
    }

    fileprivate func binary(
        _ function: ElementwiseFunction, _ other: Tensor, _ name: String
    ) throws(TensorError) -> Tensor {
        try requireSameGraph([other], name)
        guard let stretched = Shape.broadcast(shape, other.shape) else {
            throw .shapeMismatch(
                operation: name, expected: "two shapes that fit each other",
                found: "\(shape) and \(other.shape)")
        }
        let target = try stretched.checked()
        let inputs = try Tensor.operands([self, other], of: target)
        return graph.record(
            Elementwise(function: function), inputs.map(\.node), target)
    }

    /// The inputs of an elementwise node. The interpreter reads whole tensors, single numbers, rows
    /// and columns in place; any other stretching is made an operation of its own.
    private static func operands(
        _ tensors: [Tensor], of target: Shape
    ) throws(TensorError) -> [Tensor] {
        var columns: Int?
        return try tensors.map { tensor throws(TensorError) in
            switch OperandExtent(of: tensor.shape, in: target) {
            case .full, .scalar: return tensor
            case .row(let count), .column(let count):
                guard columns == nil || columns == count else {
                    return try tensor.broadcast(to: target)
                }
                columns = count
                return tensor
            case .other: return try tensor.broadcast(to: target)
            }
        }
    }
}

/// One of the functions of the elementwise interpreter.
struct Elementwise: Primitive {
    let function: ElementwiseFunction
    /// The constant of functions that have one, else 0.
    var immediate: Float = 0

    var name: String {
        switch function {
        case .addImmediate: "add_constant"
        case .multiplyImmediate: "multiply_constant"
        case .greaterEqual: "greater_equal"
        default: "\(function)"
        }
    }

    var attributes: [String: AttributeValue] {
        switch function {
        case .addImmediate, .multiplyImmediate, .power: ["constant": .number(immediate)]
        default: [:]
        }
    }

    /// Constants are compared bit by bit, so that 0 is not −0.
    static func == (a: Elementwise, b: Elementwise) -> Bool {
        a.function == b.function && a.immediate.bitPattern == b.immediate.bitPattern
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(function)
        hasher.combine(immediate.bitPattern)
    }

    func derivative(
        of y: Tensor, _ dy: Tensor, wanted: [Bool]
    ) throws(TensorError) -> [Tensor?] {
        let inputs = y.arguments
        let x = inputs[0]
        if function.arity == 1 {
            let dx: Tensor? =
                switch function {
                case .negate: dy.negated()
                case .exp: try dy * y
                case .log: try dy / x
                case .sqrt: try dy / y.scaled(by: 2)
                case .reciprocal: try (dy * y.squared()).negated()
                case .rsqrt: try dy * (y.squared() * y).scaled(by: -0.5)
                case .square: try dy * x.scaled(by: 2)
                case .abs: try dy * x.sign()
                case .tanh: try dy * y.squared().negated().adding(1)
                case .sigmoid: try dy * (y * y.negated().adding(1))
                case .relu: try dy * x.step()
                case .sin: try dy * x.cos()
                case .cos: try (dy * x.sin()).negated()
                case .power: try dy * x.power(immediate - 1).scaled(by: immediate)
                case .addImmediate: dy
                case .multiplyImmediate: dy.scaled(by: immediate)
                default: nil
                }
            return [dx]
        }
        if function == .select {
            let zero = y.graph.fill(0, y.shape)
            return [
                nil, wanted[1] ? try x.select(dy, zero) : nil,
                wanted[2] ? try x.select(zero, dy) : nil,
            ]
        }
        let b = inputs[1]
        func first() throws(TensorError) -> Tensor? {
            switch function {
            case .add, .subtract: dy
            case .multiply: try dy * b
            case .divide: try dy / b
            case .maximum: try dy * x.binary(.greaterEqual, b, "maximum")
            case .minimum: try dy * b.binary(.greaterEqual, x, "minimum")
            default: nil
            }
        }
        func second() throws(TensorError) -> Tensor? {
            switch function {
            case .add: dy
            case .subtract: dy.negated()
            case .multiply: try dy * x
            case .divide: try (dy * y / b).negated()
            case .maximum: try dy * b.greater(than: x)
            case .minimum: try dy * x.greater(than: b)
            default: nil
            }
        }
        return [
            wanted[0] ? try first()?.sum(to: x.shape) : nil,
            wanted[1] ? try second()?.sum(to: b.shape) : nil,
        ]
    }

    /// With the others of its group, of which it is the last.
    func lower(_ node: Int, in plan: inout PlanCompiler) {
        let (program, inputs) = plan.fusion.program(plan.graph, root: node)
        plan.emit(node, ElementwiseKernel(program: program), inputs: inputs)
    }

    func replay(
        _ inputs: [Tensor], _ shape: Shape, in graph: Graph
    ) throws(TensorError) -> Tensor {
        function == .relu ? inputs[0].relu() : graph.record(self, inputs, shape)
    }

    func activation(of y: Tensor) -> Tensor? { function == .relu ? y : nil }
}

/// A group of elementwise functions in one pass over memory.
private struct ElementwiseKernel: Kernel {
    let program: ElementwiseProgram

    var name: String { "elementwise" }
    var service: OperationService { .compiled("elementwise chain") }

    func run(_ memory: KernelMemory) {
        program.run(operand: { memory.input($0) }, output: memory.output)
    }
}

/// How an operand lies in the rows × columns of an elementwise operation.
enum OperandExtent: Equatable {
    case full, scalar
    /// Repeated for every row, with this many columns.
    case row(columns: Int)
    /// One value for every row of this many columns.
    case column(columns: Int)
    case other

    init(of shape: Shape, in target: Shape) {
        if shape.count == target.count {
            self = .full
            return
        }
        if shape.count == 1 {
            self = .scalar
            return
        }
        let padded = shape.padded(toRank: target.rank)
        // Leading ones, then the target's own sizes: a row.
        var axis = 0
        while axis < target.rank, padded[axis] == 1 { axis += 1 }
        let isRow = (axis..<target.rank).allSatisfy { padded[$0] == target[$0] }
        if isRow {
            self = .row(columns: padded.count)
            return
        }
        // The target's own sizes, then ones: a column.
        axis = target.rank
        while axis > 0, padded[axis - 1] == 1 { axis -= 1 }
        let isColumn = (0..<axis).allSatisfy { padded[$0] == target[$0] }
        self = isColumn ? .column(columns: target.count / padded.count) : .other
    }
}
