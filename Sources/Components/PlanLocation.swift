/// Where a value of a plan was written, so that a mistake in it can be pointed at.
public enum PlanLocation: Sendable, Hashable, CustomStringConvertible {
    /// A line of a script; without a line, the script as a whole.
    case script(file: String, line: Int?)

    /// An option of the command line, such as `--set learner.order=2`.
    case commandLine(String)

    /// `03_at_nas.lua:19`, or the option as it was typed.
    public var description: String {
        switch self {
        case .script(let file, let line): line.map { "\(file):\($0)" } ?? file
        case .commandLine(let text): text
        }
    }
}

/// A place in a plan: where it was written and which option it is.
public struct PlanPosition: Sendable, Hashable, CustomStringConvertible {
    /// Where the value, or the nearest table around it, was written.
    public var location: PlanLocation?

    /// The option, such as `learner.inner_steps`; empty for the plan as a whole.
    public var path: String

    /// A place in a plan.
    public init(_ path: String, at location: PlanLocation? = nil) {
        self.path = path
        self.location = location
    }

    /// `03_at_nas.lua:19: learner.inner_steps`.
    public var description: String {
        let path = path.isEmpty ? "plan" : path
        return location.map { "\($0): \(path)" } ?? path
    }

    /// The place of an option of this name inside, written at `location` if that is known.
    public func child(_ name: String, at location: PlanLocation? = nil) -> PlanPosition {
        PlanPosition(path.isEmpty ? name : "\(path).\(name)", at: location ?? self.location)
    }

    /// The place of the list's item `index` (0-based; written 1-based, as scripts count).
    public func item(_ index: Int, at location: PlanLocation? = nil) -> PlanPosition {
        PlanPosition("\(path)[\(index + 1)]", at: location ?? self.location)
    }
}
