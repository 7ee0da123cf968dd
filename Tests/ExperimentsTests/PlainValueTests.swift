import Components
import Foundation
import Randomness
import Records
import Testing

/// Plain values as JSON.
struct PlainValueTests {
    private static func coded(_ value: PlainValue) throws -> PlainValue {
        try RecordCoding.decode(PlainValue.self, from: RecordCoding.json(value))
    }

    /// A value of any kind that can be written, with hard names and numbers.
    private static func value(_ rng: inout RandomStream, depth: Int) -> PlainValue {
        let numbers: [Double] = [0, -0.0, 3, 2.5, 1e300, .infinity, -.infinity, 1e-300, 0.1]
        let names = ["a", "@", "@table", "@number", "", "é", "null", "b c"]
        switch rng.integer(below: depth > 0 ? 10 : 6) {
        case 0: return PlainValue(.nothing)
        case 1: return PlainValue(.boolean(rng.integer(below: 2) == 0))
        case 2: return PlainValue(.integer([0, -1, .max, .min, 7][rng.integer(below: 5)]))
        case 3: return PlainValue(.number(numbers[rng.integer(below: numbers.count)]))
        case 4: return PlainValue(.string(names[rng.integer(below: names.count)]))
        case 5: return PlainValue(.bytes([255, 0, UInt8(rng.integer(below: 256))]))
        case 6: return PlainValue(.object(kind: "genotype", value(&rng, depth: depth - 1)))
        default:
            var table = PlainTable()
            if rng.integer(below: 3) > 0 {
                for _ in 0..<rng.integer(below: 4) {
                    table.positional.append(value(&rng, depth: depth - 1))
                }
            }
            if rng.integer(below: 3) > 0 {
                for name in Set((0..<rng.integer(below: 4)).map { names[($0 * 3) % 8] }).sorted(
                    by: {
                        $0.utf8.lexicographicallyPrecedes($1.utf8)
                    })
                {
                    table.named.append(PlainTable.Entry(name, value(&rng, depth: depth - 1)))
                }
            }
            return PlainValue(.table(table))
        }
    }

    @Test func `every value comes back as it was, over many seeds`() throws {
        for seed in 0..<2_000 {
            var rng = RandomStream(seed: UInt64(seed))
            let value = Self.value(&rng, depth: 4)
            #expect(try Self.coded(value) == value, "seed \(seed)")
        }
    }

    @Test func `integers and floats stay apart, as Lua tells them apart`() throws {
        #expect(try Self.coded(PlainValue(.number(3))).kind == .number(3))
        #expect(try Self.coded(PlainValue(.integer(3))).kind == .integer(3))
        guard case .number(let minus) = try Self.coded(PlainValue(.number(-0.0))).kind else {
            Issue.record("-0.0 is no number any more")
            return
        }
        #expect(minus.sign == .minus)
        guard case .number(let nan) = try Self.coded(PlainValue(.number(.nan))).kind else {
            Issue.record("NaN is no number any more")
            return
        }
        #expect(nan.isNaN)
    }

    @Test func `ordinary JSON reads as it is`() throws {
        let value = try RecordCoding.decode(
            PlainValue.self, from: #"{"b": [1, 2.5, null], "a": {"c": "x"}, "@home": 1}"#)
        #expect(value.table?.named.map(\.name) == ["@home", "a", "b"])
        #expect(
            value.table?["b"]
                == [1, 2.5, PlainValue(.nothing)] as PlainValue)
    }

    @Test(arguments: [
        #"{"@number": "three"}"#, #"{"@number": 3}"#, #"{"@bytes": [256]}"#, #"{"@table": {}}"#,
        #"{"@table": [[1]]}"#,
    ])
    func `a marked object that was edited is an error`(text: String) {
        #expect(throws: RecordsError.self) { try RecordCoding.decode(PlainValue.self, from: text) }
    }

    @Test func `a function cannot be written`() {
        let function = ScriptFunction(id: 0, location: .script(file: "a.lua", line: 1))
        #expect(throws: RecordsError.self) { try RecordCoding.json(PlainValue.function(function)) }
    }
}
