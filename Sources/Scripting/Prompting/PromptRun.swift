public import Components
internal import Experiments
public import LuaHost
internal import Records

/// What a prompt is given on the command line.
public struct PromptSettings: Sendable {
    /// What scripts may do beyond the sandbox's rules.
    public var permissions = Permissions.none
    /// The seed of streams that are made without one, and of runs; nil for 0 and the plan's own.
    public var seed: Int?
    /// Worker threads of runs.
    public var threads = 1
    /// Where runs find real data sets.
    public var data: String?
    /// Changes of the plans of runs.
    public var changes: [PlanOverride] = []

    /// No permissions, one thread, no data, no changes.
    public init() {}
}

/// `run "FILE.lua"` of the prompt: an experiment in memory, with the rows of its results as a table.
struct PromptRun {
    let settings: PromptSettings
    let plugins: PluginPlaces
    let observer: (any EventSink)?
    let print: (String) -> Void

    /// The function, as scripts call it.
    func function() -> HostFunction {
        HostFunction(
            "run",
            pushing: { arguments in
                let path = try arguments.string(1, "file")
                let context = arguments.context
                let rows = try results(of: path, until: context.interruption)
                let table = try context.table()
                for (index, row) in rows.enumerated() {
                    try table.set(.integer(index + 1), .table(try self.row(row, context)))
                }
                try context.push(.table(table))
                return 1
            })
    }

    private func results(of path: String, until stop: LuaInterruption) throws -> [ArmResult] {
        var limits = ScriptLimits()
        limits.permissions = settings.permissions
        let script = try ExperimentScript(
            path: path, plugins: plugins, limits: limits, print: print)
        let seed = settings.seed.map {
            PlanOverride(["seed"], .integer($0), typedAs: "--seed \($0)")
        }
        var results: [ArmResult] = []
        for plan in try script.plans(overrides: (seed.map { [$0] } ?? []) + settings.changes) {
            let sink = MemorySink()
            let runner = try ExperimentRunner(
                plan: plan,
                record: RunRecord(
                    name: plan.name, scriptText: script.text, plan: plan.json(), seed: plan.seed),
                registry: script.registry, scripts: script,
                settings: RunSettings(
                    seed: plan.seed, dataDirectory: settings.data, threads: settings.threads),
                sink: SinkGroup([sink] + (observer.map { [$0] } ?? [])),
                isInterrupted: { stop.isRequested })
            _ = try runner.run()
            results += sink.events.compactMap {
                if case .result(let row) = $0 { row } else { nil }
            }
        }
        return results
    }

    private func row(_ row: ArmResult, _ context: LuaContext) throws -> LuaTable {
        let table = try context.table()
        try table.set("arm", .string(row.arm))
        try table.set("metric", .string(row.metric))
        try table.set("mean", .number(row.mean))
        try table.set("half_width", .number(row.halfWidth))
        try table.set("tasks", .integer(row.tasks))
        if let genotype = row.genotype { try table.set("genotype", .string(genotype)) }
        let scores = try context.table()
        for (index, score) in row.scores.enumerated() {
            try scores.set(.integer(index + 1), .number(score))
        }
        try table.set("scores", .table(scores))
        return table
    }
}
