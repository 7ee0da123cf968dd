import CEditLine
import Foundation
import Scripting

/// A line of a terminal that can be edited, with history and completion: libedit's editor.
///
/// Keys are those of Emacs; a person's `.editrc` may change them. Tab completes, or shows what
/// there is to choose from; Ctrl-C drops the line; Ctrl-D on an empty line ends; Ctrl-R searches.
/// One editor at a time may be in use.
final class LineEditor {
    /// What came of editing a line.
    enum Line {
        /// The line without its end.
        case text(String)
        /// The person dropped it.
        case dropped
        /// There are no more lines.
        case end
    }

    /// Lines that the arrow keys go through.
    static let historyLimit = 1000

    /// The interface that libedit was compiled against.
    static let version = "\(LIBEDIT_MAJOR).\(LIBEDIT_MINOR)"

    private let complete: (String) -> Completion
    private var editor: OpaquePointer?
    private let history: OpaquePointer
    private let locale: locale_t?
    /// The prompt; libedit reads it whenever it draws the line.
    private var prompt: UnsafeMutablePointer<CChar>?
    private var isDropped = false

    /// An editor of the terminal that standard input and output are; nil where libedit cannot.
    ///
    /// - Parameter complete: Tells how the line before the cursor may go on.
    init?(complete: @escaping (String) -> Completion) {
        guard let history = history_init() else { return nil }
        self.complete = complete
        self.history = history
        locale = edit_locale()
        let owner = Unmanaged.passUnretained(self).toOpaque()
        let before = edit_enter_locale(locale)
        editor = edit_open("apogee", owner) { LineEditor.owner($0)?.prompt }
        edit_leave_locale(before)
        guard let editor else { return nil }
        edit_use_history(editor, history, Int32(LineEditor.historyLimit))
        for (key, action) in LineEditor.keys { edit_bind(editor, key, action) }
        el_source(editor, nil)
        edit_add(editor, "apogee-complete", "Completes a name", "^I") { editor, _ in
            LineEditor.owner(editor)?.completeLine() ?? UInt8(CC_ERROR)
        }
        edit_add(editor, "apogee-drop", "Drops the line", "^C") { editor, _ in
            LineEditor.owner(editor)?.dropLine() ?? UInt8(CC_ERROR)
        }
        edit_add(editor, "apogee-suspend", "Suspends the program", "^Z") { _, _ in
            // libedit gives the terminal back first, and takes it again afterwards.
            raise(SIGTSTP)
            return UInt8(CC_REDISPLAY)
        }
        edit_take_signals(editor)
    }

    deinit {
        if let editor { el_end(editor) }
        history_end(history)
        if let locale { freelocale(locale) }
        free(prompt)
    }

    /// Keys that terminals send and libedit leaves alone.
    private static let keys = [
        ("^R", "em-inc-search-prev"), ("\\e[3~", "ed-delete-next-char"),
        ("\\e[1~", "ed-move-to-beg"), ("\\e[4~", "ed-move-to-end"),
        ("\\e[H", "ed-move-to-beg"), ("\\e[F", "ed-move-to-end"),
        ("\\e[1;5C", "em-next-word"), ("\\e[1;5D", "ed-prev-word"),
    ]

    /// Adds an entry to what the arrow keys go through.
    func remember(_ entry: String) {
        edit_remember(history, entry)
    }

    /// Lets the person edit a line.
    func read(prompt: String) -> Line {
        guard let editor else { return .end }
        free(self.prompt)
        self.prompt = strdup(prompt)
        isDropped = false
        let before = edit_enter_locale(locale)
        defer { edit_leave_locale(before) }
        edit_prepare(editor)
        var count: Int32 = 0
        let start = el_gets(editor, &count)
        if isDropped { return .dropped }
        guard let start, count > 0 else { return .end }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(count))
        let line = String(decoding: bytes, as: UTF8.self)
        return .text(line.hasSuffix("\n") ? String(line.dropLast()) : line)
    }

    // MARK: What libedit asks for

    /// The editor that libedit's belongs to.
    private static func owner(_ editor: OpaquePointer?) -> LineEditor? {
        guard let owner = edit_owner(editor) else { return nil }
        return Unmanaged<LineEditor>.fromOpaque(owner).takeUnretainedValue()
    }

    /// The line up to the cursor.
    private var textBeforeCursor: String {
        guard let line = el_line(editor)?.pointee, let start = line.buffer, let end = line.cursor
        else { return "" }
        return String(
            decoding: UnsafeRawBufferPointer(start: start, count: max(0, end - start)),
            as: UTF8.self)
    }

    private func completeLine() -> UInt8 {
        let text = textBeforeCursor
        // At the beginning of a line Tab is what it is in other editors, and in pasted text.
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
        if line.allSatisfy(\.isWhitespace) { return insert("  ") }
        let completion = complete(text)
        let insertion = completion.insertion
        if !insertion.isEmpty { return insert(insertion) }
        guard completion.candidates.count > 1 else { return UInt8(CC_ERROR) }
        let width = Terminal.columns(descriptor: 1) ?? 80
        let lines = CandidateList.lines(
            completion.candidates, isComplete: completion.isComplete, width: width)
        edit_leave_line(editor)
        edit_write("\r\n" + lines.map { $0 + "\r\n" }.joined())
        return UInt8(CC_REDISPLAY)
    }

    private func insert(_ text: String) -> UInt8 {
        el_insertstr(editor, text) == 0 ? UInt8(CC_REFRESH) : UInt8(CC_ERROR)
    }

    private func dropLine() -> UInt8 {
        isDropped = true
        edit_leave_line(editor)
        edit_write("^C\r\n")
        return UInt8(CC_EOF)
    }
}
