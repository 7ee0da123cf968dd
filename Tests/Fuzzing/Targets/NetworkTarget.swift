internal import Randomness
internal import Scripting

/// Functions that are traced: their derivatives to third order, candidate operations and inner steps.
struct NetworkTarget: FuzzTarget {
    static let ending = "lua"
    static let shortCount = 300

    private let home: ScriptHome

    init(folder: String) { home = ScriptHome(folder: folder) }

    func input(_ number: Int, _ rng: inout RandomStream) -> [UInt8] {
        var writer = LuaWriter(rng)
        writer.malice = 0.06
        let text =
            switch writer.rng.integer(below: 10) {
            case 0, 1: NetworkTarget.operation(&writer)
            case 2: NetworkTarget.learner(&writer)
            default: NetworkTarget.derivatives(&writer)
            }
        return Array((TensorTarget.prelude + NetworkTarget.prelude + text).utf8)
    }

    func take(_ input: [UInt8]) throws { try home.rehearse(input) }

    /// `leaks` holds tensors of other traces: using one must be refused.
    private static let prelude = """
        local nn = apogee.nn
        local leaks = {}
        local function step(f, y)
          local ok, value = pcall(f)
          if ok and type(value) == "userdata" then return value end
          return y
        end
        local function leak(y) leaks[#leaks + 1] = y return y end
        local function leaked(y) return leaks[#leaks] or y end
        local yields = coroutine.wrap(function(y) while true do y = coroutine.yield(y) end end)
        local function scalar(y)
          if y.rank == 0 then return y end
          return y:mean()
        end

        """

    // MARK: Derivatives

    private static func derivatives(_ writer: inout LuaWriter) -> String {
        var text = "local function f(p, x)\n  local y = x\n"
        text += chain(&writer, layers: true)
        text += "  return \(writer.rng.chance(0.95) ? "scalar(y)" : "y")\nend\n"
        text += """
            local p = nn.initialize({
              nn.convolution_parameters("conv", { window = 3, inputs = 3, outputs = 3, bias = true }),
              nn.batch_norm_parameters("norm", { channels = 3 }),
              nn.linear_parameters("line", { inputs = 3, outputs = 4 }),
            }, rng)
            local g = apogee.grad(f)
            local function length(gradient) return function(q, x)
              local sum
              for _, value in pairs((gradient(q, x))) do
                local part = value:square():sum()
                sum = sum and sum + part or part
              end
              return sum
            end end
            local second = apogee.grad(length(g))
            local third = apogee.grad(length(second))

            """
        for _ in 0..<writer.rng.integer(in: 1...6) {
            let x = writer.value("apogee.tensor")
            switch writer.rng.integer(below: 9) {
            case 0: text += writer.keep("f(p, \(x))", as: "apogee.tensor")
            case 1: text += "try(0, function() return g(p, \(x)) end)\n"
            case 2, 3: text += "try(0, function() return second(p, \(x)) end)\n"
            case 4: text += "try(0, function() return third(p, \(x)) end)\n"
            case 5: text += "try(0, function() return g(\(Hostile.any(&writer.rng)), \(x)) end)\n"
            case 6: text += "try(0, function() return leaked():exp():tolist() end)\n"
            case 7:
                text +=
                    "try(0, function() return apogee.grad(\(writer.value("function")))(p, \(x)) end)\n"
            default:
                // By its own first argument, to second order.
                text += """
                    try(0, function()
                      return apogee.grad(function(x) return (apogee.grad(function(x) return f(p, x) end)(x)):square():sum() end)(\(x))
                    end)

                    """
            }
        }
        return text + "error(last, 0)\n"
    }

