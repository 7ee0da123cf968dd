import Components
import Experiments
import LuaHost
import Records
import SearchSpaces
import Tensors

/// A value of a method's state as JSON holds it: exactly one of these is there.
private struct SavedValue: Codable {
    var boolean: Bool?
    var integer: Int?
    var number: Double?
    var string: String?
    var array: [SavedValue]?
    var fields: [String: SavedValue]?
    var genotype: [Int]?
    /// Place among the arrays, and sizes.
    var tensor: Int?
    var shape: [Int]?
    var strategy: String?
    var learner: Bool?
}

/// All of a method's state.
private struct SavedState: Codable {
    var version = 1
    var state: SavedValue
    var learner: String
}

/// Writes a method's state; what cannot be kept is an error that names its place.
struct MethodStateWriter {
    private let bindings: Bindings
    private var tensors: [NamedArray] = []

    init(_ bindings: Bindings) { self.bindings = bindings }

    /// A written value, to be handed to ``state(_:_:)``.
    struct Value {
        fileprivate let value: SavedValue
    }

    mutating func value(_ tree: LuaTree, _ path: String) throws -> Value {
        Value(value: try write(tree, path))
    }

    /// The whole state, with the shared weights.
    func state(_ value: Value, _ services: MethodServices) throws -> MethodState {
        let learner = try services.learnerState()
        let text = try RecordCoding.json(SavedState(state: value.value, learner: learner.text))
        return MethodState(
            text: text,
            arrays: tensors
                + learner.arrays.map {
                    NamedArray("learner.\($0.name)", shape: $0.shape, values: $0.values)
                })
    }

    private mutating func write(_ tree: LuaTree, _ path: String) throws -> SavedValue {
        func refuse(_ what: String) -> LuaError {
            LuaError(
                kind: .conversion,
                message:
                    "\(path): \(what) cannot be part of the state, which may contain numbers, strings, "
                    + "booleans, tables, tensors, genotypes, the learner and strategies")
        }
        var saved = SavedValue()
        switch tree {
        case .nil: if path == "state" { throw refuse("nil") }
        case .boolean(let value): saved.boolean = value
        case .integer(let value): saved.integer = value
        case .number(let value): saved.number = value
        case .string(let value): saved.string = value
        case .bytes: throw refuse("a string that is not UTF-8 text")
        case .function: throw refuse("a function")
        case .table(let table):
            saved.array = []
            for (index, entry) in table.array.enumerated() {
                saved.array?.append(try write(entry, "\(path)[\(index + 1)]"))
            }
            saved.fields = [:]
            for field in table.fields {
                saved.fields?[field.name] = try write(field.value, "\(path).\(field.name)")
            }
        case .userdata(let object):
            if let handle = object.object(bindings.genotype) {
                saved.genotype = handle.genotype.genes
            } else if let handle = object.object(bindings.tensors.type) {
                guard !handle.isTraced else { throw refuse("a tensor that is being traced") }
                let storage = try bindings.tensors.explaining(path) {
                    try bindings.tensors.engine.storage(handle)
                }
                saved.tensor = tensors.count
                saved.shape = handle.shape.dimensions
                tensors.append(
                    NamedArray(
                        "tensor\(tensors.count)", shape: [handle.shape.count],
                        values: storage.buffer.array))
            } else if let handle = object.object(try bindings.method().strategy) {
                saved.strategy = try handle.strategy.saved()
            } else if object.object(try bindings.method().learner) != nil {
                saved.learner = true
            } else {
                throw refuse(
                    object.object(bindings.random) != nil
                        ? "an rng (split one from context:stream in each step)" : "a host object")
            }
        }
        return saved
    }
}

/// Reads a method's state back.
struct MethodStateReader {
    private let bindings: Bindings
    private let services: MethodServices
    private let state: MethodState

    init(_ bindings: Bindings, _ services: MethodServices, _ state: MethodState) {
        self.bindings = bindings
        self.services = services
        self.state = state
    }

    func tree() throws -> LuaTree {
        let saved = try RecordCoding.decode(SavedState.self, from: state.text)
        let prefix = "learner."
        try services.restoreLearner(
            MethodState(
                text: saved.learner,
                arrays: state.arrays.filter { $0.name.hasPrefix(prefix) }.map {
                    NamedArray(
                        String($0.name.dropFirst(prefix.count)), shape: $0.shape,
                        values: $0.values)
                }))
        return try read(saved.state)
    }

    private func read(_ saved: SavedValue) throws -> LuaTree {
        let context = bindings.context
        if let value = saved.boolean { return .boolean(value) }
        if let value = saved.integer { return .integer(value) }
        if let value = saved.number { return .number(value) }
        if let value = saved.string { return .string(value) }
        if let genes = saved.genotype {
            let genotype = Genotype(genes)
            try services.space.validate(genotype)
            return .userdata(
                try context.userdata(
                    GenotypeHandle(genotype, space: services.space, isReadOnly: true),
                    bindings.genotype))
        }
        if let place = saved.tensor {
            guard let array = state.arrays.first(where: { $0.name == "tensor\(place)" }) else {
                throw ExperimentError.failed("the saved state lacks tensor \(place)")
            }
            let shape = try Shape(saved.shape ?? [])
            guard shape.count == array.values.count else {
                throw ExperimentError.failed("the saved tensor \(place) has another size")
            }
            let storage = try TensorStorage(array.values, bindings.tensors.engine.memory)
            let handle = TensorHandle(storage, shape)
            return .userdata(
                try context.userdata(
                    handle, bindings.tensors.type, nativeBytes: handle.nativeBytes))
        }
        if let text = saved.strategy {
            return .userdata(
                try context.userdata(
                    StrategyHandle(try services.strategy(saved: text)),
                    try bindings.method().strategy))
        }
        if saved.learner == true {
            return .userdata(
                try context.userdata(LearnerHandle(services), try bindings.method().learner))
        }
        guard let array = saved.array, let fields = saved.fields else { return .nil }
        return .table(
            LuaTree.Table(
                array: try array.map { try read($0) },
                fields: try fields.keys.sorted { Array($0.utf8).lexicographicallyPrecedes($1.utf8) }
                    .compactMap { name in
                        try fields[name].map { LuaTree.Field(name, try read($0)) }
                    }))
    }
}
