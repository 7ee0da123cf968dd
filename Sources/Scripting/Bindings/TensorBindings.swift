import LuaHost
import Tensors

/// Tensors as scripts see them: the type with its methods and operators.
///
/// Axes, rows and labels are counted from 1, as Lua counts; a negative axis counts from the end.
final class TensorBindings {
    let context: LuaContext
    let engine: TensorEngine
    let random: UserdataType<RandomHandle>
    /// The type, which is registered when this object is made.
    let type: UserdataType<TensorHandle>

    init(_ context: LuaContext, random: UserdataType<RandomHandle>, byteLimit: Int) throws {
        self.context = context
        self.random = random
        engine = TensorEngine(context, byteLimit: byteLimit)
        // Their numbers have a limit of their own.
        var definition = UserdataDefinition<TensorHandle>(
            "tensor", isShared: true, countsBytes: false)
        let table = TensorMethods()
        // The methods find these bindings through a box, as the type must be there first.
        let box = BindingsBox()
        table.add(to: &definition, box)
        type = try context.register(definition)
        box.bindings = self
    }

    /// Finds the bindings from inside closures that Lua holds.
    final class BindingsBox {
        weak var bindings: TensorBindings?

        func get() throws(LuaError) -> TensorBindings {
            guard let bindings else {
                throw LuaError(
                    kind: .closed, message: "the run that this tensor belonged to has ended")
            }
            return bindings
        }
    }

    /// Pushes a tensor.
    func push(_ handle: TensorHandle) throws(LuaError) {
        if let scope = handle.scope { try scope.account(context) }
        try context.push(handle, type, nativeBytes: handle.nativeBytes)
    }

    /// Pushes a tensor of these numbers.
    func push(_ values: [Float], _ shape: Shape) throws -> Int {
        try push(TensorHandle(try TensorStorage(values, engine.memory), shape))
        return 1
    }

    /// Records an operation on tensors and pushes its result.
    func run(
        _ arguments: LuaArguments, _ handles: [TensorHandle],
        _ body: ([Tensor], Graph) throws -> Tensor
    ) throws -> Int {
        try push(try record(arguments.function, handles, body))
        return 1
    }

    /// Records an operation on tensors.
    func record(
        _ function: String, _ handles: [TensorHandle], _ body: ([Tensor], Graph) throws -> Tensor
    ) throws -> TensorHandle {
        try explaining(function) {
            let scope = try engine.scope(of: handles)
            let tensors = try handles.map { try engine.tensor($0, in: scope) }
            return TensorHandle(try body(tensors, scope.graph), in: scope)
        }
    }

    /// Runs a piece of work and tells its mistakes in the words of scripts.
    func explaining<Result>(_ function: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as TensorError {
            throw LuaError(kind: .conversion, message: TensorBindings.text(error, function))
        } catch let error as TensorUse {
            throw LuaError(kind: .conversion, message: "\(function): \(error)")
        }
    }

    private static func text(_ error: TensorError, _ function: String) -> String {
        switch error {
        case .shapeMismatch(_, let expected, let found):
            return "\(function): expected \(expected), found \(found)"
        case .invalidArgument(_, let argument, let expected, let found):
            return "\(function): \(argument): expected \(expected), found \(found)"
        case .indexOutOfRange(_, let index, let size):
            let number = index.isFinite ? index + 1 : index
            let text = Int(exactly: number).map(String.init) ?? "\(number)"
            return "\(function): expected positions from 1 to \(size), found \(text)"
        case .memoryExceeded(let needed, let limit):
            return "\(function): tensors would hold \(needed) bytes, at most \(limit) are allowed; "
                + "keep fewer or smaller tensors"
        default: return "\(function): \(error)"
        }
    }
}
