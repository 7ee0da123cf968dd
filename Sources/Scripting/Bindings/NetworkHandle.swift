import Tasks
import Datasets
import Experiments
import LuaHost
import NeuralNetworks
import Tensors

/// A network in the hands of an objective: `subnet.network`.
final class NetworkHandle {
    let subnet: SubnetNetwork
    private var isAlive = true

    init(_ subnet: SubnetNetwork) { self.subnet = subnet }

    /// Ends the handle with its callback, after which the weights move on.
    func end() { isAlive = false }

    fileprivate func open() throws -> any Network {
        guard isAlive else {
            throw LuaError(
                kind: .conversion,
                message: "network: this network was valid only during the callback that was given "
                    + "it")
        }
        return subnet.network
    }

    static func register(
        in context: LuaContext, _ bindings: TensorBindings
    ) throws -> UserdataType<NetworkHandle> {
        var definition = UserdataDefinition<NetworkHandle>("network")
        addParameters(to: &definition, bindings)
        addData(to: &definition, bindings)
        definition.method("forward") { [unowned bindings] handle, arguments in
            let outputs = try handle.run(arguments, bindings) { [$0] }
            try bindings.push(outputs[0])
            return 1
        }
        definition.method("activations") { [unowned bindings] handle, arguments in
            let outputs = try handle.run(arguments, bindings) { $0.rectified }
            let context = arguments.context
            try context.pushTable(array: outputs.count)
            for (index, output) in outputs.enumerated() {
                try context.push(index + 1)
                try bindings.push(output)
                try context.set(in: -3)
            }
            return 1
        }
        return try context.register(definition)
    }

    /// `network:parameters(rng)`: fresh first values; `network:weights()`: the supernet's.
    private static func addParameters(
        to definition: inout UserdataDefinition<NetworkHandle>, _ bindings: TensorBindings
    ) {
        func push(
            _ specifications: [ParameterSpecification], _ context: LuaContext,
            _ bindings: TensorBindings,
            _ fill: (ParameterSpecification, TensorStorage) throws -> Void
        ) throws -> Int {
            try context.pushTable(fields: specifications.count)
            for specification in specifications {
                let storage = try bindings.explaining("parameters") {
                    try TensorStorage(count: specification.shape.count, bindings.engine.memory)
                }
                try fill(specification, storage)
                try context.push(specification.name)
                try bindings.push(TensorHandle(storage, specification.shape))
                try context.set(in: -3)
            }
            return 1
        }
        definition.method("parameters") { [unowned bindings] handle, arguments in
            let rng = try arguments.object(1, "rng", bindings.random)
            return try push(handle.open().parameters, arguments.context, bindings) {
                specification, storage in
                specification.initializer.fill(
                    UnsafeMutableBufferPointer(
                        start: storage.buffer.pointer, count: specification.shape.count),
                    handle.subnet.initialWeights, try rng.split(specification.name))
            }
        }
        definition.method("weights") { [unowned bindings] handle, arguments in
            let weights = handle.subnet.weights
            return try push(handle.open().parameters, arguments.context, bindings) {
                specification, storage in
                if let values = weights[specification.name] { storage.buffer.overwrite(values) }
            }
        }
    }

    /// `network:batch()`: images and labels of a validation task's query set.
    private static func addData(
        to definition: inout UserdataDefinition<NetworkHandle>, _ bindings: TensorBindings
    ) {
        definition.method("batch") { [unowned bindings] handle, _ in
            _ = try handle.open()
            guard let query = handle.subnet.episode?.query, case .labels(let labels) = query.targets
            else {
                throw LuaError(kind: .conversion, message: "batch: there is no labelled task here")
            }
            return try bindings.explaining("batch") {
                _ = try bindings.push(query.inputs, try Shape(query.inputShape))
                _ = try bindings.push(labels.map { Float($0 + 1) }, try Shape([labels.count]))
                return 2
            }
        }
    }

    /// Records the network on a table of parameters and images.
    private func run(
        _ arguments: LuaArguments, _ bindings: TensorBindings,
        _ outputs: (Tensor) -> [Tensor]
    ) throws -> [TensorHandle] {
        let network = try open()
        let given = try arguments.table(1, "parameters")
        let read = TensorArguments(arguments: arguments, bindings: bindings)
        let x = try read.tensor(2, "x")
        let source = try read.options(3, ["batch_norm"]).string("batch_norm") ?? "batch"
        guard source == "batch" || source == "identity" else {
            throw read.problem(
                "batch_norm: expected \"batch\" or \"identity\", found \"\(source)\"")
        }
        let specifications = try network.parameters
        var handles = [x]
        for specification in specifications {
            let value = try given.get(specification.name)
            guard let handle = value.userdata?.object(bindings.type),
                handle.shape == specification.shape
            else {
                throw read.problem(
                    "parameters[\"\(specification.name)\"]: expected a tensor of shape "
                        + "\(specification.shape), found "
                        + (value.userdata?.object(bindings.type).map { "shape \($0.shape)" }
                            ?? value.kind.description))
            }
            handles.append(handle)
        }
        return try bindings.explaining(arguments.function) {
            let scope = try bindings.engine.scope(of: handles)
            var named: [String: Tensor] = [:]
            for (specification, handle) in zip(specifications, handles.dropFirst()) {
                named[specification.name] = try bindings.engine.tensor(handle, in: scope)
            }
            if source == "identity" {
                // Mean 0 and variance 1: what is left is a scale and a shift.
                for specification in try ParameterSpecification.runningStatistics(
                    of: specifications)
                {
                    let row = try Shape([1, specification.shape[1]])
                    named[specification.name] = try Tensor.concatenate(
                        [scope.graph.fill(0, row), scope.graph.fill(1, row)], axis: 0)
                }
            }
            let parameters = Parameters(scope.graph, ParameterLayout([])).replacing(named)
            let logits = try network.forward(
                bindings.engine.tensor(x, in: scope), parameters,
                ForwardContext(batchNorm: source == "identity" ? .running : .batch))
            return outputs(logits).map { TensorHandle($0, in: scope) }
        }
    }
}
