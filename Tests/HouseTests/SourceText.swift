import Foundation
import TestSupport

/// A Swift or C file of the package, as the tests of the house read it.
struct SourceFile {
    /// The path below the package's root.
    let path: String
    /// The text as it stands.
    let text: String

    /// The text's lines without comments, and with string literals emptied.
    var codeLines: [String] { SourceText.code(text) }

    /// All files below a folder of the package that end in one of these.
    static func all(_ folder: String, endings: [String]) throws -> [SourceFile] {
        let root = Repository.path(folder)
        guard FileManager.default.fileExists(atPath: root) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: root).sorted()
            .filter { name in endings.contains { name.hasSuffix($0) } }
            .map { name in
                SourceFile(
                    path: folder + "/" + name,
                    text: try String(contentsOfFile: root + "/" + name, encoding: .utf8))
            }
    }
}

/// Reads just enough of Swift to tell code from comments and strings.
enum SourceText {
    /// Lines without comments (nested ones too) and with string literals emptied.
    static func code(_ text: String) -> [String] {
        var lines: [String] = []
        var depth = 0
        var isInLongString = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var kept = ""
            var rest = Substring(line)
            scan: while let character = rest.first {
                if isInLongString {
                    isInLongString = !rest.hasPrefix("\"\"\"")
                    rest = rest.dropFirst(isInLongString ? 1 : 3)
                } else if rest.hasPrefix("/*") {
                    depth += 1
                    rest = rest.dropFirst(2)
                } else if depth > 0 {
                    let ends = rest.hasPrefix("*/")
                    depth -= ends ? 1 : 0
                    rest = rest.dropFirst(ends ? 2 : 1)
                } else if rest.hasPrefix("//") {
                    break scan
                } else if rest.hasPrefix("\"\"\"") {
                    isInLongString = true
                    rest = rest.dropFirst(3)
                } else if let length = stringLength(rest) {
                    kept += "\"\""
                    rest = rest.dropFirst(length)
                } else {
                    kept.append(character)
                    rest = rest.dropFirst()
                }
            }
            lines.append(kept)
        }
        return lines
    }

    /// The length of a string literal of one line, raw ones too; nil where none begins.
    private static func stringLength(_ text: Substring) -> Int? {
        let hashes = text.prefix { $0 == "#" }.count
        let body = text.dropFirst(hashes)
        guard body.first == "\"" else { return nil }
        let end = "\"" + String(repeating: "#", count: hashes)
        var rest = body.dropFirst()
        var length = hashes + 1
        while !rest.isEmpty {
            if rest.hasPrefix(end) { return length + end.count }
            let step = rest.first == "\\" && hashes == 0 ? 2 : 1
            rest = rest.dropFirst(step)
            length += step
        }
        return length
    }

    /// The module of an import line, whatever stands before `import`; nil for other lines.
    ///
    /// `@preconcurrency public import struct Foundation.URL` gives `Foundation`.
    static func importedModule(_ line: String) -> String? {
        var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        let access: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        while let first = words.first, first.hasPrefix("@") || access.contains(first) {
            words.removeFirst()
        }
        guard words.first == "import" else { return nil }
        words.removeFirst()
        let kinds: Set<Substring> = [
            "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
        ]
        if let first = words.first, kinds.contains(first) { words.removeFirst() }
        return words.first.map { String($0.prefix { $0 != "." && $0 != ";" }) }
    }
}
