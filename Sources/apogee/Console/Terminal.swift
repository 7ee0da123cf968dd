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

    /// The width of a terminal; nil where a descriptor is none. A terminal that does not say has the
    /// width that `COLUMNS` says.
    package static func columns(descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            return Int(size.ws_col)
        }
        return value("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// The colours of a descriptor: none unless it is a terminal that has them, and none if
    /// `NO_COLOR` (no-color.org) holds anything.
    package static func ink(descriptor: Int32) -> Ink {
        guard isatty(descriptor) == 1, let name, name != "dumb", !name.isEmpty,
            (value("NO_COLOR") ?? "").isEmpty
        else { return .none }
        return .colours
    }

    private static var name: String? { value("TERM") }

    private static func value(_ variable: String) -> String? {
        getenv(variable).map { String(cString: $0) }
    }
}
