import Components
import Datasets
import ArgumentParser
import Supernets
import Runs
import Tasks
import Evolution
import Experiments
import Randomness
import Records
import Scripting
import SearchSpaces

/// `apogee inspect`: the space of a plan, and the layers of a network in it.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Shows a plan's search space and a network's layers.",
        discussion: """
            Without --genotype, a searchable space shows the totals of one network drawn with the \
            plan's seed, and its genotype as a starting point.

              apogee inspect scripts/experiments/01_quickstart.lua
              apogee inspect my.lua --genotype "normal: avg 0, avg 1; reduction: max 0, skip 1"
            """)

    @OptionGroup var experiment: ExperimentOptions

    @Option(help: ArgumentHelp("The network to show, in the space's notation.", valueName: "text"))
    var genotype: String?

    @Flag(help: "Prints JSON.")
    var json = false

    func run() throws {
        let loaded = try experiment.loaded()
        for (number, plan) in loaded.plans.enumerated() {
            if number > 0, !json { Output.line() }
            let builder = ComponentBuilder(registry: loaded.registry, scripts: loaded.script)
            let report = try InspectionReport(
                plan, genotype: try parsed(plan, builder), builder: builder)
            if json {
                Output.line(try RecordCoding.json(report, pretty: true))
            } else {
                for line in report.lines(
                    isExample: genotype == nil, width: Terminal.columns(descriptor: 1),
                    ink: Terminal.ink(descriptor: 1))
                {
                    Output.line(line)
                }
            }
        }
    }

    /// The genotype asked for, or an example; nil for a fixed network.
    private func parsed(_ plan: ExperimentPlan, _ builder: ComponentBuilder) throws -> Genotype? {
        guard let space = try plan.space.searchSpace(builder) else {
            if genotype != nil {
                throw Failure(
                    "--genotype: the space \"\(plan.space.name)\" is one fixed network and has no "
                        + "genotypes", .usage)
            }
            return nil
        }
        guard let genotype else {
            var rng = RandomStream(seed: plan.seed).split("inspect")
            return try space.sample(&rng)
        }
        // As the benchmark's own files and the trials of a run write cells.
        if !plan.offersExamples, let genes = CellBenchmark.genes(of: genotype) {
            return Genotype(genes)
        }
        do throws(SearchSpaceError) {
            let parsed = try space.parse(genotype)
            try space.validate(parsed)
            return parsed
        } catch {
            throw Failure("--genotype: \(error)", .usage)
        }
    }
}
