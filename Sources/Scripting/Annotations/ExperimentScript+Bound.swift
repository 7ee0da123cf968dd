internal import Evaluation
import Components
import Evolution
import Tasks
import Experiments
import LuaHost
import SearchSpaces

// What is really bound, for the comparison with the reference.
extension ExperimentScript {
    /// The names that scripts find in each group of the reference, sorted.
    ///
    /// - Throws: What making a host's table throws.
    package func boundNames() throws -> [(group: String, names: [String])] {
        var found: [(group: String, names: [String])] = []
        _ = try bindings.method()
        for type in bindings.context.registeredTypes {
            found.append((type.type, type.members.sorted()))
        }
        extras.values["apogee.testing"] = .table(try TestingModule.make(self))
        for module in [
            "apogee", "apogee.testing", "apogee.tensor", "apogee.nn", "apogee.optim",
            "apogee.weights", "apogee.random", "apogee.stats",
        ] {
            found.append((module, try names(of: try require(module))))
        }
        let space = try PluginCheck.toySpace()
        let progress = RunProgress(
            phase: .search, update: 0, updates: 1, generation: 0, generations: 1)
        found.append(
            (
                "progress",
                try names { () throws(LuaError) in
                    try bindings.push(
                        progress,
                        path: PathContext(progress: progress, space: space, population: []))
                }
            ))
        let task = TaskContext(
            dataset: "none", classes: [], ways: 1, shots: 1, queries: 1, progress: progress)
        found.append(("dataset", try names { () throws(LuaError) in try bindings.push(task) }))
        let subnet = SubnetSummary(
            genotype: Genotype([]), parameters: 0, multiplyAdds: 0, queryError: 0, queryLoss: 0)
        found.append(("subnet", try names { () throws(LuaError) in try bindings.push(subnet) }))
        let evaluation = Evaluation(Genotype([]), objectives: [0])
        found.append(
            (
                "evaluation",
                try names(of: .table(bindings.evaluation(evaluation, space, failed: false)))
            ))
        found.append(("update", MethodBindings.updateOptions.sorted()))
        found.append(("evaluate", MethodBindings.evaluateOptions.sorted()))
        for point in LuaPoint.all {
            guard case .table(let required, let optional, let data) = point.shape else { continue }
            found.append(
                ("\(point.point.rawValue)_functions", (required + optional + data).sorted()))
        }
        found.append(("component", PluginRegistration.keys.sorted()))
        found.append(("specs", (SpecRunner.names + ["expect"]).sorted()))
        let library = try sandbox.run(SpecLibrary.text, chunk: .embedded("specs"))
        let expectation = try library.first?.function?.call(.integer(1)).first ?? .nil
        found.append(("expectation", try names(of: expectation).filter { $0 != "never" }))
        return found
    }

    /// The names of a table that is pushed.
    private func names(_ push: () throws(LuaError) -> Void) throws -> [String] {
        try push()
        let value = try bindings.context.value(at: -1)
        bindings.context.pop()
        return try names(of: value)
    }

    /// The names of a table as scripts see them.
    private func names(of value: LuaValue) throws -> [String] {
        let walk = try sandbox.load(
            "local names = {} for name in pairs(...) do names[#names + 1] = name end return names",
            chunk: .embedded("names"))
        guard let names = try walk.call(value).first?.table else { return [] }
        var found: [String] = []
        for place in 0..<(try names.count()) {
            if let name = try names.get(.integer(place + 1)).string { found.append(name) }
        }
        return found.sorted()
    }
}
