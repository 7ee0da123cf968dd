import Foundation
import TestSupport
import Testing

/// The program finds its plugins wherever it is, or says where it looked.
@Suite struct InstallTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func install(_ arguments: [String]) throws -> (code: Int32, error: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [Repository.path("scripts/install")] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    @Test func `an installed program runs an experiment with plugins, also through a link`() throws
    {
        let program = try #require(Program.path)
        // Twice: what is there is replaced.
        for _ in 0..<2 {
            let installed = try install(["--program", program, "prefix with spaces"])
            #expect(installed.code == 0, "\(installed.error)")
        }
        let prefix = folder.path + "/prefix with spaces"
        let link = folder.path + "/apogee"
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: prefix + "/bin/apogee")
        for place in [prefix + "/bin/apogee", link] {
            let outcome = try Program.run(
                [
                    "check", prefix + "/share/apogee/experiments/06_genetic_operators.lua",
                ], in: folder.path, program: place)
            #expect(outcome.code == 0, "\(outcome.error)")
            #expect(outcome.output.contains("OK  rehearsal"))
        }
        for file in [
            "bash-completion/completions/apogee", "zsh/site-functions/_apogee",
            "fish/vendor_completions.d/apogee.fish", "apogee/plugins/_meta/apogee.lua",
        ] {
            let data = try Data(contentsOf: URL(fileURLWithPath: prefix + "/share/" + file))
            #expect(data.count > 100, "\(file)")
        }
    }

    @Test func `a program that was copied without its plugins says where it looked`() throws {
        let copy = folder.path + "/bin/apogee"
        try FileManager.default.createDirectory(
            atPath: folder.path + "/bin", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: try #require(Program.path), toPath: copy)
        let outcome = try Program.run(
            ["check", Repository.path("scripts/experiments/06_genetic_operators.lua")],
            in: folder.path, program: copy)
        #expect(outcome.code == 65, "\(outcome.error)")
        #expect(
            outcome.complaint.contains(
                "the plugins that come with Apogee were not found: neither \(folder.path)/share/"
                    + "apogee/plugins nor a package around the program has them"),
            "\(outcome.error)")
        let doctor = try Program.run(["doctor"], in: folder.path, program: copy)
        #expect(doctor.output.contains("none came with the program; looked for "))
    }

    @Test func `wrong usage is told`() throws {
        #expect(try install(["--program"]).code == 64)
        #expect(try install(["--what"]).code == 64)
        #expect(try install(["a", "b"]).code == 64)
        #expect(try install(["--program", "nothing", "p"]).code == 69)
        #expect(try install(["--help"]).code == 0)
    }
}
