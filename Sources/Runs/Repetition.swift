import Foundation
public import Records

/// Whether a run's results would repeat on this machine to the bit: what they stand on, then and now.
public struct Repetition: Sendable {
    /// One thing that a run stands on.
    public struct Fact: Sendable {
        /// The thing: `oneDNN`.
        public let name: String
        /// Nil where the run did not record it.
        public let before: String?
        /// Nil where it is not known here.
        public let now: String?
        /// Whether another one can change a result's last digits.
        public let decides: Bool

        /// The thing in a sentence.
        var title: String { name == "oneDNN uses" ? "oneDNN's instruction set" : name }

        /// Whether it is here as it was in the run.
        public var isSame: Bool { before == now }
    }

    /// All of them, versions first.
    public let facts: [Fact]

    /// Compares a run with this machine.
    ///
    /// - Parameter run: The record of the earlier run, which is compared with this machine.
    public init(of run: RunRecord) {
        let (versions, now) = (Machine.versions, Machine.record)
        // What the compiler and Lua compute has one right value; sums of floats have an order.
        let exact: Set<String> = ["swift", "lua"]
        var facts = versions.map { name, version in
            Fact(
                name: name, before: run.versions[name], now: version,
                decides: !exact.contains(name))
        }
        let known = Set(versions.map(\.name))
        for (name, version) in run.versions.sorted(by: { $0.key < $1.key })
        where !known.contains(name) {
            // Which plugins there are depends on the script; `apogee run --resume` looks at them.
            facts.append(Fact(name: "plugin \(name)", before: version, now: nil, decides: false))
        }
        let before = run.machine
        facts += [
            Fact(name: "system", before: before?.system, now: now.system, decides: false),
            Fact(
                name: "C library", before: before?.library, now: now.library, decides: true),
            Fact(
                name: "processor", before: before?.model ?? run.model, now: now.model,
                decides: true),
            Fact(
                name: "oneDNN uses", before: before?.instructionSet ?? run.instructionSet,
                now: now.instructionSet, decides: true),
            Fact(name: "kernels", before: before?.kernels, now: now.kernels, decides: true),
        ]
        self.facts = facts
    }

    /// Why results may differ, with what to do; nil if they will not.
    public var reason: String? {
        let deciding = facts.filter { $0.decides && !$0.isSame }
        let different = deciding.compactMap { fact in
            fact.before.map { "\(fact.title) (\($0) then, \(fact.now ?? "unknown") now)" }
        }
        let unknown = deciding.filter { $0.before == nil }.map(\.title)
        if !different.isEmpty {
            return "the run's bits may not repeat here: \(different.joined(separator: ", ")) "
                + (different.count == 1 ? "differs" : "differ")
                + "; its results are as right, so compare them by their intervals"
        }
        guard !unknown.isEmpty else { return nil }
        return "whether the run's bits repeat here cannot be told: it did not record "
            + unknown.joined(separator: ", ")
    }
}

extension RunRecord {
    /// The processor's model, out of `processor`, which has the instruction set in brackets behind it.
    fileprivate var model: String {
        guard let bracket = processor.range(of: " (", options: .backwards) else { return processor }
        return String(processor[..<bracket.lowerBound])
    }

    /// The instruction set in the brackets of `processor`.
    fileprivate var instructionSet: String? {
        guard let bracket = processor.range(of: " (", options: .backwards), processor.hasSuffix(")")
        else { return nil }
        return String(processor[bracket.upperBound...].dropLast())
    }
}
