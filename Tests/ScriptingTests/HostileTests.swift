import Supernets
import Experiments
import LuaHost
import Randomness
import Scripting
import SearchSpaces
import Testing

@Suite struct HostileTests {
    @Test(arguments: [
        ("return nil", "expected a genotype, found nil; return the child"),
        ("return 7", "expected a genotype, found an integer"),
        ("return rng", "expected a genotype, found rng"),
        ("return {}", "child has 0 genes, the space has 16 (genes 1 to 16 missing)"),
        (
            "local c = {} for i = 1, 15 do c[i] = parent[i] end return c",
            "child has 15 genes, the space has 16 (gene 16 missing)"
        ),
        (
            "local c = {} for i = 1, 18 do c[i] = 0 end return c",
            "child has 18 genes, the space has 16 (2 too many)"
        ),
        (
            "return { 'a' }",
            "child: expected an array of integers, entry 1 is a string"
        ),
        (
            "local c = parent:copy() c[1] = 1 c[2] = 0 return c",
            "child: gene 1 (normal.node0.input1) is 1; allowed: 0"
        ),
        (
            "local c = parent:copy() c[3] = 7 return c",
            "genotype: gene 3 (normal.node0.operation1): expected an integer from 0 to 6, found 7"
        ),
        (
            "local c = parent:copy() c[3] = 'x' return c",
            "genotype: gene 3 (normal.node0.operation1): expected an integer from 0 to 6, found a "
                + "string"
        ),
        (
            "local c = parent:copy() c[17] = 0 return c",
            "genotype: there is no gene 17; genes are counted from 1 to 16"
        ),
        (
            "parent[1] = 0",
            "genotype: a parent is read-only; change a copy, as in local child = parent:copy()"
        ),
        ("return parent:coppy()", "genotype has no field 'coppy'"),
        ("rng:integer(3, 1)", "integer: expected low ≤ high, found 3 and 1"),
        (
            "rng:integer(math.mininteger, math.maxinteger)",
            "integer: the range -9223372036854775808…9223372036854775807 is too wide"
        ),
        ("rng:uniform(0, math.huge)", "uniform: expected finite low ≤ high"),
        ("rng:choice({})", "choice: the list is empty"),
        ("rng:choice(3)", "choice: argument 1 (list): expected a list, found an integer"),
        ("rng:chance(2)", "chance: expected a probability in 0…1, found 2.0"),
        ("rng:sample(5, 3)", "sample: expected a count from 0 to bound = 3"),
        ("math.random()", "math.random"),
        ("error({})", "an error value"),
        ("local function f() return f() + 1 end f()", "stack overflow"),
    ])
    func `what a callback gets wrong is told with its line`(
        body: String, message: String
    ) throws {
        let complaint = try complaint(ofMutation: "function(parent, rng) \(body) end")
        let prefix = "test.lua:4: mutation: "
        #expect(complaint.hasPrefix(prefix), "\(complaint)")
        #expect(complaint.contains(message), "\(complaint)")
        #expect(!complaint.contains("\n"))
    }

    @Test func `an endless loop in a callback is stopped and named`() throws {
        #expect(
            try complaint(ofMutation: "function() while true do end end")
                == "test.lua:4: mutation: stopped after 20,000,000 instructions: an endless loop? "
                + "If not, raise the instruction limit by limits in the plan, or --limit")
    }

    @Test func `a callback that takes all memory is stopped and named`() throws {
        let text = "function() local t = {} while true do t[#t + 1] = ('x'):rep(2^20) .. #t end end"
        let complaint = try complaint(ofMutation: text)
        #expect(complaint.hasPrefix("test.lua:4: mutation: stopped at the memory limit"))
    }

    @Test func `a callback goes on after one that failed`() throws {
        let operators = try Operators(
            "mutation",
            "function(parent, rng) if rng:chance(0.5) then error('no') end return parent end")
        var failures = 0
        for seed in 0..<100 {
            do {
                let (parent, child) = try operators.mutate(seed: UInt64(seed))
                #expect(parent == child)
            } catch {
                failures += 1
            }
        }
        #expect((20..<80).contains(failures))
    }

    @Test func `no returned value gets past the check`() throws {
        let values = [
            "nil", "true", "0/0", "1e308", "-1", "2^53", "'16'", "{}", "{{}}", "print", "parent",
            "rng", "space", "{ n = 3 }", "math.mininteger", "math.huge", "('x'):rep(1000)",
            "coroutine and 1", "setmetatable({}, { __len = function() return 16 end })",
            "setmetatable({}, { __index = function() return 0 end })",
        ]
        var rng = RandomStream(seed: 9)
        let operators = try Operators(
            "mutation",
            """
            function(parent, rng, space)
              local child = {}
              for gene = 1, rng:integer(14, 18) do child[gene] = rng:integer(-1, 7) end
              local wild = rng:choice(makers)(parent, rng, space)
              if rng:chance(0.5) then return wild end
              if wild ~= nil then child[rng:integer(1, 18)] = wild end
              return child
            end
            """,
            before: "local makers = {"
                + values.map { "function(parent, rng, space) return \($0) end" }
                .joined(separator: ", ") + "}")
        var (valid, refused) = (0, 0)
        for _ in 0..<400 {
            do {
                let child = try operators.mutate(seed: rng.next()).child
                try operators.space.validate(child)
                valid += 1
            } catch let error as LuaError {
                #expect(error.file?.hasSuffix("test.lua") == true)
                refused += 1
            }
        }
        #expect(refused > 300 && valid > 0)
    }
}
