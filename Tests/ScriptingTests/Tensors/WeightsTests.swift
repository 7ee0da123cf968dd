import Experiments
import Foundation
import NeuralNetworks
import Randomness
import Scripting
import SearchSpaces
import Supernets
import TestSupport
import Tensors
import Testing

/// Runs Lua at a prompt, where `space` and `rng` are at hand.
private func lines(_ body: String) throws -> [String] {
    let lines = Guarded<[String]>([])
    let prompt = try Prompt(plugins: .none) { line in lines.withLock { $0.append(line) } }
    try prompt.run(
        """
        local testing = require "apogee.testing"
        local weights, tensor, nn, grad = apogee.weights, apogee.tensor, apogee.nn, apogee.grad
        local space = testing.space(2)
        local function supernet(channels)
          return space:supernet { inputs = { 7, 6, 1 }, outputs = 3, channels = channels or 4,
            cells = { "normal", "reduction" } }
        end
        local text = "normal: sep3 0, skip 1 · avg 0, max 2; reduction: skip 0, sep5 1 · dil3 0, avg 1"
        local function genotype() return space:parse(text) end
        local function images(seed)
          return apogee.random.uniform(testing.rng(seed), { 3, 7, 6, 1 }, -1, 1)
        end
        local function show(t)
          local out = {}
          for i, v in ipairs(t:reshape { -1 }:tolist()) do out[i] = ("%.9g"):format(v) end
          print(table.concat(out, " "))
        end
        \(body)
        """, file: "weights.lua", arguments: [])
    return lines.withLock { $0 }
}

private func floats(_ line: String) -> [Float] {
    line.split(separator: " ").compactMap { Float($0) }
}

/// What goes wrong in Lua, without the place.
private func complaint(_ body: String) throws -> String {
    let found = try lines(
        """
        local ok, message = pcall(function()
        \(body)
        end)
        print(ok and "no error" or tostring(message))
        """)
    return found.joined(separator: "\n")
}

/// The same supernet in Swift.
private struct Twin {
    let space: CellSpace
    let supernet: CellSupernet
    let weights: Weights
    let engine: Engine
    let genotype: Genotype

    init() throws {
        space = try CellSpace(nodes: 2)
        supernet = try CellSupernet(
            space,
            CellNetworkConfiguration(
                inputHeight: 7, inputWidth: 6, inputChannels: 1, classes: 3, channels: 4,
                poolNormalization: true))
        weights = Weights(initial: supernet, weights: .he, stream: RandomStream(seed: 3))
        engine = try Engine()
        genotype = try space.parse(
            "normal: sep3 0, skip 1 · avg 0, max 2; reduction: skip 0, sep5 1 · dil3 0, avg 1")
    }

    static func images(_ seed: UInt64) -> [Float] {
        var rng = RandomStream(seed: seed)
        return (0..<126).map { _ in Float(-1 + 2 * rng.uniform()) }
    }

    func logits(
        _ network: any Network, _ values: ParameterSet, _ source: BatchNormSource = .batch
    ) throws -> [Float] {
        let graph = Graph()
        let x = try graph.input("x", try Shape([3, 7, 6, 1]))
        let y = try network.forward(
            x, Parameters(graph, values.layout), ForwardContext(batchNorm: source))
        let plan = try Plan([y], kernels: engine.workspace.kernels)
        var given = ["x": Twin.images(11)]
        for port in plan.inputs where port.name != "x" { given[port.name] = values[port.name] }
        return try engine.workspace.evaluate(plan, given)[0]
    }
}

