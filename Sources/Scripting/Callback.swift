import Components
import Experiments
import LuaHost
import Randomness
import SearchSpaces

/// One function of a script at its extension point: called under limits, its result read and
/// checked, every mistake reported with the function's file and line.
struct Callback {
    let function: LuaFunction
    let point: ExtensionPoint
    let bindings: Bindings
    let limits: LuaLimits

    private var context: LuaContext { bindings.context }

    /// Calls the function with a random stream, which moves on by what the function drew.
    ///
    /// - Parameters:
    ///   - rng: The stream.
    ///   - push: Pushes the arguments and returns their number.
    ///   - read: Reads the result at a place of the stack.
    /// - Returns: What was read.
    /// - Throws: `LuaError` with file, line and extension point.
    func call<Result>(
        _ rng: inout RandomStream, push: (RandomHandle) throws(LuaError) -> Int,
        read: (Int) throws(LuaError) -> Result
    ) throws(LuaError) -> Result {
        let handle = RandomHandle(rng)
        defer { handle.end() }
        let result = try call({ () throws(LuaError) in try push(handle) }, read: read)
        rng = handle.stream
        return result
    }

    /// Calls the function.
    func call<Result>(
        _ push: () throws(LuaError) -> Int, read: (Int) throws(LuaError) -> Result
    ) throws(LuaError) -> Result {
        try within { () throws(LuaError) in
            let base = context.count
            defer { context.pop(context.count - base) }
            try context.push(function)
            let count = try push()
            try invoke(arguments: count, results: 1)
            return try read(context.count)
        }
    }

    /// Puts pushing, calling and reading under the limits of one callback: what was returned may be
    /// a table whose metamethods are the script's. Errors get the function's place.
    func within<Result>(
        _ body: () throws(LuaError) -> Result
    ) throws(LuaError) -> Result {
        do throws(LuaError) {
            return try context.within(limits, body)
        } catch {
            throw located(error)
        }
    }

    /// Calls the function that lies below its arguments, inside ``within(_:)``. No result is dropped
    /// in silence.
    ///
    /// - Parameters:
    ///   - arguments: The number of values above the function.
    ///   - results: How many results there can be; they are the topmost values then, nil where the
    ///     function returned fewer.
    ///   - name: What messages call it; the extension point if nil.
    /// - Throws: `LuaError` of the call, and for a result too many that is not nil.
    func invoke(arguments: Int, results: Int, name: String? = nil) throws(LuaError) {
        let base = context.count - arguments - 1
        try context.call(
            arguments: arguments, results: -1, name: name ?? point.rawValue)
        while context.count > base + results {
            let (place, kind) = (context.count - base, context.kind(at: context.count))
            guard kind == .nil else {
                throw located(
                    wrong(
                        "returned \(place) values where \(results == 1 ? "one is" : "\(results) are") "
                            + "used; the last one is \(kind)"))
            }
            context.pop()
        }
        while context.count < base + results { try context.pushNil() }
    }

    /// The error at the function's own place: when it has returned, no line of it runs any more.
    func located(_ error: LuaError) -> LuaError {
        guard error.file == nil else { return error }
        var error = error
        error.callback = point.rawValue
        if let definition = function.definition {
            error.file = definition.file
            error.line = definition.line
        }
        return error
    }

    /// An error about what the function returned.
    func wrong(_ message: String) -> LuaError {
        LuaError(kind: .conversion, message: message)
    }

    /// The place of the function, for errors of other modules.
    func location(_ files: ScriptFiles) -> PlanLocation? {
        function.definition.map { .script(file: $0.file, line: $0.line) }
    }
}

/// Reads what a script returns as a genotype.
enum GenotypeReading {
    /// The valid genotype at a place: a genotype, or a list of genes.
    ///
    /// - Parameters:
    ///   - place: The place on the stack.
    ///   - space: The space that it must be of.
    ///   - name: What messages call it: `child`.
    ///   - bindings: The host's types.
    /// - Returns: A genotype of the space.
    /// - Throws: `LuaError` of kind `conversion`, without a position.
    static func genotype(
        at place: Int, of space: any SearchSpace, name: String, _ bindings: Bindings
    ) throws(LuaError) -> Genotype {
        let context = bindings.context
        let genotype: Genotype
        if let handle = context.object(at: place, bindings.genotype) {
            genotype = handle.genotype
        } else if context.kind(at: place) == .table {
            do throws(LuaError) {
                genotype = Genotype(try context.integers(at: place))
            } catch {
                throw LuaError(kind: .conversion, message: "\(name): \(error.message)")
            }
        } else {
            let kind = context.kind(at: place)
            let found =
                (kind == .userdata ? context.typeName(at: place) : nil) ?? kind.description
            throw LuaError(
                kind: .conversion,
                message: "expected a genotype, found \(found)"
                    + (kind == .nil ? "; return the \(name)" : ""))
        }
        do throws(SearchSpaceError) {
            try space.validate(genotype)
        } catch {
            throw explain(error, name, genotype, space)
        }
        return genotype
    }

    /// A space's complaint in the words of scripts, where genes are counted from 1.
    static func explain(
        _ error: SearchSpaceError, _ name: String, _ genotype: Genotype, _ space: any SearchSpace
    ) -> LuaError {
        let message: String
        switch error {
        case .wrongLength(_, let expected, let found):
            let rest =
                found == expected - 1
                ? "gene \(expected) missing"
                : found < expected
                    ? "genes \(found + 1) to \(expected) missing" : "\(found - expected) too many"
            message = "\(name) has \(found) genes, the space has \(expected) (\(rest))"
        case .invalidGene(let index, let gene, let found, let allowed):
            let values = allowed.map(String.init).joined(separator: ", ")
            message = "\(name): gene \(index + 1) (\(gene)) is \(found); allowed: \(values)"
        default:
            message = "\(name): \(error)"
        }
        return LuaError(kind: .conversion, message: message)
    }
}
