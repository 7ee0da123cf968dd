import NeuralNetworks
import LuaHost
import Randomness
import Scripting
import Tensors
import Testing

@Suite struct TensorTests {
    @Test func `what Lua computes has the bits of Swift`() throws {
        let lua = try numbers(
            """
            local rng = random.stream(4)
            local x = random.normal(rng, { 2, 6, 6, 3 })
            local w = random.normal(rng, { 3, 3, 3, 4 })
            local gamma, beta = random.uniform(rng, { 4 }, 0.5, 2), random.normal(rng, { 4 })
            local y = x:convolution(w, { stride = 2, padding = 1 }):batch_norm(gamma, beta):relu()
            y = y:max_pool(3, { stride = 1, padding = 1 }):global_average_pool()
            y = y:log_softmax() * 2 - y / 3 + 1
            print((table.concat(y:flatten():reshape { -1 }:tolist(), " ")))
            """)
        var stream = RandomStream(seed: 4)
        func draw(_ count: Int) -> [Float] { (0..<count).map { _ in Float(stream.normal()) } }
        let graph = Graph()
        let x = try graph.constant(draw(216), try Shape([2, 6, 6, 3]))
        let w = try graph.constant(draw(108), try Shape([3, 3, 3, 4]))
        let gamma = try graph.constant(
            (0..<4).map { _ in Float(0.5 + 1.5 * stream.uniform()) }, try Shape([4]))
        let beta = try graph.constant(draw(4), try Shape([4]))
        var y = try x.convolution(w, stride: 2, padding: (1, 1)).batchNorm(gamma: gamma, beta: beta)
            .relu().maxPool(window: 3, stride: 1, padding: 1).globalAveragePool()
        y = try y.logSoftmax() * graph.fill(2) - y / graph.fill(3) + graph.fill(1)
        let executor = try Executor(threads: 1)
        let expected = try Workspace(kernels: executor.kernels).evaluate(
            try Plan([y], kernels: executor.kernels))
        #expect(lua == expected[0])
    }

    @Test(arguments: [
        ("tensor.from({ 1, 4, 9 }):sqrt()", "tensor [3] { 1.0, 2.0, 3.0 }"),
        (
            "tensor.from { { 1, 2 }, { 3, 4 } }:transpose()",
            "tensor [2, 2] { { 1.0, 3.0 }, { 2.0, 4.0 } }"
        ),
        ("tensor.from({ 1, 2, 3, 4 }, { 2, 2 })[2]", "tensor [2] { 3.0, 4.0 }"),
        ("2 - tensor.ones { 2 } * 3", "tensor [2] { -1.0, -1.0 }"),
        ("-tensor.arange(1, 3)", "tensor [3] { -1.0, -2.0, -3.0 }"),
        ("tensor.arange(1, 3) ^ 2", "tensor [3] { 1.0, 4.0, 9.0 }"),
        ("1 / tensor.from { 2, 4 }", "tensor [2] { 0.5, 0.25 }"),
        ("tensor.from({ { 1, 5 }, { 7, 2 } }):argmax(2)", "tensor [2] { 2.0, 1.0 }"),
        ("tensor.from({ { 1, 5 }, { 7, 2 } }):sum(1)", "tensor [2] { 8.0, 7.0 }"),
        (
            "tensor.from({ { 1, 5 }, { 7, 2 } }):max(-1, { keep = true })",
            "tensor [2, 1] { { 5.0 }, { 7.0 } }"
        ),
        ("tensor.from({ 3, 1, 2 }):argsort()", "tensor [3] { 2.0, 3.0, 1.0 }"),
        ("tensor.from({ 3, 1, 2 }):top_k(2)", "tensor [2] { 3.0, 2.0 }"),
        (
            "tensor.eye(2):gather_rows(tensor.from { 2, 2, 1 })",
            "tensor [3, 2] { { 0.0, 1.0 }, { 0.0, 1.0 }, { 1.0, 0.0 } }"
        ),
        (
            "tensor.from({ 1, 3 }):one_hot(3)",
            "tensor [2, 3] { { 1.0, 0.0, 0.0 }, { 0.0, 0.0, 1.0 } }"
        ),
        (
            "tensor.concatenate({ tensor.zeros { 1, 2 }, tensor.ones { 1, 2 } }, 2)",
            "tensor [1, 4] { { 0.0, 0.0, 1.0, 1.0 } }"
        ),
        ("tensor.stack { tensor.scalar(1), tensor.scalar(2) }", "tensor [2] { 1.0, 2.0 }"),
        ("tensor.arange(1, 5):slice(1, 2, 5, 2)", "tensor [2] { 2.0, 4.0 }"),
        ("tensor.from({ 1, -1 }):greater(0):select(10, 20)", "tensor [2] { 10.0, 20.0 }"),
        ("tensor.arange(1, 20)", "tensor [20] { 1.0, 2.0, 3.0, …, 18.0, 19.0, 20.0 }"),
        ("tensor.arange(1, 4):mean()", "2.5"),
        ("#tensor.zeros { 3, 2 }", "3"), ("tensor.zeros({ 3, 2 }).shape[2]", "2"),
        ("tensor.from({ 1, 2 }):sum():value() + 1", "4.0"),
        ("tensor.from({ { 2, 0 }, { 0, 2 } }):accuracy(tensor.from { 1, 1 })", "0.5"),
    ])
    func `tensors compute and print`(expression: String, expected: String) throws {
        #expect(try printed("print(\(expression))") == [expected])
    }

