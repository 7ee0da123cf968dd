import Evaluation
import Components
import Tasks
import Supernets
import Evolution
import Experiments
import LuaHost
import Randomness
import Scripting
import SearchSpaces
import Testing

private let oneGene = """
    function(parent, rng)
      local child = parent:copy()
      local gene = rng:integer(1, #child)
      child[gene] = rng:choice(child:options(gene))
      return child
    end
    """

@Suite struct OperatorTests {
    @Test func `a mutation in Lua changes a copy and moves the stream on`() throws {
        let operators = try Operators("mutation", oneGene)
        var changed = 0
        for seed in 0..<200 {
            let (parent, child) = try operators.mutate(seed: UInt64(seed))
            #expect(try operators.mutate(seed: UInt64(seed)).child == child)
            let differing = zip(parent.genes, child.genes).filter { $0 != $1 }.count
            #expect(differing <= 1)
            changed += differing
            try operators.space.validate(child)
        }
        #expect(changed > 50)
        let selection = try #require(operators.plan.strategy?.variation?.mutation)
        let mutation = try operators.builder().with(probability: 0).make(selection, at: .mutation)
        var rng = RandomStream(seed: 3)
        let before = rng
        _ = try mutation(operators.space.sample(&rng), operators.space, &rng)
        #expect(rng != before)
    }

    @Test func `draws in Lua are those of Swift`() throws {
        let operators = try Operators(
            "mutation",
            """
            function(parent, rng, space)
              local child = space:sample(rng)
              local other = space:sample(rng:split("name"))
              if rng:integer(1, 6) > 3 then return child end
              return other
            end
            """)
        let space = operators.space
        for seed in 0..<50 {
            var rng = RandomStream(seed: UInt64(seed))
            _ = try space.sample(&rng)
            let child = try space.sample(&rng)
            var split = rng.split("name")
            let other = try space.sample(&split)
            let expected = rng.integer(in: 1...6) > 3 ? child : other
            #expect(try operators.mutate(seed: UInt64(seed)).child == expected)
        }
    }

    @Test func `a crossover sees both parents and a list of genes is a genotype`() throws {
        let operators = try Operators(
            "crossover",
            """
            function(a, b, rng)
              local genes = {}
              for gene = 1, #a do genes[gene] = gene <= #a // 2 and a[gene] or b[gene] end
              return genes
            end
            """)
        let selection = try #require(operators.plan.strategy?.variation?.crossover)
        let made = try operators.builder().make(selection, at: .crossover)
        let crossover = try #require(made)
        var rng = RandomStream(seed: 5)
        for _ in 0..<50 {
            let (a, b) = (try operators.space.sample(&rng), try operators.space.sample(&rng))
            let half = a.genes.count / 2
            #expect(
                try crossover(a, b, operators.space, &rng).genes
                    == Array(a.genes[..<half] + b.genes[half...]))
        }
    }

    @Test func `a path sampler sees progress, space and population`() throws {
        let operators = try Operators(
            "paths",
            """
            function(progress, rng)
              if #progress.population > 0 then return progress.population[1] end
              assert(progress.phase == "search" and progress.fraction == 0.25)
              assert(progress.generations == 8 and progress.space:size() > 1)
              return progress.space:sample(rng)
            end
            """)
        let selection = try #require(operators.plan.paths)
        let sampler = try operators.builder().make(selection, at: .pathSampler)
        var rng = RandomStream(seed: 5)
        let member = try operators.space.sample(&rng)
        var context = PathContext(
            progress: RunProgress(
                phase: .search, update: 5, updates: 20, generation: 1, generations: 8),
            space: operators.space, population: [])
        try operators.space.validate(try sampler(context, &rng))
        context.population = [member]
        #expect(try sampler(context, &rng) == member)
    }

    @Test func `a schedule's table is checked key by key`() throws {
        let operators = try Operators(
            "schedule",
            """
            function(p)
              if p.update == 0 then return { paths = 0.5, inner_steps = 2 } end
              if p.update == 1 then return { path = 1 } end
              if p.update == 2 then return nil end
              return { mutation_probability = 2 }
            end
            """)
        let schedule = try operators.builder().make(operators.plan.schedule, at: .schedule)
        func at(_ update: Int) -> RunProgress {
            RunProgress(phase: .search, update: update, updates: 9, generation: 0, generations: 1)
        }
        let settings = try schedule(at(0))
        #expect(settings.populationFraction == 0.5 && settings.innerSteps == 2)
        let messages = (1...3).map { update in
            operators.folder.complaint { _ = try schedule(at(update)) }
        }
        #expect(
            messages == [
                "test.lua:4: schedule.path: no such option; did you mean \"paths\"?",
                "test.lua:4: schedule: expected a table of settings, found nil; return {} to keep "
                    + "the plan's settings",
                "test.lua:4: schedule.mutation_probability: expected a number in 0…1, found 2",
            ])
    }

    @Test func `an objective returns a finite number`() throws {
        let summary = SubnetSummary(
            genotype: Genotype([0, 1]), parameters: 1_000, multiplyAdds: 2_000, queryError: 0.5,
            queryLoss: 1)
        for (body, expected) in [
            ("s.query_error + s.parameters / 1000", "1.5"), ("#s.genotype + s.genotype[2]", "3.0"),
            ("'x'", "test.lua:4: objective: expected a number, found a string"),
            ("0 / 0", "test.lua:4: objective: expected a finite number, found"),
            (
                "s.query_eror",
                "test.lua:4: objective: 'subnet' has no field 'query_eror' (did you mean "
                    + "'query_error'?)"
            ),
        ] {
            let operators = try Operators("objectives", "function(s) return \(body) end")
            let objective = try operators.builder().make(
                operators.plan.objectives[0], at: .objective)
            var text = ""
            let complaint = operators.folder.complaint {
                text = "\(try objective.minimized(summary))"
            }
            #expect((text.isEmpty ? complaint : text).hasPrefix(expected), "\(complaint)")
        }
    }

    @Test func `a random stream is of no use after its callback`() throws {
        let stale =
            "rng: this rng was valid only during the callback that was given it; use the "
            + "current callback's rng"
        for keep in ["rng", "rng:split('x')"] {
            let operators = try Operators(
                "mutation",
                """
                function(parent, rng)
                  if kept then kept:uniform() end
                  kept = \(keep)
                  return parent
                end
                """, before: "local kept")
            _ = try operators.mutate()
            #expect(operators.complaint() == "test.lua:5: mutation: " + stale)
        }
    }
}
