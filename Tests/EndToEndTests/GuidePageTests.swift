import Foundation
import Records
import TestSupport
import Testing

/// The pages of the guide against the files and the program that they speak of.
struct GuidePageTests {
    private static func page(_ name: String) throws -> String {
        try String(contentsOfFile: Repository.path("plugins/guide/\(name)"), encoding: .utf8)
    }

    /// The blocks of Lua of a page.
    private static func blocks(_ page: String) -> [String] {
        page.components(separatedBy: "```lua\n").dropFirst()
            .compactMap { $0.components(separatedBy: "\n```").first }
    }

    @Test(arguments: ["strategy", "schedule", "reporter", "training"])
    func `the Lua of a page is that of its file, or runs by itself`(name: String) throws {
        let file = try Self.page(name + ".lua")
        for block in try Self.blocks(Self.page(name + ".md")) {
            if file.contains(block) { continue }
            if block.contains("describe(") {
                let folder = try TemporaryFolder()
                _ = try folder.write(block, to: "spec/page_spec.lua")
                let outcome = try Program.run("test", folder.path, in: Repository.root)
                #expect(outcome.code == 0, "\(outcome.output)\(outcome.error)")
                #expect(outcome.output.hasPrefix("1 passed"))
            } else {
                // It goes on where the file ends.
                let run = file + "\nlocal gradients = gradient(p, x, y)\n" + block
                let folder = try TemporaryFolder()
                let script = try folder.write(run, to: "page.lua")
                let outcome = try Program.run("repl", script)
                #expect(outcome.code == 0, "\(outcome.error)")
            }
        }
    }

    @Test func `the update that the page of methods explains is that of its file`() throws {
        let block = try #require(
            Self.blocks(Self.page("method.md")).first { $0.contains("context:update {") })
        #expect(try Self.page("method.lua").contains(block))
        // One of each field that the reference has.
        let reference = try Self.page("reference.md")
        let rows = try #require(reference.components(separatedBy: "## Table `update`").last)
            .components(separatedBy: "\n## ")[0]
        for field in ["tasks", "paths", "fraction", "factor", "phase", "done", "total"] {
            #expect(rows.contains("| `\(field)` |"))
            #expect(try Self.page("method.md").contains("`\(field)`"))
        }
    }

    @Test func `the network of the page of training learns what it says`() throws {
        let outcome = try Program.run("repl", Repository.path("plugins/guide/training.lua"))
        #expect(outcome.code == 0, "\(outcome.error)")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        // The layouts of the page's table.
        #expect(
            lines.prefix(6) == [
                "conv.weight\t[3, 3, 1, 8]", "conv.bias\t[8]", "norm.gamma\t[8]", "norm.beta\t[8]",
                "classifier.weight\t[8, 2]", "classifier.bias\t[2]",
            ])
        let accuracy = try #require(lines.last?.split(separator: " ").last)
        #expect(try #require(Double(accuracy)) > 0.9)
    }

    @Test(arguments: Event.examples)
    func `the page of reporters names every field of every event`(event: Event) throws {
        let line = try event.jsonLine()
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let name = try #require(object["event"] as? String)
        let row = try #require(
            Self.page("reporter.md").components(separatedBy: "\n")
                .first { $0.hasPrefix("| `\(name)` |") }, "no row of \(name)")
        for field in object.keys where field != "event" {
            #expect(row.contains("`\(field)`"), "\(name): \(field)")
        }
    }

    @Test func `every page of the guide is in its list`() throws {
        let folder = Repository.path("plugins/guide")
        let list = try Self.page("README.md")
        for file in try FileManager.default.contentsOfDirectory(atPath: folder)
        where file != "README.md" { #expect(list.contains("](\(file))"), "\(file)") }
    }

    @Test func `the page of the plan lists what the program takes`() throws {
        let page = try Self.page("plan.md")
        for key in [
            "budget.updates_per_generation", "per_task_search.shift", "on_non_finite",
            "learner", "multiply_adds",
        ] { #expect(page.contains("`\(key)`") || page.contains(".\(key)`"), "\(key)") }
        for component in ["maml", "nsga2", "omniglot", "adamw", "fixed", "tabular", "per_gene"] {
            #expect(page.contains("### `\(component)`"))
            let shown = try Program.run("plugins", component).output
            let first = try #require(shown.components(separatedBy: "\n").dropFirst().first)
            #expect(page.contains(first.trimmingCharacters(in: .whitespaces)), "\(component)")
        }
    }
}
