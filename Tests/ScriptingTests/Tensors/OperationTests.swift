import Methods
import Components
import Experiments
import LuaHost
import MetaLearning
import NeuralNetworks
import Randomness
import Records
import Scripting
import SearchSpaces
import Supernets
import Tensors
import Testing

/// A script of a search, its plan, and runs of it.
struct SearchRun {
    let folder: ScriptFolder
    let script: ExperimentScript
    let plan: ExperimentPlan
    let registry: Registry

    init(_ text: String) throws {
        folder = try ScriptFolder()
        try folder.write(text)
        script = try folder.load()
        var registry = try BuiltIns.registry()
        registry.freeze()
        self.registry = registry
        plan = try #require(try script.plans(registry: registry).first)
    }

    func run(threads: Int = 1, seed: UInt64 = 5) throws -> MemorySink {
        let sink = MemorySink()
        let runner = try ExperimentRunner(
            plan: plan, record: RunRecord(name: plan.name, plan: plan.json(), seed: seed),
            registry: registry, scripts: script,
            settings: RunSettings(seed: seed, threads: threads), sink: sink)
        _ = try runner.run()
        return sink
    }

    /// The first custom operation of the plan, recorded for these places.
    func traced(places: [OperationPlace], batches: [Int]) throws -> TracedOperation {
        guard let cells = plan.space as? CellsPlan else { throw ScriptingError.empty(path: "") }
        let first = cells.candidates.first { $0.isCustom }
        let custom = try #require(first)
        let made = try custom.definition(ComponentBuilder(registry: registry, scripts: script))
        let definition = try #require(made)
        return try TracedOperation(
            name: "my_sep", places: places, batches: batches, sources: [.batch],
            parameters: definition.parameters, forward: definition.forward)
    }
}

/// What a search with this operation complains of.
private func complaint(operation: String) throws -> String {
    let folder = try ScriptFolder()
    try folder.write(searchScript(operations: "\"max\",\n" + operation))
    return folder.complaint {
        let script = try folder.load()
        var registry = try BuiltIns.registry()
        registry.freeze()
        let plan = try #require(try script.plans(registry: registry).first)
        _ = try ExperimentRunner(
            plan: plan, record: RunRecord(name: "t", plan: "", seed: 0), registry: registry,
            scripts: script, settings: RunSettings(seed: 0), sink: MemorySink())
    }
}

@Suite struct OperationTests {
    @Test(arguments: [4, 16])
    func `a separable convolution in Lua gives the bits of the built-in one`(channels: Int) throws {
        let run = try SearchRun(searchScript(operations: "\"sep3\", " + separable))
        let configuration = CellNetworkConfiguration(
            inputHeight: 16, inputWidth: 16, inputChannels: 1, classes: 3,
            channels: channels)
        let traced = try run.traced(
            places: try configuration.operationPlaces(nodes: 2), batches: [5])
        let custom = CellOperation.custom(
            try CustomOperation(name: "my_sep", definition: traced))
        let space = try CellSpace(nodes: 2, operations: [.sep3, custom])
        let supernet = try CellSupernet(space, configuration)
        var rng = RandomStream(seed: 3)
        for _ in 0..<5 {
            // The same connections, once with either operation everywhere.
            var genes = space.sample(&rng).genes
            for place in genes.indices where place % 4 > 1 { genes[place] = 0 }
            let builtIn = try supernet.network(Genotype(genes))
            for place in genes.indices where place % 4 > 1 { genes[place] = 1 }
            let own = try supernet.network(Genotype(genes))
            #expect(try values(own) == values(builtIn))
            #expect(
                try configuration.describe(#require(own.architecture)).parameters
                    == configuration.describe(#require(builtIn.architecture)).parameters)
            #expect(
                try configuration.describe(#require(own.architecture)).multiplyAdds
                    == configuration.describe(#require(builtIn.architecture)).multiplyAdds)
            #expect(
                try own.parameters.map { $0.name.replacing("my_sep", with: "sep3") }
                    == builtIn.parameters.map(\.name))
        }
    }

    /// Loss and gradients of a network on fixed data, in the order of its parameters.
    private func values(_ network: CellNetwork) throws -> [[Float]] {
        let graph = Graph()
        let parameters = Parameters(graph, ParameterLayout(try network.parameters))
        let x = try graph.input("x", try Shape([5, 16, 16, 1]))
        let labels = try graph.constant([0, 1, 2, 0, 1], try Shape([5]))
        let loss = try network.forward(x, parameters, ForwardContext()).crossEntropy(labels: labels)
        let tensors = try parameters.names.map { name throws(TensorError) in
            try parameters(name)
        }
        let executor = try Executor(threads: 1)
        let workspace = try Workspace(kernels: executor.kernels)
        let plan = try Plan([loss] + loss.gradient(tensors), kernels: executor.kernels)
        var inputs: [String: [Float]] = [:]
        for port in plan.inputs {
            // One value for both spellings of a name.
            let name = port.name.replacing("my_sep", with: "sep3")
            var stream = RandomStream(seed: 9).split(name)
            inputs[port.name] = (0..<port.shape.count).map { _ in Float(stream.normal()) }
        }
        return try workspace.evaluate(plan, inputs)
    }

    @Test func `a search over an operation in Lua is the same at any number of threads`() throws {
        let run = try SearchRun(searchScript(operations: "\"max\", \"skip\", " + separable))
        let first = try run.run(threads: 1)
        let lines = try first.events.map { try $0.jsonLine() }
        #expect(lines.contains { $0.contains("my_sep") })
        for threads in [2, 4] {
            let again = try run.run(threads: threads)
            #expect(try again.events.map { try $0.jsonLine() } == lines)
            #expect(again.weights == first.weights)
        }
        let text = try #require(
            lines.compactMap { $0.split(separator: "my_sep ").count > 1 ? $0 : nil }.first)
        #expect(text.contains("normal: "))
    }

    @Test func `running batch norm statistics reach an operation in Lua`() throws {
        let run = try SearchRun(
            searchScript(operations: separable, learner: ", batch_norm = \"running\""))
        let sink = try run.run()
        #expect(sink.events.contains { if case .result = $0 { true } else { false } })
    }

    @Test func `an inspected network counts an operation in Lua as the built-in one`() throws {
        let run = try SearchRun(searchScript(operations: "\"sep3\", " + separable))
        let space = try #require(
            try run.plan.space.searchSpace(ComponentBuilder(registry: Registry())))
        let builder = ComponentBuilder(registry: run.registry, scripts: run.script)
        func inspect(_ name: String) throws -> NetworkInspection {
            let cell = "\(name) 0, \(name) 1 · \(name) 0, \(name) 2"
            return try NetworkInspection(
                plan: run.plan, genotype: space.parse("normal: \(cell); reduction: \(cell)"),
                builder: builder)
        }
        let (own, builtIn) = (try inspect("my_sep"), try inspect("sep3"))
        #expect(own.network.parameters == builtIn.network.parameters)
        #expect(own.network.multiplyAdds == builtIn.network.multiplyAdds)
        #expect(own.plannedBytes == builtIn.plannedBytes)
        #expect(own.network.layers.contains { $0.kind == .custom })
        #expect(
            run.folder.complaint {
                _ = try space.parse("normal: my_sap 0, sep3 1 · sep3 0, sep3 1; reduction: x")
            }
            .contains("did you mean \"my_sep\"?"))
    }

