/// Durations as a person says them.
package enum DurationText {
    /// A duration such as `0.8 s`, `42 s`, `3 min 05 s`, `2 h 07 min` or `3 d 04 h`.
    ///
    /// - Parameter seconds: Anything; what is not finite or negative is `–`.
    /// - Returns: The text.
    package static func text(seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
        guard seconds >= 9.95 else { return fixed(seconds, digits: 1) + " s" }
        let whole = Int(seconds.rounded())
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3600: return "\(whole / 60) min \(padded(whole % 60)) s"
        case ..<86_400:
            let minutes = Int((seconds / 60).rounded())
            return minutes < 1440 ? "\(minutes / 60) h \(padded(minutes % 60)) min" : "1 d 00 h"
        default:
            let hours = Int((seconds / 3600).rounded())
            return "\(hours / 24) d \(padded(hours % 24)) h"
        }
    }

    /// A duration in its largest unit: `42 s`, `3 min`, `2 h`, `3 d`.
    package static func rough(seconds: Double) -> String {
        let words = text(seconds: seconds).split(separator: " ")
        guard words.count > 2, let first = Int(words[0]) else { return text(seconds: seconds) }
        return "\(first) \(words[1])"
    }

    private static func padded(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}

/// A number with this many digits behind the point, rounded half to even.
///
/// - Returns: `–` for NaN, `∞` and `-∞` for infinities.
package func fixed(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : (value > 0 ? "∞" : "-∞") }
    let digits = max(0, min(digits, 15))
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (value * scale).rounded(.toNearestOrEven)
    // Past 2^53 a double has no digits behind the point to show.
    guard abs(scaled) < 0x1p53 else { return "\(value)" }
    let number = Int(abs(scaled))
    let unit = Int(scale)
    let sign = scaled < 0 ? "-" : ""
    guard digits > 0 else { return sign + "\(number)" }
    let rest = "\(number % unit)"
    return sign + "\(number / unit)." + String(repeating: "0", count: digits - rest.count) + rest
}

/// A count with three digits and a suffix: `950`, `23.2k`, `1.05M`, `12.4G`.
package func short(_ count: Int) -> String {
    let magnitude = Double(count.magnitude)
    for (unit, suffix) in [(1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
    where magnitude >= unit * 0.9995 {
        let value = magnitude / unit
        let digits = value < 9.995 ? 2 : (value < 99.95 ? 1 : 0)
        return (count < 0 ? "-" : "") + fixed(value, digits: digits) + suffix
    }
    return "\(count)"
}
