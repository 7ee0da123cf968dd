import CLua
import LuaBridge

typealias BridgePointer = UnsafeMutablePointer<bridge>

/// What all values of a state share: the way to the C side while it is open.
///
/// `LuaState` owns the state and closes it; values keep only this, so a value stored in Lua by a
/// host function does not keep the state alive.
final class LuaCore {
    private(set) var bridge: BridgePointer?
    /// Lives as long as the C side looks at it.
    let interruption = LuaInterruption()
    private var closesWhenIdle = false
    /// References whose owner is gone. They are dropped at the next call, not in `deinit`, which
    /// may run in the middle of a collection.
    private var released: [Int32] = []
    private var typeCount: Int32 = 0
    var errorType: UserdataType<ErrorBox>?
    /// The registered types, in order.
    var members: [Members] = []

    /// What a registered type has.
    struct Members {
        let type: String
        let identity: Int32
        /// The names of methods, sorted.
        let methods: [String]
        /// The names of methods and fields, sorted.
        let names: [String]
    }

    init(byteLimit: Int?) throws(LuaError) {
        guard let opened = bridge_open(byteLimit.map { max($0, 0) } ?? Int.max) else {
            throw LuaError(
                kind: .memoryLimit,
                message: "a Lua state needs about 40 KiB; the limit is \(byteLimit ?? 0) bytes")
        }
        opened.pointee.interruption = interruption.place
        bridge = opened
    }

    /// The C side.
    ///
    /// - Throws: `LuaError` of kind `closed`.
    func open() throws(LuaError) -> BridgePointer {
        guard let bridge else { throw LuaError.closed }
        return bridge
    }

    func close() {
        guard let bridge else { return }
        if bridge.pointee.depth > 0 {
            // Dropped by a host function: Lua frames still stand.
            closesWhenIdle = true
            return
        }
        self.bridge = nil
        errorType = nil
        bridge_close(bridge)
    }

    func newType() -> Int32 {
        typeCount += 1
        return typeCount
    }

    // MARK: References

    /// Keeps the value on top of the stack, and pops it.
    func keep(_ b: BridgePointer) throws(LuaError) -> LuaReference {
        dropReleased(b)
        let id = bridge_reference(b)
        guard id >= 0 else { throw failure(b, Int32(BRIDGE_MEMORY)) }
        return LuaReference(core: self, id: Int32(id))
    }

    func release(_ id: Int32) {
        if bridge != nil { released.append(id) }
    }

    @inline(__always)
    func dropReleased(_ b: BridgePointer) {
        if !released.isEmpty { dropAll(b) }
    }

    @inline(never)
    private func dropAll(_ b: BridgePointer) {
        bridge_release_references(b, released, released.count)
        released.removeAll(keepingCapacity: true)
    }

    // MARK: Calls

    /// Calls the function below `arguments` values, under limits.
    @inline(__always)
    func call(
        _ b: BridgePointer, arguments: Int32, results: Int32, limits: LuaLimits, name: String?
    ) throws(LuaError) {
        let status: Int32
        if limits.isNone {
            status = bridge_call(b, arguments, results, nil)
        } else {
            var limits = limits.bridged
            status = bridge_call(b, arguments, results, &limits)
        }
        if closesWhenIdle || status != 0 {
            try settle(b, status, name: name)
        }
    }

    @inline(never)
    private func settle(
        _ b: BridgePointer, _ status: Int32, name: String?
    ) throws(LuaError) {
        let error = status == 0 ? nil : failure(b, status, name: name)
        if closesWhenIdle && b.pointee.depth == 0 {
            close()
            throw error ?? LuaError.closed
        }
        if let error { throw error }
    }

    /// Throws what a function of the bridge reported.
    @inline(__always)
    func check(_ b: BridgePointer, _ status: Int32) throws(LuaError) {
        if status != 0 { throw failure(b, status) }
    }
}
