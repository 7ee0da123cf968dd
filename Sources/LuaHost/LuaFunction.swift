import CLua
import LuaBridge

/// A function of a script or of the host.
public struct LuaFunction {
    /// What keeps the function alive.
    public let reference: LuaReference

    /// Calls the function.
    ///
    /// - Parameters:
    ///   - arguments: The arguments.
    ///   - limits: What the call may use.
    ///   - name: The extension point, for messages: `file.lua:19: mutation: …`.
    /// - Returns: All results.
    /// - Throws: `LuaError`; a Swift error thrown by a host function on the way is its
    ///   `underlying` error.
    public func call(
        _ arguments: LuaValue..., limits: LuaLimits = .none, name: String? = nil
    ) throws(LuaError) -> [LuaValue] {
        try call(arguments: arguments, limits: limits, name: name)
    }

    /// Calls the function with a list of arguments.
    ///
    /// - Throws: As `call(_:limits:name:)`.
    public func call(
        arguments: [LuaValue], limits: LuaLimits = .none, name: String? = nil
    ) throws(LuaError) -> [LuaValue] {
        let context = LuaContext(core: reference.core)
        let base = context.count
        do throws(LuaError) {
            try context.push(reference)
            for argument in arguments { try context.push(argument) }
            try context.call(
                arguments: arguments.count, results: -1, limits: limits, name: name)
            let end = context.count
            var results: [LuaValue] = []
            if end > base {
                for place in (base + 1)...end { results.append(try context.value(at: place)) }
            }
            context.pop(end - base)
            return results
        } catch {
            context.pop(context.count - base)
            throw error
        }
    }

    /// Where the function begins; nil for a function of the host.
    public var definition: (file: String, line: Int)? {
        let context = LuaContext(core: reference.core)
        guard let b = reference.core.bridge, (try? context.push(reference)) != nil else {
            return nil
        }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { buffer in
            let line = Int(bridge_defined(b, buffer.baseAddress, 1024))
            guard line > 0, let start = buffer.baseAddress else { return nil }
            return (String(cString: start), line)
        }
    }
}
