package import Components
package import MetaLearning
package import Records
internal import Tensors

/// Where a run says what happens: events to the sink, costs to the ledger, and the question whether
/// to go on.
package final class RunJournal {
    package let sink: any EventSink
    private let scripts: any ScriptHost
    /// What files of weights say of the run.
    private let facts: [String: String]
    private let isInterrupted: @Sendable () -> Bool
    /// Everything billed so far, for all arms and for loading the script.
    package private(set) var total: Cost
    /// Events so far that stores keep: all but progress.
    package private(set) var recorded = 0
    /// Events that the sink had before the run went on.
    private var replayed = 0
    /// Bytes of the events that scripts can make as many of as they like, and how many there may be.
    private var scriptBytes = 0
    private let eventBytes: Int
    /// Steps of a method, one after another, in which nothing is billed.
    package let idleSteps: Int

    package init(
        _ sink: any EventSink, scripts: any ScriptHost, facts: [String: String],
        allowance: ScriptAllowance = ScriptAllowance(),
        isInterrupted: @escaping @Sendable () -> Bool
    ) {
        self.sink = sink
        eventBytes = allowance.eventBytes ?? ScriptAllowance.usualEventBytes
        idleSteps = allowance.idleSteps ?? ScriptAllowance.usualIdleSteps
        self.scripts = scripts
        self.facts = facts
        total = Cost(multiplyAdds: scripts.loadingWork)
        self.isInterrupted = isInterrupted
    }

    package func record(_ event: Event) throws {
        if recorded < replayed {
            if case .progress = event { return }
            recorded += 1
            return
        }
        try checkEventBytes(event)
        try sink.record(event)
        if case .progress = event { return }
        recorded += 1
    }

    /// Refuses an event of a script that writes without end.
    private func checkEventBytes(_ event: Event) throws {
        switch event {
        case .message(let message): scriptBytes += 64 + message.text.utf8.count
        case .phaseStarted(let phase): scriptBytes += 64 + phase.name.utf8.count
        case .generation: scriptBytes += 256
        default: return
        }
        try checkEventBytes()
    }

    private func checkEventBytes() throws {
        guard scriptBytes <= eventBytes else {
            throw ExperimentError.failed(
                "the script's messages, phases and generations take more than \(eventBytes) bytes of "
                    + "the run's events; say less, or raise event_bytes by limits in the plan, or "
                    + "--limit")
        }
    }

    /// Leaves out the first events of a run that goes on, which its sink has already.
    package func replay(until count: Int) { replayed = count }

    package func start(_ phase: String, total: Int, unit: String) throws {
        try record(.phaseStarted(Event.Phase(phase, total: total, unit: unit)))
    }

    package func progress(
        _ phase: String, _ done: Int, of total: Int, unit: String, _ metrics: [Metric] = []
    ) throws {
        try record(
            .progress(
                Event.Progress(
                    phase: phase, done: done, total: total, unit: unit, metrics: metrics)))
    }

    /// Adds to the ledger, and with it what functions of scripts computed since the last bill: so
    /// whoever bills after calling them pays for them.
    package func bill(_ cost: ComputeCost, evaluations: Int = 0) -> Cost {
        let cost = Cost(
            multiplyAdds: cost.multiplyAdds + scripts.takeWork(), tasks: cost.tasks,
            gradientSteps: cost.gradientSteps, evaluations: evaluations)
        total += cost
        return cost
    }

    /// Adds what functions of scripts computed since the last bill.
    package func billScripts() -> Cost { bill(ComputeCost()) }

    /// Adds what an earlier part of the run was billed and recorded. What scripts computed to get
    /// there again is on that bill.
    package func resume(_ cost: Cost, recorded: Int) {
        _ = scripts.takeWork()
        total += cost
        self.recorded = recorded
    }

    /// Bills work that was looked up, not done.
    package func bill(simulated cost: Cost) -> Cost {
        total += cost
        return cost
    }

    /// - Throws: `RunInterruption` if the user asked to stop.
    package func checkInterruption() throws {
        // What is printed cannot fail where it is printed.
        try checkEventBytes()
        if isInterrupted() { throw RunInterruption() }
    }

    /// - Throws: What the host of scripts says of a function that remembers what no state holds.
    package func checkMemory() throws { try scripts.checkMemory() }

    /// Does what moves a trainer's parameters, and saves them when it ended, in whichever way: state
    /// is saved before the bad news.
    package func saving<Result>(
        _ trainer: MetaTrainer, _ part: SavedPart, named name: String, _ body: () throws -> Result
    ) throws -> Result {
        let result: Result
        do {
            result = try body()
        } catch {
            // The first error is the one to tell, and a full disk refuses this file too.
            try? save(trainer, part, named: name)
            throw error
        }
        try save(trainer, part, named: name)
        return result
    }

    /// Saves what a trainer's parameters are now.
    ///
    /// - Throws: What the sink throws.
    package func save(_ trainer: MetaTrainer, _ part: SavedPart, named name: String) throws {
        let weights = SavedWeights(
            part.arrays(of: trainer), facts: facts.merging(part.facts) { $1 })
        try sink.save(weights: weights, named: name)
        try record(.checkpoint(Event.Checkpoint(name: name, updates: trainer.updates)))
    }
}

/// The user asked the run to end.
package struct RunInterruption: Error {}
