import LuaHost
import NeuralNetworks
import Tensors

/// `apogee.nn`: layers as functions of named parameters.
///
/// Each layer comes with a function that lists its parameters. A layer reads them from any table of
/// tensors, or from the parameters that a traced function is given.
struct NNModule {
    let bindings: TensorBindings
    let parameters: UserdataType<ParametersHandle>

    func table() throws -> LuaTable {
        let context = bindings.context
        let table = try context.table()
        for function in [
            convolutionParameters(), linearParameters(), batchNormParameters(), convolution(),
            linear(), batchNorm(), initialize(),
        ] {
            try table.set(function.name, .function(try context.function(function)))
        }
        return try context.readOnly(table, name: "nn")
    }

    private func read(_ arguments: LuaArguments) -> TensorArguments {
        TensorArguments(arguments: arguments, bindings: bindings)
    }

    // MARK: Parameters

    private func push(
        _ specifications: [ParameterSpecification], _ context: LuaContext
    ) throws {
        try context.pushTable(array: specifications.count)
        for (index, specification) in specifications.enumerated() {
            try context.push(index + 1)
            try context.push(ParameterReading.tree(specification))
            try context.set(in: -3)
        }
    }

    private func required(_ value: Int?, _ name: String, _ function: String) throws -> Int {
        guard let value, value >= 1 else {
            throw LuaError(
                kind: .conversion,
                message: "\(function): \(name): expected an integer of at least 1, found "
                    + (value.map(String.init) ?? "nil"))
        }
        return value
    }

    private func convolutionParameters() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "convolution_parameters",
            pushing: { arguments in
                let name = try arguments.string(1, "name")
                let options = try read(arguments).options(
                    2, ["window", "inputs", "outputs", "groups", "bias"])
                let function = arguments.function
                let window = try options.pair("window") ?? (3, 3)
                let inputs = try required(options.integer("inputs"), "inputs", function)
                let outputs = try required(options.integer("outputs"), "outputs", function)
                let groups = try options.integer("groups") ?? 1
                guard groups >= 1, inputs % groups == 0 else {
                    throw read(arguments).problem(
                        "groups: expected a divisor of inputs = \(inputs), found \(groups)")
                }
                try push(
                    try bindings.explaining(function) {
                        try Layers.convolutionParameters(
                            name, window: window, inputs: inputs, outputs: outputs, groups: groups,
                            bias: try options.boolean("bias") ?? false)
                    }, arguments.context)
                return 1
            })
    }

    private func linearParameters() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "linear_parameters",
            pushing: { arguments in
                let name = try arguments.string(1, "name")
                let options = try read(arguments).options(2, ["inputs", "outputs"])
                let function = arguments.function
                let inputs = try required(options.integer("inputs"), "inputs", function)
                let outputs = try required(options.integer("outputs"), "outputs", function)
                try push(
                    try bindings.explaining(function) {
                        try Layers.linearParameters(name, inputs: inputs, outputs: outputs)
                    }, arguments.context)
                return 1
            })
    }

    private func batchNormParameters() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "batch_norm_parameters",
            pushing: { arguments in
                let name = try arguments.string(1, "name")
                let options = try read(arguments).options(2, ["channels"])
                let channels = try required(
                    options.integer("channels"), "channels", arguments.function)
                try push(
                    try bindings.explaining(arguments.function) {
                        try Layers.batchNormParameters(name, channels: channels)
                    }, arguments.context)
                return 1
            })
    }

    /// `nn.initialize(list, rng, { weights = "he" })`: a table of tensors with their first values.
    private func initialize() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "initialize",
            pushing: { arguments in
                let context = arguments.context
                let tree = try context.tree(at: arguments.place(1), name: "parameters")
                let specifications = try bindings.explaining("initialize") {
                    try ParameterReading.specifications(tree, "initialize")
                }
                let rng = try arguments.object(2, "rng", bindings.random)
                let weights =
                    try read(arguments).options(3, ["weights"]).initialWeights() ?? .uniform
                try context.pushTable(fields: specifications.count)
                for specification in specifications {
                    let storage = try bindings.explaining("initialize") {
                        try TensorStorage(count: specification.shape.count, bindings.engine.memory)
                    }
                    specification.initializer.fill(
                        UnsafeMutableBufferPointer(
                            start: storage.buffer.pointer, count: specification.shape.count),
                        weights, try rng.split(specification.name))
                    try context.push(specification.name)
                    try bindings.push(TensorHandle(storage, specification.shape))
                    try context.set(in: -3)
                }
                return 1
            })
    }

    // MARK: Layers

    /// A parameter of the table or the traced parameters at argument 1.
    private func parameter(_ name: String, _ arguments: LuaArguments) throws -> TensorHandle {
        let context = arguments.context
        let place = arguments.place(1)
        if let handle = context.object(at: place, parameters) {
            return try handle.tensor(name, arguments.function)
        }
        guard arguments.kind(1) == .table else {
            throw arguments.mismatch(1, "parameters", expected: "a table of tensors")
        }
        try context.push(name)
        try context.get(from: place)
        defer { context.pop() }
        guard let handle = context.object(at: -1, bindings.type) else {
            throw LuaError(
                kind: .conversion,
                message: "\(arguments.function): parameters[\"\(name)\"]: expected a tensor, found "
                    + context.kind(at: -1).description)
        }
        return handle
    }

    private func convolution() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "convolution",
            pushing: { arguments in
                let name = try arguments.string(2, "name")
                let x = try read(arguments).tensor(3, "x")
                let options = try read(arguments).options(4, WindowOptions.convolution + ["bias"])
                let window = try WindowOptions(options)
                var handles = [x, try parameter("\(name).weight", arguments)]
                let hasBias = try options.boolean("bias") ?? false
                if hasBias { handles.append(try parameter("\(name).bias", arguments)) }
                return try bindings.run(arguments, handles) { t, _ in
                    let y = try window.convolution(t[0], t[1])
                    return hasBias ? try y + t[2] : y
                }
            })
    }

    private func linear() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "linear",
            pushing: { arguments in
                let name = try arguments.string(2, "name")
                let handles = [
                    try read(arguments).tensor(3, "x"), try parameter("\(name).weight", arguments),
                    try parameter("\(name).bias", arguments),
                ]
                return try bindings.run(arguments, handles) { t, _ in try t[0].matmul(t[1]) + t[2] }
            })
    }

    private func batchNorm() -> HostFunction {
        let bindings = bindings
        return HostFunction(
            "batch_norm",
            pushing: { arguments in
                let name = try arguments.string(2, "name")
                let x = try read(arguments).tensor(3, "x")
                let place = arguments.place(1)
                if let handle = arguments.context.object(at: place, parameters) {
                    // By the policy of the learner, as the built-in layers.
                    return try bindings.run(arguments, [x]) { t, _ in
                        try Layers.batchNorm(name, try handle.open(), t[0], handle.context)
                    }
                }
                let handles = [
                    x, try parameter("\(name).gamma", arguments),
                    try parameter("\(name).beta", arguments),
                ]
                return try bindings.run(arguments, handles) { t, _ in
                    try t[0].batchNorm(gamma: t[1], beta: t[2])
                }
            })
    }
}

