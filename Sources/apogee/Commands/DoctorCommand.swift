internal import Evaluation
import Runs
import Scripting
import ArgumentParser
import Datasets
import Components
import Experiments
import Foundation
import Kernels
import Records
import RunStore

/// `apogee doctor`: what the program stands on.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Prints versions, processor, memory and available data.",
        discussion: """
            Include its output in bug reports. With --run it compares this machine with the one that \
            made a run, and ends with 1 if the run may not be reproduced here bit for bit.

              apogee doctor --data data/omniglot
              apogee doctor --kernels
              apogee doctor --run runs/first-steps-7
            """)

    @Option(help: ArgumentHelp("A folder to search for data.", valueName: "dir"))
    var data: String?

    @Flag(help: "Shows which kernel runs each operation of typical networks on this machine.")
    var kernels = false

    @Option(
        name: .customLong("run"),
        help: ArgumentHelp(
            "A run's folder: says whether this machine reproduces it bit for bit.",
            valueName: "dir"))
    var earlier: String?

    func validate() throws {
        guard earlier != nil, kernels || data != nil else { return }
        throw ValidationError("--run: cannot be combined with other options")
    }

    func run() throws {
        if let earlier { return try compare(earlier) }
        guard !kernels else {
            row("kernels", KernelInformation.ownKernels)
            row(
                "oneDNN", "\(KernelInformation.oneDNNVersion) (\(KernelInformation.instructionSet))"
            )
            Output.line()
            let width = Terminal.columns(descriptor: 1)
            let ink = Terminal.ink(descriptor: 1)
            for line in KernelTable.lines(try KernelSurvey.typical(), width: width, ink: ink) {
                Output.line(line)
            }
            return
        }
        row("system", Machine.system)
        for (name, version) in Machine.versions { row(name, version) }
        row("C library", Machine.library)
        row("libedit", LineEditor.version)
        row("processor", Machine.model)
        row(
            "features",
            Machine.features.isEmpty ? "none found" : Machine.features.joined(separator: " "))
        row("kernels use", KernelInformation.instructionSet)
        row("cores", "\(Machine.cores)")
        row("memory", Machine.bytes(Machine.memory))
        row("for runs", Machine.bytes(Machine.memoryShare) + " (--memory of apogee run)")
        let places = PluginPlaces.standard()
        row(
            "plugins",
            places.installed
                ?? "none came with the program; looked for \(places.missing.first ?? "")")
        let environment = ProcessInfo.processInfo.environment["APOGEE_DATA"]
        for (label, folder) in [
            ("--data", data), ("APOGEE_DATA", environment), ("beside", "../shared/data"),
        ] {
            guard let folder else { continue }
            row("data", "\(folder) (\(label)): \(Self.found(in: folder))")
        }
    }

    /// Compares what a run stood on with what is here.
    private func compare(_ path: String) throws {
        let (archive, name) = DirectoryArchive.locate(path)
        let run: any ArchivedRun
        do {
            run = try archive.read(name)
        } catch {
            throw Failure("--run: \(error)", .inputMissing)
        }
        let record = run.stored.run
        let repetition = Repetition(of: record)
        row("run", "\(run.place): \(record.name), seed \(record.seed)")
        Output.line()
        let (width, ink) = (Terminal.columns(descriptor: 1), Terminal.ink(descriptor: 1))
        for line in repetition.lines(width: width, ink: ink) { Output.line(line) }
        Output.line()
        guard let reason = repetition.reason else {
            return Output.line(
                "The same script, seed and data give the same bits here as in the run.")
        }
        throw Failure(reason, .failed)
    }

    private func row(_ name: String, _ value: String) {
        Output.entry(name, width: 12, value)
    }

    /// What data a folder, or its subfolders named after data sets, hold.
    private static func found(in folder: String) -> String {
        guard FileManager.default.fileExists(atPath: folder) else { return "no such folder" }
        let found = [archives(in: folder), tables(in: folder)].compactMap(\.self)
        guard found.isEmpty else { return found.joined(separator: "; ") }
        return "neither Omniglot archives nor \(CellBenchmark.fileName) of NAS-Bench-201"
    }

    /// The tables of NAS-Bench-201 that a folder holds, or what is wrong with them; nil without any.
    private static func tables(in folder: String) -> String? {
        do throws(DatasetError) {
            let names = try CellBenchmark(
                path: CellBenchmark.file(in: folder)
            ).tables.map(\.name)
            return "NAS-Bench-201, \(CellBenchmark.cells) cells: " + names.joined(separator: ", ")
        } catch .missingFile {
            return nil
        } catch {
            return "NAS-Bench-201: \(error)"
        }
    }

    /// The Omniglot archives that a folder holds; nil without any.
    private static func archives(in folder: String) -> String? {
        for place in [folder, folder + "/omniglot"] {
            guard let archives = try? Omniglot.archives(in: place), !archives.isEmpty else {
                continue
            }
            let names = archives.map { URL(fileURLWithPath: $0).lastPathComponent }
            return "Omniglot in \(place): " + names.joined(separator: ", ")
        }
        return nil
    }
}
