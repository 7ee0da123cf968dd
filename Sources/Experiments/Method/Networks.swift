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

    /// The space of a plan, whose custom operations are recorded for every shape that they can meet
    /// in the network.
    ///
    /// - Parameters:
    ///   - plan: Nodes and candidate operations.
    ///   - configuration: The stack that the cells stand in.
    ///   - batches: Numbers of images in a batch.
    ///   - sources: Where batch norms may take their statistics from.
    ///   - builder: Makes custom operations.
    /// - Returns: The space.
    /// - Throws: `SearchSpaceError` for its settings; what recording an operation throws.
    static func space(
        _ plan: CellsPlan, in configuration: CellNetworkConfiguration, batches: [Int],
        sources: [BatchNormSource], builder: ComponentBuilder
    ) throws -> CellSpace {
        let operations = try plan.candidates.map { candidate -> CellOperation in
            guard let custom = candidate.custom else {
                return try CellOperation(name: candidate.name)
            }
            let traced = try builder.operation(custom).traced(
                candidate.name, places: configuration.operationPlaces(nodes: plan.nodes),
                batches: batches, sources: sources)
            return .custom(try CustomOperation(name: candidate.name, definition: traced))
        }
        return try CellSpace(nodes: plan.nodes, operations: operations)
    }

    /// The supernet of a plan.
    ///
    /// - Throws: `ExperimentError` for a plan whose space has none; what a script throws.
    static func supernet(
        _ plan: ExperimentPlan, builder: ComponentBuilder
    ) throws -> any Supernet {
        switch plan.space {
        case .cells(let cells):
            let (space, configuration) = try self.cells(cells, plan, builder: builder)
            return try CellSupernet(space, configuration)
        case .custom(let selection):
            let (inputShape, outputs) = sizes(plan.tasks)
            return try builder.space(selection).supernet(
                inputShape: inputShape, classes: outputs, batches: batches(plan),
                sources: sources(plan))
        case .conv4, .mlp, .nasBench201:
            throw ExperimentError.failed("the plan's space has nothing to search")
        }
    }

    /// The one network of a plan that searches none.
    ///
    /// - Throws: `ExperimentError` for a space that is searched; `TensorError` for sizes that no
    ///   network can have.
    static func fixed(
        _ space: SpacePlan, inputShape: [Int], outputs: Int
    ) throws -> any Network {
        switch space {
        case .mlp(let mlp): return PerceptronNetwork(perceptron(mlp, outputs: outputs))
        case .conv4(let conv4):
            return try Conv4Network(
                conv4Configuration(conv4, inputShape: inputShape, ways: outputs))
        case .cells, .nasBench201, .custom:
            throw ExperimentError.failed("such a space is searched, not trained as one network")
        }
    }

    /// Where batch norms may take their statistics from.
    static func sources(_ plan: ExperimentPlan) -> [BatchNormSource] {
        plan.learner.network.batchNorm == .running || runsNetworks(plan)
            ? [.batch, .running] : [.batch]
    }

    /// Whether an objective of a script or a plugin may run networks itself: on a single image, or
    /// without normalisation.
    private static func runsNetworks(_ plan: ExperimentPlan) -> Bool {
        plan.objectives.contains { !BuiltIns.measuredObjectives.contains($0.title) }
    }

    /// The space and the stack of a plan.
    static func cells(
        _ cells: CellsPlan, _ plan: ExperimentPlan, builder: ComponentBuilder
    ) throws -> (space: CellSpace, configuration: CellNetworkConfiguration) {
        let (inputShape, outputs) = sizes(plan.tasks)
        let configuration = configuration(cells, inputShape: inputShape, ways: outputs)
        let space = try space(
            cells, in: configuration, batches: batches(plan),
            sources: sources(plan), builder: builder)
        return (space, configuration)
    }

    /// Numbers of images in the batches that a plan's tasks can make, each once, ascending.
    static func batches(_ plan: ExperimentPlan) -> [Int] {
        guard case .episodes(let episodes) = plan.tasks else { return [] }
        var counts = [
            episodes.ways * episodes.shots, episodes.ways * episodes.queries,
        ]
        if let search = plan.perTaskSearch, search.enabled {
            counts +=
                episodes.shots > 1
                ? [episodes.ways * (episodes.shots - 1), episodes.ways]
                : [episodes.ways * episodes.shots * search.augmentations]
        }
        if runsNetworks(plan) { counts.append(1) }
        return Set(counts).filter { $0 > 0 }.sorted()
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

    /// The sizes of a plan's tasks, without reading any data.
    static func taskSizes(_ plan: TasksPlan) -> TaskSizes {
        let (inputShape, ways) = sizes(plan)
        switch plan {
        case .sine(let sine):
            return TaskSizes(
                support: [sine.shots] + inputShape, query: [sine.queries] + inputShape, ways: nil)
        case .tabular: return TaskSizes(support: inputShape, query: inputShape, ways: ways)
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
