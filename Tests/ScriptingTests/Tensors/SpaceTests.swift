import Methods
import Evaluation
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

/// A script whose space is given by functions.
private func script(_ space: String, learner: String = "", perTask: String = "false") -> String {
    """
    local apogee = require "apogee"
    local nn = apogee.nn
    return apogee.experiment {
      name = "t", api = 1,
      tasks = { "episodes", ways = 3, shots = 1, queries = 2, split = "classes",
        dataset = { "glyphs", alphabets = 5, characters = 4, drawers = 4, side = 16 } },
      space = \(space),
      learner = { "maml", inner_steps = 2, meta_batch = 2 \(learner) },
      strategy = { "evolution", population = 4 },
      budget = { warm_up_updates = 4, generations = 2, updates_per_generation = 2,
        final_updates = 2, validation_tasks = 2, test_tasks = 4 },
      per_task_search = { enabled = \(perTask), tasks = 2, augmentations = 2 },
      arms = { "searched", "random_search" \(perTask == "true" ? ", \"searched_per_task\"" : "") },
    }
    """
}

/// Two layers whose windows and numbers are chosen; without the second its window means nothing.
private let layers = """
    {
      choices = {
        { name = "depth", options = { 1, 2 } },
        { name = "first", options = { "narrow", "wide" } },
        { name = "second", options = { "narrow", "wide" } },
      },
      repair = function(choice)
        if choice.depth == 1 then choice.second = "narrow" end
        return choice
      end,
      parameters = function(context)
        local list = {}
        for place, name in ipairs { "first", "second" } do
          for kind, window in pairs { narrow = 1, wide = 3 } do
            local inputs = place == 1 and context.channels or 4
            list[#list + 1] = nn.convolution_parameters(name .. "." .. kind,
              { window = window, inputs = inputs, outputs = 4 })
            list[#list + 1] = nn.batch_norm_parameters(name .. "." .. kind .. ".norm",
              { channels = 4 })
          end
        end
        return list
      end,
      forward = function(choice, parameters, x, context)
        for place, name in ipairs { "first", "second" } do
          if place <= choice.depth then
            local layer = name .. "." .. choice[name]
            x = nn.batch_norm(parameters, layer .. ".norm", nn.convolution(parameters, layer, x))
            x = x:relu():max_pool(2, { stride = 2 })
          end
        end
        return x:global_average_pool()
      end,
    }
    """

/// Conv-4 of four filters under its own names; nothing is chosen.
private let fourBlocks = """
    {
      choices = { { name = "only", options = { "this" } } },
      parameters = function(context)
        local list, inputs = {}, context.channels
        for block = 0, 3 do
          list[#list + 1] = nn.convolution_parameters("blocks." .. block .. ".convolution",
            { window = 3, inputs = inputs, outputs = 4, bias = true })
          list[#list + 1] = nn.batch_norm_parameters("blocks." .. block .. ".batchNorm",
            { channels = 4 })
          inputs = 4
        end
        return list
      end,
      forward = function(choice, parameters, x)
        for block = 0, 3 do
          x = nn.convolution(parameters, "blocks." .. block .. ".convolution", x, { bias = true })
          x = nn.batch_norm(parameters, "blocks." .. block .. ".batchNorm", x):relu()
          x = x:max_pool(2, { stride = 2 })
        end
        return x:flatten()
      end,
    }
    """

extension SearchRun {
    /// The definition of the plan's space.
    fileprivate func definition() throws -> SpaceDefinition {
        guard let custom = plan.space as? CustomSpacePlan else {
            throw ScriptingError.empty(path: "")
        }
        return try custom.definition(ComponentBuilder(registry: registry, scripts: script))
    }

    fileprivate func supernet(
        batches: [Int] = [3], sources: [BatchNormSource] = [.batch], side: Int = 16
    ) throws -> TracedSupernet {
        let definition = try definition()
        let place = SpaceDefinition.Place(height: side, width: side, channels: 1, classes: 3)
        return try TracedSupernet(
            definition.space, inputShape: [side, side, 1], classes: 3, batches: batches,
            sources: sources, parameters: try definition.parameters(place)
        ) { try definition.forward($0, $1, $2, $3, place) }
    }
}

