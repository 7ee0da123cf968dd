/// Whatever a plan, a script's operator or an evaluator can get wrong about evolution.
public enum EvolutionError: Error, Sendable, Equatable {
    /// A setting is out of its range.
    case invalidSetting(name: String, found: String, expected: String)
    /// An operator made a genome that is not one of the space.
    case invalidChild(operator: String, genome: String, reason: String)
    /// An evaluation of a genome that was never asked for.
    case unknownGenome(genome: String)
    /// A second evaluation of a genome, where `revise` was not called.
    case alreadyTold(genome: String)
    /// An evaluation has another number of objectives than the others, or than the strategy takes.
    case objectiveCount(strategy: String, found: Int, expected: Int)
    /// An objective is −∞, which would be better than anything.
    case unboundedObjective(genome: String, objective: Int)
    /// Two arrays that belong together differ in length.
    case lengths(what: String, found: Int, expected: Int)
    /// A value that has to be finite is not.
    case notFinite(what: String, found: String)
}

extension EvolutionError: CustomStringConvertible {
    /// What, where, expected, found, and what to try.
    public var description: String {
        switch self {
        case .invalidSetting(let name, let found, let expected):
            "\(name) is \(found); expected \(expected)"
        case .invalidChild(let name, let genome, let reason):
            "\(name) made an invalid genome: \(reason). It returned \(genome); "
                + "return a valid genome, or pass it through the space's repair"
        case .unknownGenome(let genome):
            "told of a genome that was not asked for: \(genome); tell only what ask returned"
        case .alreadyTold(let genome):
            "told twice of the genome \(genome); tell each genome once, and revise it afterwards"
        case .objectiveCount(let strategy, let found, let expected):
            "\(strategy) takes \(expected) objective\(expected == 1 ? "" : "s") per evaluation, "
                + "found \(found)"
                + (expected == 1 && found > 1 ? "; for several objectives use NSGA2" : "")
        case .unboundedObjective(let genome, let objective):
            "objective \(objective) of \(genome) is -inf; objectives are minimized, "
                + "so a failed evaluation has to be +inf or NaN"
        case .lengths(let what, let found, let expected):
            "\(what) has \(found) numbers; expected \(expected)"
        case .notFinite(let what, let found):
            "\(what) is \(found); expected a finite number"
        }
    }
}
