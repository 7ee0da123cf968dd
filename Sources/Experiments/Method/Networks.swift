internal import Datasets
internal import NeuralNetworks
internal import SearchSpaces
internal import Supernets

/// The networks that a plan names, for tasks of given sizes.
enum Networks {
    static func configuration(
        _ plan: CellsPlan, inputShape: [Int], ways: Int
    ) -> CellNetworkConfiguration {
        CellNetworkConfiguration(
            inputHeight: inputShape[0], inputWidth: inputShape[1], inputChannels: inputShape[2],
            classes: ways, channels: plan.channels,
            stem: plan.stem == .auto ? nil : plan.stem == .single ? .single : .double,
            cells: plan.cells.map { $0 == .normal ? .normal : .reduction },
            poolNormalization: plan.poolNorm)
    }

    static func space(_ plan: CellsPlan) throws -> CellSpace {
        try CellSpace(
            nodes: plan.nodes,
            operations: plan.operations.map { name throws(SearchSpaceError) in
                try CellOperation(name: name)
            })
    }

    static func supernet(_ plan: CellsPlan, inputShape: [Int], ways: Int) throws -> Supernet {
        try Supernet(space(plan), configuration(plan, inputShape: inputShape, ways: ways))
    }

    static func conv4Configuration(
        _ plan: Conv4Plan, inputShape: [Int], ways: Int
    ) -> Conv4Configuration {
        Conv4Configuration(
            filters: plan.filters, inputHeight: inputShape[0], inputWidth: inputShape[1],
            inputChannels: inputShape[2], classes: ways)
    }

    static func perceptron(_ plan: MLPPlan, outputs: Int) -> MLPConfiguration {
        MLPConfiguration(inputs: 1, hidden: plan.hidden, outputs: outputs)
    }

    /// Height, width and channels of a plan's inputs and the number of its classes, without reading
    /// any data.
    static func sizes(_ plan: TasksPlan) -> (inputShape: [Int], outputs: Int) {
        switch plan {
        case .sine: return ([1], 1)
        case .tabular: return ([1, 32, 32, 3], 10)
        case .episodes(let episodes):
            let side =
                switch episodes.dataset {
                case .glyphs(let glyphs): glyphs.side
                case .omniglot(let omniglot): omniglot.side
                }
            return ([side, side, 1], episodes.ways)
        }
    }
}
