import Kernels
import Tensors
import TestSupport
import Testing

/// The text of every error, from what really causes it.
struct MessageTests {
    private let graph = Graph()

    private func tensor(_ sizes: [Int], _ name: String = "x") throws -> Tensor {
        try graph.input(name, try Shape(sizes))
    }

    private func expect(
        _ text: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () throws -> Void
    ) {
        do {
            try body()
            Issue.record("nothing was thrown", sourceLocation: sourceLocation)
        } catch {
            #expect("\(error)" == text, sourceLocation: sourceLocation)
            #expect(error is TensorError, sourceLocation: sourceLocation)
        }
    }

    @Test func `an impossible shape is told with its sizes and the reason`() throws {
        expect("shape [2, 0]: every dimension must be at least 1") { _ = try Shape([2, 0]) }
        expect("shape [-3]: every dimension must be at least 1") { _ = try Shape([-3]) }
        expect("shape [65536, 65536]: more than 2147483647 elements") {
            _ = try Shape([65536, 65536])
        }
        expect("shape [9223372036854775807, 2]: more than 2147483647 elements") {
            _ = try Shape([Int.max, 2])
        }
        expect("shape [1, 1, 1, 1, 1, 1, 1, 1, 1]: at most 8 dimensions are possible") {
            _ = try Shape([Int](repeating: 1, count: 9))
        }
        expect("shape [65536, 65536]: more than 2147483647 elements") {
            _ = try tensor([65536, 1], "a") * tensor([65536], "b")
        }
    }

    @Test func `shapes that do not fit are told with what was expected`() throws {
        let x = try tensor([2, 3])
        let y = try tensor([4, 5], "y")
        expect("add: expected two shapes that fit each other, found [2, 3] and [4, 5]") {
            _ = try x + y
        }
        expect("matmul: expected equal inner sizes, found [2, 3] and [4, 5] transposed") {
            _ = try x.matmul(y, transposeB: true)
        }
        expect("reshape: expected 6 elements, as in [2, 3], found 8, as in [8]") {
            _ = try x.reshaped([8])
        }
        expect("broadcast: expected a shape that stretches to [3, 2], found [2, 3]") {
            _ = try x.broadcast(to: Shape([3, 2]))
        }
        expect(
            "convolution: expected images [N, H, W, C] and weights [kh, kw, C / groups, K], "
                + "found [2, 3] and [4, 5]"
        ) { _ = try x.convolution(y) }
        expect(
            "accuracy: expected logits [N, K] and labels [N], found [2, 3] and [4, 5]"
        ) { _ = try x.accuracy(labels: y) }
        expect("constant: expected 6 values for shape [2, 3], found 1") {
            _ = try graph.constant([1], x.shape)
        }
        expect(
            "concatenate: expected the sizes of [2, 3] but for axis 0, found [4, 5]"
        ) { _ = try Tensor.concatenate([x, y], axis: 0) }
        expect("batchNorm: expected x [..., C], found []") {
            _ = try graph.fill(1).batchStatistics()
        }
    }

    @Test func `an argument out of range is told with its range`() throws {
        let x = try tensor([2, 3])
        let image = try tensor([1, 8, 8, 1], "image")
        expect("sum: axis: expected an axis in -2...1, found 2") { _ = try x.sum(axes: [2]) }
        expect("argmax: axis: expected no axis of a single number, found 0") {
            _ = try graph.fill(1).argmax(axis: 0)
        }
        expect("mean: axes: expected every axis once, found -1 twice") {
            _ = try x.mean(axes: [1, -1])
        }
        expect("topK: count: expected 1...3, found 4") { _ = try x.topK(4, axis: 1) }
        expect("slice: axis 1: expected a part of 0..<3, found 3 from 1 in steps of 1") {
            _ = try x.sliced(starts: [0, 1], sizes: [2, 3])
        }
        expect("transpose: permutation: expected every axis of [2, 3] once, found [0, 0]") {
            _ = try x.transposed([0, 0])
        }
        expect("maxPool: padding: expected 0...1, found 2") {
            _ = try image.maxPool(window: 3, stride: 1, padding: 2)
        }
        expect("averagePool: stride: expected 1...32768, found 0") {
            _ = try image.averagePool(window: 2, stride: 0)
        }
        expect("batchNorm: epsilon: expected above 0, found -1.0") {
            _ = try x.batchStatistics(epsilon: -1)
        }
        expect("concatenate: tensors: expected at least one, found none") {
            _ = try Tensor.concatenate([], axis: 0)
        }
        expect("plan: outputs: expected at least one tensor, found none") {
            _ = try Plan([], kernels: Engine().workspace.kernels)
        }
    }

