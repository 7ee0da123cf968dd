import Evolution
import Randomness
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The test problems of Zitzler, Deb, Thiele, "Comparison of multiobjective evolutionary
/// algorithms: empirical results", Evolutionary Computation 2000: 30 variables in 0 ... 1, two
/// objectives.
enum ZDT: String, CaseIterable {
    case zdt1, zdt2, zdt3

    func objectives(_ x: [Double]) -> [Double] {
        let g = 1 + 9 * x.dropFirst().reduce(0, +) / Double(x.count - 1)
        let ratio = x[0] / g
        switch self {
        case .zdt1: return [x[0], g * (1 - ratio.squareRoot())]
        case .zdt2: return [x[0], g * (1 - ratio * ratio)]
        case .zdt3:
            return [x[0], g * (1 - ratio.squareRoot() - ratio * sin(10 * .pi * x[0]))]
        }
    }
}

struct ZDTTests {
    private func run(_ problem: ZDT, _ golden: Golden.ZDT, seed: UInt64) throws -> Double {
        let box = try RealBox(
            lower: Array(repeating: 0, count: golden.variables),
            upper: Array(repeating: 1, count: golden.variables))
        var strategy = try NSGA2(
            variation: Variation(over: box),
            options: NSGA2Options(populationSize: golden.populationSize),
            rng: RandomStream(seed: seed).split(problem.rawValue))
        for _ in 0..<golden.generations {
            let batch = try strategy.ask(golden.populationSize)
            #expect(batch.count == golden.populationSize)
            try strategy.tell(
                batch.map { Evaluation($0, objectives: problem.objectives($0)) })
        }
        return try Hypervolume.of(
            strategy.front.map(\.objectives), reference: golden.reference)
    }

    // pymoo's own NSGA-II over ten seeds, same sizes and operators. No seed of ours may fall
    // further below pymoo's worst than its best and worst lie apart, and the median of ours has
    // to lie within what pymoo's seeds reach.
    @Test(arguments: ZDT.allCases)
    func `NSGA-II gets as far as that of pymoo`(_ problem: ZDT) throws {
        let golden = try Golden.load().zdt
        let theirs = try #require(golden.hypervolumes[problem.rawValue])
        let (worst, best) = (try #require(theirs.min()), try #require(theirs.max()))
        var ours: [Double] = []
        for seed in 0..<7 { ours.append(try run(problem, golden, seed: UInt64(seed))) }
        ours.sort()
        #expect(ours[0] >= worst - (best - worst), "\(ours) against \(theirs)")
        #expect(ours[3] >= worst, "\(ours) against \(theirs)")
        // Nothing reaches beyond the Pareto front: a volume above it would be a wrong indicator.
        #expect(ours[6] <= best + (best - worst) + 0.002, "\(ours) against \(theirs)")
    }
}