@Suite("Weights in Lua") struct WeightsInLuaTests {
    @Test func `arithmetic gives the bits of Swift`() throws {
        let found = try lines(
            """
            local net = supernet()
            local p = net:parameters(testing.rng(3), { weights = "he" })
            local q = weights.perturb(p, testing.rng(8), 0.3)
            local names = net:names()
            show(weights.flatten(p, names))
            show(weights.flatten(q, names))
            show(weights.flatten(weights.interpolate(p, q, 0.7), names))
            show(weights.flatten(weights.unflatten(weights.flatten(q, names), p, names), names))
            show(weights.flatten(weights.unflatten(weights.flatten(q), p), names))
            """)
        let twin = try Twin()
        let noisy = twin.weights.perturbed(RandomStream(seed: 8), scale: 0.3)
        #expect(floats(found[0]) == twin.weights.flattened)
        #expect(floats(found[1]) == noisy.flattened)
        #expect(
            try floats(found[2]) == twin.weights.interpolated(to: noisy, by: 0.7).flattened)
        #expect(found[3] == found[1] && found[4] == found[1] && found[1] != found[0])
    }

    @Test func `each mode gives the bits of Swift`() throws {
        let found = try lines(
            """
            local net, x = supernet(), images(11)
            local p = net:parameters(testing.rng(3), { weights = "he" })
            local function mixed(network)
              local q = weights.copy(p)
              for _, name in ipairs(network:names()) do
                q[name] = q[name] or network:parameters(testing.rng(3))[name]
              end
              return network:forward(q, x)
            end
            show(net:path(genotype()):forward(p, x))
            show(mixed(net:mix()))
            show(mixed(net:mask(genotype())))
            show(net:slice(2):path(genotype()):forward(p, x))
            local path = net:path(genotype())
            local middle = path:range(p, 1, 2, x)
            show(path:range(p, 3, 4, middle)[1])
            print(table.concat(path:stages(), " "), #middle)
            local decision = net:decisions()[2]
            print(decision.name, #decision.inputs, #decision.operations)
            """)
        let twin = try Twin()
        let modes: [Mode] = [.path(twin.genotype), .mix(), .mask(twin.genotype)]
        for (line, mode) in zip(found, modes) {
            #expect(
                try floats(line)
                    == twin.logits(
                        twin.weights.network(mode), twin.weights.parameters(of: mode)), "\(mode)")
        }
        let slice = try twin.supernet.sliced(channels: 2)
        #expect(
            try floats(found[3])
                == twin.logits(slice.subnet(twin.genotype), twin.weights.parameters))
        #expect(found[4] == found[0] && found[1] != found[0] && found[3] != found[0])
        // A mask that is 1 everywhere.
        expectClose(floats(found[2]), floats(found[0]), tolerance: 1e-6)
        #expect(found[5] == "stem cells.0 cells.1 classifier\t2")
        #expect(found[6] == "normal.node1\t3\t\(twin.space.operations.count)")
    }

    @Test func `a one-hot mixture is the path, and closed candidates need no parameters`() throws {
        let found = try lines(
            """
            local net, x = supernet(), images(11)
            local p = net:parameters(testing.rng(3), { weights = "he" })
            local g = genotype()
            local open = {}
            local q = weights.copy(p)
            for place, d in ipairs(net:decisions()) do
              local rows, numbers = {}, {}
              for i = 1, #d.inputs do
                rows[i], numbers[i] = {}, {}
                for o = 1, #d.operations do rows[i][o], numbers[i][o] = false, 0 end
              end
              local gene = 4 * (place - 1)
              for slot = 1, 2 do
                local i, o = g[gene + slot] + 1, g[gene + 2 + slot] + 1
                rows[i][o], numbers[i][o] = true, 1
              end
              open[d.name], q["mix." .. d.name] = rows, tensor.from(numbers)
            end
            show(net:path(g):forward(p, x))
            show(net:mix():forward(q, x))
            local few = net:mix { open = open }
            show(few:forward(q, x))
            print(#few:names() - #net:path(g):names(), #few:names() < #net:mix():names())
            """)
        expectClose(floats(found[1]), floats(found[0]), tolerance: 1e-6)
        expectClose(floats(found[2]), floats(found[0]), tolerance: 1e-6)
        #expect(found[3] == "4\ttrue")
    }

    // No ReLU stands behind the weights of one cell's one node, so differences are smooth.
    @Test func `gradients flow through modes and tables, also to second order`() throws {
        let found = try lines(
            """
            local net = testing.space(1):supernet { inputs = { 7, 6, 1 }, outputs = 3, channels = 4,
              cells = { "normal" } }
            local x, y = images(11), tensor.from { 1, 2, 3 }
            local p = net:parameters(testing.rng(3), { weights = "he" })
            local mix, d = net:mix(), net:decisions()[1]
            local shape = { #d.inputs, #d.operations }
            local alpha = { a = apogee.random.normal(testing.rng(9), shape) }
            local direction = { a = apogee.random.normal(testing.rng(4), shape) }
            local function loss(a)
              local q = weights.copy(p)
              q["mix." .. d.name] = a.a:softmax(2)
              return mix:forward(q, x):cross_entropy(y) * 20
            end
            -- The length of the gradient, which is differentiated again.
            local function norm(a) return weights.flatten((grad(loss)(a))):square():sum() end
            local slope = (grad(norm)(alpha).a * direction.a):sum():value()
            local function at(h)
              local there = weights.unflatten(
                weights.flatten(alpha) + weights.flatten(direction), alpha)
              return norm(weights.interpolate(alpha, there, h)):value()
            end
            local h = 0.05
            print(slope, (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h))
            """)
        let pair = found[0].split(separator: "\t").compactMap { Double($0) }
        #expect(abs(pair[0]) > 0.5)
        #expect(abs(pair[0] - pair[1]) < 5e-3 * abs(pair[0]), "\(pair)")
    }

    @Test func `masks and slices of tables are those of Swift`() throws {
        let found = try lines(
            """
            local p = { w = tensor.arange(1, 60):reshape { 5, 3, 2, 2 }, b = tensor.from { 1, 2, 3 } }
            local small = weights.slice(p, { w = { 3, 1, 2, 1 } })
            show(small.w)
            print(table.concat(small.w.shape, " "), small.b.size)
            show(weights.mask(p, { b = tensor.from { 0, 1, 0.5 } }).b)
            local slope = grad(function(q) return weights.slice(q, { b = { 2 } }).b:square():sum() end)(p)
            show(slope.b)
            """)
        #expect(floats(found[0]) == [17, 19, 29, 31, 41, 43])
        #expect(found[1] == "3 1 2 1\t3")
        #expect(floats(found[2]) == [0, 2, 1.5])
        #expect(floats(found[3]) == [2, 4, 0])
    }

    @Test func `statistics are those of Swift, and running passes read them`() throws {
        let found = try lines(
            """
            local net = supernet()
            local p = net:parameters(testing.rng(3), { weights = "he" })
            local path = net:path(genotype())
            local q = path:statistics(p, { images(1), images(2) })
            show(q["cells.0.node0.input0.sep3.batchNorm1.statistics"])
            show(path:forward(q, images(11), { batch_norm = "running" }))
            local one = path:statistics(p, images(11))
            show(path:forward(one, images(11), { batch_norm = "running" }))
            show(path:forward(one, images(11)))
            print(p["stem.0.batchNorm.statistics"])
            """)
        let twin = try Twin()
        let mode = Mode.path(twin.genotype)
        let weights = try twin.weights.reestimated(
            mode,
            batches: [1, 2].map { (Twin.images($0), try Shape([3, 7, 6, 1])) },
            workspace: twin.engine.workspace)
        let statistics = try #require(weights.statistics)
        #expect(
            floats(found[0]) == statistics["cells.0.node0.input0.sep3.batchNorm1.statistics"])
        let own = try weights.parameters(of: mode)
        let all = ParameterSet(
            ParameterLayout(own.layout.entries + statistics.layout.entries),
            stream: RandomStream(seed: 0))
        all.inherit(from: own)
        all.inherit(from: statistics)
        let running = try twin.logits(weights.network(mode), all, .running)
        #expect(floats(found[1]) == running)
        expectClose(floats(found[2]), floats(found[3]), tolerance: 2e-4)
        #expect(found[4] == "nil")
    }

    @Test(arguments: [
        (
            "weights.interpolate({ a = tensor.ones { 2 } }, { b = tensor.ones { 2 } }, 0.5)",
            "interpolate: other[\"a\"]: expected a tensor of shape [2], found nil"
        ),
        (
            "weights.flatten({ tensor.ones { 2 } })",
            "flatten: parameters: expected tensors by name, found a key of type"
        ),
        (
            "weights.flatten({ a = 1 })",
            "flatten: parameters[\"a\"]: expected a tensor, found"
        ),
        (
            "weights.flatten({ a = tensor.ones { 2 }, b = tensor.ones { 1 } }, { \"a\" })",
            "flatten: names: \"b\" is missing"
        ),
        (
            "weights.flatten({ a = tensor.ones { 2 } }, { \"a\", \"a\" })",
            "flatten: names[2]: \"a\" is listed twice"
        ),
        (
            "weights.unflatten(tensor.ones { 3 }, { a = tensor.ones { 2 } })",
            "unflatten: vector: expected shape [2], the parameters' numbers, found [3]"
        ),
        (
            "weights.mask({ a = tensor.ones { 2 } }, { b = tensor.ones { 2 } })",
            "mask: masks: there is no parameter \"b\""
        ),
        (
            "weights.mask({ a = tensor.ones { 2 } }, { a = tensor.ones { 3, 2 } })",
            "mask: masks[\"a\"]: expected a shape that fits [2], found [3, 2]"
        ),
        (
            "weights.slice({ a = tensor.ones { 2 } }, { a = { 3 } })",
            "slice: shapes[\"a\"]: expected at most [2], found [3]"
        ),
        (
            "weights.perturb({ a = tensor.ones { 2 } }, testing.rng(1), tensor.ones { 2 })",
            "perturb: scale: expected one number, found shape [2]"
        ),
        (
            "supernet():slice(9)", "slice: channels: expected 1 to 4, the supernet's, found 9"
        ),
        (
            "supernet():mix { open = { [\"normal.node0\"] = { { true } } } }",
            "mix: open: normal.node0: expected 2 rows of"
        ),
        (
            "supernet():mix { closed = {} }", "mix: unknown option 'closed'; it takes open"
        ),
        (
            "supernet():path(genotype()):weights()",
            "weights: this network was made by the script and belongs to no run; its "
                + "parameters are those passed to it"
        ),
        (
            "supernet():path(genotype()):range({}, 2, 9, images(1))",
            "range: expected stages from 1 to 4, the last not before the first, found 2 and 9"
        ),
        (
            "supernet():path(genotype()):range({}, 1, 1, images(1))",
            "range: parameters[\"stem.0.convolution.weight\"]: expected a tensor of shape"
        ),
        (
            "supernet():path(genotype()):forward({}, images(1), { batch_norm = \"none\" })",
            "forward: batch_norm: expected \"batch\", \"identity\" or \"running\", found \"none\""
        ),
        (
            "space:supernet { inputs = { 7, 6 }, outputs = 3 }",
            "supernet: inputs: expected { height, width, channels }, each at least 1, found [7, 6]"
        ),
        (
            "space:supernet { inputs = { 7, 6, 1 }, outputs = 3, cells = { \"middle\" } }",
            "supernet: cells: expected \"normal\" or \"reduction\", found \"middle\""
        ),
        (
            "space:supernet { inputs = { 7, 6, 1 }, outputs = 3, channels = 0 }",
            "supernet: channels"
        ),
    ])
    func `faults are named`(_ body: String, _ expected: String) throws {
        let found = try complaint(body)
        #expect(found.contains(expected), "\(found)")
    }

    @Test func `the guide's supernet learns what it says`() throws {
        let lines = Guarded<[String]>([])
        let prompt = try Prompt(plugins: .none) { line in lines.withLock { $0.append(line) } }
        let text = try String(
            contentsOfFile: Repository.path("plugins/guide/weights.lua"), encoding: .utf8)
        try prompt.run(text, file: "weights.lua", arguments: [])
        let found = lines.withLock { $0 }
        #expect(found.count == 7)
        let accuracy = try #require(
            found.first { $0.hasPrefix("accuracy ") }?.split(separator: " "))
        // Guessing has 0.5; this is four standard errors of 32 images above it.
        #expect(try #require(Double(accuracy[1])) > 0.85, "\(found)")
    }

    // torch.optim.Adam and AdamW in float64; see benchmarks-data/golden/README.md.
    @Test func `adam and adamw of Lua take the steps of PyTorch`() throws {
        struct Golden: Decodable {
            struct Attributes: Decodable {
                let learningRate: Double
                let beta1: Double?
                let beta2: Double?
                let epsilon: Double?
                let weightDecay: Double
            }
            struct Case: Decodable {
                let optimizer: String
                let attributes: Attributes
                let steps: [[Double]]
            }
            struct Optimizers: Decodable {
                let parameters: [Double]
                let gradients: [[Double]]
                let cases: [Case]
            }
            let optimizers: Optimizers
        }
        func list(_ values: [Double]) -> String {
            "tensor.from { \(values.map { "\($0)" }.joined(separator: ", ")) }"
        }
        let golden = try Repository.golden(Golden.self, "networks.json").optimizers
        var compared: [String] = []
        for sample in golden.cases where sample.optimizer.hasPrefix("adam") {
            let options = sample.attributes
            let found = try lines(
                """
                local step, state = apogee.optim.\(sample.optimizer.lowercased()) {
                  learning_rate = \(options.learningRate), beta1 = \(options.beta1 ?? 0),
                  beta2 = \(options.beta2 ?? 0), epsilon = \(options.epsilon ?? 0),
                  weight_decay = \(options.weightDecay) }, nil
                local p = { a = \(list(golden.parameters)) }
                for _, g in ipairs { \(golden.gradients.map(list).joined(separator: ", ")) } do
                  p, state = step(p, { a = g }, state)
                  show(p.a)
                end
                """)
            for (line, expected) in zip(found, sample.steps) {
                expectClose(floats(line), expected, tolerance: 1e-6, sample.optimizer)
            }
            #expect(found.count == sample.steps.count)
            compared.append(sample.optimizer)
        }
        #expect(compared == ["adam", "adam", "adam", "adamW"])
    }
}
