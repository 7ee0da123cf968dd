import Foundation
import Synchronization

/// Attacks one target with workers until its cases or its time are over.
struct Hunt {
    let kind: TargetKind
    let seed: UInt64
    /// Cases in all; nil to go on until the time is over.
    let count: Int?
    /// Seconds; nil without a limit.
    let seconds: Double?
    let jobs: Int
    /// Where inputs that do harm are written.
    let findings: String
    /// Where workers work.
    let scratch: String

    /// Cases of one worker: a new process starts with clean memory.
    private static let batch = 200
    /// After so many findings the rest would be more of the same.
    private static let most = 6

    private struct State {
        var next = 0
        var cases = 0
        var refused = 0
        var findings = 0
        var problem: (any Error)?
    }

    /// Hunts.
    ///
    /// - Returns: The number of findings.
    func run() throws -> Int {
        let start = ContinuousClock.now
        let state = Mutex(State())
        DispatchQueue.concurrentPerform(iterations: jobs) { job in
            do {
                try work(job, until: seconds.map { start + .seconds($0) }, state)
            } catch {
                state.withLock { $0.problem = error }
            }
        }
        let end = state.withLock { $0 }
        if let problem = end.problem { throw problem }
        let took = (ContinuousClock.now - start) / .seconds(1)
        Output.line(
            "\(kind.name): \(end.cases) cases in \(Int(took.rounded())) s, "
                + "\(end.refused) refused, \(end.findings) findings")
        return end.findings
    }

    private func work(
        _ job: Int, until deadline: ContinuousClock.Instant?, _ state: borrowing Mutex<State>
    ) throws {
        let folder = "\(scratch)/\(kind.name)-\(job)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        while let range = claim(until: deadline, state) {
            var first = range.lowerBound
            while first < range.upperBound {
                let left = deadline.map { ($0 - .now) / .seconds(1) }
                if let left, left <= 0 { break }
                let end = try watch(
                    [
                        "--seed", "\(seed)", "--first", "\(first)", "--count",
                        "\(range.upperBound - first)",
                    ] + (left.map { ["--seconds", "\($0)"] } ?? []), folder)
                state.withLock {
                    $0.cases += end.begun
                    $0.refused += end.refused
                }
                guard let harm = end.harm else { break }
                guard let number = end.last else { throw HuntError.cannotStart(end.detail) }
                let found = state.withLock {
                    $0.findings += 1
                    return $0.findings
                }
                try report(number, harm, end.detail, folder)
                if found >= Hunt.most { return }
                first = number + 1
            }
        }
    }

    /// The next cases for a worker; nil when there are none.
    private func claim(
        until deadline: ContinuousClock.Instant?, _ state: borrowing Mutex<State>
    ) -> Range<Int>? {
        state.withLock { state in
            if let deadline, ContinuousClock.now >= deadline { return nil }
            if state.findings >= Hunt.most || state.problem != nil { return nil }
            // Jobs share a short hunt evenly.
            let size = count.map { min(Hunt.batch, max(1, $0 / (2 * jobs))) } ?? Hunt.batch
            let range = state.next..<min(state.next + size, count ?? .max)
            state.next = range.upperBound
            return range.isEmpty ? nil : range
        }
    }

    /// Tells of a case that did harm, and keeps the smallest input that does.
    private func report(_ number: Int, _ harm: Harm, _ detail: String, _ folder: String) throws {
        let name = "\(kind.name)-\(seed)-\(number)"
        Output.line(
            "\(kind.name): seed \(seed), case \(number): \(harm)"
                + (detail.isEmpty ? "" : ": \(detail)"))
        try FileManager.default.createDirectory(
            atPath: findings, withIntermediateDirectories: true)
        let whole = "\(findings)/\(name).\(kind.ending)"
        let written = try watch(
            ["--seed", "\(seed)", "--first", "\(number)", "--write", whole], folder)
        guard written.harm == nil, let data = FileManager.default.contents(atPath: whole) else {
            return Output.line("  making the input does it")
        }
        guard try harmOf(file: whole, folder) == harm else {
            return Output.line("  not by itself, after other cases only; all of it is in \(whole)")
        }
        let trial = folder + "/trial." + kind.ending
        var shrinker = Shrinker { candidate in
            guard (try? Data(candidate).write(to: URL(fileURLWithPath: trial))) != nil else {
                return false
            }
            return (try? harmOf(file: trial, folder)) == harm
        }
        let smallest = shrinker.smallest([UInt8](data), isText: kind.ending == "lua")
        let kept = "\(findings)/\(name).smallest.\(kind.ending)"
        try Data(smallest).write(to: URL(fileURLWithPath: kept))
        Output.line("  \(data.count) bytes in \(whole), \(smallest.count) in \(kept)")
    }

    private func harmOf(file: String, _ folder: String) throws -> Harm? {
        try watch(["--input", file], folder).harm
    }

    private func watch(_ arguments: [String], _ folder: String) throws -> WorkerEnd {
        let own = folder + "/files"
        try? FileManager.default.removeItem(atPath: own)
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        return try Watch(
            arguments: ["--work", kind.name, "--folder", own] + arguments, folder: folder
        ).run()
    }
}

/// Why a hunt cannot go on.
enum HuntError: Error, CustomStringConvertible {
    case cannotStart(String)
    case usage(String)

    var description: String {
        switch self {
        case .cannotStart(let detail): "a worker ended before its first case: \(detail)"
        case .usage(let problem): problem
        }
    }
}
