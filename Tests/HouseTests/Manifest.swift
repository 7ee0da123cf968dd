import Foundation
import TestSupport

/// Package.swift, read for the names of targets and their dependencies.
enum Manifest {
    /// Each target's dependencies by its name.
    static func targets() throws -> [String: [String]] {
        let text = try String(contentsOfFile: Repository.path("Package.swift"), encoding: .utf8)
        let list = try section(text)
        var targets: [String: [String]] = [:]
        for call in calls(in: list) {
            // A library of the system that is linked is no target.
            let strings = literals(call.components(separatedBy: "linkerSettings:")[0])
            guard let name = strings.first else { continue }
            // `path`, `url` and `providers` name no targets.
            let known = strings.dropFirst().filter { $0.first?.isLetter == true }
            var dependencies = call.hasPrefix(".systemLibrary") ? [] : Array(known)
            if call.contains("argumentParser") { dependencies.append("ArgumentParser") }
            targets[name] = dependencies.filter { !$0.contains("/") }
        }
        return targets
    }

    /// What stands between the brackets of `targets:`, comments left out.
    private static func section(_ text: String) throws -> String {
        let lines = text.split(separator: "\n").map { line in
            line.range(of: "//").map { range in
                // An address holds two slashes as well, but no target stands in such a line.
                line.contains("://") ? String(line) : String(line[..<range.lowerBound])
            } ?? String(line)
        }
        let code = lines.joined(separator: "\n")
        guard let start = code.range(of: "\n    targets: [") else { throw Unreadable() }
        return String(code[start.upperBound...])
    }

    struct Unreadable: Error {}

    /// The calls that stand in a list, each with its arguments.
    private static func calls(in list: String) -> [String] {
        var calls: [String] = []
        var call = ""
        var depth = 0
        for character in list {
            if depth == 0, character == "]" { break }
            call.append(character)
            if character == "(" || character == "[" { depth += 1 }
            if character == ")" || character == "]" { depth -= 1 }
            if depth == 0, character == ")" {
                let name = call.drop { $0 == "," || $0.isWhitespace }
                calls.append(String(name))
                call = ""
            }
        }
        return calls
    }

    /// The string literals of a text; none of the manifest's holds an escape.
    private static func literals(_ text: String) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .compactMap { index, part in index % 2 == 1 ? String(part) : nil }
    }
}
