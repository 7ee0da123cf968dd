import CKernels
import Foundation
import Testing

/// Elementary functions against double precision, over all exponents and both signs.
struct CKernelsFunctionTests {
    static func apply(_ opcode: ck_opcode, _ x: [Float], immediate: Float = 0) -> [Float] {
        let program = [
            ck_instruction(
                opcode: UInt8(opcode.rawValue), dst: 1, a: 0, b: 0, c: 0, immediate: immediate)
        ]
        return x.withUnsafeBufferPointer { buffer in
            let inputs = [ck_operand(data: buffer.baseAddress, extent: Int32(CK_FULL.rawValue))]
            return output(x.count) { y in
                let outputs: [UnsafeMutablePointer<Float>?] = [y]
                ck_elementwise(program, 1, inputs, 1, outputs, [1], 1, 1, x.count)
            }
        }
    }

    /// Error in units in the last place of the exact result (of the least normal number below it).
    static func error(_ result: Float, _ exact: Double) -> Double {
        if exact.isNaN { return result.isNaN ? 0 : .infinity }
        if Float(exact).isInfinite || result.isInfinite { return Float(exact) == result ? 0 : 1 }
        let unit = Double(max(Float(exact).magnitude, Float.leastNormalMagnitude).ulp)
        return abs(Double(result) - exact) / unit
    }

    static func everyMagnitude(upTo limit: Float = .infinity) -> [Float] {
        stride(from: UInt32(0), to: UInt32.max - 5000, by: 4999)
            .map { Float(bitPattern: $0) }
            .filter { !$0.isNaN && $0.magnitude <= limit }
    }

    /// The bounds are the worst found over one float in 97 of all, rounded up.
    @Test(arguments: [
        ("exp", CK_EXP, 1.1), ("log", CK_LOG, 1.0), ("tanh", CK_TANH, 2.5),
        ("sigmoid", CK_SIGMOID, 2.4), ("sin", CK_SIN, 1.6), ("cos", CK_COS, 1.6),
        ("sqrt", CK_SQRT, 0.5), ("rsqrt", CK_RSQRT, 1.5), ("reciprocal", CK_RECIPROCAL, 0.5),
    ])
    func `elementary functions are right to the last places`(
        name: String, opcode: ck_opcode, bound: Double
    ) {
        let exact: [String: (Double) -> Double] = [
            "exp": { exp($0) }, "log": { log($0) }, "tanh": { tanh($0) },
            "sigmoid": { 1 / (1 + exp(-$0)) }, "sin": { sin($0) }, "cos": { cos($0) },
            "sqrt": { $0.squareRoot() }, "rsqrt": { 1 / $0.squareRoot() }, "reciprocal": { 1 / $0 },
        ]
        guard let function = exact[name] else {
            Issue.record("no \(name)")
            return
        }
        let x = Self.everyMagnitude() + (-2000...2000).map { Float($0) / 64 }
        let y = Self.apply(opcode, x)
        var worst = (error: -1.0, x: Float(0), y: Float(0))
        for (value, result) in zip(x, y) {
            let error = Self.error(result, function(Double(value)))
            if !(error <= worst.error) { worst = (error, value, result) }
        }
        #expect(worst.error <= bound, "\(name)(\(worst.x)) = \(worst.y)")
    }

    @Test(arguments: [0.3, -1.7, 1.5, 4, 7, -3, 20, -0.01, 0.5, 2, 3, -1, -0.5] as [Float])
    func `powers are right to the last places`(exponent: Float) {
        let x = Self.everyMagnitude().filter { $0 > 0 }
        let y = Self.apply(CK_POWER_IMMEDIATE, x, immediate: exponent)
        var worst = (error: -1.0, x: Float(0), y: Float(0))
        for (value, result) in zip(x, y) {
            let exact = pow(Double(value), Double(exponent))
            let error = Self.error(result, exact)
            if !(error <= worst.error) { worst = (error, value, result) }
        }
        #expect(worst.error <= 1.6, "\(worst.x) to the \(exponent) = \(worst.y)")
    }

    @Test func `limits come out right`() {
        let x: [Float] = [.infinity, -.infinity, 0, -0.0, .nan, 1e30, -1e30, -1]
        let exp = Self.apply(CK_EXP, x)
        #expect(Array(exp[0...3]) == [.infinity, 0, 1, 1] && exp[4].isNaN)
        #expect(Array(exp[5...6]) == [.infinity, 0])
        let log = Self.apply(CK_LOG, x)
        #expect(log[0] == .infinity && log[1].isNaN && log[2] == -.infinity)
        #expect(log[3] == -.infinity && log[4].isNaN && log[7].isNaN)
        let tanh = Self.apply(CK_TANH, x)
        #expect(Array(tanh[0...3]) == [1, -1, 0, 0] && tanh[4].isNaN)
        let sigmoid = Self.apply(CK_SIGMOID, x)
        #expect(Array(sigmoid[0...3]) == [1, 0, 0.5, 0.5] && sigmoid[4].isNaN)
        for opcode in [CK_SIN, CK_COS] {
            let wave = Self.apply(opcode, x)
            #expect(wave[0].isNaN && wave[1].isNaN && wave[4].isNaN)
        }
        #expect(Self.apply(CK_RELU, x)[4].isNaN)
        let power = Self.apply(CK_POWER_IMMEDIATE, x, immediate: 1.7)
        #expect(power[0] == .infinity && power[2] == 0 && power[4].isNaN && power[7].isNaN)
        let inverse = Self.apply(CK_POWER_IMMEDIATE, x, immediate: -1.7)
        #expect(inverse[0] == 0 && inverse[2] == .infinity)
        #expect(Self.apply(CK_POWER_IMMEDIATE, x, immediate: 0).allSatisfy { $0 == 1 })
    }
}