    @Test func `mistakes of an operation are told with their lines`() throws {
        func forward(_ body: String) throws -> String {
            try complaint(
                operation: """
                    { name = "mine",
                      parameters = function() return { { "weight", shape = { 1 } } } end,
                      forward = function(parameters, x, context) \(body) end }
                    """)
        }
        #expect(
            try forward("return 3")
                == "test.lua:11: operation: forward: expected a tensor, found an integer")
        #expect(
            try forward("")
                == "test.lua:11: operation: forward: expected a tensor, found nil; return the output"
        )
        #expect(
            try forward("return x")
                == "test.lua:11: operation: operation mine: forward: the parameter \"weight\" is "
                + "declared and never read; leave it out, or use it")
        #expect(
            try forward("return x:sum() * parameters.weight")
                == "test.lua:11: operation: operation mine: forward: expected an output of shape "
                + "[3, 16, 16, 4] (the input's channels, its height and width divided by stride 1), "
                + "found [1]")
        #expect(
            try forward("if x:value() > 0 then return x end")
                == "test.lua:11: operation: value: this tensor is being traced in an operation: it "
                + "has a shape and no numbers yet, as the function runs once and what it recorded "
                + "runs many times; compute with tensors, such as condition:select(a, b), or decide "
                + "by shapes")
        #expect(
            try forward("return x * parameters.wait")
                == "test.lua:11: operation: parameters: there is no parameter \"wait\"; "
                + "parameters(context) lists weight")
        #expect(
            try forward("kept = x").hasPrefix("test.lua:11: operation: "))
        #expect(
            try forward("return x:convolution(x)")
                == "test.lua:11: operation: convolution: expected weights with 4 input channels (4 "
                + "in 1 groups), found [3, 16, 16, 4]")
        #expect(
            try complaint(
                operation: """
                    { name = "mine", parameters = function() return { { "w", size = 3 } } end,
                      forward = function(parameters, x) return x end }
                    """)
                == "test.lua:9: operation: parameters: parameters[1] (w): unknown key 'size'; it "
                + "takes shape, fan_in, value, deviation")
        #expect(
            try complaint(operation: "{ name = \"max\", forward = function(p, x) return x end }")
                .contains("operation is listed twice"))
        #expect(
            try complaint(
                operation: "{ name = \"sep_conv_3x3\", forward = function(p, x) return x end }"
            )
            .contains("another name than that of the built-in \"sep3\""))
    }

    @Test func `a traced tensor means nothing after its function`() throws {
        let text = try complaint(
            operation: """
                (function()
                  local kept
                  return { name = "mine", forward = function(parameters, x)
                    if not kept then kept = x end
                    return x + kept:mean()
                  end }
                end)()
                """)
        #expect(
            text == "test.lua:13: operation: mean: this tensor was made while an operation was "
                + "traced and is not valid after it has returned; return it, or compute it again")
    }
}
