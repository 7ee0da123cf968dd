import Components
import ArgumentParser
import Experiments
import Foundation
import LuaHost
import Runs
import Scripting

/// `apogee test`: runs specs inside the host.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Runs specs: describe, it, expect.",
        discussion: """
            Runs one spec, or every spec/*_spec.lua below a folder. Each file has its own Lua state, \
            with its plugin loaded. Ends with 1 if a spec fails.

              apogee test plugins
              apogee test plugins/genetic_operators/spec/crossover_spec.lua
            """)

    @Argument(help: "A spec, or a folder.")
    var path = "."

    @OptionGroup var plugins: PluginOptions

    @Flag(help: "Also shows passed specs, and the stack traces of failed ones.")
    var verbose = false

    func run() throws {
        let files = try SpecFiles.find(path)
        guard !files.isEmpty else {
            throw Failure(
                "\(path): no specs found; they are named spec/NAME_spec.lua", .inputMissing)
        }
        var (passed, failed) = (0, 0)
        for file in files {
            let results: [SpecResult]
            do {
                results = try SpecRunner(
                    file, plugins: plugins.places, print: { Output.error($0) }
                ).run()
            } catch {
                // A file that cannot be loaded is one failure; the others still have their say.
                failed += 1
                Output.line("FAIL", .red, "  \(file)")
                Output.line("      \(Failure(describing: error).message)")
                continue
            }
            if results.isEmpty { Output.line("note  \(file): contains no spec") }
            for result in results {
                let words = result.words.joined(separator: " ")
                guard let failure = result.failure else {
                    passed += 1
                    if verbose { Output.line("ok", .green, "    \(words)") }
                    continue
                }
                failed += 1
                Output.line("FAIL", .red, "  \(words)")
                Output.line("      \(failure)")
                if verbose { for frame in result.stack { Output.line("        \(frame)") } }
            }
        }
        let count = "\(passed) passed, \(failed) failed, \(files.count) files"
        Output.line(count)
        if failed > 0 { throw ArgumentParser.ExitCode(1) }
    }
}
