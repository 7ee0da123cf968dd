/// A place where an experiment names a component, and where a plugin may add one.
public enum ExtensionPoint: String, Sendable, Hashable, CaseIterable, Codable {
    /// A candidate operation of a cell.
    case operation
    /// What is searched.
    case space
    /// A genotype from a parent.
    case mutation
    /// A genotype from two parents.
    case crossover
    /// Which genotypes are evaluated next.
    case strategy
    /// Which subnet the next training task trains.
    case pathSampler = "path_sampler"
    /// Which classes and examples make the next episode.
    case taskSampler = "task_sampler"
    /// Settings that change while a run goes on.
    case schedule
    /// A number by which an architecture is judged.
    case objective
    /// The inner and outer loop.
    case learner
    /// A whole search method.
    case method
    /// A receiver of a run's events.
    case reporter
    /// The kind of tasks that are learned.
    case tasks
    /// The images that episodes are made of.
    case dataset
    /// The rule that turns gradients into steps.
    case optimizer
    /// A row of the results.
    case arm

    /// The word for it in a message: `path sampler`.
    public var title: String {
        switch self {
        case .tasks: "kind of tasks"
        case .dataset: "data set"
        default: String(rawValue.map { $0 == "_" ? " " : $0 })
        }
    }

    /// The word for it with its article: `a path sampler`.
    public var titleWithArticle: String {
        (title.first.map { "aeiou".contains($0) } == true ? "an " : "a ") + title
    }

    /// Whether a plan may hold a function of the script in a component's place.
    public var allowsFunction: Bool {
        switch self {
        case .mutation, .crossover, .pathSampler, .taskSampler, .schedule, .objective: true
        default: false
        }
    }

    /// The component meant by a table that gives these options but no name; nil where the option's
    /// own default is meant.
    func nameless(_ options: [PlanTable.Entry]) -> String? {
        switch self {
        case .schedule: "constant"
        case .objective, .operation, .method: "custom"
        case .learner: options.contains { $0.name == "adapt" } ? "custom" : nil
        case .space: options.contains { $0.name == "forward" } ? "custom" : nil
        case .mutation, .crossover: options.contains { $0.name == "batch" } ? "batch" : nil
        default: nil
        }
    }
}
