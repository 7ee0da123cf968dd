/// What a case may take.
enum CaseLimits {
    /// Seconds of processor time.
    static let seconds = 20
    /// Seconds without a sign of life, for a case that waits and computes nothing.
    static let silence = 90.0
    /// Resident bytes of the process that runs it.
    static let bytes = 1536 << 20
}
