internal import Foundation

/// Factors of a learning rate over a run.
public enum Schedules {
    /// Half a cosine wave from 1 at the start to 0 at the end (Loshchilov and Hutter 2017).
    ///
    /// - Parameter fraction: Of the run, 0…1.
    /// - Returns: The factor, 0…1.
    public static func cosine(_ fraction: Double) -> Double {
        0.5 * (1 + cos(.pi * min(max(fraction, 0), 1)))
    }
}