/// What running a script says.
private func complaint(_ space: String) throws -> String {
    let folder = try ScriptFolder()
    try folder.write(script(space))
    return folder.complaint {
        let loaded = try folder.load()
        var registry = try BuiltIns.registry()
        registry.freeze()
        let plan = try #require(try loaded.plans(registry: registry).first)
        _ = try ExperimentRunner(
            plan: plan, record: RunRecord(name: "t", plan: "", seed: 0), registry: registry,
            scripts: loaded, settings: RunSettings(seed: 0), sink: MemorySink()
        ).run()
    }
}

/// A space with one choice of two, and these functions.
private func two(
    parameters: String = "return { { \"w\", shape = { 1 } } }",
    forward: String = "return x:global_average_pool() * parameters.w",
    repair: String = "return choice"
) -> String {
    """
    {
      choices = { { name = "kind", options = { "a", "b" } } },
      parameters = function(context) \(parameters) end,
      forward = function(choice, parameters, x, context) \(forward) end,
      repair = function(choice) \(repair) end,
    }
    """
}

@Suite struct SpaceTests {
    @Test func `Conv-4 in Lua has the loss and the gradients of the built-in one`() throws {
        let run = try SearchRun(script(fourBlocks))
        let own = try run.supernet().subnet(Genotype([0]))
        let builtIn = try Conv4Network(
            Conv4Configuration(
                filters: 4, inputHeight: 16, inputWidth: 16, inputChannels: 1, classes: 3))
        #expect(try Set(own.parameters) == Set(builtIn.parameters))
        #expect(own.work == (try builtIn.configuration.describe().multiplyAdds))
        #expect(try values(own) == values(builtIn))
    }

    /// Loss and gradients by parameter of a network on fixed data.
    private func values(_ network: any Network) throws -> [String: [Float]] {
        let graph = Graph()
        let layout = ParameterLayout(try network.parameters)
        let parameters = Parameters(graph, layout)
        let x = try graph.input("x", try Shape([3, 16, 16, 1]))
        let labels = try graph.constant([0, 1, 2], try Shape([3]))
        let loss = try network.forward(x, parameters, ForwardContext()).crossEntropy(labels: labels)
        let names = parameters.names
        let gradients = try loss.gradient(
            try names.map { name throws(TensorError) in try parameters(name) })
        let executor = try Executor(threads: 1)
        let plan = try Plan([loss] + gradients, kernels: executor.kernels)
        var inputs: [String: [Float]] = [:]
        for port in plan.inputs {
            var stream = RandomStream(seed: 9).split(port.name)
            inputs[port.name] = (0..<port.shape.count).map { _ in Float(stream.normal()) }
        }
        let found = try Workspace(kernels: executor.kernels).evaluate(plan, inputs)
        return Dictionary(zip(["loss"] + names, found)) { first, _ in first }
    }

