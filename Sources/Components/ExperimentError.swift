/// What can go wrong with an experiment.
public enum ExperimentError: Error, Sendable, Equatable {
    /// An option that does not exist here.
    case unknownOption(at: PlanPosition, nearest: String?, known: [String])
    /// A name that nothing is registered under.
    case unknownName(
        at: PlanPosition, kind: String, name: String, nearest: String?, known: [String])
    /// A value of the wrong type.
    case wrongType(at: PlanPosition, expected: String, found: String)
    /// A value of the right type outside its range.
    case outOfRange(at: PlanPosition, expected: String, found: String)
    /// A required option that is not given.
    case missingOption(at: PlanPosition, expected: String)
    /// Options that are valid alone but not together.
    case contradiction(at: PlanPosition, problem: String)
    /// A plan written for another version of the plan's form.
    case unsupportedAPI(at: PlanPosition, found: Int)
    /// An override from the command line that cannot be read or laid over the plan.
    case invalidOverride(text: String, problem: String)
    /// Two components of one name.
    case nameClash(point: ExtensionPoint, name: String, first: String, second: String)
    /// A registration after the run began.
    case registryFrozen(point: ExtensionPoint, name: String, source: String)
    /// A component that does not fit its extension point.
    case invalidComponent(point: ExtensionPoint, name: String, source: String, problem: String)
    /// A component that returned what its extension point does not allow.
    case invalidResult(of: ExtensionPoint, at: PlanLocation?, problem: String)
    /// Data that the plan needs is not there.
    case missingData(what: String, hint: String)
    /// The run would need more memory than it may have, both in bytes; `isLeast` where it would need
    /// even more than what is planned so far.
    case memoryExceeded(planned: Int, isLeast: Bool, limit: Int, largest: MemoryPart)
    /// A network or its tasks are larger than any memory.
    case tooLarge(problem: String)
    /// The run failed in a way that the plan or its data caused.
    case failed(String)
}

extension ExperimentError: CustomStringConvertible {
    /// One line: where, what was expected and found, and what to try.
    public var description: String {
        switch self {
        case .unknownOption(let position, let nearest, let known):
            if let nearest {
                "\(position): no such option; did you mean \"\(nearest)\"?"
            } else if known.isEmpty {
                "\(position): no such option; none can be set here"
            } else {
                "\(position): no such option; known are \(PlanText.listed(known))"
            }
        case .unknownName(let position, let kind, let name, let nearest, let known):
            if let nearest {
                "\(position): no \(kind) is named \(PlanText.quoted(name)); "
                    + "did you mean \"\(nearest)\"?"
            } else {
                "\(position): no \(kind) is named \(PlanText.quoted(name)); "
                    + "known are \(PlanText.listed(known))"
            }
        case .wrongType(let position, let expected, let found),
            .outOfRange(let position, let expected, let found):
            "\(position): expected \(expected), found \(found)"
        case .missingOption(let position, let expected):
            "\(position): missing; expected \(expected)"
        case .contradiction(let position, let problem):
            "\(position): \(problem)"
        case .unsupportedAPI(let position, let found):
            "\(position): this Apogee reads plans with api = 1, but this plan has api = \(found)"
        case .invalidOverride(let text, let problem):
            "\(text): \(problem)"
        case .nameClash(let point, let name, let first, let second):
            "\(point.rawValue) \(PlanText.quoted(name)): registered by \(first) and again by "
                + "\(second); rename one"
        case .registryFrozen(let point, let name, let source):
            "\(source): \(point.rawValue) \(PlanText.quoted(name)): components can be registered "
                + "only while plugins load, not during a run"
        case .invalidComponent(let point, let name, let source, let problem):
            "\(source): \(point.rawValue) \(PlanText.quoted(name)): \(problem)"
        case .missingData(let what, let hint): "\(what) are missing: \(hint)"
        case .memoryExceeded(let planned, let isLeast, let limit, let largest):
            "the run needs \(isLeast ? "at least " : "")\(PlanText.bytes(planned)) of memory but --memory allows "
                + "\(PlanText.bytes(limit)); most of it, \(PlanText.bytes(largest.bytes)), is "
                + "\(largest.title)" + (largest.remedy.isEmpty ? "" : ": \(largest.remedy)")
        case .tooLarge(let problem):
            "the plan's networks or tasks are too large for any memory (\(problem)); fewer channels "
                + "or filters, smaller images or fewer queries make them smaller"
        case .failed(let problem): problem
        case .invalidResult(let point, let location, let problem):
            (location.map { "\($0): " } ?? "") + "\(point.rawValue): \(problem)"
        }
    }

    /// What a command that ends with this error returns to the shell.
    public var exitCode: ExitCode {
        switch self {
        case .unknownOption(let position, _, _), .unknownName(let position, _, _, _, _),
            .wrongType(let position, _, _), .outOfRange(let position, _, _),
            .missingOption(let position, _), .contradiction(let position, _),
            .unsupportedAPI(let position, _):
            if case .commandLine = position.location { .usage } else { .invalid }
        case .invalidOverride: .usage
        case .nameClash, .registryFrozen, .invalidComponent: .invalid
        case .invalidResult, .memoryExceeded, .tooLarge, .failed: .failed
        case .missingData: .inputMissing
        }
    }
}

/// A part of the memory that a run will hold.
public struct MemoryPart: Sendable, Hashable {
    /// A short name, for records.
    public let name: String
    /// What it is, for sentences.
    public let title: String
    /// How much.
    public let bytes: Int
    /// What makes it smaller; empty if nothing does.
    public let remedy: String

    /// A part.
    public init(name: String, title: String, bytes: Int, remedy: String) {
        self.name = name
        self.title = title
        self.bytes = bytes
        self.remedy = remedy
    }
}