    /// Steps `y = …` of a traced function.
    private static func chain(_ writer: inout LuaWriter, layers: Bool) -> String {
        guard let tensors = HostReference.groups.first(where: { $0.name == "tensor" }) else {
            return ""
        }
        let methods = tensors.entries.filter { $0.kind == .method }
        var text = ""
        for _ in 0..<writer.rng.integer(in: 1...9) {
            let step: String
            switch writer.rng.integer(below: layers ? 16 : 13) {
            case 0: step = "y \(writer.rng.choice(["+", "-", "*", "/"])) x"
            case 1: step = "y \(writer.rng.choice(["+", "-", "*", "/", "^"])) \(writer.number())"
            case 2: step = "leak(y)"
            case 3: step = "leaked(y) + y"
            case 4:
                step = writer.rng.choice([
                    "yields(y)", "tensor.stack({ y, x })", "tensor.concatenate({ y, y }, 1)",
                ])
            case 5:
                step =
                    "apogee.grad(function(z) return (z * y):\(writer.rng.choice(["sum", "mean", "max", "exp"]))() end)(\(writer.rng.choice(["y", "x"])))"
            case 13:
                step =
                    "nn.convolution(p, \"conv\", y, { bias = true, stride = \(writer.integer()) })"
            case 14: step = "nn.batch_norm(p, \"norm\", y)"
            case 15: step = "nn.linear(p, \"line\", y)"
            default: step = writer.call(writer.rng.choice(methods), of: tensors, on: "y")
            }
            text += "  y = step(function() return \(step) end, y)\n"
        }
        return text
    }

    // MARK: Components of plans

    private static func operation(_ writer: inout LuaWriter) -> String {
        let result = writer.rng.choice([
            "scalar(y) * z", "scalar(y) + z", "z + x:average_pool(s, { stride = s })", "leaked(z)",
            "y", "z:maximum(scalar(y))", "scalar(y) * z",
        ])
        return """
            local own = {
              name = "own",
              parameters = function(context)
                local c = context.channels
                return {
                  nn.convolution_parameters("conv", { window = \(writer.rng.choice(["1", "3", "3", "5"])), inputs = c, outputs = c }),
                  nn.batch_norm_parameters("norm", { channels = c }),
                  nn.linear_parameters("line", { inputs = c, outputs = c }),
                }
              end,
              forward = function(p, x, context)
                local y, s = x, context.stride
            \(chain(&writer, layers: true))    local z = nn.convolution(p, "conv", x, { stride = s })
                z = nn.batch_norm(p, "norm", z) * nn.linear(p, "line", x:global_average_pool()):mean()
                return \(result)
              end,
            }
            \(plan(learner: "{ \"maml\", order = \(writer.rng.integer(in: 1...2)), inner_steps = 1 }", operations: "{ \"skip\", own }"))
            """
    }

    private static func learner(_ writer: inout LuaWriter) -> String {
        let result = writer.rng.choice([
            "value - scalar(y) * x", "value - x", "y", "value - y", "leaked(x)",
            "context.initial + x * 0.1",
        ])
        return """
            local function adapt(value, x, context)
              local y = x
            \(chain(&writer, layers: false))  return \(result)
            end
            \(plan(learner: "{ adapt = adapt, order = \(writer.rng.integer(in: 1...2)), inner_steps = \(writer.rng.integer(in: 1...2)) }", operations: "{ \"skip\", \"sep3\" }"))
            """
    }

    /// A plan that is rehearsed in a tenth of a second.
    private static func plan(learner: String, operations: String) -> String {
        """
        return apogee.experiment { name = "t", api = 1,
          tasks = { "episodes", dataset = { "glyphs", alphabets = 5, characters = 4, drawers = 3, side = 8 },
            ways = 2, shots = 1, queries = 1 },
          space = { "cells", nodes = 1, channels = 2, operations = \(operations) },
          learner = \(learner),
          strategy = { "evolution", population = 2 },
          budget = { warm_up_updates = 1, generations = 1, updates_per_generation = 1, final_updates = 1,
            validation_tasks = 1, test_tasks = 2 },
          per_task_search = { enabled = false },
          arms = { "searched" },
        }

        """
    }
}
