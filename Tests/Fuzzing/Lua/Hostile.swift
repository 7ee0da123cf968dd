internal import Randomness

/// Values that break what does not expect them, as Lua.
enum Hostile {
    static let integers = [
        "0", "1", "-1", "2", "7", "8", "9", "31", "33", "255", "256", "1024", "65535", "65536",
        "1 << 31", "(1 << 31) - 1", "-(1 << 31)", "1 << 32", "1 << 40", "1 << 62", "(1 << 62) - 1",
        "math.maxinteger", "math.mininteger", "math.maxinteger - 1", "math.mininteger + 1",
        "46341", "3037000500", "4294967295", "2.0", "1e15",
    ]

    static let numbers = [
        "0.0", "-0.0", "0.5", "-0.5", "1.5", "2.5", "1e-320", "1e-45", "1e-38", "3.4e38", "1e39",
        "1e300", "-1e300", "1/0", "-1/0", "0/0", "math.pi", "9007199254740993", "0x1p63", "-0x1p63",
        "1 - 1e-16",
    ]

    static let texts = [
        "\"\"", "\"\\0\"", "\"a\"", "\"w\"", "\"\\xff\\xfe\"", "\"%s%n\"", "\"a.b\"", "\"../../x\"",
        "(\"x\"):rep(70000)", "\"ä\\u{10FFFF}\"", "\"\\n\"",
    ]

    /// Values of kinds that few functions take.
    static let others = [
        "nil", "true", "false", "{}", "{{}}", "{{}, 1, \"x\"}", "print", "function() end",
        "coroutine.create(print)", "apogee", "loop", "fence", "trap", "long", "deep", "wide",
        "pairs",
    ]

    /// Lua that makes the larger of them; a program begins with it.
    static let prelude = """
        local loop = {}
        loop[1], loop.self = loop, loop
        local fence = setmetatable({}, { __index = function() return 1 end, __len = function() return 1 << 40 end })
        local trap = setmetatable({}, { __index = function(_, k) error(k) end, __len = error, __pairs = error })
        local long = {}
        for i = 1, 30000 do long[i] = i % 7 end
        local deep = {}
        for i = 1, 300 do deep = { deep } end
        local wide = {}
        for i = 1, 3000 do wide["k" .. i] = i end

        """

    static func integer(_ rng: inout RandomStream) -> String { rng.choice(integers) }

    static func any(_ rng: inout RandomStream) -> String {
        switch rng.integer(below: 5) {
        case 0: rng.choice(integers)
        case 1: rng.choice(numbers)
        case 2: rng.choice(texts)
        default: rng.choice(others)
        }
    }
}
