internal import Randomness
internal import Scripting

/// Programs over tensors, computed at once.
struct TensorTarget: FuzzTarget {
    static let ending = "lua"
    static let shortCount = 600

    private let home: ScriptHome
    /// What is called, each as often as it has entries, tensors more often.
    private static let groups: [ReferenceGroup] = {
        let wanted = [
            "tensor", "apogee.tensor", "apogee.random", "apogee.stats", "apogee.weights",
            "apogee.nn", "apogee.optim", "rng",
        ]
        return HostReference.groups.filter { wanted.contains($0.name) }
    }()

    init(folder: String) { home = ScriptHome(folder: folder) }

    func input(_ number: Int, _ rng: inout RandomStream) -> [UInt8] {
        var writer = LuaWriter(rng)
        var text = TensorTarget.prelude
        for _ in 0..<writer.rng.integer(in: 3...40) {
            switch writer.rng.integer(below: 10) {
            case 0...5: text += TensorTarget.step("tensor", &writer)
            case 6: text += TensorTarget.operation(&writer)
            default: text += TensorTarget.step(writer.rng.choice(TensorTarget.groups).name, &writer)
            }
        }
        // An error of the host ends the program: what it holds is looked at outside.
        return Array((text + "error(last, 0)\n").utf8)
    }

    func take(_ input: [UInt8]) throws { try home.load(input) }

    /// A statement with an entry of a group.
    static func step(_ name: String, _ writer: inout LuaWriter) -> String {
        guard let group = groups.first(where: { $0.name == name }), !group.entries.isEmpty else {
            return ""
        }
        return writer.statement(writer.rng.choice(group.entries), of: group)
    }

    /// A statement with an operator.
    private static func operation(_ writer: inout LuaWriter) -> String {
        let tensor = "apogee.tensor"
        let left = writer.value(tensor)
        let right = writer.rng.chance(0.5) ? writer.value(tensor) : writer.number()
        let text =
            switch writer.rng.integer(below: 8) {
            case 0: "-\(left)"
            case 1: "#\(left)"
            case 2: "\(left)[\(writer.integer())]"
            case 3: "tostring(\(left))"
            case 4: "\(left) ^ \(writer.number())"
            default: "\(left) \(writer.rng.choice(["+", "-", "*", "/", "==", "..", "<"])) \(right)"
            }
        return writer.keep(text, as: tensor)
    }

    static let prelude =
        """
        local apogee = require "apogee"
        local tensor, random = apogee.tensor, apogee.random
        """ + "\n" + Hostile.prelude + LuaWriter.keeping + """
            local rng = random.stream(1)
            local function kernel(side, x)
              local shape = x.shape
              return random.normal(rng, { side, side, shape[#shape] or 1, 3 })
            end
            local function channels(x)
              local shape = x.shape
              return random.normal(rng, { shape[#shape] or 1 })
            end
            local function labels(x, most)
              local list = {}
              for i = 1, x.shape[1] or 1 do list[i] = i % most + 1 end
              return tensor.from(list)
            end
            base["apogee.rng"] = { rng, random.stream(2) }
            base["apogee.tensor"] = {
              random.normal(rng, { 2, 4, 4, 3 }), random.normal(rng, { 3, 4 }), tensor.scalar(0.5),
              random.normal(rng, { 4 }), tensor.ones({ 1, 5, 3, 2 }), tensor.from({ 2, 1, 3 }),
            }
            base["table<string, apogee.tensor>"] = {
              { a = tensor.ones({ 2, 3 }), b = tensor.zeros({ 3 }) },
              { a = tensor.ones({ 2, 3 }), b = tensor.ones({ 3 }) },
              { ["conv.weight"] = tensor.ones({ 3, 3, 3, 4 }), ["w.weight"] = tensor.ones({ 4, 2 }), ["w.bias"] = tensor.ones({ 2 }) },
            }
            base["table<string, integer[]>"] = { { a = { 1, 2 } }, { b = { 1 << 40 } } }
            base["function"] = {
              apogee.grad(function(x) return (x * x):sum() end), apogee.optim.adam({ learning_rate = 0.1 }),
              apogee.optim.sgd({ learning_rate = 0.1, momentum = 0.5 }), error,
            }

            """
}
