import Foundation
import Records

/// What a run computed, without names, versions and settings: equal for two programs that compute
/// alike, however they call things.
enum RunContent {
    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    /// The hash of all runs in a store: their order does not count.
    static func hash(store: String) throws -> String {
        let folders = try FileManager.default.contentsOfDirectory(atPath: store)
        guard !folders.isEmpty else { throw Unreadable(description: "\(store): no run") }
        let hashes = try folders.map { ContentHash.sha256(try text(of: "\(store)/\($0)")) }
        return hashes.count == 1
            ? hashes[0] : ContentHash.sha256(hashes.sorted().joined(separator: "\n"))
    }

    /// One line for each thing that was computed.
    static func text(of folder: String) throws -> String {
        var lines: [String] = []
        let events = try String(contentsOfFile: folder + "/events.jsonl", encoding: .utf8)
        for line in events.split(separator: "\n") {
            let event = try object(Data(line.utf8))
            switch event["event"] as? String {
            case "metaUpdate": lines.append("update " + values(event["metrics"]))
            case "trial":
                let genes = event["genes"] as? [Int] ?? []
                lines.append("trial \(genes) " + values(event["objectives"]))
            default: break
            }
        }
        let results = try object(
            Data(contentsOf: URL(fileURLWithPath: folder + "/results.json")))
        for arm in results["arms"] as? [[String: Any]] ?? [] {
            let cost = arm["cost"] as? [String: Any] ?? [:]
            let bill = ["multiplyAdds", "gradientSteps", "tasks", "evaluations"].map {
                "\(cost[$0] as? Int ?? -1)"
            }
            let scores = (arm["scores"] as? [Double] ?? []).map(bits)
            lines.append("arm \(bill.joined(separator: " ")) \(scores.joined(separator: " "))")
        }
        lines += try tensors(folder).sorted()
        return lines.joined(separator: "\n")
    }

    private static func object(_ data: Data) throws -> [String: Any] {
        guard let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw Unreadable(description: "expected a JSON object")
        }
        return object
    }

    /// The bits of a list of metrics, in their order.
    private static func values(_ metrics: Any?) -> String {
        (metrics as? [[String: Any]] ?? []).map { metric in
            (metric["value"] as? Double).map(bits) ?? "\(metric["value"] ?? "none")"
        }.joined(separator: " ")
    }

    private static func bits(_ value: Double) -> String {
        String(value.bitPattern, radix: 16)
    }

    /// One line for each tensor of each saved set of weights: shape and hash.
    private static func tensors(_ folder: String) throws -> [String] {
        var lines: [String] = []
        for file in try FileManager.default.contentsOfDirectory(atPath: folder)
        where file.hasSuffix(".safetensors") && !file.hasSuffix(".state.safetensors") {
            let data = [UInt8](
                try Data(contentsOf: URL(fileURLWithPath: folder + "/" + file)))
            guard data.count >= 8 else { throw Unreadable(description: "\(file): cut short") }
            let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            guard length <= data.count - 8 else {
                throw Unreadable(description: "\(file): a header of \(length) bytes")
            }
            let header = try object(Data(data[8..<8 + length]))
            for (name, entry) in header where name != "__metadata__" {
                guard let entry = entry as? [String: Any], let shape = entry["shape"] as? [Int],
                    let range = entry["data_offsets"] as? [Int], range.count == 2,
                    range[0] <= range[1], 8 + length + range[1] <= data.count
                else { throw Unreadable(description: "\(file): \(name)") }
                let bytes = data[8 + length + range[0]..<8 + length + range[1]]
                // Latin-1 keeps every byte apart.
                let text = String(
                    String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
                lines.append("tensor \(shape) \(ContentHash.sha256(text))")
            }
        }
        return lines
    }
}
