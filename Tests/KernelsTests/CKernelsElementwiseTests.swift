import CKernels
import Foundation
import Randomness
import Testing

/// Fused programs against one value at a time.
struct CKernelsElementwiseTests {
    /// A program with its inputs, ready to run.
    struct Program {
        var rows: Int
        var cols: Int
        var instructions: [ck_instruction]
        var inputs: [[Float]]
        var extents: [ck_extent]
        var registers: [UInt8]

        func count(_ extent: ck_extent) -> Int {
            switch extent {
            case CK_FULL: rows * cols
            case CK_ROW: cols
            case CK_COLUMN: rows
            default: 1
            }
        }

        /// Each output; `alias` makes output 0 the same buffer as that full input.
        func run(alias: Int? = nil) -> [[Float]] {
            let buffers = inputs.map { values in
                let buffer = UnsafeMutablePointer<Float>.allocate(capacity: max(values.count, 1))
                buffer.initialize(from: values, count: values.count)
                return buffer
            }
            let fresh = registers.map { _ in
                let buffer = UnsafeMutablePointer<Float>.allocate(capacity: max(rows * cols, 1))
                buffer.initialize(repeating: unwritten, count: max(rows * cols, 1))
                return buffer
            }
            defer { for buffer in buffers + fresh { buffer.deallocate() } }
            let operands = zip(buffers, extents).map { buffer, extent in
                ck_operand(data: buffer, extent: Int32(extent.rawValue))
            }
            var outputs: [UnsafeMutablePointer<Float>?] = fresh
            if let alias { outputs[0] = buffers[alias] }
            ck_elementwise(
                instructions, Int32(instructions.count), operands, Int32(operands.count), outputs,
                registers, Int32(registers.count), rows, cols)
            return outputs.map { buffer in
                Array(UnsafeBufferPointer(start: buffer, count: rows * cols))
            }
        }

        /// The same, one value at a time. Only operations that are exact in float.
        func reference() -> [[Float]] {
            var results = registers.map { _ in Array(repeating: Float(0), count: rows * cols) }
            for place in 0..<rows * cols {
                var r = Array(repeating: Float(0), count: Int(CK_MAX_REGISTERS))
                for (index, input) in inputs.enumerated() {
                    switch extents[index] {
                    case CK_FULL: r[index] = input[place]
                    case CK_ROW: r[index] = input[place % cols]
                    case CK_COLUMN: r[index] = input[place / cols]
                    default: r[index] = input[0]
                    }
                }
                for i in instructions {
                    let (a, b, c) = (r[Int(i.a)], r[Int(i.b)], r[Int(i.c)])
                    r[Int(i.dst)] = Self.value(i, a, b, c)
                }
                for (output, register) in registers.enumerated() {
                    results[output][place] = r[Int(register)]
                }
            }
            return results
        }

        static func value(_ i: ck_instruction, _ a: Float, _ b: Float, _ c: Float) -> Float {
            switch ck_opcode(UInt32(i.opcode)) {
            case CK_CONSTANT: i.immediate
            case CK_ADD: a + b
            case CK_SUBTRACT: a - b
            case CK_MULTIPLY: a * b
            case CK_DIVIDE: a / b
            case CK_MAXIMUM: a > b ? a : b
            case CK_MINIMUM: a < b ? a : b
            case CK_GREATER: a > b ? 1 : 0
            case CK_GREATER_EQUAL: a >= b ? 1 : 0
            case CK_EQUAL: a == b ? 1 : 0
            case CK_NEGATE: -a
            case CK_SQUARE: a * a
            case CK_ABS: abs(a)
            case CK_SIGN: a > 0 ? 1 : a < 0 ? -1 : 0
            case CK_RELU: max(a, 0)
            case CK_STEP: a > 0 ? 1 : 0
            case CK_ADD_IMMEDIATE: a + i.immediate
            case CK_MULTIPLY_IMMEDIATE: a * i.immediate
            case CK_SELECT: a > 0.5 ? b : c
            default: .nan
            }
        }

        static let exact = [
            CK_CONSTANT, CK_ADD, CK_SUBTRACT, CK_MULTIPLY, CK_MAXIMUM, CK_MINIMUM, CK_GREATER,
            CK_GREATER_EQUAL, CK_EQUAL, CK_NEGATE, CK_SQUARE, CK_ABS, CK_SIGN, CK_RELU, CK_STEP,
            CK_ADD_IMMEDIATE, CK_MULTIPLY_IMMEDIATE, CK_SELECT,
        ]