    @Test(arguments: [
        (
            "tensor.ones { 2 } + tensor.ones { 3 }",
            "tensor + tensor: expected two shapes that fit each other, found [2] and [3]"
        ),
        (
            "tensor.ones { 2 } + \"x\"",
            "tensor + tensor: expected a tensor or a number, found a string"
        ),
        ("tensor.ones { 2 } * {}", "tensor * tensor: expected a tensor or a number, found a table"),
        ("tensor.zeros { 0 }", "zeros: shape [0]: every dimension must be at least 1"),
        (
            "tensor.zeros(\"a\")",
            "zeros: argument 1 (shape): expected sizes, as in { 2, 3 }, found a string"
        ),
        (
            "tensor.ones({ 2 }):sum(2)",
            "sum: axes: expected 1 to 1, or -1 to -1 from the end, found 2"
        ),
        (
            "tensor.ones({ 2 }):sum(0)",
            "sum: axes: expected 1 to 1, or -1 to -1 from the end, found 0"
        ),
        (
            "tensor.ones({ 2 }):value()",
            "value: expected a single number, found shape [2]; use tolist, or reduce it first, as "
                + "with sum or mean"
        ),
        (
            "tensor.ones({ 2 }):summ()",
            "tensor has no field 'summ'; it has shape, rank, size, traced, its methods, and rows by "
                + "number"
        ),
        ("tensor.ones({ 2 })[4]", "tensor: there is no row 4; rows are counted from 1 to 2"),
        (
            "tensor.ones({ 2, 2 }):reshape { 3 }",
            "reshape: expected 4 elements, as in [2, 2], found 3, as in [3]"
        ),
        (
            "tensor.ones({ 2, 2 }):matmul(tensor.ones { 3, 2 })",
            "matmul: expected equal inner sizes, found [2, 2] and [3, 2]"
        ),
        (
            "tensor.ones({ 1, 4, 4, 2 }):max_pool(2, { strid = 1 })",
            "max_pool: unknown option 'strid'; it takes stride, padding"
        ),
        (
            "tensor.ones({ 1, 4, 4, 2 }):convolution(tensor.ones { 3, 3, 1, 2 })",
            "convolution: expected weights with 2 input channels (2 in 1 groups), found [3, 3, 1, 2]"
        ),
        (
            "tensor.from { { 1, 2 }, { 3 } }",
            "from: numbers[2] has the sizes [1], the entries before it [2]"
        ),
        (
            "tensor.from { 1, \"2\" }",
            "from: numbers[2]: expected a number or a list, found a string"
        ),
        (
            "tensor.eye(2):gather_rows(tensor.from { 3 }):tolist()",
            "tolist: expected positions from 1 to 2, found 3"
        ),
        (
            "tensor.zeros({ 2, 2 }):cross_entropy(tensor.from { 1 })",
            "cross_entropy: expected logits [N, K] and labels [N], found [2, 2] and [1]"
        ),
        ("apogee.grad(3)", "grad: argument 1 (f): expected a function, found an integer"),
        (
            "apogee.grad(function(x) return x end)(tensor.ones { 2 })",
            "gradient: expected a single number to differentiate, found shape [2]; reduce it first, "
                + "as with sum or mean"
        ),
        (
            "apogee.grad(function(x) return 1 end)(tensor.ones { 2 })",
            "gradient: expected the function to return a tensor, found an integer"
        ),
        (
            "apogee.grad(function(x) return x end)(4)",
            "gradient: argument 1: expected a tensor or a table of tensors, found an integer"
        ),
        (
            "tensor.zeros { 20000, 20000 }:tolist()",
            "tolist: at most 1000000 numbers at once, found shape [20000, 20000]"
        ),
        (
            "nn.linear({}, \"fc\", tensor.ones { 2, 2 })",
            "linear: parameters[\"fc.weight\"]: expected a tensor, found nil"
        ),
    ])
    func `a misuse is told with its line`(expression: String, expected: String) throws {
        let text = try tensorComplaint("local a = \(expression)\nprint(a)")
        #expect(text.hasPrefix("test.lua:2: "), "\(text)")
        #expect(text.hasSuffix(expected), "\(text)")
    }

