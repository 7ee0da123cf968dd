import Evolution
import Randomness
import SearchSpaces
import Testing

struct OperatorTests {
    private func spaces() throws -> [any SearchSpace] {
        try [
            CellSpace(nodes: 4), CellSpace(nodes: 1), CellSpace(nodes: 3, operations: [.skip]),
            ChoiceSpace(
                name: "layers",
                choices: (0..<6).map { Choice(name: "l\($0)", options: ["a", "b", "c"]) }),
        ]
    }

    @Test func `children of every operator are valid and leave their parents alone`() throws {
        for space in try spaces() {
            let mutation = try PerGeneMutation(space: space, probability: 0.4)
            for seed in 0..<100 {
                var rng = RandomStream(seed: UInt64(seed)).split(space.name)
                let (first, second) = (try space.sample(&rng), try space.sample(&rng))
                try space.validate(mutation(first, &rng))
                for granularity in Granularity.allCases {
                    let uniform = UniformCrossover(space: space, granularity: granularity)
                    let onePoint = OnePointCrossover(space: space, granularity: granularity)
                    try space.validate(uniform(first, second, &rng))
                    try space.validate(onePoint(first, second, &rng))
                    #expect(try uniform(first, first, &rng) == first)
                    #expect(try onePoint(first, first, &rng) == first)
                }
            }
        }
    }

