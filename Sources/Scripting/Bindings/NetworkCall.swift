import LuaHost
import NeuralNetworks
import Supernets
import Tensors

/// One call of a network's method on a table of parameters.
struct NetworkCall {
    /// Where batch norms take their statistics from.
    private enum Source: String, CaseIterable {
        case batch
        /// Mean 0 and variance 1: what is left is a scale and a shift.
        case identity
        /// From the table, where they are named `….statistics`.
        case running
    }

    private let network: any Network
    private let arguments: LuaArguments
    private let bindings: TensorBindings
    private let read: TensorArguments

    init(_ network: any Network, _ arguments: LuaArguments, _ bindings: TensorBindings) {
        self.network = network
        self.arguments = arguments
        self.bindings = bindings
        read = TensorArguments(arguments: arguments, bindings: bindings)
    }

    // MARK: Whole passes

    /// `forward(parameters, x, options)`.
    func forward(_ outputs: (Tensor) -> [Tensor]) throws -> [TensorHandle] {
        let given = try arguments.table(1, "parameters")
        let x = try read.tensor(2, "x")
        let source = try source(3)
        let named = try values(try needed(try network.parameters, source), given)
        return try bindings.explaining(arguments.function) {
            let scope = try bindings.engine.scope(of: [x] + named.map(\.handle))
            let logits = try network.forward(
                bindings.engine.tensor(x, in: scope), try parameters(named, source, scope),
                context(source))
            return outputs(logits).map { TensorHandle($0, in: scope) }
        }
    }

    /// `statistics(parameters, batches)`: the parameters with running statistics of these batches.
    func pushStatistics() throws -> Int {
        let given = try arguments.table(1, "parameters")
        let batches = try oneOrMore(2, "batches")
        let specifications = try network.parameters
        let named = try values(specifications, given)
        let known = try bindings.explaining(arguments.function) {
            try RunningStatistics.initial(of: ParameterLayout(specifications))
        }
        var mean = StatisticsMean(known)
        for x in batches {
            let (names, handles) = try bindings.explaining(arguments.function) {
                let scope = try bindings.engine.scope(of: [x] + named.map(\.handle))
                let context = ForwardContext()
                _ = try network.features(
                    bindings.engine.tensor(x, in: scope), try parameters(named, .batch, scope),
                    context)
                return (
                    context.statistics.map(\.name),
                    context.statistics.map { TensorHandle($0.values, in: scope) }
                )
            }
            try bindings.explaining(arguments.function) {
                // One plan for all of them.
                let values = try bindings.engine.storages(handles).map(\.buffer.array)
                mean.add(zip(names, values).map { (name: $0, values: $1) })
            }
        }
        var all = try NamedTensors(read, 1, "parameters").entries
        all.removeAll { known.layout.index(of: $0.name) != nil }
        for entry in known.layout.entries {
            all.append(
                (
                    entry.name,
                    TensorHandle(
                        try bindings.explaining(arguments.function) {
                            try TensorStorage(
                                mean.statistics[entry.name] ?? [], bindings.engine.memory)
                        }, entry.shape)
                ))
        }
        return try bindings.push(all)
    }

    // MARK: Stages

    func staged() throws -> any StagedNetwork {
        do throws(ModeError) {
            return try network.staged()
        } catch {
            throw LuaError(kind: .conversion, message: error.description)
        }
    }

    /// `range(parameters, first, last, inputs, options)`, stages counted from 1.
    func range() throws -> [TensorHandle] {
        let staged = try staged()
        let given = try arguments.table(1, "parameters")
        let (first, last) = (try arguments.integer(2, "first"), try arguments.integer(3, "last"))
        guard first >= 1, last >= first, last <= staged.stages.count else {
            throw read.problem(
                "expected stages from 1 to \(staged.stages.count), the last not before the first, "
                    + "found \(first) and \(last)")
        }
        let inputs = try oneOrMore(4, "inputs")
        let source = try source(5)
        let stages = first - 1..<last
        let specifications = try needed(try network.parameters, source)
        let read = try bindings.explaining(arguments.function) {
            try names(staged, stages, inputs.map(\.shape), specifications, source)
        }
        let named = try values(specifications.filter { read.contains($0.name) }, given)
        return try bindings.explaining(arguments.function) {
            let scope = try bindings.engine.scope(of: inputs + named.map(\.handle))
            let outputs = try staged.range(
                stages, inputs.map { try bindings.engine.tensor($0, in: scope) },
                try parameters(named, source, scope), context(source))
            return outputs.map { TensorHandle($0, in: scope) }
        }
    }

    /// The parameters that a block reads: those alone need be in the table.
    private func names(
        _ staged: any StagedNetwork, _ stages: Range<Int>, _ shapes: [Shape],
        _ specifications: [ParameterSpecification], _ source: Source
    ) throws -> Set<String> {
        let graph = Graph()
        let statistics = try ParameterSpecification.runningStatistics(of: specifications)
        let parameters = Parameters(graph, ParameterLayout(specifications + statistics))
        let inputs = try shapes.enumerated().map { index, shape in
            try graph.input("input \(index)", shape)
        }
        _ = try staged.range(stages, inputs, parameters, context(source))
        return Set(parameters.names)
    }

    // MARK: Parameters

    /// A tensor, or a list of tensors.
    private func oneOrMore(_ index: Int, _ name: String) throws -> [TensorHandle] {
        if let one = arguments.context.object(at: arguments.place(index), bindings.type) {
            return [one]
        }
        return try read.tensors(index, name)
    }

    private func source(_ index: Int) throws -> Source {
        let name = try read.options(index, ["batch_norm"]).string("batch_norm") ?? "batch"
        guard let source = Source(rawValue: name) else {
            let known = Source.allCases.map { "\"\($0.rawValue)\"" }
            throw read.problem(
                "batch_norm: expected \(known.dropLast().joined(separator: ", ")) or "
                    + "\(known.last ?? ""), found \"\(name)\"")
        }
        return source
    }

    private func context(_ source: Source) -> ForwardContext {
        ForwardContext(batchNorm: source == .batch ? .batch : .running)
    }

    private func needed(
        _ specifications: [ParameterSpecification], _ source: Source
    ) throws -> [ParameterSpecification] {
        guard source == .running else { return specifications }
        return try specifications
            + ParameterSpecification.runningStatistics(of: specifications)
    }

    /// The tensors of a table that stand for these parameters.
    private func values(
        _ specifications: [ParameterSpecification], _ given: LuaTable
    ) throws -> [(name: String, handle: TensorHandle)] {
        try specifications.map { specification in
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
            return (specification.name, handle)
        }
    }

    private func parameters(
        _ named: [(name: String, handle: TensorHandle)], _ source: Source, _ scope: TensorScope
    ) throws -> Parameters {
        var tensors: [String: Tensor] = [:]
        for (name, handle) in named {
            tensors[name] = try bindings.engine.tensor(handle, in: scope)
        }
        if source == .identity {
            let specifications = try network.parameters
            for specification in try ParameterSpecification.runningStatistics(of: specifications) {
                let row = try Shape([1, specification.shape[1]])
                tensors[specification.name] = try Tensor.concatenate(
                    [scope.graph.fill(0, row), scope.graph.fill(1, row)], axis: 0)
            }
        }
        return Parameters(scope.graph, ParameterLayout([])).replacing(tensors)
    }
}
