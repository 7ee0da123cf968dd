internal import MetaLearning
internal import NeuralNetworks
internal import SearchSpaces
internal import Supernets
public import Tensors

/// Which code serves the operations of typical networks on this machine: for
/// `apogee doctor --kernels`.
public struct KernelSurvey: Sendable {
    /// The network that was looked at.
    public let network: String
    /// What serves its operations, each once, sorted.
    public let services: [OperationService]

    /// Conv-4 with 64 filters, and the paths of a cell space of 16 channels with every built-in
    /// operation: 28×28 images, 5 ways, 1 shot, 15 queries, MAML of both orders. Plans are compiled
    /// and not run.
    ///
    /// - Throws: `TensorError` if the kernel library does not work.
    public static func typical() throws -> [KernelSurvey] {
        let executor = try Executor(threads: 1)
        let sizes = TaskSizes(support: [5, 28, 28, 1], query: [75, 28, 28, 1], ways: 5)
        let conv4 = try Conv4Network(
            Conv4Configuration(
                filters: 64, inputHeight: 28, inputWidth: 28, inputChannels: 1, classes: 5))
        let supernet = try CellSupernet(
            CellSpace(nodes: 2, operations: CellOperation.allCases),
            CellNetworkConfiguration(
                inputHeight: 28, inputWidth: 28, inputChannels: 1, classes: 5, channels: 16))
        func survey(
            _ name: String, _ networks: [any Network], _ layout: ParameterLayout
        ) throws -> KernelSurvey {
            var services: Set<OperationService> = []
            for order in 1...2 {
                services.formUnion(
                    try MemoryEstimate.plans(
                        of: MAML(order: order, innerSteps: 1, innerRate: 0.1), networks,
                        layout: layout, sizes: sizes, trains: true, executor: executor
                    ).services)
            }
            return KernelSurvey(network: name, services: services.sorted())
        }
        return [
            try survey("conv4", [conv4], ParameterLayout(conv4.parameters)),
            try survey(
                "cells", supernet.largestGenotypes().map { try supernet.subnet($0) },
                supernet.layout),
        ]
    }
}
