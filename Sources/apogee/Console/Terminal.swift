#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What is known of the place that output goes to.
package enum Terminal {
    /// How progress should be shown on a descriptor; 2 is standard error.
    ///
    /// A terminal that calls itself `dumb` cannot rewrite lines, so it counts as plain.
    package static func style(descriptor: Int32 = STDERR_FILENO) -> ProgressLine.Style {
        guard isatty(descriptor) == 1, name != "dumb" else { return .plain }
        return .terminal(columns: columns(descriptor: descriptor) ?? 80)
    }

    /// The width of a terminal; nil where a descriptor is none, or does not say.
    package static func columns(descriptor: Int32) -> Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    private static var name: String? {
        getenv("TERM").map { String(cString: $0) }
    }
}
