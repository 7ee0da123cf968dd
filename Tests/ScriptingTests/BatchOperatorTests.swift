import Methods
import Evolution
import Components
import Supernets
import Experiments
import Randomness
import Scripting
import SearchSpaces
import Testing

private let perGene = """
    { batch = function(population, rng, space)
      local genes, width = population:genes(), population.width
      local chosen = rng:places(#genes, 0.1)
      for i = 1, #chosen do
        local choice = space.choices[(chosen[i] - 1) % width + 1]
        if #choice.options == 7 then genes[chosen[i]] = rng:integer(0, 6) end
      end
      return genes
    end }
    """

@Suite struct BatchOperatorTests {
    private func batch(_ operators: Operators) throws -> BatchMutationOperator {
        let selection = try #require(operators.plan.strategy?.variation?.mutation)
        guard
            case .batch(let mutate) = try operators.builder().with(probability: 0).make(
                selection, at: .mutation)
        else { throw Missing() }
        return mutate
    }

    private struct Missing: Error {}

    private func parents(
        _ count: Int, _ space: any SearchSpace, seed: UInt64 = 1
    ) throws -> Population {
        var rng = RandomStream(seed: seed).split("parents")
        return try Population(
            try (0..<count).map { _ in try space.sample(&rng) }, width: space.choices.count)
    }