    @Test func `a path reads its own parameters and shares those that others read too`() throws {
        let run = try SearchRun(script(layers))
        let supernet = try run.supernet()
        let space = supernet.space
        #expect(space.size == 6)
        #expect(supernet.layout.entries.count == 14)
        func names(_ text: String) throws -> [String] {
            try supernet.subnet(space.parse(text)).parameters.map(\.name)
        }
        #expect(
            try names("depth=1, first=wide, second=narrow") == [
                "first.wide.weight", "first.wide.norm.gamma", "first.wide.norm.beta",
                "classifier.weight", "classifier.bias",
            ])
        let deep = try names("depth=2, first=wide, second=narrow")
        #expect(deep.contains("first.wide.weight") && deep.contains("second.narrow.weight"))
        #expect(!deep.contains("second.wide.weight"))
        // Asked for again, it is the same recording.
        let genotype = try space.parse("depth=2, first=wide, second=wide")
        #expect(try supernet.subnet(genotype).key == supernet.subnet(genotype).key)
        #expect(throws: SearchSpaceError.self) {
            try supernet.subnet(Genotype([0, 0, 1]))
        }
    }

    @Test func `layers are counted and named by what they read`() throws {
        let run = try SearchRun(script(layers))
        let supernet = try run.supernet()
        let description = try supernet.describe(
            try supernet.space.parse("depth=2, first=wide, second=narrow"))
        #expect(
            description.layers.map(\.name) == [
                "first.wide", "first.wide.norm", "", "second.narrow", "second.narrow.norm", "",
                "classifier",
            ])
        #expect(
            description.layers.map(\.kind) == [
                .convolution, .batchNorm, .maxPool, .convolution, .batchNorm, .maxPool, .linear,
            ])
        #expect(description.layers[0].outputShape == [16, 16, 4])
        #expect(description.layers.map(\.parameters) == [36, 8, 0, 16, 8, 0, 15])
        #expect(
            description.layers.map(\.multiplyAdds)
                == [16 * 16 * 36, 0, 0, 8 * 8 * 16, 0, 0, 12])
        let network = try supernet.subnet(
            try supernet.space.parse("depth=2, first=wide, second=narrow"))
        #expect(network.work == description.multiplyAdds)
        #expect(ParameterLayout(try network.parameters).count == description.parameters)
    }

    @Test func `a search is the same at any number of threads and of calls`() throws {
        let run = try SearchRun(script(layers, perTask: "true"))
        let first = try run.run(threads: 1)
        let lines = try first.events.map { try $0.jsonLine() }
        #expect(lines.contains { $0.contains("depth=") })
        for threads in [2, 4] {
            let again = try run.run(threads: threads)
            #expect(try again.events.map { try $0.jsonLine() } == lines)
            #expect(again.weights == first.weights)
        }
    }

    @Test(arguments: [
        "", ", batch_norm = \"running\"", ", order = 2",
    ])
    func `learners work on it`(options: String) throws {
        let sink = try SearchRun(script(layers, learner: options)).run()
        let rows = sink.events.filter { if case .result = $0 { true } else { false } }
        #expect(rows.count == 2)
    }

    @Test func `an objective may run its networks on one image and without norms`() throws {
        let text = script(layers).replacing(
            "strategy =",
            with: """
                objectives = { function(subnet)
                  local network = subnet.network
                  local parameters = network:parameters(apogee.random.stream(1))
                  local image = apogee.tensor.full({ 1, 16, 16, 1 }, 1)
                  local normed = network:forward(parameters, image):sum():value()
                  local plain = network:forward(parameters, image, { batch_norm = "identity" })
                  -- A batch norm of one even image gives zeros; what is left are the biases.
                  return math.abs(plain:sum():value() - normed)
                end }, strategy =
                """)
        let sink = try SearchRun(text).run()
        let values = sink.events.compactMap { event -> Double? in
            if case .trial(let trial) = event { trial.objectives.first?.value } else { nil }
        }
        #expect(values.count > 2)
        #expect(values.contains { $0 > 1e-3 })
    }

    @Test(arguments: [("uniform", false), ("he", true)])
    func `an objective's own networks start as those of the run`(
        initial: String, zero: Bool
    ) throws {
        let text = script(layers, learner: ", initial_weights = \"\(initial)\"").replacing(
            "strategy =",
            with: """
                objectives = { function(subnet)
                  local sum = 0
                  for name, tensor in pairs(subnet.network:parameters(apogee.random.stream(1))) do
                    if name:match("%.bias$") then sum = sum + tensor:abs():sum():value() end
                  end
                  return sum
                end }, strategy =
                """)
        let sink = try SearchRun(text).run()
        let values = sink.events.compactMap { event -> Double? in
            if case .trial(let trial) = event { trial.objectives.first?.value } else { nil }
        }
        #expect(values.count > 2)
        #expect(values.allSatisfy { ($0 == 0) == zero })
    }

    @Test func `running statistics are those of the path's own norms`() throws {
        let run = try SearchRun(script(layers))
        let supernet = try run.supernet(sources: [.batch, .running])
        let network = try supernet.subnet(
            try supernet.space.parse("depth=1, first=wide, second=narrow"))
        let graph = Graph()
        let running = try ParameterSpecification.runningStatistics(of: supernet.layout.entries)
        #expect(running.count == 4)
        let parameters = Parameters(
            graph, ParameterLayout(supernet.layout.entries + running))
        let x = try graph.input("x", try Shape([3, 16, 16, 1]))
        _ = try network.forward(x, parameters, ForwardContext(batchNorm: .running))
        #expect(
            parameters.names.filter { $0.hasSuffix("statistics") } == ["first.wide.norm.statistics"]
        )
    }

    @Test func `a batch that was not recorded is refused`() throws {
        let supernet = try SearchRun(script(layers)).supernet(batches: [3])
        let network = try supernet.subnet(try supernet.space.repair(Genotype([])))
        let graph = Graph()
        let parameters = Parameters(graph, supernet.layout)
        let x = try graph.input("x", try Shape([4, 16, 16, 1]))
        #expect(throws: TensorError.self) {
            try network.forward(x, parameters, ForwardContext())
        }
    }

    @Test func `mistakes of its functions are told with their lines`() throws {
        #expect(
            try complaint(two(forward: "return 3"))
                == "test.lua:10: space: forward: expected a tensor, found an integer")
        #expect(
            try complaint(two(forward: "return x * parameters.w"))
                == "test.lua:10: space: forward: expected features of shape [3, features], the same "
                + "number for every genotype, found [3, 16, 16, 1] for kind=a")
        #expect(
            try complaint(
                two(
                    forward: "local f = x:global_average_pool() * parameters.w; "
                        + "if choice.kind == 'b' then f = f:pad({ 0, 0 }, { 0, 1 }) end return f"))
                == "test.lua:10: space: forward: expected features of shape [3, 1], the same number "
                + "for every genotype, found [3, 2] for kind=b")
        #expect(
            try complaint(two(forward: "return x:global_average_pool() * parameters.v"))
                .contains("lists w"))
        #expect(
            try complaint(two(forward: "if choice.kint then return x end"))
                .hasPrefix("test.lua:10: space: "))
        #expect(
            try complaint(two(parameters: "return { { \"classifier.w\", shape = { 1 } } }"))
                == "test.lua:9: space: parameters: \"classifier.w\" is a name of the classifier, which "
                + "the host adds after the features; take another")
        #expect(
            try complaint(two(parameters: "return { { \"a b\", shape = { 1 } } }"))
                .contains("\"a b\" is no name"))
        #expect(
            try complaint(two(parameters: "return 7"))
                .hasPrefix("test.lua:9: space: parameters: "))
        #expect(
            try complaint(two(forward: "choice.kind = 'b'")).contains("read-only"))
    }

    @Test func `mistakes of a repair are told with their lines`() throws {
        #expect(
            try complaint(two(repair: ""))
                == "test.lua:11: space: repair: expected a table of choices, found nil; return the "
                + "choice")
        #expect(
            try complaint(two(repair: "choice.king = 1; return choice"))
                == "test.lua:11: space: repair: no such choice 'king'; did you mean \"kind\"?")
        #expect(
            try complaint(two(repair: "choice.kind = 'c'; return choice"))
                == "test.lua:11: space: repair: kind: expected one of a, b, found \"c\"")
        #expect(
            try complaint(two(repair: "choice.kind = nil; return choice"))
                == "test.lua:11: space: repair: kind: expected one of a, b, found nothing")
        #expect(
            try complaint(
                two(repair: "choice.kind = choice.kind == 'a' and 'b' or 'a'; return choice")
            )
            .contains("repair changes what it gave itself"))
        #expect(
            try complaint(two(repair: "error('no')")) == "test.lua:11: space: no")
        #expect(
            try complaint(two(repair: "while true do end"))
                .hasPrefix("test.lua:11: space: "))
    }

    @Test func `choices are checked as options are`() throws {
        func choices(_ text: String) throws -> String {
            try complaint(
                "{ choices = \(text), parameters = function() end, forward = function() end }")
        }
        #expect(try choices("{}").contains("space.choices: expected a list of 1…512 values"))
        #expect(
            try choices("{ { name = \"a\", option = { 1 } } }").contains(
                "did you mean \"options\"?"))
        #expect(try choices("{ { name = \"a\", options = { 1, 1 } } }").contains("\"1\" twice"))
        #expect(
            try choices(
                "{ { name = \"a\", options = { 1 } }, { name = \"A\", options = { 1 } } }"
            ).contains("twice"))
        #expect(
            try complaint(
                "{ choices = { { name = \"a\", options = { 1 } } }, forward = function() end }"
            )
            .contains("space.parameters"))
    }
}