    @Test func `each gene changes with the given probability, and never to itself`() throws {
        let space = try ChoiceSpace(
            name: "layers",
            choices: (0..<10).map { Choice(name: "l\($0)", options: ["a", "b", "c", "d"]) })
        let mutation = try PerGeneMutation(space: space, probability: 0.1)
        let parent = Genotype(Array(repeating: 2, count: 10))
        var rng = RandomStream(seed: 3)
        var values = [Int](repeating: 0, count: 4)
        for _ in 0..<3000 {
            for gene in try mutation(parent, &rng).genes { values[gene] += 1 }
        }
        // 30000 genes; five standard deviations of the binomial law about 3000 and 1000.
        #expect(abs(30_000 - values[2] - 3000) < 260)
        for other in [0, 1, 3] { #expect(abs(values[other] - 1000) < 156) }
        #expect(try PerGeneMutation(space: space, probability: 0)(parent, &rng) == parent)
        let all = try PerGeneMutation(space: space, probability: 1)(parent, &rng)
        #expect(!all.genes.contains(2))
    }

    @Test func `mutation reaches every genotype of a space of cells`() throws {
        let space = try CellSpace(nodes: 2, operations: [.skip, .max3])
        let mutation = try PerGeneMutation(space: space, probability: 0.3)
        var rng = RandomStream(seed: 12)
        var genotype = space.sample(&rng)
        var seen: Set<Genotype> = []
        for _ in 0..<60_000 {
            genotype = try mutation(genotype, &rng)
            seen.insert(genotype)
        }
        #expect(Double(seen.count) == space.size)
    }

    @Test func `blocks cross over whole, from both parents, with equal probability`() throws {
        let space = try CellSpace(nodes: 4)
        let crossover = UniformCrossover(space: space, granularity: .block)
        var rng = RandomStream(seed: 4)
        let (first, second) = (space.sample(&rng), space.sample(&rng))
        var fromFirst = [Int](repeating: 0, count: space.blocks.count)
        for _ in 0..<2000 {
            let child = try crossover(first, second, &rng)
            for (index, block) in space.blocks.enumerated() {
                let isFirst = child.genes[block] == first.genes[block]
                #expect(isFirst || child.genes[block] == second.genes[block])
                if isFirst { fromFirst[index] += 1 }
            }
        }
        for (index, block) in space.blocks.enumerated()
        where first.genes[block] != second.genes[block] {
            #expect(abs(fromFirst[index] - 1000) < 112)  // five standard deviations
        }
    }

    @Test func `one-point crossover takes a head of one parent and a tail of the other`() throws {
        let space = try ChoiceSpace(
            name: "layers",
            choices: (0..<5).map { Choice(name: "l\($0)", options: ["a", "b"]) })
        let crossover = OnePointCrossover(space: space)
        let (zeros, ones) = (
            Genotype(Array(repeating: 0, count: 5)), Genotype(Array(repeating: 1, count: 5))
        )
        var rng = RandomStream(seed: 6)
        var cuts: Set<Int> = []
        for _ in 0..<200 {
            let genes = try crossover(zeros, ones, &rng).genes
            #expect(genes == genes.sorted())
            cuts.insert(genes.count { $0 == 0 })
        }
        #expect(cuts == [1, 2, 3, 4])
    }

    @Test func `real operators stay in their box and centre on the parents`() throws {
        let box = try RealBox(lower: [-1, 0, 5], upper: [1, 10, 5.5])
        let mutation = try PolynomialMutation(box: box, probability: 1)
        let crossover = try SimulatedBinaryCrossover(box: box, probability: 1)
        let (first, second) = ([-0.2, 4.0, 5.2], [0.2, 6.0, 5.3])
        var rng = RandomStream(seed: 7)
        var (mutants, children) = ([0.0, 0, 0], [0.0, 0, 0])
        for _ in 0..<20_000 {
            let mutant = mutation(first, &rng)
            let child = crossover(first, second, &rng)
            #expect(box.fault(mutant) == nil)
            #expect(box.fault(child) == nil)
            for index in 0..<3 {
                mutants[index] += mutant[index] / 20_000
                children[index] += child[index] / 20_000
            }
        }
        for index in 0..<3 {
            let width = box.upper[index] - box.lower[index]
            // η = 20 moves a variable by 0.05 of its range; far below that is the mean's error.
            #expect(abs(mutants[index] - first[index]) < 0.005 * width)
            #expect(abs(children[index] - (first[index] + second[index]) / 2) < 0.005 * width)
        }
        #expect(crossover(first, first, &rng) == first)
        #expect(mutation([1, 2], &rng) == [1, 2])
    }

    @Test func `settings out of range are refused`() throws {
        let space = try CellSpace(nodes: 1)
        #expect(
            throws: EvolutionError.invalidSetting(
                name: "mutation probability", found: "1.5", expected: "0.0 to 1.0")
        ) { try PerGeneMutation(space: space, probability: 1.5) }
        #expect(throws: EvolutionError.self) {
            try PerGeneMutation(space: space, probability: .nan)
        }
        #expect(throws: EvolutionError.self) { try RealBox(lower: [0], upper: [0]) }
        #expect(throws: EvolutionError.self) { try RealBox(lower: [0], upper: [1, 2]) }
        #expect(throws: EvolutionError.self) { try RealBox(lower: [], upper: []) }
        #expect(throws: EvolutionError.self) { try RealBox(lower: [.nan], upper: [1]) }
        #expect(throws: EvolutionError.self) { try Tournament(size: 0) }
    }

    @Test func `a tournament prefers the better and can select anyone`() throws {
        let tournament = try Tournament(size: 2)
        var rng = RandomStream(seed: 2)
        var wins = [Int](repeating: 0, count: 4)
        for _ in 0..<16_000 {
            let winner = tournament.select(among: 4, &rng, isBetter: <)
            wins[try #require(winner)] += 1
        }
        // The best of two draws with replacement: 7, 5, 3 and 1 sixteenths.
        for (place, sixteenths) in [7, 5, 3, 1].enumerated() {
            #expect(abs(wins[place] - sixteenths * 1000) < 315)
        }
        #expect(tournament.select(among: 0, &rng, isBetter: <) == nil)
        #expect(tournament.selectPair(among: 1, &rng, isBetter: <) == nil)
        for _ in 0..<200 {
            let pair = try #require(tournament.selectPair(among: 3, &rng, isBetter: <))
            #expect(pair.0 != pair.1)
        }
    }
}
