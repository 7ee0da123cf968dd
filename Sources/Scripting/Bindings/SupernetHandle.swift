import LuaHost
import NeuralNetworks
import SearchSpaces
import Supernets
import Tensors

/// A supernet that a script made of a space: `space:supernet { … }`.
final class SupernetHandle {
    let supernet: any Supernet

    init(_ supernet: any Supernet) { self.supernet = supernet }

    /// Runs a piece of work and tells what a space or a mode refuses in the words of scripts.
    fileprivate static func explaining<Result>(
        _ arguments: LuaArguments, _ bindings: TensorBindings, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try bindings.explaining(arguments.function, body)
        } catch let error as ModeError {
            throw LuaError(kind: .conversion, message: error.description)
        } catch let error as SearchSpaceError {
            throw LuaError(
                kind: .conversion, message: "\(arguments.function): \(error.description)")
        }
    }
}

/// The type of supernets, and what makes them.
final class SupernetBindings {
    let tensors: TensorBindings
    let network: UserdataType<NetworkHandle>
    let type: UserdataType<SupernetHandle>

    init(
        _ context: LuaContext, _ tensors: TensorBindings, network: UserdataType<NetworkHandle>,
        genotype: UserdataType<GenotypeHandle>
    ) throws {
        self.tensors = tensors
        self.network = network
        var definition = UserdataDefinition<SupernetHandle>("supernet")
        let holder = TypeHolder<SupernetHandle>()
        SupernetBindings.addParameters(to: &definition, tensors)
        SupernetBindings.addPaths(to: &definition, tensors, network, genotype)
        definition.method("slice") { [unowned tensors] handle, arguments in
            let channels = try arguments.integer(1, "channels")
            let slice = try SupernetHandle.explaining(arguments, tensors) {
                try handle.supernet.sliced(channels: channels)
            }
            try arguments.context.push(SupernetHandle(slice), try holder.get())
            return 1
        }
        type = try context.register(definition)
        holder.type = type
    }

    private static func addParameters(
        to definition: inout UserdataDefinition<SupernetHandle>, _ tensors: TensorBindings
    ) {
        definition.method("parameters") { [unowned tensors] handle, arguments in
            try tensors.pushInitial(
                handle.supernet.layout.entries, arguments, default: .uniform)
        }
        definition.method("names") { [unowned tensors] handle, _ in
            try tensors.push(words: handle.supernet.layout.entries.map(\.name))
        }
        definition.method("decisions") { handle, arguments in
            let context = arguments.context
            let rows = try handle.supernet.decisions.map { decision in
                let operations = try context.table(
                    array: decision.operations.map { .string($0) })
                let inputs = try context.table(array: decision.inputs.map { .string($0) })
                return LuaValue.table(
                    try context.table(fields: [
                        "name": .string(decision.name), "inputs": .table(inputs),
                        "operations": .table(operations),
                    ]))
            }
            try context.push(try context.table(array: rows))
            return 1
        }
    }

    private static func addPaths(
        to definition: inout UserdataDefinition<SupernetHandle>, _ tensors: TensorBindings,
        _ network: UserdataType<NetworkHandle>, _ genotype: UserdataType<GenotypeHandle>
    ) {
        func push(_ mode: Mode, _ handle: SupernetHandle, _ arguments: LuaArguments) throws -> Int {
            let made = try SupernetHandle.explaining(arguments, tensors) {
                try handle.supernet.network(mode)
            }
            try arguments.context.push(NetworkHandle(made), network)
            return 1
        }
        definition.method("path") { handle, arguments in
            let chosen = try arguments.object(1, "genotype", genotype).genotype
            return try push(.path(chosen), handle, arguments)
        }
        definition.method("mask") { handle, arguments in
            let chosen = try arguments.object(1, "genotype", genotype).genotype
            return try push(.mask(chosen), handle, arguments)
        }
        definition.method("mix") { [unowned tensors] handle, arguments in
            let read = TensorArguments(arguments: arguments, bindings: tensors)
            return try push(.mix(open: try open(read)), handle, arguments)
        }
    }

