import LuaHost
import Randomness

// Draws for a whole population in one call: what crosses the border is a list.
extension RandomHandle {
    /// The most values that one of these calls may give.
    private static let batchLimit = 10_000_000

    /// Adds `uniforms`, `integers` and `places`.
    static func addBatches(to definition: inout UserdataDefinition<RandomHandle>) {
        definition.method("uniforms") { rng, arguments in
            let count = try count(arguments)
            let drawn = try rng.draw { stream in
                [Double](unsafeUninitializedCapacity: count) { buffer, filled in
                    for place in 0..<count { buffer[place] = stream.uniform() }
                    filled = count
                }
            }
            try arguments.context.push(numbers: drawn)
            return 1
        }
        definition.method("integers") { rng, arguments in
            let count = try count(arguments)
            let low = try arguments.integer(2, "low")
            let high = try arguments.integer(3, "high")
            try checkRange(low, high, arguments)
            let drawn = try rng.draw { stream in
                [Int](unsafeUninitializedCapacity: count) { buffer, filled in
                    for place in 0..<count { buffer[place] = stream.integer(in: low...high) }
                    filled = count
                }
            }
            try arguments.context.push(integers: drawn)
            return 1
        }
        definition.method("places") { rng, arguments in
            let count = try count(arguments)
            let probability = try arguments.number(2, "probability")
            guard (0...1).contains(probability) else {
                throw problem("places: expected a probability in 0…1, found \(probability)")
            }
            try arguments.context.push(
                integers: try rng.draw { $0.places(count, probability: probability).map { $0 + 1 } }
            )
            return 1
        }
    }

    private static func count(_ arguments: LuaArguments) throws -> Int {
        let count = try arguments.integer(1, "count")
        guard (0...batchLimit).contains(count) else {
            throw problem(
                "\(arguments.function): expected a count from 0 to \(batchLimit), found \(count)")
        }
        try arguments.context.charge(2 * count)
        return count
    }

    /// Refuses a range of integers that is empty or too wide to draw from.
    static func checkRange(_ low: Int, _ high: Int, _ arguments: LuaArguments) throws {
        guard low <= high else {
            throw problem(
                "\(arguments.function): expected low ≤ high, found \(low) and \(high)")
        }
        let (width, overflow) = high.subtractingReportingOverflow(low)
        guard !overflow, width < .max else {
            throw problem("\(arguments.function): the range \(low)…\(high) is too wide")
        }
    }
}
