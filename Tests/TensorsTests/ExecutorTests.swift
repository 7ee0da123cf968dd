import Kernels
import Tensors
import TestSupport
import Testing

/// Tasks on several threads.
struct ExecutorTests {
    /// What one task gives, kept by index.
    private final class Results: Sendable {
        let bits: Guarded<[[[UInt32]]]>
        init(_ count: Int) { bits = Guarded(Array(repeating: [], count: count)) }
    }

    private struct Failed: Error, Equatable { let index: Int }

    @Test func `a batch of tasks gives the same bits at 1, 2, 3 and 4 threads`() throws {
        let tasks = 24
        var reference: [[[UInt32]]] = []
        for threads in 1...4 {
            let executor = try Executor(threads: threads)
            #expect(executor.threads == threads)
            // Plans of two sizes, so that workspaces serve both.
            var plans: [Plan] = []
            var inputs: [[String: [Float]]] = []
            for batch in [2, 9] {
                let (outputs, given) = try PlanTests.network(seed: UInt64(batch), batch: batch)
                plans.append(try Plan(outputs, kernels: executor.kernels))
                inputs.append(given)
            }
            let results = Results(tasks)
            let (allPlans, allInputs) = (plans, inputs)
            for _ in 0..<2 {
                try executor.forEach(tasks) { index, workspace in
                    let given = allInputs[index % 2].mapValues { values in
                        values.map { $0 + Float(index) * 0.01 }
                    }
                    let found = bits(try workspace.evaluate(allPlans[index % 2], given))
                    results.bits.withLock { $0[index] = found }
                }
            }
            let found = results.bits.withLock { $0 }
            #expect(found.allSatisfy { !$0.isEmpty })
            if threads == 1 { reference = found }
            #expect(found == reference, "\(threads) threads")
        }
    }

    @Test(arguments: 1...4)
    func `the error of the lowest index is thrown, and the next batch runs`(threads: Int) throws {
        let executor = try Executor(threads: threads)
        for round in 0..<50 {
            let first = round % 7
            #expect(throws: Failed(index: first)) {
                try executor.forEach(20) { index, _ in
                    if index >= first, index % 2 == first % 2 { throw Failed(index: index) }
                }
            }
            let results = Results(20)
            try executor.forEach(20) { index, _ in
                results.bits.withLock { $0[index] = [[UInt32(index)]] }
            }
            #expect(results.bits.withLock { $0 } == (0..<20).map { [[UInt32($0)]] })
        }
    }

    @Test func `no task, or fewer than none, is no work`() throws {
        for threads in [1, 3] {
            let executor = try Executor(threads: threads)
            for count in [0, -1, Int.min] {
                try executor.forEach(count) { index, _ in throw Failed(index: index) }
            }
        }
    }

    @Test(arguments: [0, -1, 1025, Int.max, Int.min])
    func `an impossible number of threads is refused`(threads: Int) {
        #expect(
            throws: TensorError.invalidArgument(
                operation: "executor", argument: "threads", expected: "1...1024",
                found: "\(threads)")
        ) { _ = try Executor(threads: threads) }
    }

    @Test func `a plan's error in a worker reaches the caller with its text`() throws {
        let executor = try Executor(threads: 2)
        let graph = Graph()
        let rows = try graph.input("index", try Shape([1]))
        let table = try graph.constant([1, 2, 3], try Shape([3, 1]))
        let plan = try Plan([table.gatherRows(rows)], kernels: executor.kernels)
        #expect(throws: TensorError.indexOutOfRange(operation: "gatherRows", index: 5, size: 3)) {
            try executor.forEach(8) { index, workspace in
                _ = try workspace.evaluate(plan, ["index": [index < 3 ? Float(index) : 5]])
            }
        }
    }
}
