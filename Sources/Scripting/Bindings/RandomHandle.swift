import LuaHost
import Randomness
import SearchSpaces

/// A random stream in a script's hands, for the time of one callback.
///
/// The callback's draws advance the host's stream: it is written back when the callback returns,
/// and the handle is then of no more use, so that no draw can depend on when it is made.
final class RandomHandle {
    private(set) var stream: RandomStream
    /// Shared with the handles that were split from it: they end together.
    private let life: Life

    private final class Life {
        var isOver = false
    }

    init(_ stream: RandomStream) {
        self.stream = stream
        life = Life()
    }

    private init(_ stream: RandomStream, _ life: Life) {
        self.stream = stream
        self.life = life
    }

    /// Ends the handle and those that were split from it.
    func end() { life.isOver = true }

    func draw<Value>(
        _ body: (inout RandomStream) throws -> Value
    ) throws -> Value {
        guard !life.isOver else {
            throw LuaError(
                kind: .conversion,
                message: "rng: this rng was valid only during the callback that was given it; "
                    + "use the current callback's rng")
        }
        return try body(&stream)
    }

    /// A genotype drawn from this stream.
    func sample(_ space: any SearchSpace) throws -> Genotype {
        try draw { try space.sample(&$0) }
    }

    /// Numbers drawn one after another from this stream.
    func values(
        _ count: Int, _ draw: (inout RandomStream) -> Float
    ) throws -> [Float] {
        try self.draw { stream in (0..<count).map { _ in draw(&stream) } }
    }

    /// A stream of its own, that names what it is for.
    func split(_ name: String) throws -> RandomStream { try draw { $0.split(name) } }

    /// Draws from the stream by an operator of the host.
    func use<Value>(_ body: (inout RandomStream) throws -> Value) throws -> Value {
        try draw(body)
    }

    fileprivate func child(_ split: (RandomStream) -> RandomStream) throws -> RandomHandle {
        RandomHandle(try draw { split($0) }, life)
    }
}

extension RandomHandle {
    /// The most values that one call may draw.
    private static let limit = 1_000_000

    /// What scripts see of a random stream.
    static func register(in context: LuaContext) throws -> UserdataType<RandomHandle> {
        var definition = UserdataDefinition<RandomHandle>("rng")
        addNumbers(to: &definition)
        addLists(to: &definition)
        addBatches(to: &definition)
        let holder = TypeHolder<RandomHandle>()
        definition.method("split") { rng, arguments in
            let child: RandomHandle
            if arguments.kind(1) == .integer {
                let number = try arguments.integer(1, "name")
                child = try rng.child { $0.split(number) }
            } else {
                let name = try arguments.string(1, "name")
                child = try rng.child { $0.split(name) }
            }
            try arguments.context.push(child, try holder.get())
            return 1
        }
        let type = try context.register(definition)
        holder.type = type
        return type
    }

    private static func addNumbers(to definition: inout UserdataDefinition<RandomHandle>) {
        definition.method("integer") { rng, arguments in
            let low = try arguments.integer(1, "low")
            let high = try arguments.integer(2, "high")
            try checkRange(low, high, arguments)
            try arguments.context.push(try rng.draw { $0.integer(in: low...high) })
            return 1
        }
        definition.method("uniform") { rng, arguments in
            var (low, high) = (0.0, 1.0)
            if arguments.count > 0 {
                low = try arguments.number(1, "low")
                high = try arguments.number(2, "high")
            }
            guard low <= high, (high - low).isFinite else {
                throw problem("uniform: expected finite low ≤ high, found \(low) and \(high)")
            }
            try arguments.context.push(try rng.draw { low + (high - low) * $0.uniform() })
            return 1
        }
        definition.method("normal") { rng, arguments in
            try arguments.context.push(try rng.draw { $0.normal() })
            return 1
        }
        definition.method("chance") { rng, arguments in
            let probability = try arguments.number(1, "probability")
            guard (0...1).contains(probability) else {
                throw problem("chance: expected a probability in 0…1, found \(probability)")
            }
            try arguments.context.push(try rng.draw { $0.chance(probability) })
            return 1
        }
    }

    private static func addLists(to definition: inout UserdataDefinition<RandomHandle>) {
        definition.method("choice") { rng, arguments in
            let count = try length(arguments)
            guard count > 0 else { throw problem("choice: the list is empty") }
            let place = try rng.draw { $0.integer(in: 1...count) }
            try arguments.context.push(place)
            try arguments.context.get(from: arguments.place(1))
            return 1
        }
        // The given list stays as it is: it may be one of the host's.
        definition.method("shuffle") { rng, arguments in
            let count = try length(arguments)
            let order = try rng.draw { $0.sample(count, below: count) }
            let context = arguments.context
            try context.pushTable(array: order.count)
            let table = context.count
            for (place, source) in order.enumerated() {
                try context.push(place + 1)
                try context.push(source + 1)
                try context.get(from: arguments.place(1))
                try context.set(in: table)
            }
            return 1
        }
        definition.method("sample") { rng, arguments in
            let count = try arguments.integer(1, "count")
            let bound = try arguments.integer(2, "bound")
            guard count >= 0, count <= bound, count <= limit else {
                throw problem(
                    "sample: expected a count from 0 to bound = \(bound), at most \(limit), "
                        + "found \(count)")
            }
            try arguments.context.charge(10 * count)
            let drawn = try rng.draw { $0.sample(count, below: bound) }
            try arguments.context.push(integers: drawn.map { $0 + 1 })
            return 1
        }
    }

    private static func length(_ arguments: LuaArguments) throws -> Int {
        guard arguments.kind(1) == .table else {
            throw arguments.mismatch(1, "list", expected: "a list")
        }
        let count = try arguments.context.length(at: arguments.place(1))
        guard (0...limit).contains(count) else {
            throw problem("\(arguments.function): the list has \(count) entries, at most \(limit)")
        }
        // `shuffle` copies it, `choice` takes one.
        if arguments.function == "shuffle" { try arguments.context.charge(50 * count) }
        return count
    }

    static func problem(_ message: String) -> LuaError {
        LuaError(kind: .conversion, message: message)
    }
}

/// A registered type for closures that are written before it is registered.
final class TypeHolder<Object: AnyObject> {
    var type: UserdataType<Object>?

    func get() throws(LuaError) -> UserdataType<Object> {
        guard let type else { throw LuaError(kind: .closed, message: "the type is not ready") }
        return type
    }
}
