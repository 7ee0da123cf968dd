internal import Evolution
internal import Records
internal import SearchSpaces

extension AcrossTaskSearch {
    /// Runs a method of a script or plugin in place of warm-up and search.
    ///
    /// - Returns: What it found, best first.
    func run(
        _ selection: ComponentSelection, _ cost: inout Cost
    ) throws -> [Evaluation<Genotype>] {
        let services = MethodServices(self, loop)
        defer { cost += services.trainingCost }
        let method = try loop.builder.method(selection)
        let every = plan.checkpointSteps
        if let saved = loop.resumed {
            try services.restore(method, saved)
        } else {
            try method.begin(services)
        }
        // What cannot be saved is refused now, not when the first hour is over.
        _ = try method.saved(services)
        var steps = 0
        var isDone = false
        while !isDone {
            do {
                try services.checkInterruption()
                isDone = try method.step(services)
            } catch {
                // State is saved before the bad news.
                try? services.save(method)
                throw error
            }
            steps += 1
            if steps % every == 0, !isDone { try services.save(method) }
        }
        return try method.result(services)
    }
}
