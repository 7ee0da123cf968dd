internal import Datasets
internal import MetaLearning
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

    /// Paths of a supernet that need the most memory: one operation everywhere, on the inputs of the
    /// cell, which are the largest, or on the latest nodes, which are held the longest.
    static func largestSubnets(of supernet: Supernet) throws -> [any Network] {
        let space = supernet.space
        return try space.operations.indices.flatMap { operation in
            try [true, false].map { first in
                try supernet.subnet(
                    Genotype(
                        (0..<2 * space.nodes).flatMap { place in
                            let node = first ? 0 : place % space.nodes
                            return [node, node + 1, operation, operation]
                        }))
            }
        }
    }

    /// The sizes of a plan's tasks, without reading any data.
    static func taskSizes(_ plan: TasksPlan) -> TaskSizes {
        let (inputShape, ways) = sizes(plan)
        switch plan {
        case .sine(let sine):
            return TaskSizes(
                support: [sine.shots] + inputShape, query: [sine.queries] + inputShape, ways: nil)
        case .episodes(let episodes):
            return TaskSizes(
                support: [ways * episodes.shots] + inputShape,
                query: [ways * episodes.queries] + inputShape, ways: ways)
        }
    }

    /// Height, width and channels of a plan's inputs and the number of its classes, without reading
    /// any data.
    static func sizes(_ plan: TasksPlan) -> (inputShape: [Int], outputs: Int) {
        switch plan {
        case .sine: return ([1], 1)
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
