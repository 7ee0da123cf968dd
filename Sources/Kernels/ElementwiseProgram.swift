internal import CKernels

/// Elementwise functions of the interpreter, by number of arguments.
public enum ElementwiseFunction: UInt8, Hashable, Sendable {
    case negate, exp, log, sqrt, reciprocal, rsqrt, square, abs, sign, tanh, sigmoid, relu, step
    case sin, cos, power, addImmediate, multiplyImmediate
    case add, subtract, multiply, divide, maximum, minimum, greater, greaterEqual, equal
    case select

    /// Number of arguments.
    public var arity: Int {
        switch self {
        case .select: 3
        case .add, .subtract, .multiply, .divide, .maximum, .minimum, .greater, .greaterEqual,
            .equal:
            2
        default: 1
        }
    }

    var opcode: ck_opcode {
        switch self {
        case .negate: CK_NEGATE
        case .exp: CK_EXP
        case .log: CK_LOG
        case .sqrt: CK_SQRT
        case .reciprocal: CK_RECIPROCAL
        case .rsqrt: CK_RSQRT
        case .square: CK_SQUARE
        case .abs: CK_ABS
        case .sign: CK_SIGN
        case .tanh: CK_TANH
        case .sigmoid: CK_SIGMOID
        case .relu: CK_RELU
        case .step: CK_STEP
        case .sin: CK_SIN
        case .cos: CK_COS
        case .power: CK_POWER_IMMEDIATE
        case .addImmediate: CK_ADD_IMMEDIATE
        case .multiplyImmediate: CK_MULTIPLY_IMMEDIATE
        case .add: CK_ADD
        case .subtract: CK_SUBTRACT
        case .multiply: CK_MULTIPLY
        case .divide: CK_DIVIDE
        case .maximum: CK_MAXIMUM
        case .minimum: CK_MINIMUM
        case .greater: CK_GREATER
        case .greaterEqual: CK_GREATER_EQUAL
        case .equal: CK_EQUAL
        case .select: CK_SELECT
        }
    }
}

/// A chain of elementwise functions that runs in one pass over memory, its intermediate values in
/// registers that stay in the first-level cache.
public struct ElementwiseProgram: Sendable {
    /// How an operand lies in the rows × columns that the program runs over.
    public enum Extent: Sendable {
        /// rows × columns values.
        case full
        /// One value.
        case scalar
        /// `columns` values, repeated for every row.
        case row
        /// One value for every row.
        case column

        var code: Int32 {
            switch self {
            case .full: Int32(CK_FULL.rawValue)
            case .scalar: Int32(CK_SCALAR.rawValue)
            case .row: Int32(CK_ROW.rawValue)
            case .column: Int32(CK_COLUMN.rawValue)
            }
        }
    }

    /// Registers of the interpreter; a program's inputs, constants and results each take one.
    public static let registers = Int(CK_MAX_REGISTERS)

    private var instructions: [ck_instruction] = []
    private let extents: [Int32]
    private var next: UInt8
    private let rows: Int
    private let columns: Int

    /// A program without instructions; operand i is in register i.
    public init(operands: [Extent], rows: Int, columns: Int) {
        extents = operands.map(\.code)
        next = UInt8(operands.count)
        self.rows = rows
        self.columns = columns
    }

    /// Adds a constant; returns its register.
    public mutating func constant(_ value: Float) -> Int {
        append(CK_CONSTANT, [], value)
    }

    /// Adds a function of earlier registers; returns its register. The last one is the result.
    public mutating func apply(
        _ function: ElementwiseFunction, _ registers: [Int], immediate: Float
    ) -> Int {
        append(function.opcode, registers, immediate)
    }

    private mutating func append(
        _ opcode: ck_opcode, _ read: [Int], _ immediate: Float
    ) -> Int {
        instructions.append(
            ck_instruction(
                opcode: UInt8(opcode.rawValue), dst: next, a: UInt8(read.first ?? 0),
                b: UInt8(read.count > 1 ? read[1] : 0), c: UInt8(read.count > 2 ? read[2] : 0),
                immediate: immediate))
        next += 1
        return Int(next) - 1
    }

    /// Runs the program.
    ///
    /// - Parameters:
    ///   - operand: The values of operand i, as many as its extent says.
    ///   - output: rows × columns values of the last instruction.
    public func run(
        operand: (Int) -> UnsafePointer<Float>, output: UnsafeMutablePointer<Float>
    ) {
        withUnsafeTemporaryAllocation(of: ck_operand.self, capacity: max(extents.count, 1)) {
            operands in
            for place in extents.indices {
                operands[place] = ck_operand(data: operand(place), extent: extents[place])
            }
            var target: UnsafeMutablePointer<Float>? = output
            var register = next - 1
            ck_elementwise(
                instructions, Int32(instructions.count), operands.baseAddress,
                Int32(extents.count), &target, &register, 1, rows, columns)
        }
    }
}
