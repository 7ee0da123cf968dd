public import Evolution
public import Randomness
public import SearchSpaces

/// What it costs to call into Lua, and a search whose operators are Lua.
///
/// The closures come from the program, which knows how scripts become operators; their Lua text is
/// ``script``.
public enum LuaBenchmarks {
    /// The measured functions.
    public struct Functions {
        /// Calls a function that does nothing, under the limits of a callback.
        public var empty: () throws -> Void
        /// The script's mutation of a genotype.
        public var mutation: (Genotype, any SearchSpace, inout RandomStream) throws -> Genotype
        /// The script's mutation of a population.
        public var batchMutation:
            (Population, any SearchSpace, inout RandomStream) throws -> Population
        /// The script's crossover of two populations.
        public var batchCrossover:
            (Population, Population, any SearchSpace, inout RandomStream) throws -> Population

        /// These functions.
        public init(
            empty: @escaping () throws -> Void,
            mutation: @escaping (Genotype, any SearchSpace, inout RandomStream) throws -> Genotype,
            batchMutation:
                @escaping (Population, any SearchSpace, inout RandomStream) throws -> Population,
            batchCrossover:
                @escaping (Population, Population, any SearchSpace, inout RandomStream) throws ->
                Population
        ) {
            self.empty = empty
            self.mutation = mutation
            self.batchMutation = batchMutation
            self.batchCrossover = batchCrossover
        }
    }

    /// Per-gene mutation with probability 0.1 and uniform crossover, as a user would write them:
    /// `mutation` for one individual, the others for a population. A chosen gene gets any of its
    /// seven values.
    public static let script = """
        local apogee = require "apogee"
        return apogee.experiment {
          mutation = function(parent, rng)
            local child = parent:copy()
            for gene = 1, #child do
              if rng:chance(0.1) then child[gene] = rng:integer(0, 6) end
            end
            return child
          end,
          batch_mutation = function(population, rng)
            local genes = population:genes()
            local chosen = rng:places(#genes, 0.1)
            local values = rng:integers(#chosen, 0, 6)
            for i = 1, #chosen do genes[chosen[i]] = values[i] end
            return genes
          end,
          batch_crossover = function(a, b, rng)
            local genes, other = a:genes(), b:genes()
            local taken = rng:places(#genes, 0.5)
            for i = 1, #taken do
              local place = taken[i]
              genes[place] = other[place]
            end
            return genes
          end,
        }
        """

    private static func space() throws -> ChoiceSpace {
        try ChoiceSpace(
            name: "integers",
            choices: (1...32).map {
                Choice(name: "gene\($0)", options: (0...6).map(String.init))
            })
    }

    /// An empty callback, and a mutation of a genotype of 32 genes, value in and value out.
    /// A repetition is 100,000 empty calls; beside them are repetitions of 1,000 mutations.
    ///
    /// - Throws: What the functions throw.
    public static func luaCall(_ functions: Functions, repeats: Int = 15) throws -> BenchmarkResult
    {
        let (calls, mutations) = (100_000, 1_000)
        let call = functions.empty
        let empty = try Measurement.times(warmUps: 2, repeats: repeats) {
            for _ in 0..<calls { try call() }
        }
        let space = try space()
        var rng = RandomStream(seed: 1)
        let parent = space.sample(&rng)
        let mutation = try Measurement.times(warmUps: 2, repeats: repeats) {
            for _ in 0..<mutations { _ = try functions.mutation(parent, space, &rng) }
        }
        return BenchmarkResult(
            name: Workload.luaCall.rawValue, threads: 1, sorted: empty,
            rates: [
                "nanoseconds_per_call": Measurement.median(empty) / Double(calls) * 1e9,
                "nanoseconds_per_mutation": Measurement.median(mutation) / Double(mutations) * 1e9,
            ])
    }

    /// NSGA-II with a population of 1000 on genotypes of 32 integers 0…6, objectives Σgᵢ and
    /// Σ i·(6 − gᵢ), binary tournament, every child crossed and mutated in Lua. A repetition is one
    /// generation: 1000 offspring proposed, evaluated natively, and survival of 1000 from 2000.
    ///
    /// - Throws: What the functions throw, `EvolutionError`.
    public static func evolve(_ functions: Functions, repeats: Int = 25) throws -> BenchmarkResult {
        let population = 1000
        let space = try space()
        var variation = try Variation(over: space)
        variation.work(
            mutation: { try functions.batchMutation($0, space, &$1) },
            crossover: { try functions.batchCrossover($0, $1, space, &$2) }, on: space)
        var search = try NSGA2(
            variation: variation,
            options: NSGA2Options(populationSize: population, crossoverProbability: 1),
            rng: RandomStream(seed: 1))
        func generation() throws {
            let asked = try search.ask(population)
            try search.tell(
                asked.map { genotype in
                    var (sum, weighted) = (0, 0)
                    for (index, gene) in genotype.genes.enumerated() {
                        sum += gene
                        weighted += (index + 1) * (6 - gene)
                    }
                    return Evaluation(genotype, objectives: [Double(sum), Double(weighted)])
                })
        }
        // The first generation samples; the second is the first to vary.
        let times = try Measurement.times(warmUps: 3, repeats: repeats, generation)
        return BenchmarkResult(
            name: Workload.evolve.rawValue, threads: 1, sorted: times,
            rates: ["offspring_per_second": Double(population) / Measurement.median(times)])
    }
}
