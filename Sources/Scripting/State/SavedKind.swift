import Components
import Experiments
import LuaHost
import Randomness
import Records
import SearchSpaces
import Tensors

/// A kind of host object that a script's state may hold: how it becomes a plain value, and how it comes
/// back. All that states may hold besides plain data is listed here, for methods and strategies alike.
struct SavedKind {
    /// What saved states and messages call it.
    let name: String
    /// What messages call several of them.
    let plural: String
    /// The plain value of an object; nil for an object of another kind.
    let write: (LuaUserdata, inout StateWriter, _ path: String) throws -> PlainValue?
    /// The object of a plain value; nil for a value that is not as it was written.
    let read: (PlainValue, StateReader) throws -> LuaUserdata?

    /// The kinds that every state may hold.
    static var common: [SavedKind] { [genotype, tensor, stream] }

    /// The kinds that a method's state may hold.
    static var ofMethods: [SavedKind] { common + [strategy, learner] }

    private static var genotype: SavedKind {
        SavedKind(name: "genotype", plural: "genotypes") { object, writer, _ in
            guard let handle = object.object(writer.bindings.genotype) else { return nil }
            return PlainValue(
                .table(
                    PlainTable(
                        positional: handle.genotype.genes.map { PlainValue(.integer($0)) })))
        } read: { value, reader in
            guard let genes = value.integers else { return nil }
            let genotype = Genotype(genes)
            try reader.space?.validate(genotype)
            return try reader.bindings.context.userdata(
                GenotypeHandle(genotype, space: reader.space, isReadOnly: true),
                reader.bindings.genotype)
        }
    }

    private static var tensor: SavedKind {
        SavedKind(name: "tensor", plural: "tensors") { object, writer, path in
            let tensors = writer.bindings.tensors
            guard let handle = object.object(tensors.type) else { return nil }
            guard !handle.isTraced else {
                throw writer.refusal(path, "a tensor that is being traced")
            }
            let storage = try tensors.explaining(path) { try tensors.engine.storage(handle) }
            let place = writer.arrays.count
            writer.arrays.append(
                NamedArray(
                    "tensor\(place)", shape: [handle.shape.count], values: storage.buffer.array))
            return [
                "place": PlainValue(.integer(place)),
                "shape": PlainValue(
                    .table(
                        PlainTable(
                            positional: handle.shape.dimensions.map { PlainValue(.integer($0)) }))),
            ]
        } read: { value, reader in
            guard case .integer(let place)? = value.table?["place"]?.kind,
                let sizes = value.table?["shape"]?.integers
            else { return nil }
            guard let array = reader.arrays.first(where: { $0.name == "tensor\(place)" }) else {
                throw ExperimentError.failed("the saved state lacks tensor \(place)")
            }
            let shape = try Shape(sizes)
            guard shape.count == array.values.count else {
                throw ExperimentError.failed("the saved tensor \(place) has another size")
            }
            let tensors = reader.bindings.tensors
            let handle = TensorHandle(
                try TensorStorage(array.values, tensors.engine.memory), shape)
            return try reader.bindings.context.userdata(
                handle, tensors.type, nativeBytes: handle.nativeBytes)
        }
    }

    private static var stream: SavedKind {
        SavedKind(name: "stream", plural: "rngs") { object, writer, _ in
            guard let handle = object.object(writer.bindings.random) else { return nil }
            return PlainValue(.string(try RecordCoding.json(handle.stream)))
        } read: { value, reader in
            guard case .string(let text) = value.kind,
                let stream = try? RecordCoding.decode(RandomStream.self, from: text)
            else { return nil }
            return try reader.userdata(stream)
        }
    }

    private static var strategy: SavedKind {
        SavedKind(name: "strategy", plural: "strategies") { object, writer, _ in
            let handle = try object.object(writer.bindings.method().strategy)
            return try handle.map { PlainValue(.string(try $0.strategy.saved())) }
        } read: { value, reader in
            guard case .string(let text) = value.kind, let services = reader.services else {
                return nil
            }
            return try reader.bindings.context.userdata(
                StrategyHandle(try services.strategy(saved: text)),
                try reader.bindings.method().strategy)
        }
    }

    private static var learner: SavedKind {
        SavedKind(name: "learner", plural: "the learner") { object, writer, _ in
            try object.object(writer.bindings.method().learner).map { _ in
                PlainValue(.boolean(true))
            }
        } read: { _, reader in
            try reader.services.map {
                try reader.bindings.context.userdata(
                    LearnerHandle($0), try reader.bindings.method().learner)
            }
        }
    }
}

extension PlainValue {
    /// A list of integers; nil for any other value.
    fileprivate var integers: [Int]? {
        guard let table, table.named.isEmpty else { return nil }
        let integers = table.positional.compactMap { item in
            if case .integer(let whole) = item.kind { whole } else { nil }
        }
        return integers.count == table.positional.count ? integers : nil
    }
}
