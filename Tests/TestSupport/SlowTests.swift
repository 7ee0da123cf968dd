import Foundation
public import Testing

/// Tests that run whole experiments, many minutes each: only `scripts/test --all` asks for them.
///
/// ```swift
/// @Test(.enabled(if: SlowTests.areAsked, SlowTests.absence))
/// ```
public enum SlowTests {
    /// Whether the environment asks for them.
    public static let areAsked = ProcessInfo.processInfo.environment["APOGEE_SLOW_TESTS"] == "1"

    /// Why a slow test was left out.
    public static let absence: Comment = "left out: slow; scripts/test --all runs it"
}
