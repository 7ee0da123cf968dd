package import Evolution
internal import Randomness
package import Records
package import SearchSpaces

/// Which operator made a genotype of which parents: noted while a strategy proposes.
///
/// A strategy tells genotypes alone. What it calls to make them is ours, so each call is written
/// down, and looked up when the proposals are known. A crossover whose child is mutated at once is
/// one origin of two operators.
package final class Lineage {
    /// How a genotype came about.
    package struct Origin: Codable {
        /// The operator: `sample`, `mutation`, `crossover`, `crossover and mutation`, `listed`.
        package let name: String
        /// What the operator was given.
        package let parents: [Genotype]

        package init(_ name: String, parents: [Genotype] = []) {
            self.name = name
            self.parents = parents
        }
    }

    /// One call of an operator.
    package struct Call: Codable {
        package let child: Genotype
        package let origin: Origin
    }

    /// What was made since the last time that origins were asked for.
    package var calls: [Call] = []
    /// How often each operator was used.
    package var uses: [OperatorUse] = []

    package init() {}

    /// The same operators, whose calls are noted.
    package func noting(_ variation: Variation<Genotype>) -> Variation<Genotype> {
        names = variation.names
        var noted = variation
        noted.sample = { [self] rng in
            let child = try variation.sample(&rng)
            calls.append(Call(child: child, origin: Origin("sample")))
            count("sample", called: 1)
            return child
        }
        noted.mutate = { [self] parent, rng in
            let child = try variation.mutate(parent, &rng)
            calls.append(Call(child: child, origin: mutation(of: parent)))
            count(mutationName, called: 1)
            return child
        }
        if let cross = variation.crossover {
            noted.crossover = { [self] a, b, rng in
                let child = try cross(a, b, &rng)
                calls.append(
                    Call(child: child, origin: Origin("crossover", parents: [a, b])))
                count(crossoverName, called: 1)
                return child
            }
        }
        if let breed = variation.breed {
            noted.breed = { [self] matings, rng in
                let children = try breed(matings, rng)
                for (mating, child) in zip(matings, children) {
                    let origin = Lineage.origin(of: mating)
                    calls.append(Call(child: child, origin: origin))
                    for name in operators(of: origin) { count(name, called: 1) }
                }
                return children
            }
        }
        return noted
    }

    private static func origin(of mating: Mating<Genotype>) -> Origin {
        guard let second = mating.second else {
            return Origin("mutation", parents: [mating.first])
        }
        return Origin(
            mating.isMutated ? "crossover and mutation" : "crossover",
            parents: [mating.first, second])
    }

    /// The child of the crossover just before is a step on the way, and no proposal of its own.
    private func mutation(of parent: Genotype) -> Origin {
        guard let last = calls.last, last.origin.name == "crossover", last.child == parent else {
            return Origin("mutation", parents: [parent])
        }
        calls.removeLast()
        return Origin("crossover and mutation", parents: last.origin.parents)
    }

    /// Forgets all calls and returns the origins of what was proposed since the last time. What no
    /// operator made was listed: from a small space that is nearly used up.
    package func origins() -> (Genotype) -> Origin {
        let origins = Dictionary(calls.map { ($0.child, $0.origin) }) { first, _ in first }
        calls.removeAll(keepingCapacity: true)
        return { [self] genotype in
            let origin = origins[genotype] ?? Origin("listed")
            for name in operators(of: origin) {
                count(name, called: origin.name == "listed" ? 1 : 0, kept: 1)
            }
            return origin
        }
    }

    // MARK: Uses

    private var names = Variation<Genotype>.Names()
    package var mutationName: String { "mutation \(names.mutate)" }
    package var crossoverName: String { "crossover \(names.crossover)" }

    private func operators(of origin: Origin) -> [String] {
        switch origin.name {
        case "mutation": [mutationName]
        case "crossover": [crossoverName]
        case "crossover and mutation": [crossoverName, mutationName]
        case "listed": ["listing"]
        default: [origin.name]
        }
    }

    private func count(_ name: String, called: Int, kept: Int = 0) {
        guard let place = uses.firstIndex(where: { $0.name == name }) else {
            uses.append(OperatorUse(name, called: called, kept: kept))
            return uses.sort { $0.name < $1.name }
        }
        uses[place].called += called
        uses[place].kept += kept
    }

    /// The operators of a plan that made no child, although the search went beyond its first
    /// individuals: what is said of each.
    ///
    /// - Parameters:
    ///   - strategy: The plan's strategy.
    ///   - evaluations: Those of the search.
    /// - Returns: A sentence for each.
    package func idle(_ strategy: any StrategyPlan, evaluations: Int) -> [String] {
        guard let variation = strategy.variation,
            evaluations > strategy.population ?? usualPopulation
        else { return [] }
        var named = [mutationName]
        if variation.hasCrossover { named.append(crossoverName) }
        return named.filter { name in !uses.contains { $0.name == name && $0.called > 0 } }.map {
            "the \($0) was never called in \(evaluations) evaluations, so it changes nothing; see "
                + "mutants, crossovers and parents of the strategy"
        }
    }
}
