internal import Evaluation
import Tasks
import Datasets
import Experiments
import LuaHost
import NeuralNetworks
import Supernets
import Tensors

/// A network in a script's hands: `subnet.network` of an objective, or one of a supernet's modes.
final class NetworkHandle {
    private let network: any Network
    /// The run's, where an objective was given the network; nil for one that the script made.
    let subnet: SubnetNetwork?
    private var isAlive = true

    init(_ subnet: SubnetNetwork) {
        self.subnet = subnet
        network = subnet.network
    }

    init(_ network: any Network) {
        self.network = network
        subnet = nil
    }

    /// Ends the handle with its callback, after which the weights move on.
    func end() { isAlive = false }

    func open() throws -> any Network {
        guard isAlive else {
            throw LuaError(
                kind: .conversion,
                message: "network: this network was valid only during the callback that was given "
                    + "it")
        }
        return network
    }

    /// The run's network with its weights and its task.
    private func run(_ function: String) throws -> SubnetNetwork {
        _ = try open()
        guard let subnet else {
            throw LuaError(
                kind: .conversion,
                message: "\(function): this network was made by the script and belongs to no run; "
                    + "its parameters are those passed to it")
        }
        return subnet
    }

    static func register(
        in context: LuaContext, _ bindings: TensorBindings
    ) throws -> UserdataType<NetworkHandle> {
        var definition = UserdataDefinition<NetworkHandle>("network")
        addParameters(to: &definition, bindings)
        addData(to: &definition, bindings)
        definition.method("forward") { [unowned bindings] handle, arguments in
            let call = NetworkCall(try handle.open(), arguments, bindings)
            try bindings.push(try call.forward { [$0] }[0])
            return 1
        }
        definition.method("activations") { [unowned bindings] handle, arguments in
            let call = NetworkCall(try handle.open(), arguments, bindings)
            return try bindings.push(list: try call.forward { $0.rectified })
        }
        definition.method("stages") { [unowned bindings] handle, arguments in
            try bindings.push(
                words: NetworkCall(try handle.open(), arguments, bindings).staged().stages)
        }
        definition.method("range") { [unowned bindings] handle, arguments in
            let call = NetworkCall(try handle.open(), arguments, bindings)
            return try bindings.push(list: try call.range())
        }
        definition.method("statistics") { [unowned bindings] handle, arguments in
            try NetworkCall(try handle.open(), arguments, bindings).pushStatistics()
        }
        return try context.register(definition)
    }

    /// `network:parameters(rng)`: fresh first values; `network:weights()`: the supernet's;
    /// `network:names()`.
    private static func addParameters(
        to definition: inout UserdataDefinition<NetworkHandle>, _ bindings: TensorBindings
    ) {
        definition.method("parameters") { [unowned bindings] handle, arguments in
            try bindings.pushInitial(
                handle.open().parameters, arguments,
                default: handle.subnet?.initialWeights ?? .uniform)
        }
        definition.method("names") { [unowned bindings] handle, _ in
            try bindings.push(words: handle.open().parameters.map(\.name))
        }
        definition.method("weights") { [unowned bindings] handle, _ in
            let weights = try handle.run("weights").weights
            let named = try bindings.explaining("weights") {
                try handle.open().parameters.map { specification in
                    let storage = try TensorStorage(
                        count: specification.shape.count, bindings.engine.memory)
                    if let values = weights[specification.name] {
                        storage.buffer.overwrite(values)
                    }
                    return (
                        name: specification.name,
                        handle: TensorHandle(storage, specification.shape)
                    )
                }
            }
            return try bindings.push(named)
        }
    }

    /// `network:batch()`: images and labels of a validation task's query set.
    private static func addData(
        to definition: inout UserdataDefinition<NetworkHandle>, _ bindings: TensorBindings
    ) {
        definition.method("batch") { [unowned bindings] handle, _ in
            guard let query = try handle.run("batch").episode?.query,
                case .labels(let labels) = query.targets
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
}

extension TensorBindings {
    /// Pushes first values: of a call `(rng, { weights = "he" })`.
    func pushInitial(
        _ specifications: [ParameterSpecification], _ arguments: LuaArguments,
        default initial: InitialWeights
    ) throws -> Int {
        let rng = try arguments.object(1, "rng", random)
        let read = TensorArguments(arguments: arguments, bindings: self)
        let weights = try read.options(2, ["weights"]).initialWeights() ?? initial
        let named = try explaining(arguments.function) {
            try specifications.map { specification in
                let storage = try TensorStorage(count: specification.shape.count, engine.memory)
                specification.initializer.fill(
                    UnsafeMutableBufferPointer(
                        start: storage.buffer.pointer, count: specification.shape.count),
                    weights, try rng.split(specification.name))
                return (
                    name: specification.name, handle: TensorHandle(storage, specification.shape)
                )
            }
        }
        return try push(named)
    }
}

extension TensorOptions {
    /// The option `weights`: how weights start.
    func initialWeights() throws(LuaError) -> InitialWeights? {
        guard let name = try string("weights") else { return nil }
        guard let weights = InitialWeights(rawValue: name) else {
            let known = InitialWeights.allCases.map { "\"\($0.rawValue)\"" }
            throw LuaError(
                kind: .conversion,
                message: "\(function): weights: expected "
                    + "\(known.joined(separator: " or ")), found \"\(name)\"")
        }
        return weights
    }
}
