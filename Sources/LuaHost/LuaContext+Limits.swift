import CLua
import LuaBridge

// What the host does for a script is billed out of the same limits as what the script does itself.
// A limit that was passed ends the script's call when the host function returns, even where the
// error was caught on the way.
extension LuaContext {
    /// Puts the host's work on one callback, with the calls in it, under the callback's limits:
    /// pushing its arguments, calling it and reading what it returned.
    ///
    /// - Parameters:
    ///   - limits: What all of it may use together.
    ///   - body: The work.
    /// - Returns: What `body` returned.
    /// - Throws: `LuaError` of kind `closed`; what `body` throws.
    public func within<Result>(
        _ limits: LuaLimits, _ body: () throws(LuaError) -> Result
    ) throws(LuaError) -> Result {
        let b = try core.open()
        var outer = bridge_scope()
        var inner = limits.bridged
        bridge_enter(b, &inner, &outer)
        // Open still: a state that is closed within its own callback closes when no frame is left.
        defer { if let b = core.bridge { bridge_leave(b, &outer) } }
        let result = try body()
        // Work that was billed after the last look.
        let kind = bridge_spend(b, 0)
        guard kind == 0 else { throw core.ended(b, kind) }
        return result
    }

    /// Bills work of the host as instructions of the script that it is done for.
    ///
    /// - Parameter units: Instructions; about five nanoseconds of work each. The same work has to
    ///   give the same number, so that limits end the same call in every run.
    /// - Throws: `LuaError` of the limit that was passed, or `interrupted`.
    @inline(__always)
    public func charge(_ units: Int) throws(LuaError) {
        let b = try core.open()
        let kind = bridge_spend(b, Int64(units))
        if kind != 0 { throw core.ended(b, kind) }
    }

    /// Bills memory of the host as the script's.
    ///
    /// - Parameter bytes: How many; to be given back with ``release(bytes:)``, also after an error.
    /// - Throws: `LuaError` of kind `memoryLimit`.
    public func claim(bytes: Int) throws(LuaError) {
        let b = try core.open()
        let kind = bridge_claim(b, Int64(max(0, bytes)))
        if kind != 0 { throw core.ended(b, kind) }
    }

    /// Gives back what was billed by ``claim(bytes:)``.
    public func release(bytes: Int) {
        guard let b = core.bridge else { return }
        _ = bridge_claim(b, -Int64(max(0, bytes)))
    }

    /// Marks an object as worked on until the host function under way returns: whatever it calls may
    /// not work on it too.
    ///
    /// - Throws: `LuaError` where a host function around is working on the object.
    @inline(__always)
    func hold(_ object: UnsafeRawPointer, _ b: BridgePointer) throws(LuaError) {
        guard let holder = bridge_hold(b, object) else { return }
        throw busy(holder, b)
    }

    private func busy(_ holder: UnsafeMutableRawPointer, _ b: BridgePointer) -> LuaError {
        let outer = LuaContext.functionName(holder)
        let inner = bridge_function(b).map(LuaContext.functionName) ?? "it"
        return LuaError(
            kind: .runtime,
            message: "\(inner) cannot be called during \(outer); callbacks can use only their "
                + "arguments")
    }
}

extension LuaCore {
    /// The error of a limit that was passed in the host's own work.
    @inline(never)
    func ended(_ b: BridgePointer, _ code: Int32) -> LuaError {
        bridge_note_limit(b, code)
        var error = LuaError(kind: .runtime, message: "")
        locate(b, &error)
        explain(b, Int(code), &error)
        return error
    }
}
