import Foundation
internal import Components
internal import Randomness
internal import Runs

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The process that runs cases. A crash ends it, and its last line tells which case did.
///
/// It writes `case N` before each case, `fault TEXT` when a case threw something that is no sentence for
/// users, and `done REFUSED` at the end.
struct Worker {
    /// Its exit code after a fault.
    static let faultCode: Int32 = 3

    let kind: TargetKind
    let folder: String

    /// Runs cases of a seed.
    func run(seed: UInt64, first: Int, count: Int, seconds: Double?) throws {
        let target = try kind.type.init(folder: folder)
        let start = ContinuousClock.now
        var refused = 0
        for number in first..<(first + count) {
            if let seconds, ContinuousClock.now - start > .seconds(seconds) { break }
            begin(number)
            var rng = kind.stream(seed: seed, number: number)
            if take(try target.input(number, &rng), target) { refused += 1 }
        }
        Output.line("done \(refused)")
    }

    /// Runs a saved input.
    ///
    /// - Returns: Whether it was refused.
    @discardableResult
    func run(file: String, isShown: Bool = false) throws -> Bool {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        let target = try kind.type.init(folder: folder)
        begin(0)
        let isRefused = take(bytes, target, isShown: isShown)
        Output.line("done \(isRefused ? 1 : 0)")
        return isRefused
    }

    /// Writes the input of a case to a file.
    func write(seed: UInt64, number: Int, to file: String) throws {
        let target = try kind.type.init(folder: folder)
        var rng = kind.stream(seed: seed, number: number)
        try Data(target.input(number, &rng)).write(to: URL(fileURLWithPath: file))
    }

    private func take(
        _ input: [UInt8], _ target: any FuzzTarget, isShown: Bool = false
    ) -> Bool {
        do {
            try target.take(input)
            return false
        } catch {
            let failure = Failure(describing: error)
            if failure.code == .fault {
                Output.line("fault \(failure.message.replacing("\n", with: " "))")
                exit(Worker.faultCode)
            }
            if isShown { Output.line("refused \(failure.message)") }
            return true
        }
    }

    /// Says which case comes, and gives it its processor time: a signal ends it after that.
    private func begin(_ number: Int) {
        Output.line("case \(number)")
        var usage = rusage()
        getrusage(RUSAGE_SELF.value, &usage)
        let used = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        var limit = rlimit()
        getrlimit(RLIMIT_CPU.value, &limit)
        limit.rlim_cur = rlim_t(used + CaseLimits.seconds + 1)
        setrlimit(RLIMIT_CPU.value, &limit)
    }
}

#if canImport(Glibc)
    // The constants as the calls take them.
    extension __rlimit_resource {
        fileprivate var value: __rlimit_resource_t { __rlimit_resource_t(rawValue) }
    }

    extension __rusage_who {
        fileprivate var value: __rusage_who_t { rawValue }
    }
#else
    extension Int32 {
        fileprivate var value: Int32 { self }
    }
#endif
