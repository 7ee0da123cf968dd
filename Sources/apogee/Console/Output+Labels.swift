#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Output {
    /// A line for the person at the terminal that begins with a label, such as `error:`, in colour.
    static func error(_ label: String, _ style: Ink.Style, _ text: String) {
        let ink = Terminal.ink(descriptor: STDERR_FILENO)
        raw(ink.paint(label, style) + " " + TextWidth.plain(text) + "\n")
    }

    /// A line of results that begins with a verdict, such as `OK`, in colour.
    static func line(_ label: String, _ style: Ink.Style, _ text: String) {
        line(Terminal.ink(descriptor: STDOUT_FILENO).paint(label, style) + text)
    }

    /// A table as wide as the terminal has room for.
    static func table(_ table: TextTable) {
        let lines = table.lines(
            width: Terminal.columns(descriptor: STDOUT_FILENO),
            ink: Terminal.ink(descriptor: STDOUT_FILENO))
        for one in lines { line(one) }
    }

    /// A name and what is said of it, which goes on below itself where a terminal is narrow.
    ///
    /// - Parameters:
    ///   - name: The name, with the spaces before it.
    ///   - width: Columns that names are given.
    ///   - text: What is said of it.
    static func entry(_ name: String, width: Int, _ text: String) {
        let lines = TextWidth.entry(
            name, width: width, text, columns: Terminal.columns(descriptor: STDOUT_FILENO))
        for one in lines { line(one) }
    }
}
