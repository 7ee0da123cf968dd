internal import Foundation

/// How long the program takes to begin and end.
public enum StartupBenchmark {
    /// A measured program ended badly.
    public struct ProgramFailed: Error, CustomStringConvertible {
        /// Which command, and how it ended.
        public let description: String
    }

    /// Runs a program as a process of its own: `--version`, whose median is the result's, and
    /// `check` of a script.
    ///
    /// - Parameters:
    ///   - program: Path of the executable.
    ///   - script: Path of an experiment.
    ///   - repeats: Timed repetitions of each.
    /// - Returns: The result.
    /// - Throws: ``ProgramFailed``, or what the system says where it cannot be started.
    public static func run(
        program: String, script: String, repeats: Int = 15
    ) throws -> BenchmarkResult {
        func time(_ arguments: [String]) throws -> [Double] {
            try Measurement.times(warmUps: 2, repeats: repeats) {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: program)
                process.arguments = arguments
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                try process.run()
                process.waitUntilExit()
                guard process.terminationStatus == 0 else {
                    throw ProgramFailed(
                        description: "'\(program) \(arguments.joined(separator: " "))' ended with "
                            + "exit code \(process.terminationStatus)")
                }
            }
        }
        let version = try time(["--version"])
        let check = try time(["check", script])
        return BenchmarkResult(
            name: Workload.startup.rawValue, threads: 1, sorted: version,
            rates: ["check_seconds_median": Measurement.median(check)],
            peakBytes: Measurement.peakBytes(ofChildren: true))
    }
}
