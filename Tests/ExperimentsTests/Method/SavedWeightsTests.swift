import Components
import Evaluation
import Experiments
import Foundation
import MetaLearning
import NeuralNetworks
import Records
import SearchSpaces
import Supernets
import Tensors
import Testing

/// What a run saves is the network that it tested.
struct SavedWeightsTests {
    private static func plan(_ policy: PlainValue, finalUpdates: Int) -> PlainValue {
        let search = PlanFixtures.with(
            "learner", MethodFixtures.learner(batchNorm: policy), in: MethodFixtures.search())
        let arms: PlainValue = [
            "searched", "random_search", .component("conv4", ["filters": 4]),
            .component("fixed", ["genotype": "as searched", "weights": "inherited"]),
            "searched_per_task",
        ]
        guard var budget = search.table?["budget"]?.table else { return search }
        budget["final_updates"] = PlainValue(.integer(finalUpdates))
        return PlanFixtures.with(
            "budget", PlainValue(.table(budget)), in: PlanFixtures.with("arms", arms, in: search))
    }

    /// The scores of a network with saved weights, on a workbench that knows nothing of the run.
    private static func scores(
        _ weights: SavedWeights, _ network: NetworkReference, _ bench: Workbench, tasks: Int
    ) throws -> [Double] {
        func set(_ arrays: [NamedArray]) throws -> ParameterSet {
            let layout = ParameterLayout(
                try arrays.map {
                    ParameterSpecification($0.name, try Shape($0.shape), .constant(0))
                })
            let set = ParameterSet(zeros: layout)
            set.values.overwrite(arrays.flatMap(\.values))
            return set
        }
        let isStatistic = { (array: NamedArray) in array.name.hasSuffix(".statistics") }
        let statistics = weights.arrays.filter(isStatistic)
        let trainer = try bench.factory.trainer(
            set(weights.arrays.filter { !isStatistic($0) }), named: "loaded",
            statistics: statistics.isEmpty ? nil : set(statistics))
        return try Scorer(bench.run, ThreadWorkers(bench)).score(
            [(network, (0..<tasks).map { .test($0) })], by: trainer,
            steps: [bench.factory.testSteps])[0].scores.map { $0[0].accuracy }
    }

    @Test(arguments: ["transductive", "running"], [0, 2])
    func `a file of weights holds the tested network, and all of it`(
        policy: String, finalUpdates: Int
    ) throws {
        let value = Self.plan(PlainValue(.string(policy)), finalUpdates: finalUpdates)
        let (_, sink) = try MethodFixtures.run(value)
        let plan = try PlanFixtures.decode(value)
        let bench = try Workbench(
            plan, ComponentBuilder(registry: PlanFixtures.registry()),
            RunSettings(seed: 5))
        let supernet = try #require(sink.weights["supernet"])
        for arm in ["searched", "random_search", "conv4", "fixed"] {
            let weights = try #require(sink.weights[arm], "\(arm)")
            let row = try #require(sink.results.first { $0.arm == arm })
            let reference: NetworkReference
            if let text = row.genotype {
                let genotype = try plan.space.searchSpace(
                    ComponentBuilder(registry: PlanFixtures.registry()))?.parse(text)
                reference = .subnet(try #require(genotype))
                #expect(weights.facts["genotype"] == text)
                #expect(weights.arrays.count < supernet.arrays.count)
            } else {
                reference = .own(arm: arm, place: 0)
            }
            let network = try bench.network(reference)
            let names = try network.parameters.map(\.name)
            let own = weights.arrays.map(\.name)
            #expect(Set(names).isSubset(of: own))
            #expect(own.allSatisfy { names.contains($0) || $0.hasSuffix(".statistics") })
            #expect(own.contains { $0.hasSuffix(".statistics") } == (policy == "running"))
            #expect(
                try Self.scores(weights, reference, bench, tasks: row.scores.count) == row.scores,
                "\(arm)")
            #expect(weights.facts["contents"] == "network")
            #expect(weights.facts["batch_norm"] == policy)
        }
        #expect(supernet.facts["contents"] == "supernet")
        let shared = try #require(sink.weights["searched_per_task"])
        #expect(shared.arrays.count >= supernet.arrays.count)
        for key in ["plan_hash", "identity", "axes", "preprocessing", "input", "space", "seed"] {
            #expect(supernet.facts[key]?.isEmpty == false, "\(key)")
        }
    }

    @Test func `layers have the names of their parameters`() throws {
        let plan = try PlanFixtures.decode(MethodFixtures.search())
        let builder = ComponentBuilder(registry: try PlanFixtures.registry())
        let site = plan.site
        let supernet = try plan.space.supernet(site, builder)
        for genotype in try supernet.largestGenotypes() {
            let description = try supernet.describe(genotype)
            let layers = Set(description.layers.map(\.name))
            let network = try supernet.subnet(genotype)
            let parameters = try network.parameters
            for name in parameters.map(\.name) {
                let layer = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
                // A layer of several convolutions numbers them.
                #expect(layers.contains { layer == $0 || layer.hasPrefix($0 + ".") }, "\(name)")
            }
        }
    }
}
