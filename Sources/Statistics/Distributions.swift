#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The normal distribution with mean 0 and deviation 1.
public enum NormalDistribution {
    /// The probability of a value above `z`.
    public static func upperTail(_ z: Double) -> Double {
        0.5 * erfc(z / 2.0.squareRoot())
    }
}

/// Student's t distribution, for means of few values.
///
/// The tail is half of a regularised incomplete beta function, taken from its continued fraction
/// (Abramowitz and Stegun 1964, 26.5.8 and 26.7.1), which converges quickly on one side of the
/// mean; on the other side the complement is used.
public enum StudentDistribution {
    /// Above this many degrees of freedom the normal distribution agrees to eight digits.
    private static let normalFrom = 1e8

    /// The probability of a value above `t`; `.nan` for a `t` that is NaN.
    ///
    /// - Throws: ``StatisticsError/outOfRange(argument:value:expected:)`` unless
    ///   `degreesOfFreedom` is above 0.
    public static func upperTail(
        _ t: Double, degreesOfFreedom: Double
    ) throws(StatisticsError) -> Double {
        try requireDegrees(degreesOfFreedom)
        return t < 0 ? 1 - tail(-t, degreesOfFreedom) : tail(t, degreesOfFreedom)
    }

    /// The value that a t-distributed number stays below with this probability.
    ///
    /// - Parameters:
    ///   - probability: More than 0, less than 1; 0.975 for a two-sided 95 % interval.
    ///   - degreesOfFreedom: More than 0; n − 1 for the mean of n values.
    /// - Returns: The value, to about twelve digits.
    /// - Throws: ``StatisticsError/outOfRange(argument:value:expected:)``.
    public static func quantile(
        _ probability: Double, degreesOfFreedom: Double
    ) throws(StatisticsError) -> Double {
        guard probability > 0, probability < 1 else {
            throw .outOfRange(
                argument: "probability", value: "\(probability)",
                expected: "more than 0 and less than 1")
        }
        try requireDegrees(degreesOfFreedom)
        guard probability != 0.5 else { return 0 }
        let upper = min(probability, 1 - probability)
        let magnitude = value(upperTail: upper, degreesOfFreedom)
        return probability < 0.5 ? -magnitude : magnitude
    }

    private static func requireDegrees(_ degrees: Double) throws(StatisticsError) {
        guard degrees > 0 else {
            throw .outOfRange(
                argument: "degrees of freedom", value: "\(degrees)", expected: "more than 0")
        }
    }

    /// The positive t with this upper tail: a bracket, then Newton steps kept inside of it.
    private static func value(upperTail target: Double, _ degrees: Double) -> Double {
        var low = 0.0
        var high = 1.0
        while tail(high, degrees) > target, high < 0x1p1000 {
            low = high
            high *= 2
        }
        var t = (low + high) / 2
        for _ in 0..<2000 {
            let excess = tail(t, degrees) - target
            if excess > 0 { low = t } else { high = t }
            var next = t + excess / density(t, degrees)
            if !(next > low && next < high) { next = low + (high - low) / 2 }
            if abs(next - t) <= 2 * t.ulp { return next }
            t = next
        }
        return t
    }

    private static func density(_ t: Double, _ degrees: Double) -> Double {
        guard degrees < normalFrom else { return exp(-t * t / 2) / (2 * .pi).squareRoot() }
        return exp(
            logGammaRatio(degrees / 2) - 0.5 * log(degrees * .pi)
                - (degrees + 1) / 2 * log1p(t / degrees * t))
    }

    /// The upper tail at t ≥ 0.
    private static func tail(_ t: Double, _ degrees: Double) -> Double {
        guard degrees < normalFrom else { return NormalDistribution.upperTail(t) }
        guard t > 0 else { return t.isNaN ? .nan : 0.5 }
        guard t.isFinite else { return 0 }
        // ratio = t²/ν without overflow of t²; x and 1 − x both without cancellation.
        let ratio = t / degrees * t
        let x = 1 / (1 + ratio)
        let rest = ratio.isFinite ? ratio / (1 + ratio) : 1
        let a = degrees / 2
        // x^a (1 − x)^½ / B(a, ½), in logarithms.
        let scale = logGammaRatio(a) - 0.5 * log(.pi)
        let front = exp(scale - a * logOnePlus(ratio, t, degrees) + 0.5 * log(rest))
        if x < (a + 1) / (a + 2.5) {
            return 0.5 * front / a * fraction(a, 0.5, x)
        }
        return 0.5 - 0.5 * front / 0.5 * fraction(0.5, a, rest)
    }

    /// log(1 + t²/ν), also where t² overflows.
    private static func logOnePlus(_ ratio: Double, _ t: Double, _ degrees: Double) -> Double {
        ratio.isFinite ? log1p(ratio) : 2 * log(t) - log(degrees)
    }

    /// log Γ(a + ½) − log Γ(a), by its asymptotic series where the difference would cancel.
    private static func logGammaRatio(_ a: Double) -> Double {
        guard a > 50 else { return lgamma(a + 0.5) - lgamma(a) }
        let inverse = 1 / a
        let square = inverse * inverse
        let series = -1.0 / 8 + square * (1.0 / 192 + square * (-1.0 / 640 + square * 17 / 14336))
        return 0.5 * log(a) + inverse * series
    }

    /// The continued fraction of the incomplete beta function, evaluated forwards (Lentz 1976).
    private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
        let tiny = 1e-300
        func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / away(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1..<100_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / away(1 + even * d)
            c = away(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / away(1 + odd * d)
            c = away(1 + odd / c)
            let factor = d * c
            result *= factor
            if abs(factor - 1) < 1e-16 { break }
        }
        return result
    }
}
