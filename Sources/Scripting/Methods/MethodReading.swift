internal import Evaluation
import Tasks
import Evolution
import Experiments
import LuaHost
import SearchSpaces

/// Reads what methods pass to their context, and pushes what they get.
struct MethodReading {
    private let context: LuaContext
    private let function: String

    /// For arguments and results of a host function.
    init(_ arguments: LuaArguments) { self.init(arguments.context, arguments.function) }

    /// For what a function of this name returned.
    init(_ context: LuaContext, _ function: String) {
        self.context = context
        self.function = function
    }

    private func wrong(_ message: String) -> LuaError {
        LuaError(kind: .conversion, message: "\(function): \(message)")
    }

    /// Refuses names that a table of options does not know.
    func check(_ table: LuaTable, _ known: [String]) throws(LuaError) {
        for key in try table.keys() {
            guard let name = key.string, known.contains(name) else {
                throw wrong(
                    "unknown option '\(key.string ?? key.integer.map(String.init) ?? "?")'; it "
                        + "takes \(known.joined(separator: ", "))")
            }
        }
    }

    /// `{ phase = "search", update = …, updates = …, generation = …, generations = …,
    /// history = { … } }`.
    func progress(_ table: LuaTable) throws(LuaError) -> RunProgress {
        try check(table, ["phase", "update", "updates", "generation", "generations", "history"])
        let name = try text(table, "phase", default: "search")
        guard let phase = RunProgress.Phase(rawValue: name) else {
            throw wrong(
                "progress.phase: expected "
                    + RunProgress.Phase.allCases.map { "\"\($0.rawValue)\"" }.joined(
                        separator: ", ")
                    + ", found \"\(name)\"")
        }
        func count(_ name: String) throws(LuaError) -> Int {
            Int(try number(table, name, 0...1e12, default: 0))
        }
        return RunProgress(
            phase: phase, update: try count("update"), updates: try count("updates"),
            generation: try count("generation"), generations: try count("generations"),
            history: try table.get("history").isNil ? [] : list(table, "history") { $0.number })
    }

    func number(
        _ table: LuaTable, _ name: String, _ range: ClosedRange<Double>, default value: Double
    ) throws(LuaError) -> Double {
        let given = try table.get(name)
        if given.isNil { return value }
        guard let number = given.number, range.contains(number) else {
            throw wrong(
                "\(name): expected a number in \(range.lowerBound)…\(range.upperBound), found "
                    + (given.number.map { "\($0)" } ?? given.kind.description))
        }
        return number
    }

    func text(
        _ table: LuaTable, _ name: String, default value: String
    ) throws(LuaError) -> String {
        let given = try table.get(name)
        if given.isNil { return value }
        guard let text = given.string, text.count <= 200 else {
            throw wrong("\(name): expected a short text, found \(given.kind)")
        }
        return text
    }

    func list<Item>(
        _ table: LuaTable, _ name: String, _ read: (LuaValue) -> Item?
    ) throws(LuaError) -> [Item] {
        guard let list = try table.get(name).table else {
            throw wrong("\(name): expected a list, found \(try table.get(name).kind)")
        }
        var items: [Item] = []
        for place in 0..<(try count(list, name)) {
            let value = try list.get(.integer(place + 1))
            guard let item = read(value) else {
                throw wrong("\(name)[\(place + 1)]: did not expect \(value.kind)")
            }
            items.append(item)
        }
        return items
    }

    private func count(_ list: LuaTable, _ name: String) throws(LuaError) -> Int {
        let count = try list.count()
        guard count <= 1_000_000 else { throw wrong("\(name): at most 1000000 entries") }
        return count
    }

    // MARK: Genotypes and evaluations

    /// A list of genotypes, or of evaluations whose genotypes are meant.
    func genotypes(
        _ value: LuaValue, _ name: String, _ space: (any SearchSpace)?, _ bindings: Bindings
    ) throws(LuaError) -> [Genotype] {
        guard let list = value.table else {
            throw wrong("\(name): expected a list of genotypes, found \(value.kind)")
        }
        var found: [Genotype] = []
        for place in 0..<(try count(list, name)) {
            var entry = try list.get(.integer(place + 1))
            if let table = entry.table, case .userdata(let inner) = try table.get("genotype") {
                entry = .userdata(inner)
            }
            found.append(try genotype(entry, "\(name)[\(place + 1)]", space, bindings))
        }
        return found
    }

    private func genotype(
        _ value: LuaValue, _ name: String, _ space: (any SearchSpace)?, _ bindings: Bindings
    ) throws(LuaError) -> Genotype {
        guard let handle = value.userdata?.object(bindings.genotype) else {
            throw wrong("\(name): expected a genotype, found \(value.kind)")
        }
        if let space {
            do throws(SearchSpaceError) {
                try space.validate(handle.genotype)
            } catch {
                throw GenotypeReading.explain(error, name, handle.genotype, space)
            }
        }
        return handle.genotype
    }

    /// A list of `{ genotype = …, objectives = { … } }`.
    func evaluations(
        _ value: LuaValue, _ name: String, _ space: (any SearchSpace)?, _ bindings: Bindings
    ) throws(LuaError) -> [Evaluation<Genotype>] {
        guard let list = value.table else {
            throw wrong("\(name): expected a list of evaluations, found \(value.kind)")
        }
        var found: [Evaluation<Genotype>] = []
        for place in 0..<(try count(list, name)) {
            let entry = try list.get(.integer(place + 1))
            let path = "\(name)[\(place + 1)]"
            guard let table = entry.table, let objectives = try table.get("objectives").table
            else {
                throw wrong(
                    "\(path): expected { genotype = …, objectives = { … } }, found \(entry.kind)")
            }
            var numbers: [Double] = []
            for index in 0..<(try count(objectives, path)) {
                let number = try objectives.get(.integer(index + 1))
                guard let number = number.number else {
                    throw wrong("\(path).objectives[\(index + 1)]: expected a number")
                }
                numbers.append(number)
            }
            found.append(
                Evaluation(
                    try genotype(try table.get("genotype"), path, space, bindings),
                    objectives: numbers))
        }
        return found
    }

    /// Pushes evaluations as a list.
    func push(
        _ evaluations: [Evaluation<Genotype>], _ space: (any SearchSpace)?, _ bindings: Bindings
    ) throws(LuaError) {
        try context.pushTable(array: evaluations.count)
        for (index, evaluation) in evaluations.enumerated() {
            try context.push(index + 1)
            try context.push(try bindings.evaluation(evaluation, space))
            try context.set(in: -3)
        }
    }
}
