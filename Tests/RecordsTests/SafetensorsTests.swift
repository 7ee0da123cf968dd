import Randomness
import Records
import RunStore
import TestSupport
import Testing

struct SafetensorsTests {
    static let arrays = [
        NamedArray("stem.weight", shape: [2, 3], values: [1, -2, 3.5, 0, .infinity, -0.0]),
        NamedArray("scalar", shape: [], values: [.pi]),
        NamedArray("empty", shape: [0, 7], values: []),
    ]

    @Test func `weights come back bit by bit, in the order of their names`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/w.safetensors"
        try Safetensors.write(Self.arrays, metadata: ["space": "cells"], to: path)
        let (arrays, metadata) = try Safetensors.read(path)
        #expect(arrays.map(\.name) == ["empty", "scalar", "stem.weight"])
        #expect(metadata == ["space": "cells"])
        for array in arrays {
            let original = try #require(Self.arrays.first { $0.name == array.name })
            #expect(array.shape == original.shape)
            #expect(array.values.map(\.bitPattern) == original.values.map(\.bitPattern))
        }
    }

    @Test func `the bytes are those that the format's description asks for`() throws {
        let bytes = try Safetensors.encode([NamedArray("w", shape: [2], values: [1, -2])])
        let header = #"{"w":{"data_offsets":[0,8],"dtype":"F32","shape":[2]}}"#
        let padded = header + String(repeating: " ", count: 64 - header.utf8.count - 8)
        let data: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0]
        #expect(bytes == [UInt8(padded.utf8.count), 0, 0, 0, 0, 0, 0, 0] + padded.utf8 + data)
        #expect(try Safetensors.encode([]) == [8, 0, 0, 0, 0, 0, 0, 0] + "{}      ".utf8)
    }

    @Test func `the order in which arrays are given changes nothing`() throws {
        #expect(
            try Safetensors.encode(Self.arrays) == Safetensors.encode(Self.arrays.reversed()))
    }

    @Test func `arrays that contradict themselves are not written`() {
        let twice = [Self.arrays[1], Self.arrays[1]]
        #expect(throws: RunStoreError.self) { try Safetensors.encode(twice) }
        for shape in [[3], [-1, -2], [Int.max, 4], []] {
            #expect(throws: RunStoreError.self) {
                try Safetensors.encode([NamedArray("w", shape: shape, values: [1, 2])])
            }
        }
        #expect(throws: RunStoreError.self) {
            try Safetensors.encode([NamedArray("__metadata__", shape: [1], values: [1])])
        }
    }

    /// A file with this header and so many bytes of data.
    private static func file(_ header: String, data: Int) -> [UInt8] {
        let count = UInt64(header.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * UInt64($0))) }
            + header.utf8 + [UInt8](repeating: 0, count: data)
    }

    @Test func `a header that contradicts the data is refused with the reason`() {
        let cases: [(String, Int, String)] = [
            (#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7, "byte range [0, 8]"),
            (#"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9, "1 bytes at the end"),
            (#"{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "shape [3]"),
            (#"{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8, "no array can have"),
            (
                #"{"w":{"dtype":"F32","shape":[9223372036854775807,8],"data_offsets":[0,8]}}"#, 8,
                "no array can have"
            ),
            (
                #"{"w":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}"#, 0,
                "shape"
            ),
            (#"{"w":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}"#, 8, "type BF16"),
            (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}"#, 8, "byte range [8, 4]"),
            (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, 8, "byte range [-4, 0]"),
            (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[4]}}"#, 8, "byte range [4]"),
            (#"{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "no array"),
            (
                #"{"v":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
                    + #""w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4, "two arrays"
            ),
            (#"{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#, 4, "header"),
            (#"{"w":{"dtype":"F32","shape":[1e300],"data_offsets":[0,4]}}"#, 4, "header"),
            (#"{"w":{"dtype":"F32","data_offsets":[0,4]}}"#, 4, "“shape” is missing at w"),
            (#"{"w":null}"#, 0, "header"), (#"{"__metadata__":{"a":1}}"#, 0, "header"),
            ("[]", 0, "does not begin"), ("", 0, "does not begin"), ("{", 0, "header"),
            (String(repeating: "{\"a\":", count: 50_000), 0, "header"),
        ]
        for (header, data, reason) in cases {
            #expect {
                try Safetensors.decode(Self.file(header, data: data), path: "w.safetensors")
            } throws: { error in
                "\(error)".hasPrefix("w.safetensors is no valid safetensors file: ")
                    && "\(error)".contains(reason)
            }
        }
    }

    @Test func `a length past the end is refused, up to the largest`() {
        for bytes: [UInt8] in [
            [], [1, 2, 3], [1, 0, 0, 0, 0, 0, 0, 0],
            [UInt8](repeating: 0xFF, count: 8), [UInt8](repeating: 0xFF, count: 100),
        ] {
            #expect(throws: RunStoreError.self) {
                try Safetensors.decode(bytes, path: "w.safetensors")
            }
        }
        let invalid: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0, UInt8(ascii: "{"), 0xFF]
        #expect {
            try Safetensors.decode(invalid, path: "w.safetensors")
        } throws: { "\($0)".contains("not UTF-8") }
    }

    @Test func `no damaged file traps, and a cut one is always refused`() throws {
        let whole = try Safetensors.encode(Self.arrays, metadata: ["a": "b"])
        for count in 0..<whole.count {
            #expect(throws: RunStoreError.self, "cut to \(count) of \(whole.count) bytes") {
                try Safetensors.decode(Array(whole.prefix(count)), path: "w")
            }
        }
        for seed in Seeds.few {
            var stream = RandomStream(seed: seed)
            for _ in 0..<500 {
                var damaged = whole
                for _ in 0..<stream.integer(in: 1...4) {
                    damaged[stream.integer(below: damaged.count)] =
                        UInt8(stream.integer(below: 256))
                }
                // Damage in the data gives other numbers; the shapes must hold in any case.
                if let (arrays, _) = try? Safetensors.decode(damaged, path: "w") {
                    #expect(arrays.allSatisfy { $0.shape.reduce(1, *) == $0.values.count })
                }
            }
        }
    }
}
