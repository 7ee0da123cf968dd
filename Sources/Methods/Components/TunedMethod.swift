internal import Evaluation
internal import Experiments
internal import MetaLearning
internal import Randomness
internal import Components
internal import NeuralNetworks
internal import Records
internal import Supernets
internal import Tasks

/// The best of several networks at an equal bill: each is trained for its share of the budget and
/// scored on the validation tasks, and the best of them is tested. A control that is tuned as the
/// search is.
struct TunedMethod: Method {
    let networks: [any SpacePlan]
    let titles: [String]

    private static let networksOption = PlanOption.list(
        "networks", .component(.space), count: 2...64, default: .required,
        "The networks to choose from, such as { { \"conv4\", filters = 16 }, { \"conv4\" } }.",
        read: { if case .component(let selection) = $0 { selection } else { nil } })

    static var component: Component {
        Component(
            .method, "tuned", options: [networksOption.specification],
            needs: [Need(.examples, of: .tasks)],
            "The best of several networks by validation, for the same total compute."
        ) { options, builder in
            let selections = options[networksOption]
            return TunedMethod(
                networks: try selections.map { try builder.make($0, at: .space) },
                titles: selections.map(\.text))
        }
    }

    func usualBudget(in plan: ExperimentPlan) -> ArmBudget? {
        plan.isSearching ? .asArm(SearchedMethod.name) : nil
    }

    func budgetProblem(_ budget: ArmBudget) -> String? { nil }

    func ownNetworks(inputShape: [Int], outputs: Int) throws -> [any Network] {
        let site = NetworkSite(inputShape: inputShape, outputs: outputs)
        return try networks.map { try $0.network(site).network }
    }

    func run(_ arm: ArmPlan, _ lab: Lab) throws -> ArmOutcome {
        let training = try lab.training()
        let limit = try lab.limit(arm, usual: usualBudget(in: lab.plan))
        let count = networks.count
        var cost = Cost.zero
        var best: (place: Int, loss: Double, trained: TrainedNetwork)?
        for place in networks.indices {
            // Scoring is on the bill too, so it comes off the shares of the networks that follow.
            let left = limit.multiplyAdds.map {
                max($0 - cost.multiplyAdds, 0) / (count - place)
            }
            let trained = try training.trainAlone(
                .own(arm: arm.name, place: place),
                stream: lab.stream.split("parameters"), tasks: "fixed",
                phase: "train \(arm.name) \(titles[place])", name: "\(arm.name)_\(place + 1)",
                updates: limit.updates == .max ? .max : limit.updates / count, limit: left)
            let (scores, spent) = try training.validate(trained)
            cost += trained.cost + lab.journal.bill(spent, evaluations: 1)
            let loss = scores.reduce(0) { $0 + $1.loss } / Double(max(scores.count, 1))
            try lab.journal.record(
                .message(
                    Event.Message(
                        "\(arm.name): \(titles[place]) has a validation loss of \((loss * 1e4).rounded() / 1e4)"
                    ))
            )
            if loss.isFinite, best.map({ loss < $0.loss }) ?? true {
                best = (place, loss, trained)
            }
        }
        guard let best else {
            throw ExperimentError.failed(
                "\(arm.name): no network has a finite validation loss; a smaller learning rate "
                    + "usually helps")
        }
        return try lab.report(
            best.trained, arm: arm.name, cost: cost, settings: ["network": titles[best.place]])
    }
}
