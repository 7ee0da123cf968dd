internal import Components
internal import MetaLearning
internal import NeuralNetworks
internal import Randomness
internal import Records
internal import SearchSpaces
internal import Supernets

/// One architecture trained alone, until as many multiply-adds are billed as the searched network
/// cost: what the search found, or one that the plan names; from fresh weights, or from those that
/// the search left.
///
/// Beside "searched" it tells what the shared weights are worth, beside "conv4" what the architecture
/// is.
struct FixedGenotypeArm: Arm {
    let name: String
    let genotype: String
    let weights: Weights
    /// Where the plan gives it.
    let position: PlanPosition

    /// What training starts from.
    enum Weights: String, Sendable, CaseIterable {
        /// The supernet's weights as they were before the search.
        case fresh
        /// The supernet's weights as the search left them, whose training is on the bill.
        case inherited
    }

    /// Stands for the architecture that the search chose.
    private static let searched = "searched"

    private static let nameOption = PlanOption.text(
        "name", 1...60, default: .value("fixed"),
        "The row's name: \"fixed\", or that and what tells it from other rows, as \"fixed_inherited\"."
    )
    private static let genotypeOption = PlanOption.text(
        "genotype", 1...10_000, default: .value("searched"),
        "The architecture as `inspect` writes it, or \"searched\" for the one that is found.")
    private static let weightsOption = PlanOption.choice(
        "weights", Weights.fresh,
        "What training starts from: fresh weights, or those that the search left.")

    static var component: Component {
        Component(
            .arm, "fixed",
            options: [
                nameOption.specification, genotypeOption.specification,
                weightsOption.specification,
            ], needs: [Need(.examples, of: .tasks), Need(.choices, of: .space)],
            "One architecture of the space, trained alone for the same billed compute."
        ) { options, _ in
            FixedGenotypeArm(
                name: options[nameOption], genotype: options[genotypeOption],
                weights: options[weightsOption], position: options.position)
        }
    }

    func problem(in plan: ExperimentPlan) -> String? {
        let isFileName = name.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == 95
        }
        // Files are named after rows, and no other arm's begin so.
        guard isFileName, name == "fixed" || name.hasPrefix("fixed_") else {
            return "the name \(PlanText.quoted(name)): expected \"fixed\", or \"fixed_\" and "
                + "lower-case letters, digits and underscores"
        }
        return nil
    }

    func subnetTrainers(in plan: ExperimentPlan) -> Int { 1 }

    func check(_ lab: Lab) throws {
        guard genotype != Self.searched else { return }
        do {
            _ = try lab.supernet().space.parse(genotype)
        } catch {
            throw ExperimentError.contradiction(
                at: position.child("genotype"), problem: "\(error)")
        }
    }

    func run(_ lab: Lab) throws {
        let search = try lab.search()
        let (training, found) = (search.training, try search.found)
        let chosen =
            genotype == Self.searched ? found.winner : try search.supernet.space.parse(genotype)
        let trainer: MetaTrainer
        var earlier = Cost.zero
        switch weights {
        case .fresh:
            trainer = try training.factory.trainer(
                training.factory.parameters(
                    search.supernet.layout, stream: lab.stream.split("parameters")))
        case .inherited:
            trainer = try training.factory.trainer(
                found.shared.copy(), statistics: search.trainer.statistics)
            earlier = found.training
        }
        let limit = max(found.cost.multiplyAdds - earlier.multiplyAdds, 0)
        // Rows of this kind see the same tasks, whatever their names.
        let own = try training.train(
            trainer, try search.supernet.subnet(chosen), arm: "fixed", phase: "train \(name)",
            name: name, updates: .max, limit: limit)
        try search.report(name, trainer, [chosen], cost: earlier + own, lab)
    }
}
