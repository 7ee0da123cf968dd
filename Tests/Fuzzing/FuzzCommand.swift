import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The program `apogee-fuzz`: hunts, replays a case, or is the worker of a hunt.
@main
struct FuzzCommand {
    static let usage = """
        Usage: apogee-fuzz [--target NAME]… [--minutes M | --cases N] [--seed S] [--jobs J] [--findings DIR]
               apogee-fuzz --target NAME --seed S --case N      shows a case and runs it
               apogee-fuzz --target NAME --input FILE           runs a saved input

        Attacks parts of the program with inputs made from a seed. Each case has \(CaseLimits.seconds) s of \
        processor time
        and \(CaseLimits.bytes >> 20) MiB of memory, and runs in another process. A case must end with success or \
        an error for
        users; a signal, a case past its limits and an error of another kind are findings. Their inputs are
        written to DIR (.build/fuzz by default), whole and as small as they could be made.

        Targets: \(TargetKind.allCases.map(\.name).joined(separator: ", ")); all of them by default, M divided among \
        them. Without M and N each
        target runs a fixed number of cases, a minute in all.

        Exit codes: 0 no finding, 1 findings, 64 wrong usage.
        """

    static func main() {
        do {
            let options = try FuzzOptions(Array(CommandLine.arguments.dropFirst()))
            exit(try run(options) ? 0 : 1)
        } catch let error as HuntError {
            Output.complaint("\(error)")
            exit(64)
        } catch {
            Output.complaint("\(error)")
            exit(70)
        }
    }

    /// - Returns: Whether nothing was found.
    private static func run(_ options: FuzzOptions) throws -> Bool {
        if options.isHelp {
            Output.line(usage)
            return true
        }
        if let kind = options.work { return try work(kind, options) }
        let scratch = NSTemporaryDirectory() + "apogee-fuzz-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        if options.number != nil || options.input != nil {
            return try replay(options, scratch)
        }
        let kinds = options.targets.isEmpty ? TargetKind.allCases : options.targets
        var findings = 0
        for kind in kinds {
            let seconds = options.minutes.map { $0 * 60 / Double(kinds.count) }
            findings += try Hunt(
                kind: kind, seed: options.seed,
                count: options.count ?? (seconds == nil ? kind.type.shortCount : nil),
                seconds: seconds, jobs: options.jobs, findings: options.findings,
                scratch: scratch
            ).run()
        }
        return findings == 0
    }

    /// Runs one case in this process, so that a debugger sees it.
    private static func replay(_ options: FuzzOptions, _ scratch: String) throws -> Bool {
        guard let kind = options.targets.first, options.targets.count == 1 else {
            throw HuntError.usage("--case and --input: name the one --target")
        }
        try FileManager.default.createDirectory(
            atPath: scratch + "/files", withIntermediateDirectories: true)
        let worker = Worker(kind: kind, folder: scratch + "/files")
        var file = options.input ?? ""
        if let number = options.number {
            file = scratch + "/case." + kind.ending
            try worker.write(seed: options.seed, number: number, to: file)
            if kind.ending == "lua" {
                Output.line(try String(contentsOfFile: file, encoding: .utf8))
            }
        }
        try worker.run(file: file, isShown: true)
        return true
    }

    private static func work(_ kind: TargetKind, _ options: FuzzOptions) throws -> Bool {
        let worker = Worker(kind: kind, folder: options.folder)
        if let file = options.write {
            try worker.write(seed: options.seed, number: options.first, to: file)
        } else if let file = options.input {
            try worker.run(file: file)
        } else {
            try worker.run(
                seed: options.seed, first: options.first, count: options.count ?? 1,
                seconds: options.seconds)
        }
        return true
    }
}
