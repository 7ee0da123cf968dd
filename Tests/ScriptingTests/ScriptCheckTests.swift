import Evolution
import Experiments
import Scripting
import Testing

@Suite struct ScriptCheckTests {
    private func complaint(_ option: String, _ function: String, before: String = "") throws
        -> String
    {
        let operators = try Operators(option, function, before: before)
        return operators.folder.complaint {
            _ = try ScriptCheck(operators.plan, operators.script, calls: 100).run()
        }
    }

    @Test func `functions that keep their contract are listed`() throws {
        let operators = try Operators("mutation", "function(parent) return parent end")
        let findings = try ScriptCheck(operators.plan, operators.script, calls: 50).run()
        #expect(findings.map(\.point) == [.mutation])
        #expect(findings.map(\.calls) == [50])
        #expect("\(findings[0].location)" == "test.lua:4")
    }

    @Test func `a mutation that remembers is found out`() throws {
        let found = try complaint(
            "mutation",
            "function(parent) n = n + 1 local c = parent:copy() c[3] = n % 7 return c end",
            before: "local n = 0")
        #expect(
            found == "test.lua:4: mutation: the same arguments and seed gave two different results "
                + "(call 1); keep no state between calls")
    }

    @Test func `a schedule that remembers is found out`() throws {
        let found = try complaint(
            "schedule", "function() n = n + 1 return { inner_steps = n % 9 + 1 } end",
            before: "local n = 0")
        #expect(found.hasPrefix("test.lua:4: schedule: the same arguments"))
    }

    @Test func `a path sampler that forgets the empty population is found out`() throws {
        let found = try complaint(
            "paths", "function(progress) return progress.population[1] end")
        #expect(
            found == "test.lua:4: path_sampler: expected a genotype, found nil; return the path")
    }

    @Test func `a rare mistake is found in many calls`() throws {
        let found = try complaint(
            "crossover",
            "function(a, b, rng) if rng:chance(0.05) then return nil end return a end")
        #expect(found.hasPrefix("test.lua:4: crossover: expected a genotype, found nil"))
    }
}
