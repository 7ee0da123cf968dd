internal import Components
internal import Evaluation
internal import Records
internal import SearchSpaces

extension SupernetSearch {
    /// Runs a method to its end, from its beginning or from a saved state.
    ///
    /// The state is saved every `checkpoint_steps` steps, after each generation, when the search is
    /// over, and before an error or an interruption is passed on: then as it was before the step,
    /// unless the step changed nothing.
    ///
    /// - Parameters:
    ///   - method: What searches.
    ///   - saved: A saved state to go on from; nil to begin anew.
    ///   - limit: Multiply-adds after which the search ends; nil for the method's own end.
    ///   - cost: What the meta-updates cost is added here.
    /// - Returns: What it found, best first.
    /// - Throws: `RunInterruption` where the user asked to stop; what the method or the sink throws,
    ///   after the state was saved.
    func run(
        _ method: any SearchMethod, from saved: MethodState?, limit: Int?, _ cost: inout Cost
    ) throws -> [Genotype] {
        let services = MethodServices(self)
        defer {
            cost += services.trainingCost
            services.end()
        }
        var isDone = false
        if let saved {
            isDone = try services.restore(method, saved)
        } else {
            try method.begin(services)
            services.billScripts()
        }
        // What cannot be saved is refused now, not when the first hour is over.
        var before: MethodState? = try services.checkpoint(method, isDone: isDone)
        var (steps, idle) = (0, 0)
        while !isDone {
            if !method.isNextStepAtomic(services), before == nil {
                before = try services.checkpoint(method, isDone: false)
            }
            do {
                try services.checkInterruption()
                let billed = (services.multiplyAdds, evaluator.trials)
                isDone = try method.step(services)
                services.billScripts()
                idle = billed == (services.multiplyAdds, evaluator.trials) ? idle + 1 : 0
                guard idle < training.journal.idleSteps else {
                    throw ExperimentError.failed(
                        "the method took \(idle) steps one after another in which nothing was trained "
                            + "or evaluated; return true as the second result of step when it is done, "
                            + "or raise idle_steps by limits in the plan, or --limit")
                }
                if let limit, services.multiplyAdds >= limit { isDone = true }
            } catch {
                // State is saved before the bad news, and a full disk refuses this file too.
                if let state = try? before ?? services.checkpoint(method, isDone: false) {
                    try? services.save(state)
                }
                throw error
            }
            steps += 1
            before = nil
            if isDone || services.isDue(steps) {
                let state = try services.checkpoint(method, isDone: isDone)
                try services.save(state)
                before = state
                try training.journal.checkMemory()
            }
        }
        let best = try method.result(services)
        services.billScripts()
        try take(services.lineage)
        return best
    }
}