/// The parameters that a traced function is given.
final class ParametersHandle {
    let context: ForwardContext
    private let parameters: Parameters
    private let names: [String]
    private let known: Set<String>
    private let scope: TensorScope
    private var handles: [String: TensorHandle] = [:]

    init(
        _ parameters: Parameters, names: [String], _ context: ForwardContext, in scope: TensorScope
    ) {
        self.parameters = parameters
        self.names = names
        known = Set(names)
        self.context = context
        self.scope = scope
    }

    /// The parameters, while the function that was given them runs.
    func open() throws -> Parameters {
        guard scope.isOpen else { throw TensorUse.ended(scope.tracing ?? "") }
        return parameters
    }

    /// The tensor of a name.
    func tensor(_ name: String, _ function: String) throws -> TensorHandle {
        if let handle = handles[name] { return handle }
        guard known.contains(name) else {
            throw LuaError(
                kind: .conversion,
                message: "\(function): there is no parameter \"\(name)\"; parameters(context) "
                    + (names.isEmpty
                        ? "lists none" : "lists \(names.prefix(8).joined(separator: ", "))"))
        }
        let handle = TensorHandle(try open()(name), in: scope)
        handles[name] = handle
        return handle
    }

    static func register(
        in context: LuaContext, _ tensor: @escaping (TensorHandle) throws -> Void
    ) throws -> UserdataType<ParametersHandle> {
        var definition = UserdataDefinition<ParametersHandle>("parameters", isShared: true)
        definition.subscriptGetter { handle, arguments in
            let name = try arguments.string(1, "name")
            try tensor(try handle.tensor(name, "parameters"))
            return 1
        }
        return try context.register(definition)
    }
}
