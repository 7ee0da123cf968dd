import Foundation
import TestSupport
import Testing

struct LayeringTests {
    /// The target that a file below `Sources` belongs to.
    private static func target(_ file: SourceFile) -> String {
        String(file.path.split(separator: "/")[1])
    }

    @Test func `every import is one that the table of layers allows`() throws {
        let files = try SourceFile.all("Sources", endings: [".swift"])
        #expect(files.count > 10, "no sources found below \(Repository.root)")
        for file in files {
            let target = Self.target(file)
            guard let allowed = Layers.imports(of: target) else {
                Issue.record("\(file.path): the target \(target) is not in HouseTests/Layers.swift")
                continue
            }
            for (index, line) in file.codeLines.enumerated() {
                guard let module = SourceText.importedModule(line) else { continue }
                #expect(
                    allowed.contains(module) || Layers.system.contains(module),
                    """
                    \(file.path):\(index + 1): \(target) may not import \(module); \
                    it may import \(allowed.sorted().joined(separator: ", "))
                    """)
            }
        }
    }

    @Test func `a C library has one door`() throws {
        for file in try SourceFile.all("Sources", endings: [".swift"]) {
            let target = Self.target(file)
            for line in file.codeLines {
                guard let module = SourceText.importedModule(line),
                    let door = Layers.doors.first(where: { $0.library == module })
                else { continue }
                #expect(
                    door.targets.contains(target),
                    "\(file.path) imports \(module); only \(door.targets.sorted()) may")
            }
        }
        for file in try SourceFile.all("Sources", endings: [".c", ".h"]) {
            let target = Self.target(file)
            for line in file.text.split(separator: "\n") where line.hasPrefix("#include") {
                let name = line.drop { $0 != "<" && $0 != "\"" }.dropFirst()
                for header in Layers.headers where name.hasPrefix(header.prefix) {
                    // Our own headers are not the library's, whatever their names begin with.
                    guard line.contains("<") else { continue }
                    #expect(
                        header.targets.contains(target),
                        "\(file.path): \(line); only \(header.targets.sorted()) may include it")
                }
            }
        }
    }

    @Test func `a row of the table names only rows above it`() {
        var above: Set<String> = ["ArgumentParser"]
        for row in Layers.rows {
            for module in row.imports {
                #expect(above.contains(module), "\(row.target) lists \(module), which comes later")
            }
            #expect(above.insert(row.target).inserted, "\(row.target) has two rows")
        }
    }

    @Test func `the package declares each target with what the table allows and no more`() throws {
        let declared = try Manifest.targets()
        #expect(declared.count > 15, "Package.swift could not be read: \(declared.keys.sorted())")
        for row in Layers.rows {
            let dependencies = try #require(
                declared[row.target], "Package.swift does not declare \(row.target)")
            let extra = Set(dependencies).subtracting(row.imports)
            #expect(extra.isEmpty, "Package.swift gives \(row.target) more: \(extra.sorted())")
        }
        let known = Set(Layers.rows.map(\.target))
        let forTests = ["TestSupport", "AllocationCounter", "Fuzzing"]
        for name in declared.keys where !name.hasSuffix("Tests") && !forTests.contains(name) {
            #expect(known.contains(name), "\(name) is not in HouseTests/Layers.swift")
        }
    }

    @Test func `the readers of source text know Swift's ways of importing`() {
        let cases: [(String, String?)] = [
            ("import Tensors", "Tensors"), ("public import Records", "Records"),
            ("@preconcurrency import Foundation", "Foundation"),
            ("@_exported public import struct Foundation.URL", "Foundation"),
            ("    import Glibc", "Glibc"), ("important = 3", nil), ("", nil),
            ("let x = 1  // import Tensors", nil),
        ]
        for (line, module) in cases {
            #expect(SourceText.importedModule(SourceText.code(line)[0]) == module, "\(line)")
        }
        let text =
            "a /* import X\nimport Y */ b\n\"\"\"\nimport Z\n\"\"\"\nlet s = \"// no\" + c // d"
        #expect(SourceText.code(text) == ["a ", " b", "", "", "", "let s = \"\" + c "])
        #expect(SourceText.code(##"f(#"a"b"#, "\"c") + d"##) == [#"f("", "") + d"#])
    }
}