    @Test func `mixed recordings, doubled inputs and gradients of many numbers are told`() throws {
        let x = try tensor([2, 3])
        let other = try Graph().input("x", try Shape([2, 3]))
        for body in [{ _ = try x + other }, { _ = try x.sum().gradient([other]) }]
            as [() throws -> Void]
        {
            #expect(throws: TensorError.self) { try body() }
        }
        expect(
            "add: the tensors belong to two different recordings; make both inside the same "
                + "function"
        ) { _ = try x + other }
        expect(
            "plan: the tensors belong to two different recordings; make both inside the same "
                + "function"
        ) { _ = try Plan([x, other], kernels: Engine().workspace.kernels) }
        expect("input x: the graph has an input of this name already") { _ = try tensor([1]) }
        expect(
            "gradient: expected a single number to differentiate, found shape [2, 3]; reduce it "
                + "first, as with sum or mean"
        ) { _ = try x.gradient([x]) }
    }

    @Test func `values that a run cannot use are told by input or operation`() throws {
        let engine = try Engine()
        let x = try tensor([2, 3])
        expect("input x: expected values of shape [2, 3], found none") {
            _ = try engine.evaluate([x.exp()])
        }
        expect("input x: expected 6 values for [2, 3], found 1") {
            _ = try engine.evaluate([x.exp()], ["x": [1]])
        }
        let plan = try Plan([x.exp()], kernels: engine.workspace.kernels)
        expect("input all: expected 1 inputs, 1 outputs, found 0, 0") {
            try engine.workspace.run(plan, inputs: [], outputs: [])
        }
        let index = try tensor([1], "index")
        let cases: [(String, Tensor)] = try [
            ("gatherRows", x.gatherRows(index)),
            ("oneHot", index.oneHot(classes: 2)),
            ("scatterAddRows", graph.fill(1, Shape([1, 2])).scatterAddRows(index, rows: 2)),
            ("takeAlongAxis", graph.constant([1, 2], Shape([2])).takeAlongAxis(0, index)),
        ]
        let wrong: [(Float, String)] = [
            (2, "2.0"), (-1, "-1.0"), (0.5, "0.5"), (.nan, "nan"), (.infinity, "inf"),
            (-.infinity, "-inf"), (1e30, "1e+30"), (-1e-20, "-1e-20"),
        ]
        for (operation, output) in cases {
            for (value, text) in wrong {
                expect("\(operation): expected an index in 0..<2, found \(text)") {
                    _ = try engine.evaluate([output], ["x": [1, 2, 3, 4, 5, 6], "index": [value]])
                }
            }
            #expect(throws: Never.self) {
                try engine.evaluate([output], ["x": [1, 2, 3, 4, 5, 6], "index": [1]])
            }
        }
    }

    @Test func `what memory, numbers and the kernel library refuse is told`() throws {
        // 100,000 outputs of 4 GiB each are more than an address space holds.
        let shape = try Shape([1 << 30])
        let outputs = (0..<100_000).map { graph.fill(Float($0), shape) }
        let needed = 100_000 * (1 << 32)
        expect(
            "the system refused \(needed) bytes of memory for a plan; make the batch or the "
                + "network smaller"
        ) { _ = try Engine().evaluate(outputs) }
        // Raised above the engine, by those who set limits.
        #expect(
            "\(TensorError.memoryExceeded(needed: 10, limit: 5))"
                == "the plan needs 10 bytes of memory, the limit is 5")
        #expect(
            "\(TensorError.notFinite(what: "loss"))"
                == "loss: expected finite numbers, found NaN or infinity")
        let library = KernelError.library(call: "dnnl_sgemm", status: 3)
        #expect("\(TensorError.kernel(library))" == "\(library)")
        #expect(
            "\(library)"
                == "oneDNN: dnnl_sgemm returned status 3 (not implemented). `apogee doctor` prints "
                + "the library's version; Apogee is written for oneDNN 2 and 3")
    }
}
