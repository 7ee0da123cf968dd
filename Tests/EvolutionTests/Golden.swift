import Foundation

/// What pymoo says, from `benchmarks-data/golden/evolution.json`.
struct Golden: Decodable {
    struct Volume: Decodable {
        let reference: [Double]
        let value: Double
    }
    struct Distance: Decodable {
        let front: [[Double]]
        let value: Double
    }
    struct Rows: Decodable {
        let name: String
        let objectives: [[Double]]
        let ranks: [Int]
        let crowding: [Double?]
        let hypervolumes: [Volume]
        let invertedGenerationalDistance: Distance
    }
    struct ZDT: Decodable {
        let populationSize: Int
        let generations: Int
        let variables: Int
        let reference: [Double]
        let hypervolumes: [String: [Double]]
    }
    let sets: [Rows]
    let zdt: ZDT

    static func load() throws -> Golden {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "benchmarks-data/golden/evolution.json")
        return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }
}

/// Whether two numbers agree to 1e-12 of the greater, which is what the golden file promises.
func agree(_ a: Double, _ b: Double) -> Bool {
    a == b || abs(a - b) <= 1e-12 * max(abs(a), abs(b))
}
