/// Why a statistic does not exist for the numbers it was asked of.
public enum StatisticsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There are fewer values than the statistic is defined for.
    case tooFew(statistic: String, count: Int, needed: Int)
    /// A value is NaN or infinite.
    case notFinite(statistic: String, index: Int, value: String)
    /// Two lists that must be paired have different lengths.
    case lengthsDiffer(statistic: String, first: Int, second: Int)
    /// A list holds one value only, so that ranks or deviations say nothing.
    case constant(statistic: String, list: String)
    /// An argument is outside of its range.
    case outOfRange(argument: String, value: String, expected: String)

    /// What is wrong, what was expected, and what to try.
    public var description: String {
        switch self {
        case .tooFew(let statistic, let count, let needed):
            return "\(statistic): \(count) value\(count == 1 ? "" : "s") given, "
                + "at least \(needed) needed; evaluate more tasks or seeds"
        case .notFinite(let statistic, let index, let value):
            return "\(statistic): value \(index + 1) is \(value), a finite number was expected; "
                + "look for a diverged run, or leave it out and say so"
        case .lengthsDiffer(let statistic, let first, let second):
            return "\(statistic): the first list has \(first) values and the second \(second); "
                + "paired values must come from the same tasks or seeds, in the same order"
        case .constant(let statistic, let list):
            return "\(statistic): all values of the \(list) list are equal, so it is not defined"
        case .outOfRange(let argument, let value, let expected):
            return "\(argument) is \(value), expected \(expected)"
        }
    }
}

/// Refuses values that are not finite.
func requireFinite(_ values: [Double], _ statistic: String) throws(StatisticsError) {
    for (index, value) in values.enumerated() where !value.isFinite {
        throw .notFinite(statistic: statistic, index: index, value: "\(value)")
    }
}

/// Refuses lists that are too short or not finite.
func require(
    _ values: [Double], atLeast needed: Int, _ statistic: String
) throws(StatisticsError) {
    guard values.count >= needed else {
        throw .tooFew(statistic: statistic, count: values.count, needed: needed)
    }
    try requireFinite(values, statistic)
}

/// Refuses lists that cannot be paired.
func requirePaired(
    _ first: [Double], _ second: [Double], atLeast needed: Int, _ statistic: String
) throws(StatisticsError) {
    guard first.count == second.count else {
        throw .lengthsDiffer(
            statistic: statistic, first: first.count, second: second.count)
    }
    try require(first, atLeast: needed, statistic)
    try require(second, atLeast: needed, statistic)
}

/// Refuses a confidence level outside of 0 < level < 1.
func requireLevel(_ level: Double) throws(StatisticsError) {
    guard level > 0, level < 1 else {
        throw .outOfRange(
            argument: "level", value: "\(level)", expected: "more than 0 and less than 1")
    }
}