    @Test func `a batch mutation changes all individuals in one call`() throws {
        let operators = try Operators("mutation", perGene)
        let mutate = try batch(operators)
        for count in [1, 2, 50] {
            let parents = try parents(count, operators.space)
            var (rng, same) = (RandomStream(seed: 4), RandomStream(seed: 4))
            let children = try mutate(parents, operators.space, &rng)
            #expect(try mutate(parents, operators.space, &same) == children)
            #expect(rng == same && rng != RandomStream(seed: 4))
            #expect(children.count == count && children.fault(in: operators.space) == nil)
            if count == 50 { #expect(children != parents) }
        }
        // A single genotype is a population of one.
        let (_, child) = try operators.mutate()
        try operators.space.validate(child)
    }

    @Test func `a batch crossover sees both populations row by row`() throws {
        let operators = try Operators(
            "crossover",
            """
            { batch = function(a, b, rng)
              assert(#a == #b and tostring(a):find("^population of 20"))
              local children = {}
              for i = 1, #a do children[i] = i % 2 == 0 and a[i] or b[i]:copy() end
              return children
            end }
            """)
        let selection = try #require(operators.plan.strategy?.variation?.crossover)
        guard case .batch(let cross) = try operators.builder().make(selection, at: .crossover)
        else {
            throw Missing()
        }
        let (a, b) = (
            try parents(20, operators.space), try parents(20, operators.space, seed: 2)
        )
        var rng = RandomStream(seed: 1)
        let children = try cross(a, b, operators.space, &rng)
        for row in 0..<20 { #expect(children[row] == (row % 2 == 1 ? a[row] : b[row])) }
    }

    @Test func `any genes can be repaired in one call`() throws {
        let operators = try Operators(
            "mutation",
            """
            { batch = function(population, rng)
              local genes = population:genes()
              for i = 1, #genes do genes[i] = genes[i] + rng:integer(-3, 3) end
              return population:repair(genes)
            end }
            """)
        let mutate = try batch(operators)
        let parents = try parents(30, operators.space)
        var rng = RandomStream(seed: 2)
        let children = try mutate(parents, operators.space, &rng)
        #expect(children.fault(in: operators.space) == nil)
        #expect(children != parents)
    }

    @Test func `draws for a population are those of one stream`() throws {
        let operators = try Operators(
            "mutation",
            """
            { batch = function(population, rng)
              local floats = rng:uniforms(3)
              local whole = rng:integers(4, -2, 5)
              local places = rng:places(40, 0.1)
              error(string.format("%.17g %d %s", floats[3], whole[4], table.concat(places, ",")))
            end }
            """)
        let mutate = try batch(operators)
        var rng = RandomStream(seed: 9)
        let message = operators.folder.complaint {
            var rng = RandomStream(seed: 9)
            _ = try mutate(try parents(2, operators.space), operators.space, &rng)
        }
        let floats = (0..<3).map { _ in rng.uniform() }
        let whole = (0..<4).map { _ in rng.integer(in: -2...5) }
        let places = rng.places(40, probability: 0.1).map { "\($0 + 1)" }
        #expect(message.contains(" \(whole[3]) \(places.joined(separator: ","))"))
        #expect(message.contains(String("\(floats[2])".prefix(8))))
    }

    @Test(arguments: [
        (
            "return nil",
            "test.lua:4: mutation: expected the genes of 3 children, found nil; "
                + "return the list"
        ),
        ("return rng", "test.lua:4: mutation: expected the genes of 3 children, found rng"),
        ("return {}", "test.lua:4: mutation: expected 48 genes (3 children of 16), found 0"),
        (
            "local g = population:genes() g[#g] = nil return g",
            "test.lua:4: mutation: expected 48 genes (3 children of 16), found 47"
        ),
        (
            "local g = population:genes() g[10] = 'x' return g",
            "test.lua:4: mutation: children: expected an array of integers, entry 10 is a string"
        ),
        (
            "return { population[1], population[2] }",
            "test.lua:4: mutation: expected 3 children, found a list of 2"
        ),
        (
            "return { population[1], { 1, 2 }, population[2] }",
            "test.lua:4: mutation: child 2 has 2 genes, the space has 16 (genes 3 to 16 missing)"
        ),
        (
            "population[1] = population[2]",
            "test.lua:4: mutation: population: parents are read-only; change the list that "
                + "population:genes() gives, and return it"
        ),
        (
            "return population.size",
            "test.lua:4: mutation: population has no field 'size'; it has genes, repair, width and the "
                + "individuals 1 to 3"
        ),
        (
            "return population[5]",
            "test.lua:4: mutation: population: there is no individual 5; they are counted from 1 "
                + "to 3"
        ),
        (
            "return rng:places(10, 1.5)",
            "test.lua:4: mutation: places: expected a probability in 0…1, found 1.5"
        ),
        (
            "return rng:places(-1, 0.5)",
            "test.lua:4: mutation: places: expected a count from 0 to 10000000, found -1"
        ),
        (
            "return population:repair({ 1, 2 })",
            "test.lua:4: mutation: repair: a population of 16 genes each has 2 numbers; expected 16"
        ),
        (
            "return rng:integers(1, 5, 4)",
            "test.lua:4: mutation: integers: expected low ≤ high, found 5 and 4"
        ),
        (
            "return rng:uniforms('many')",
            "test.lua:4: mutation: uniforms: argument 1 (count): expected an integer, found a "
                + "string"
        ),
        (
            "return rng:integers(100000, 0, 1)",
            "test.lua:4: mutation: expected 48 genes (3 children of 16), found 100000"
        ),
    ])
    func `a wrong result names the function's place`(_ body: String, _ expected: String) throws {
        let operators = try Operators(
            "mutation", "{ batch = function(population, rng) \(body) end }")
        let mutate = try batch(operators)
        let found = operators.folder.complaint {
            var rng = RandomStream(seed: 1)
            _ = try mutate(try parents(3, operators.space), operators.space, &rng)
        }
        #expect(found == expected)
    }

    @Test func `a gene out of range names child and gene`() throws {
        let operators = try Operators(
            "mutation",
            "{ batch = function(p) local g = p:genes() g[p.width + 2] = 99 return g end }")
        let mutate = try batch(operators)
        let found = operators.folder.complaint {
            var rng = RandomStream(seed: 1)
            _ = try mutate(try parents(3, operators.space), operators.space, &rng)
        }
        #expect(found.hasPrefix("test.lua:4: mutation: child 2: gene 2 ("))
        #expect(found.contains(") is 99; allowed: "))
    }

    @Test func `a misspelt batch and a batch that is no function are refused`() throws {
        let folder = try ScriptFolder()
        func complaint(_ mutation: String) throws -> String {
            try folder.write(
                """
                local apogee = require "apogee"
                return apogee.experiment { name = "t", api = 1, tasks = "episodes",
                  space = "cells", strategy = { "evolution", mutation = \(mutation) } }
                """)
            return folder.complaint {
                _ = try folder.load().plans(registry: BuiltIns.registry())
            }
        }
        #expect(try complaint("{ batch = 3 }").contains("mutation.batch: expected a function"))
        #expect(try complaint("{ \"batch\" }").contains("batch"))
        #expect(
            try complaint("{ batch = function() end, rate = 2 }").contains("mutation.rate"))
    }

    @Test func `a batch that remembers is found out, and one that does not is listed`() throws {
        let remembers = try Operators(
            "mutation",
            "{ batch = function(p) n = n + 1 local g = p:genes() g[2] = n % 7 return g end }",
            before: "local n = 0")
        let found = remembers.folder.complaint {
            _ = try ScriptCheck(remembers.plan, remembers.script, calls: 20).run()
        }
        #expect(found.hasPrefix("test.lua:4: mutation: "))
        let operators = try Operators("mutation", perGene)
        let findings = try ScriptCheck(operators.plan, operators.script, calls: 50).run()
        #expect(findings.map(\.point) == [.mutation])
    }
}
