/// A version of a plugin: three numbers, of which the last two may be left out.
public struct Version: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Raised by changes that break what uses the plugin.
    public let major: Int
    /// Raised by additions.
    public let minor: Int
    /// Raised by repairs.
    public let patch: Int

    /// A version of these numbers.
    public init(_ major: Int, _ minor: Int = 0, _ patch: Int = 0) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// The version that a text such as `1.2.0` says; nil for any other text.
    public init?(_ text: String) {
        guard let parts = Version.parts(text[...]) else { return nil }
        self.init(parts: parts)
    }

    fileprivate init(parts: [Int]) {
        self.init(parts[0], parts.count > 1 ? parts[1] : 0, parts.count > 2 ? parts[2] : 0)
    }

    /// One to three numbers with dots between, each below a million.
    fileprivate static func parts(_ text: Substring) -> [Int]? {
        let pieces = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...3).contains(pieces.count) else { return nil }
        var parts: [Int] = []
        for piece in pieces {
            guard (1...6).contains(piece.utf8.count),
                piece.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(piece)
            else { return nil }
            parts.append(number)
        }
        return parts
    }

    /// `1.2.0`.
    public var description: String { "\(major).\(minor).\(patch)" }

    /// Compares the numbers in turn.
    public static func < (a: Version, b: Version) -> Bool {
        (a.major, a.minor, a.patch) < (b.major, b.minor, b.patch)
    }
}

/// The versions that a plugin, or a script, can work with.
///
/// | text | versions |
/// | --- | --- |
/// | `1.2.3`, `=1.2.3` | this one |
/// | `1.2`, `~1.2`, `~1.2.3` | 1.2 (from 1.2.3), with any repair |
/// | `^1.2` | from 1.2 to below 2; `^0.2` to below 0.3 |
/// | `>=1.2`, `>1.2`, `<=1.2`, `<2` | as they say; `>1.2` begins at 1.3, `<=1.2` takes every 1.2 |
/// | `>=1.2 <2`, `>=1.2, <2` | all conditions together |
/// | `*` | any |
public struct VersionRange: Sendable, Hashable, CustomStringConvertible {
    /// The least version.
    public let lower: Version
    /// The least version above that is no longer allowed; nil where there is none.
    public let upper: Version?
    /// The text as it was written.
    public let description: String

    /// The range that a text says; nil for any other text.
    public init?(_ text: String) {
        var lower = Version(0)
        var upper: Version?
        let conditions = text.split(whereSeparator: { $0 == " " || $0 == "," })
        guard !conditions.isEmpty, text.utf8.count <= 100 else { return nil }
        for condition in conditions {
            guard let bounds = VersionRange.bounds(condition) else { return nil }
            lower = max(lower, bounds.lower)
            if let limit = bounds.upper { upper = min(upper ?? limit, limit) }
        }
        self.lower = lower
        self.upper = upper
        description = text
    }

    /// Whether a version lies in the range.
    public func contains(_ version: Version) -> Bool {
        guard let upper else { return version >= lower }
        return version >= lower && version < upper
    }

    private static func bounds(_ text: Substring) -> (lower: Version, upper: Version?)? {
        if text == "*" { return (Version(0), nil) }
        let operators = [">=", "<=", ">", "<", "^", "~", "="]
        let sign = operators.first { text.hasPrefix($0) } ?? ""
        guard let parts = Version.parts(text.dropFirst(sign.count)) else { return nil }
        let version = Version(parts: parts)
        switch sign {
        case ">=": return (version, nil)
        case ">": return (next(parts), nil)
        case "<": return (Version(0), version)
        case "<=": return (Version(0), next(parts))
        case "^":
            if parts[0] > 0 || parts.count == 1 { return (version, Version(parts[0] + 1)) }
            if parts[1] > 0 || parts.count == 2 { return (version, Version(0, parts[1] + 1)) }
            return (version, next(parts))
        case "~":
            return (version, next(parts.count > 1 ? Array(parts.prefix(2)) : parts))
        default: return (version, next(parts))
        }
    }

    /// The least version beyond all that begin with these numbers.
    private static func next(_ parts: [Int]) -> Version {
        var parts = parts
        parts[parts.count - 1] += 1
        return Version(parts: parts)
    }
}