    /// The option `open`: for each decision rows of true and false.
    private static func open(_ read: TensorArguments) throws -> OpenCandidates {
        guard !read.arguments.isAbsent(1) else { return [:] }
        let tree = try read.context.tree(at: read.arguments.place(1), name: "options")
        guard case .table(let options) = tree, options.array.isEmpty else {
            throw read.arguments.mismatch(1, "options", expected: "a table, as in { open = … }")
        }
        if let other = options.fields.first(where: { $0.name != "open" }) {
            throw read.problem("unknown option '\(other.name)'; it takes open")
        }
        guard let given = options.fields.first?.value else { return [:] }
        guard case .table(let decisions) = given, decisions.array.isEmpty else {
            throw read.problem(
                "open: expected rows by decision, as in { [\"normal.node0\"] = { { true, false }, … "
                    + "} }, found \(given.kind)")
        }
        var open: OpenCandidates = [:]
        for field in decisions.fields {
            guard case .table(let rows) = field.value, rows.fields.isEmpty else {
                throw read.problem("open: \(field.name): expected rows, found \(field.value.kind)")
            }
            open[field.name] = try rows.array.map { row in
                guard case .table(let values) = row, values.fields.isEmpty else {
                    throw read.problem("open: \(field.name): expected rows, found \(row.kind)")
                }
                return try values.array.map { value in
                    guard case .boolean(let isOpen) = value else {
                        throw read.problem(
                            "open: \(field.name): expected true or false, found \(value.kind)")
                    }
                    return isOpen
                }
            }
        }
        return open
    }

    // MARK: Making

    /// `space:supernet { inputs = { h, w, c }, outputs = n, … }`, its options those of a plan's space.
    func make(_ space: any SearchSpace, _ arguments: LuaArguments) throws -> Int {
        let read = TensorArguments(arguments: arguments, bindings: tensors)
        guard let cells = space as? CellSpace else {
            throw read.problem(
                "the space \(space.name) has no built-in networks; call its own forward function"
            )
        }
        let options = try read.options(
            1, ["inputs", "outputs", "channels", "cells", "stem", "pool_norm"])
        let inputs = try options.integers("inputs") ?? []
        guard inputs.count == 3, inputs.allSatisfy({ $0 >= 1 }) else {
            throw read.problem(
                "inputs: expected { height, width, channels }, each at least 1, found \(inputs)")
        }
        guard let outputs = try options.integer("outputs"), outputs >= 1 else {
            throw read.problem("outputs: expected an integer of at least 1")
        }
        let kinds = try options.words("cells").map { names in
            try names.map { name in
                guard let kind = CellKind(rawValue: name) else {
                    throw read.problem(
                        "cells: expected \"normal\" or \"reduction\", found \"\(name)\"")
                }
                return kind
            }
        }
        let stem = try options.string("stem") ?? "auto"
        guard stem == "auto" || CellNetworkConfiguration.Stem(rawValue: stem) != nil else {
            throw read.problem(
                "stem: expected \"auto\", \"single\" or \"double\", found \"\(stem)\"")
        }
        let supernet = try SupernetHandle.explaining(arguments, tensors) {
            try CellSupernet(
                cells,
                CellNetworkConfiguration(
                    inputHeight: inputs[0], inputWidth: inputs[1], inputChannels: inputs[2],
                    classes: outputs, channels: try options.integer("channels") ?? 16,
                    stem: CellNetworkConfiguration.Stem(rawValue: stem),
                    cells: kinds ?? [.normal, .reduction],
                    poolNormalization: try options.boolean("pool_norm") ?? true))
        }
        try arguments.context.push(SupernetHandle(supernet), type)
        return 1
    }
}

extension TensorOptions {
    /// A list of integers.
    fileprivate func integers(_ name: String) throws(LuaError) -> [Int]? {
        try list(name, "integers") { value in
            if case .integer(let number) = value { number } else { nil }
        }
    }

    /// A list of strings.
    fileprivate func words(_ name: String) throws(LuaError) -> [String]? {
        try list(name, "strings") { value in
            if case .string(let word) = value { word } else { nil }
        }
    }

    private func list<Value>(
        _ name: String, _ what: String, _ read: (LuaTree) -> Value?
    ) throws(LuaError) -> [Value]? {
        guard let tree = fields.first(where: { $0.name == name })?.value else { return nil }
        guard case .table(let table) = tree, table.fields.isEmpty else {
            throw LuaError(
                kind: .conversion,
                message: "\(function): \(name): expected a list of \(what), found \(tree.kind)")
        }
        var found: [Value] = []
        for entry in table.array {
            guard let value = read(entry) else {
                throw LuaError(
                    kind: .conversion,
                    message: "\(function): \(name): expected \(what), found \(entry.kind)")
            }
            found.append(value)
        }
        return found
    }
}
