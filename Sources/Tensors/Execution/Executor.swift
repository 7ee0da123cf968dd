internal import Foundation
public import Kernels
internal import Synchronization

/// Runs independent tasks on worker threads, one task a thread at a time.
///
/// Which worker takes which task depends on timing, so a task must write only to its own place; the
/// caller then adds results up in task order. Done so, results are the same bits at any number of
/// threads.
public final class Executor {
    /// Number of worker threads.
    public let threads: Int
    /// Kernels that all workers share.
    public let kernels: KernelCache
    private let pool: WorkerPool?
    private let own: Workspace

    /// Where the caller's thread notes the time of every step, if it does; helper threads do not, so
    /// a profile of all work needs an executor of one thread.
    public var profile: StepProfile? {
        get { own.profile }
        set { own.profile = newValue }
    }

    /// - Parameter threads: At least 1; with 1 everything runs on the caller's thread.
    /// - Throws: `TensorError.invalidArgument` unless there are 1 to 1024 threads, `.kernel` if
    ///   oneDNN does not start.
    public init(threads: Int) throws(TensorError) {
        guard (1...1024).contains(threads) else {
            throw .invalidArgument(
                operation: "executor", argument: "threads", expected: "1...1024",
                found: "\(threads)")
        }
        self.threads = threads
        do { kernels = try KernelCache() } catch { throw .kernel(error) }
        own = try Workspace(kernels: kernels)
        pool = threads > 1 ? WorkerPool(helpers: threads - 1, kernels: kernels) : nil
    }

    deinit { pool?.stop() }

    /// Calls `body` once for every index in 0 ..< `count`.
    ///
    /// - Parameters:
    ///   - count: How many tasks; none if 0 or less.
    ///   - work: How long a task will take beside the others, in any unit. Several threads begin
    ///     with the longest, so that none is left with a long one at the end.
    ///   - body: Gets the index and the workspace of the thread that it runs on.
    /// - Throws: The error of the lowest index that failed; tasks that had not begun are left out.
    public func forEach(
        _ count: Int, work: (Int) -> Int = { _ in 0 },
        _ body: @escaping @Sendable (Int, Workspace) throws -> Void
    ) throws {
        guard count > 0 else { return }
        guard let pool, count > 1 else {
            for index in 0..<count { try body(index, own) }
            return
        }
        let expected = (0..<count).map(work)
        let order = expected.indices.sorted {
            (expected[$1], $0) < (expected[$0], $1)
        }
        let batch = TaskBatch(order: order, body: body)
        pool.start(batch)
        batch.work(in: own)
        pool.wait()
        if let error = batch.firstError { throw error }
    }
}

/// The tasks of one call.
private final class TaskBatch: Sendable {
    private let order: [Int]
    private let body: @Sendable (Int, Workspace) throws -> Void
    private let next = Atomic<Int>(0)
    private let failure = Guarded<(index: Int, error: any Error)?>(nil)

    init(order: [Int], body: @escaping @Sendable (Int, Workspace) throws -> Void) {
        self.order = order
        self.body = body
    }

    var firstError: (any Error)? { failure.withLock { $0?.error } }

    func work(in workspace: Workspace) {
        while true {
            let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard place < order.count else { return }
            let index = order[place]
            do {
                try body(index, workspace)
            } catch {
                fail(index, error)
                next.store(order.count, ordering: .relaxed)
                return
            }
        }
    }

    func fail(_ index: Int, _ error: any Error) {
        failure.withLock { earlier in
            if index < earlier?.index ?? .max { earlier = (index, error) }
        }
    }
}

/// Threads that wait for batches.
///
/// All mutable state is guarded by `condition`, hence `@unchecked Sendable`.
private final class WorkerPool: @unchecked Sendable {
    private let condition = NSCondition()
    private var batch: TaskBatch?
    private var generation = 0
    private var busy = 0
    private var isStopped = false
    private let helpers: Int

    init(helpers: Int, kernels: KernelCache) {
        self.helpers = helpers
        for _ in 0..<helpers {
            let thread = Thread { [weak self] in WorkerPool.loop(self, kernels) }
            thread.stackSize = 16 << 20
            thread.start()
        }
    }

    func start(_ batch: TaskBatch) {
        condition.lock()
        self.batch = batch
        generation += 1
        busy = helpers
        condition.broadcast()
        condition.unlock()
    }

    func wait() {
        condition.lock()
        while busy > 0 { condition.wait() }
        batch = nil
        condition.unlock()
    }

    func stop() {
        condition.lock()
        isStopped = true
        condition.broadcast()
        condition.unlock()
    }

    private static func loop(_ pool: WorkerPool?, _ kernels: KernelCache) {
        guard let pool else { return }
        var workspace: Workspace?
        var seen = 0
        while true {
            pool.condition.lock()
            while pool.generation == seen, !pool.isStopped { pool.condition.wait() }
            if pool.isStopped {
                pool.condition.unlock()
                return
            }
            seen = pool.generation
            let batch = pool.batch
            pool.condition.unlock()
            if let batch {
                do {
                    let space = try workspace ?? Workspace(kernels: kernels)
                    workspace = space
                    batch.work(in: space)
                } catch {
                    batch.fail(-1, error)
                }
            }
            pool.condition.lock()
            pool.busy -= 1
            pool.condition.broadcast()
            pool.condition.unlock()
        }
    }
}