    @Test func `gradients of any order are those of finite differences`() throws {
        let lines = try printed(
            """
            local function f(x) return (x:sin() * x:exp() + x ^ 3):sum() end
            local first = apogee.grad(f)
            local second = apogee.grad(function(x) return (first(x)):sum() end)
            local third = apogee.grad(function(x) return (second(x)):sum() end)
            local x, h = tensor.from { 0.3, -0.7, 1.1 }, 2e-2
            local function difference(g)
              local change = {}
              for i = 1, 3 do
                local e = tensor.from { i == 1 and h or 0, i == 2 and h or 0, i == 3 and h or 0 }
                change[i] = ((g(x + e) - g(x - e)) / (2 * h)):sum():value()
              end
              return change
            end
            local function compare(exact, near)
              for i = 1, 3 do
                local value = exact[i]:value()
                print(math.abs(value - near[i]) <= 1e-2 * (1 + math.abs(value)))
              end
            end
            compare((first(x)), difference(f))
            compare((second(x)), difference(function(v) return (first(v)):sum() end))
            compare((third(x)), difference(function(v) return (second(v)):sum() end))
            """)
        #expect(lines == [String](repeating: "true", count: 9))
    }

    @Test func `nested gradients keep their variables apart`() throws {
        // d/da of (d/db of a·b at b = x) is 1, also where a and b are the same tensor outside.
        #expect(
            try printed(
                """
                local x = tensor.scalar(3)
                local outer = apogee.grad(function(a)
                  return (apogee.grad(function(b) return a * b end)(x))
                end)
                print((outer(x)))
                local y = x * 1.5
                print((apogee.grad(function(a)
                  return (apogee.grad(function(b) return a * b * b end)(a))
                end)(y)))
                """) == ["1.0", "18.0"])
    }

    @Test func `a network in Lua learns by gradients of its parameters`() throws {
        let lines = try printed(
            """
            local rng = random.stream(1)
            local parameters = nn.initialize({
              nn.linear_parameters("a", { inputs = 2, outputs = 16 }),
              nn.linear_parameters("b", { inputs = 16, outputs = 1 }) }, rng)
            local x = random.uniform(rng, { 64, 2 }, -1, 1)
            local y = (x:slice(2, 1, 1) * x:slice(2, 2, 2))
            local gradient = apogee.grad(function(p)
              local hidden = nn.linear(p, "a", x):tanh()
              return nn.linear(p, "b", hidden):mean_squared_error(y)
            end)
            local step, state = apogee.optim.adam { learning_rate = 0.03 }, nil
            local first, last
            for update = 1, 200 do
              local slopes, loss = gradient(parameters)
              parameters, state = step(parameters, slopes, state)
              last = loss:value()
              first = first or last
            end
            print(first > 0.05, last < first / 10)
            """)
        #expect(lines == ["true\ttrue"])
    }

    @Test(arguments: ["sgd { learning_rate = 0.1, momentum = 0.9 }", "adam {}", "adamw {}"])
    func `an optimizer takes tables in tables, as gradients do`(optimizer: String) throws {
        let lines = try printed(
            """
            local function loss(a, b, c)
              return (a * tensor.from { 1, 2 }):sum() + (b:square()):sum() + (c * c * c):sum()
            end
            local nested = { one = { a = tensor.from { 1, 2 } }, b = { tensor.from { 3 }, { c = tensor.from { 4 } } } }
            local flat = { a = tensor.from { 1, 2 }, b = tensor.from { 3 }, c = tensor.from { 4 } }
            local deep = apogee.grad(function(p) return loss(p.one.a, p.b[1], p.b[2].c) end)
            local plain = apogee.grad(function(p) return loss(p.a, p.b, p.c) end)
            local step = apogee.optim.\(optimizer)
            local s, t
            for _ = 1, 3 do
              nested, s = step(nested, deep(nested), s)
              flat, t = step(flat, plain(flat), t)
            end
            print(nested.one.a:tolist()[2] == flat.a:tolist()[2],
              nested.b[1]:value() == flat.b:value(), nested.b[2].c:value() == flat.c:value())
            local _, problem = pcall(step, { w = { a = flat.a } }, { w = flat.a }, nil)
            print(problem)
            """)
        #expect(lines[0] == "true\ttrue\ttrue")
        #expect(
            lines[1].hasSuffix(": w: the parameter is a table and its gradient a userdata"),
            "\(lines[1])")
    }

    @Test func `first values are uniform, or by He where that is asked`() throws {
        let lines = try printed(
            """
            local list = {
              nn.linear_parameters("a", { inputs = 50, outputs = 200 }), { "b", shape = { 3 }, fan_in = 2 } }
            local function deviation(options)
              local p = nn.initialize(list, random.stream(1), options)
              local bias = p["a.bias"]:abs():sum():value() + p.b:abs():sum():value()
              return math.abs(p["a.weight"]:square():mean():value() * 50 - (options and 2 or 1 / 3)) < 0.1,
                bias == 0
            end
            print(deviation())
            print(deviation { weights = "he" })
            local _, problem = pcall(deviation, { weights = "glorot" })
            print((tostring(problem):match("initialize: [%w%p ]*")))
            """)
        #expect(
            lines == [
                "true\tfalse", "true\ttrue",
                "initialize: weights: expected \"uniform\" or \"he\", found \"glorot\"",
            ])
    }

    @Test func `parameters of layers of any size are made or refused`() throws {
        let lines = try printed(
            """
            local sizes = { 1, 2, 3, 1 << 31, 1 << 32, 1 << 61, 1 << 62, math.maxinteger }
            local made, refused = 0, 0
            local function try(...)
              local ok, problem = pcall(...)
              if ok then made = made + 1 else
                refused = refused + 1
                assert(not tostring(problem):find "\\n", problem)
              end
            end
            for _, inputs in ipairs(sizes) do
              for _, outputs in ipairs(sizes) do
                for _, other in ipairs(sizes) do
                  try(nn.convolution_parameters, "c",
                    { inputs = inputs, outputs = outputs, groups = other })
                  try(nn.convolution_parameters, "c",
                    { inputs = inputs, outputs = outputs, window = other })
                end
                try(nn.linear_parameters, "l", { inputs = inputs, outputs = outputs })
              end
              try(nn.batch_norm_parameters, "b", { channels = inputs })
            end
            local huge = nn.convolution_parameters("c", { inputs = 1 << 62, outputs = 1, groups = 1 << 62 })
            print(made > 20, refused > 200, made + refused, huge[1].shape[3])
            """)
        #expect(lines[0].hasPrefix("true\ttrue\t1096\t"), "\(lines)")
    }

    @Test func `a value may steer a computation outside traced functions`() throws {
        #expect(
            try printed(
                """
                local gradient = apogee.grad(function(x)
                  if x:value() > 1 then return x * x end
                  return x * 5
                end)
                print((gradient(tensor.scalar(3))), (gradient(tensor.scalar(0.5))))
                """) == ["6.0\t5.0"])
    }

    @Test func `temporaries are kept within bounded memory`() throws {
        // 100,000 temporaries of 64 KiB are 6 GiB in all.
        let lines = try printed(
            """
            local x = tensor.ones { 128, 128 }
            local total = 0
            for i = 1, 25000 do
              local y = x * i + 1
              local z = (y - x):relu()
              if i % 500 == 0 then total = total + z[1][1]:value() end
            end
            print(total)
            """, limits: ScriptLimits(tensorBytes: 256 << 20))
        #expect(lines == ["637500.0"])
        let text = try tensorComplaint(
            """
            local kept = {}
            for i = 1, 10000 do
              kept[i] = tensor.ones { 256, 1024 } * i
              local _ = kept[i]:sum():value()
              local _ = kept[i]:mean(1):tolist()
              kept[i]:slice(1, 1, 1):tolist()
              kept[i] = kept[i]:reshape { -1 }
              local _ = tostring(kept[i])
            end
            """, limits: ScriptLimits(tensorBytes: 64 << 20))
        #expect(text.contains("test.lua:"))
        #expect(text.contains("at most 67108864 are allowed; keep fewer or smaller tensors"))
    }
}
