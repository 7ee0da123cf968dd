internal import Evaluation
internal import Experiments
internal import Components
internal import MetaLearning
internal import NeuralNetworks
internal import Randomness
internal import Records
internal import SearchSpaces
internal import Supernets
internal import Tasks

/// One network trained alone for a budget: a named one, an architecture that an arm found, or one
/// that the plan gives; from fresh weights, or from those that a search left.
///
/// Beside "searched" it tells what the shared weights are worth; a named network beside it tells what
/// the architecture is worth.
struct FixedMethod: Method {
    let network: (any SpacePlan)?
    let genotype: String
    let weights: Weights

    /// What training starts from.
    enum Weights: String, Sendable, CaseIterable {
        /// The network's weights as they were before any training.
        case fresh
        /// The supernet's weights as the search left them, whose training is on the bill.
        case inherited
    }

    private static let networkOption = PlanOption.component(
        "network", .space, default: .required,
        "A network by name, such as { \"conv4\", filters = 64 }, instead of a genotype."
    ).optional("the genotype's network")
    private static let genotypeOption = PlanOption.text(
        "genotype", 1...10_000, default: .value("searched"),
        "The architecture as `inspect` writes it, \"as NAME\" for the one that an arm found, or "
            + "\"searched\" for that of the plan's search.")
    private static let weightsOption = PlanOption.choice(
        "weights", Weights.fresh,
        "Initial weights: fresh, or those of the search.")

    static var component: Component {
        Component(
            .method, "fixed",
            options: [
                networkOption.specification, genotypeOption.specification,
                weightsOption.specification,
            ], needs: [Need(.examples, of: .tasks)],
            "One network, or one architecture of the space, trained alone with the same compute."
        ) { options, builder in
            FixedMethod(
                network: try options[networkOption].map { try builder.make($0, at: .space) },
                genotype: options[genotypeOption], weights: options[weightsOption])
        }
    }

    /// The arm that found the architecture; nil for one that the plan gives.
    private var source: String? {
        guard network == nil else { return nil }
        if genotype == SearchedMethod.name { return genotype }
        return genotype.hasPrefix("as ") ? String(genotype.dropFirst(3)) : nil
    }

    var references: [(option: String, arm: String)] {
        if let source { return [("genotype", source)] }
        return network == nil || weights == .inherited
            ? [("weights", SearchedMethod.name)] : []
    }

    func usualBudget(in plan: ExperimentPlan) -> ArmBudget? {
        plan.isSearching ? .asArm(SearchedMethod.name) : nil
    }

    func budgetProblem(_ budget: ArmBudget) -> String? { nil }

    func problem(in plan: ExperimentPlan) -> String? {
        guard network != nil else {
            guard !plan.isSearching else { return nil }
            return "\"fixed\" without a network needs a space with choices to search, which "
                + "\"\(plan.space.name)\" lacks"
        }
        if genotype != SearchedMethod.name { return "give a network or a genotype, not both" }
        if weights == .inherited {
            return "a separate network has no weights from the search; write weights = \"fresh\""
        }
        return nil
    }

    func ownNetworks(inputShape: [Int], outputs: Int) throws -> [any Network] {
        guard let network else { return [] }
        let site = NetworkSite(inputShape: inputShape, outputs: outputs)
        return [try network.network(site).network]
    }

    func subnetTrainers(in plan: ExperimentPlan) -> Int { network == nil ? 1 : 0 }

    func check(_ arm: ArmPlan, _ lab: Lab) throws {
        guard network == nil, source == nil else { return }
        do {
            _ = try lab.supernet().space.parse(genotype)
        } catch {
            throw ExperimentError.contradiction(
                at: arm.position.child("genotype"), problem: "\(error)")
        }
    }

    func run(_ arm: ArmPlan, _ lab: Lab) throws -> ArmOutcome {
        let limit = try lab.limit(arm, usual: usualBudget(in: lab.plan))
        if network != nil {
            return try lab.trainAlone(
                .own(arm: arm.name, place: 0), arm: arm.name, tasks: "fixed",
                updates: limit.updates, multiplyAdds: limit.multiplyAdds)
        }
        let search = try lab.searched(named: source ?? SearchedMethod.name)
        let (training, found) = (search.training, try search.found)
        let given = try source.map { try lab.outcome(of: $0).genotype ?? found.winner }
        let chosen = try given ?? search.supernet.space.parse(genotype)
        let trainer: MetaTrainer
        var earlier = Cost.zero
        switch weights {
        case .fresh:
            trainer = try training.factory.trainer(
                training.factory.parameters(
                    search.supernet.layout, stream: lab.stream.split("parameters")),
                named: arm.name)
        case .inherited:
            trainer = try training.factory.trainer(
                found.shared.copy(), named: arm.name, statistics: search.trainer.statistics)
            earlier = found.training
        }
        // Rows of this kind see the same tasks, whatever their names.
        let own = try training.train(
            trainer, .subnet(chosen), arm: "fixed", phase: "train \(arm.name)",
            name: arm.name, part: try search.part(of: chosen), updates: limit.updates,
            limit: limit.multiplyAdds.map { max($0 - earlier.multiplyAdds, 0) })
        return try search.report(arm.name, trainer, [chosen], cost: earlier + own, lab)
    }
}
