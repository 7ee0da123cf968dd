package import Components
public import NeuralNetworks
public import SearchSpaces

/// Four blocks of 3×3 convolution, batch norm, ReLU and 2×2 max-pooling.
///
/// Source: Vinyals et al., "Matching networks for one shot learning", NIPS 2016.
public struct Conv4Plan: SpacePlan, Hashable {
    /// `conv4`.
    public var name: String { "conv4" }
    /// Filters of each convolution.
    public let filters: Int

    static let filtersOption = PlanOption.integer(
        "filters", 1...1_024, 64, "Filters of each convolution.")
    package static let options = [filtersOption.specification]

    package init(_ options: Options) { filters = options[Self.filtersOption] }

    static var conv4: Component {
        Component(
            .space, "conv4", options: options, offers: [.oneNetwork],
            needs: [Need(.images, of: .tasks)],
            "The four-block convolutional reference network; nothing to search."
        ) { options, _ in Conv4Plan(options) }
    }

    /// Fewer filters.
    public var widthRemedy: String { "fewer space.filters" }

    /// The network.
    public func network(
        _ site: NetworkSite
    ) throws -> (network: any Network, description: NetworkDescription) {
        let configuration = Conv4Configuration(
            filters: filters, inputHeight: site.inputShape[0], inputWidth: site.inputShape[1],
            inputChannels: site.inputShape[2], classes: site.outputs)
        return (try Conv4Network(configuration), try configuration.describe())
    }
}
