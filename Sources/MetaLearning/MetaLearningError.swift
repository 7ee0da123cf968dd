/// What meta-learning can refuse.
public enum MetaLearningError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A loss or gradient is NaN or infinite.
    case notFinite(what: String, update: Int, task: Int)
    /// A task's data hold NaN or an infinite number.
    case notFiniteData(what: String, update: Int, task: Int)
    /// A learner cannot work on tasks of this kind.
    case unsuitableTask(learner: String, reason: String)
    /// An option is outside its range.
    case invalidOption(name: String, expected: String, found: String)

    /// What was refused; for a loss or gradient that is not finite also what usually helps.
    public var description: String {
        switch self {
        case .notFinite(let what, let update, let task):
            """
            update \(update), task \(task): \(what) is not a finite number; a smaller inner or outer \
            learning rate, or gradient clipping, usually helps
            """
        case .notFiniteData(let what, let update, let task):
            """
            update \(update), task \(task): \(what) hold a number that is not finite (NaN or \
            infinity); mend the data set, or what makes tasks of it
            """
        case .unsuitableTask(let learner, let reason): "\(learner): \(reason)"
        case .invalidOption(let name, let expected, let found):
            "\(name): expected \(expected), found \(found)"
        }
    }
}
