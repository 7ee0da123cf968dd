import LuaHost
import Testing

/// A state with a sandbox, and what scripts printed.
final class Host {
    let state: LuaState
    let sandbox: Sandbox
    private let lines = Lines()

    final class Lines { var all: [String] = [] }

    var printed: [String] { lines.all }

    init(byteLimit: Int? = 1 << 30, modules: [String: String] = [:]) throws {
        state = try LuaState(byteLimit: byteLimit)
        let lines = lines
        sandbox = try Sandbox(
            state.context,
            resolver: { request in
                modules[request.name].map { text in
                    .module(Sandbox.Module(chunk: .file(request.name + ".lua")) { text })
                }
            },
            print: { lines.all.append($0) })
    }

    var context: LuaContext { state.context }

    @discardableResult
    func run(_ text: String, limits: LuaLimits = .none) throws -> [LuaValue] {
        try sandbox.run(text, chunk: .file("test.lua"), limits: limits)
    }

    /// The error that a script ends with.
    func failure(
        _ text: String, limits: LuaLimits = .none, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> LuaError {
        do {
            try run(text, limits: limits)
        } catch let error as LuaError {
            return error
        }
        Issue.record("the script ended without error", sourceLocation: sourceLocation)
        return LuaError(kind: .runtime, message: "")
    }

    /// The one string that a script returns.
    func text(_ script: String) throws -> String {
        try #require(try run(script).first?.string)
    }

    func function(_ script: String) throws -> LuaFunction {
        try #require(try run(script).first?.function)
    }
}

/// Counts the instances of an object that are alive.
final class Probe {
    final class Counter {
        var alive = 0
        var released = 0
        var peak = 0
    }

    let counter: Counter
    let value: Int

    init(_ counter: Counter, _ value: Int = 0) {
        self.counter = counter
        self.value = value
        counter.alive += 1
        counter.peak = max(counter.peak, counter.alive)
    }

    deinit {
        counter.alive -= 1
        counter.released += 1
    }
}

struct Refusal: Error, Equatable, CustomStringConvertible {
    let genes: Int
    var description: String { "child has \(genes) genes, the space has 16" }
}