        static func random(_ rng: inout RandomStream) -> Program {
            let rows = rng.integer(in: 1...(rng.chance(0.7) ? 40 : 300))
            let cols = rng.integer(in: 1...(rng.chance(0.8) ? 40 : 2500))
            let inputs = rng.integer(in: 1...5)
            var p = Program(
                rows: rows, cols: cols, instructions: [], inputs: [], extents: [], registers: [])
            for _ in 0..<inputs {
                p.extents.append(rng.choice([CK_FULL, CK_FULL, CK_SCALAR, CK_ROW, CK_COLUMN]))
                p.inputs.append(values(p.count(p.extents[p.extents.count - 1]), &rng))
            }
            // Instructions may write any register, those of inputs too.
            var written = (0..<inputs).map { UInt8($0) }
            for _ in 0..<rng.integer(in: 0...10) {
                let dst = UInt8(rng.integer(below: rng.chance(0.1) ? 24 : inputs + 3))
                p.instructions.append(
                    ck_instruction(
                        opcode: UInt8(rng.choice(exact).rawValue), dst: dst,
                        a: rng.choice(written), b: rng.choice(written), c: rng.choice(written),
                        immediate: Float(rng.uniform(in: -1...1))))
                written.append(dst)
            }
            for _ in 0..<rng.integer(in: 1...3) { p.registers.append(rng.choice(written)) }
            return p
        }
    }

    @Test func `a program gives what its instructions give one by one`() {
        for seed in 0..<400 {
            var rng = RandomStream(seed: 61).split(seed)
            let program = Program.random(&rng)
            #expect(program.run() == program.reference(), "seed \(seed)")
        }
    }

    @Test func `an output may be the buffer of a full input`() {
        for seed in 0..<400 {
            var rng = RandomStream(seed: 62).split(seed)
            let program = Program.random(&rng)
            guard let full = program.extents.firstIndex(of: CK_FULL) else { continue }
            #expect(program.run(alias: full) == program.reference(), "seed \(seed)")
        }
    }

    @Test(arguments: [
        (1, 1), (1, 5000), (5000, 1), (3, 1023), (3, 1024), (3, 1025), (2, 4097), (700, 3),
    ])
    func `rows and columns repeat at every shape`(rows: Int, cols: Int) {
        var rng = RandomStream(seed: 63)
        let program = Program(
            rows: rows, cols: cols,
            instructions: [
                ck_instruction(
                    opcode: UInt8(CK_SUBTRACT.rawValue), dst: 3, a: 0, b: 1, c: 0, immediate: 0),
                ck_instruction(
                    opcode: UInt8(CK_MULTIPLY.rawValue), dst: 4, a: 3, b: 2, c: 0, immediate: 0),
            ],
            inputs: [
                values(rows * cols, &rng), values(cols, &rng), values(rows, &rng),
            ],
            extents: [CK_FULL, CK_ROW, CK_COLUMN], registers: [4, 3])
        #expect(program.run() == program.reference())
    }

    @Test func `division is division`() {
        var rng = RandomStream(seed: 64)
        let program = Program(
            rows: 7, cols: 11,
            instructions: [
                ck_instruction(
                    opcode: UInt8(CK_DIVIDE.rawValue), dst: 2, a: 0, b: 1, c: 0, immediate: 0)
            ],
            inputs: [values(77, &rng), values(77, &rng)], extents: [CK_FULL, CK_FULL],
            registers: [2])
        #expect(program.run() == program.reference())
    }

    @Test func `maximum and minimum let a value that is not a number through`() {
        for opcode in [CK_MAXIMUM, CK_MINIMUM] {
            let program = Program(
                rows: 1, cols: 2,
                instructions: [
                    ck_instruction(
                        opcode: UInt8(opcode.rawValue), dst: 2, a: 0, b: 1, c: 0, immediate: 0)
                ],
                inputs: [[.nan, 1], [1, .nan]], extents: [CK_FULL, CK_FULL], registers: [2])
            #expect(program.run()[0].allSatisfy { $0.isNaN })
        }
    }
}
