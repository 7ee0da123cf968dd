import ArgumentParser
import Datasets
import Experiments
import Foundation
import Kernels

/// `apogee doctor`: what the program stands on.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Prints versions, processor, memory and the data that is found.",
        discussion: """
            Put its output into a report of a problem.

              apogee doctor --data ../shared/data/omniglot
              apogee doctor --kernels
            """)

    @Option(help: ArgumentHelp("A folder to look for data in.", valueName: "dir"))
    var data: String?

    @Flag(help: "Shows which code serves each operation of typical networks on this machine.")
    var kernels = false

    func run() throws {
        guard !kernels else {
            row("kernels", KernelInformation.ownKernels)
            row(
                "oneDNN", "\(KernelInformation.oneDNNVersion) (\(KernelInformation.instructionSet))"
            )
            Output.line()
            let width = Terminal.columns(descriptor: 1)
            for line in KernelTable.lines(try KernelSurvey.typical(), width: width) {
                Output.line(line)
            }
            return
        }
        for (name, version) in Machine.versions { row(name, version) }
        row("libedit", LineEditor.version)
        row("processor", Machine.model)
        row(
            "features",
            Machine.features.isEmpty ? "none found" : Machine.features.joined(separator: " "))
        row("kernels use", KernelInformation.instructionSet)
        row("cores", "\(Machine.cores)")
        row("memory", Machine.bytes(Machine.memory))
        row("for runs", Machine.bytes(Machine.memoryShare) + " (--memory of apogee run)")
        let environment = ProcessInfo.processInfo.environment["APOGEE_DATA"]
        for (label, folder) in [
            ("--data", data), ("APOGEE_DATA", environment), ("beside", "../shared/data"),
        ] {
            guard let folder else { continue }
            row("data", "\(folder) (\(label)): \(Self.found(in: folder))")
        }
    }

    private func row(_ name: String, _ value: String) {
        Output.line(
            TextWidth.padded(name, to: 12, right: false) + "  " + TextWidth.plain(value))
    }

    /// What Omniglot archives a folder, or its subfolder `omniglot`, holds.
    private static func found(in folder: String) -> String {
        guard FileManager.default.fileExists(atPath: folder) else { return "no such folder" }
        for place in [folder, folder + "/omniglot"] {
            guard let archives = try? Omniglot.archives(in: place), !archives.isEmpty else {
                continue
            }
            let names = archives.map { URL(fileURLWithPath: $0).lastPathComponent }
            return "Omniglot in \(place): " + names.joined(separator: ", ")
        }
        return "no Omniglot archive"
    }
}
