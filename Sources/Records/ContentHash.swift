/// SHA-256, for naming plans, scripts and data by what is in them (FIPS 180-4).
///
/// ```swift
/// var hash = ContentHash()
/// for chunk in chunks { hash.add(chunk) }
/// print(hash.text())
/// ```
public struct ContentHash: Sendable {
    private var state = ContentHash.initial
    private var schedule = [UInt32](repeating: 0, count: 64)
    /// Bytes that do not fill a block of 64 yet.
    private var rest: [UInt8] = []
    private var bytes: UInt64 = 0

    /// The hash of nothing yet.
    public init() {}

    /// The SHA-256 of a text's UTF-8 bytes, 64 hexadecimal digits.
    public static func sha256(_ text: String) -> String {
        sha256(Array(text.utf8))
    }

    /// The SHA-256 of bytes, 64 hexadecimal digits.
    public static func sha256(_ bytes: [UInt8]) -> String {
        var hash = ContentHash()
        bytes.withUnsafeBytes { hash.add($0) }
        return hash.text()
    }

    /// Takes in the next bytes.
    ///
    /// - Parameter more: Any number of bytes; they are read before this returns.
    public mutating func add(_ more: UnsafeRawBufferPointer) {
        bytes &+= UInt64(more.count)
        var more = more[...]
        if !rest.isEmpty {
            let head = more.prefix(64 - rest.count)
            rest += head
            more = more.dropFirst(head.count)
            guard rest.count == 64 else { return }
            let block = rest
            block.withUnsafeBytes { absorb($0) }
            rest = []
        }
        let blocks = more.count / 64 * 64
        absorb(UnsafeRawBufferPointer(rebasing: more.prefix(blocks)))
        rest = Array(more.dropFirst(blocks))
    }

    /// The SHA-256 of all that was taken in, 64 hexadecimal digits.
    public func text() -> String {
        var end = rest + [0x80]
        while end.count % 64 != 56 { end.append(0) }
        let bits = bytes &* 8
        for shift in stride(from: 56, through: 0, by: -8) {
            end.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        var last = self
        end.withUnsafeBytes { last.absorb($0) }
        return last.state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    /// Takes in whole blocks.
    private mutating func absorb(_ blocks: UnsafeRawBufferPointer) {
        for start in stride(from: 0, to: blocks.count, by: 64) {
            for word in 0..<16 {
                schedule[word] = UInt32(
                    bigEndian: blocks.loadUnaligned(
                        fromByteOffset: start + 4 * word, as: UInt32.self))
            }
            for word in 16..<64 {
                let early = schedule[word - 15]
                let late = schedule[word - 2]
                let mixedEarly = rotated(early, 7) ^ rotated(early, 18) ^ early >> 3
                let mixedLate = rotated(late, 17) ^ rotated(late, 19) ^ late >> 10
                schedule[word] =
                    schedule[word - 16] &+ mixedEarly &+ schedule[word - 7] &+ mixedLate
            }
            var (a, b, c, d) = (state[0], state[1], state[2], state[3])
            var (e, f, g, h) = (state[4], state[5], state[6], state[7])
            for round in 0..<64 {
                let sumE = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
                let chosen = e & f ^ ~e & g
                let first = h &+ sumE &+ chosen &+ ContentHash.constants[round] &+ schedule[round]
                let sumA = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
                let majority = a & b ^ a & c ^ b & c
                (h, g, f, e) = (g, f, e, d &+ first)
                (d, c, b, a) = (c, b, a, first &+ sumA &+ majority)
            }
            for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
        }
    }

    private func rotated(_ word: UInt32, _ by: UInt32) -> UInt32 {
        word >> by | word << (32 - by)
    }

    /// The first 32 bits of the fractional parts of the square roots of the first 8 primes.
    private static let initial: [UInt32] = [
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C,
        0x1F83_D9AB, 0x5BE0_CD19,
    ]

    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1,
        0x923F_82A4, 0xAB1C_5ED5, 0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3,
        0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174, 0xE49B_69C1, 0xEFBE_4786,
        0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
        0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147,
        0x06CA_6351, 0x1429_2967, 0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13,
        0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85, 0xA2BF_E8A1, 0xA81A_664B,
        0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
        0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A,
        0x5B9C_CA4F, 0x682E_6FF3, 0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208,
        0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
    ]
}
