import Supernets
import Components
import Experiments
import Randomness
import SearchSpaces

extension ContractCheck {
    /// How many genotypes are drawn and repaired.
    var spaceCalls: Int { max(1, calls / 5) }

    /// Draws genotypes: each is valid, its options are, and what is no genotype becomes one that is
    /// valid, the same each time. Then records the networks of some, twice.
    func space(_ selection: ComponentSelection, at location: PlanLocation) throws {
        func broken(_ problem: String) -> ScriptingError {
            .brokenContract(at: location, point: .space, problem: problem)
        }
        guard let plan = try builder.make(selection, at: .space) as? CustomSpacePlan else { return }
        let definition = try plan.definition(builder)
        let own = definition.space
        var drawn: [Genotype] = []
        for number in 0..<spaceCalls {
            var rng = RandomStream(seed: 0).split("check").split("space").split(number)
            let genotype = try own.sample(&rng)
            try own.validate(genotype)
            drawn.append(genotype)
            let strange = Genotype(own.choices.map { _ in rng.integer(in: -3...300) })
            let mended = try own.repair(strange)
            try own.validate(mended)
            guard try own.repair(strange) == mended else {
                throw broken("repair gave two different genotypes for the same choices")
            }
            let gene = rng.integer(below: own.choices.count)
            for option in try own.options(gene: gene, in: genotype) {
                var changed = genotype
                changed.genes[gene] = option
                try own.validate(changed)
            }
        }
        do {
            try SpaceCheck.networks(of: definition, Array(drawn.prefix(max(1, spaceCalls / 10))))
        } catch let fault as SpaceCheck.Fault {
            throw broken(fault.description)
        }
    }
}
