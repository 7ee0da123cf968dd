internal import Components
public import NeuralNetworks
public import SearchSpaces

/// Fully connected layers with ReLU between them.
public struct MLPPlan: SpacePlan, Hashable {
    /// `mlp`.
    public var name: String { "mlp" }
    /// Widths of the hidden layers.
    public let hidden: [Int]

    static let hiddenOption = PlanOption.list(
        "hidden", .integer(1...10_000), count: 1...16, default: .value([40, 40]), unit: "units",
        "Widths of the hidden layers.",
        read: { if case .integer(let width) = $0 { width } else { nil } })
    static let options = [hiddenOption.specification]

    init(_ options: Options) { hidden = options[Self.hiddenOption] }

    static var mlp: Component {
        Component(
            .space, "mlp", options: options, offers: [.oneNetwork],
            needs: [Need(.vectors, of: .tasks)],
            "Fully connected layers; nothing to search."
        ) { options, _ in MLPPlan(options) }
    }

    /// Narrower layers.
    public var widthRemedy: String { "narrower space.hidden layers" }

    /// The network.
    public func network(
        _ site: NetworkSite
    ) throws -> (network: any Network, description: NetworkDescription) {
        let configuration = MLPConfiguration(
            inputs: site.inputShape.reduce(1, *), hidden: hidden, outputs: site.outputs)
        return (PerceptronNetwork(configuration), try configuration.describe())
    }
}
