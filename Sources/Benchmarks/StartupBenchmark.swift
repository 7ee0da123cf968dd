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
    /// - Throws: ``ProgramFailed``, also where it does not start.
    public static func run(
        program: String, script: String, repeats: Int = 15
    ) throws -> BenchmarkResult {
        func time(_ arguments: [String]) throws -> [Double] {
            try Measurement.times(warmUps: 2, repeats: repeats) {
                let status = try exitStatus(of: program, arguments)
                guard status == 0 else {
                    throw ProgramFailed(
                        description: "'\(program) \(arguments.joined(separator: " "))' ended with "
                            + "exit code \(status)")
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

    /// Runs a program to its end, its output dropped. Foundation's own wait looks only every 50
    /// milliseconds, which is as long as the program takes.
    private static func exitStatus(of program: String, _ arguments: [String]) throws -> Int {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
        }
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var process = pid_t()
        let failure = posix_spawn(&process, program, &actions, nil, words, environ)
        guard failure == 0 else {
            throw ProgramFailed(
                description: "'\(program)' does not start: \(String(cString: strerror(failure)))")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else {
                throw ProgramFailed(
                    description: "'\(program)' is lost: \(String(cString: strerror(errno)))")
            }
        }
        // As a shell has it: the exit code, or 128 and the signal.
        return Int(status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f))
    }
}
