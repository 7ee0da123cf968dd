public import Testing

/// How far two lists of numbers are apart.
public enum Closeness {
    /// The largest difference, in units of max(1, largest magnitude expected).
    ///
    /// A relative error of every element would be meaningless where terms cancel. NaN where the
    /// counts differ or any number is NaN.
    public static func error(_ found: [Float], _ expected: [Double]) -> Double {
        guard found.count == expected.count else { return .nan }
        var worst = 0.0
        var scale = 1.0
        for (a, b) in zip(found, expected) {
            let difference = abs(Double(a) - b)
            guard difference <= .greatestFiniteMagnitude else { return .nan }
            worst = max(worst, difference)
            scale = max(scale, abs(b))
        }
        return worst / scale
    }
}

/// Expects |found − expected| ≤ tolerance · max(1, max |expected|), and no NaN.
public func expectClose(
    _ found: [Float], _ expected: [Double], tolerance: Double = 1e-5, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let error = Closeness.error(found, expected)
    #expect(
        error <= tolerance,
        "\(what): \(error) apart; found \(found.prefix(6)), expected \(expected.prefix(6))",
        sourceLocation: sourceLocation)
}

/// Expects |found − expected| ≤ tolerance · max(1, max |expected|), and no NaN.
public func expectClose(
    _ found: [Float], _ expected: [Float], tolerance: Double = 1e-5, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    expectClose(
        found, expected.map { Double($0) }, tolerance: tolerance, what,
        sourceLocation: sourceLocation)
}
