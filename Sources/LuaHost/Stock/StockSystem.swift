import Foundation

/// The `os` of scripts: no environment, no programs, and a clock only where permissions say so.
enum StockSystem {
    /// The table.
    static func table(
        _ context: LuaContext, _ permissions: Permissions
    ) throws(LuaError) -> LuaTable {
        let table = try context.table()
        let difference = HostFunction("os.difftime") { arguments in
            .number(try arguments.number(1, "later") - arguments.number(2, "earlier"))
        }
        try table.set("difftime", .function(try context.function(difference)))
        // The environment of a sandbox is empty.
        let variable = HostFunction("os.getenv") { arguments in
            _ = try arguments.string(1, "name")
            return .nil
        }
        try table.set("getenv", .function(try context.function(variable)))
        let how =
            permissions.option.isEmpty ? "" : "; \(permissions.option) clock allows it"
        for name in ["clock", "date", "time"] {
            if permissions.clock { continue }
            try table.set(
                name,
                .function(
                    try refusal("os.\(name)", "a clock would make runs differ\(how)", context)))
        }
        if permissions.clock { try addClock(table, context) }
        let refused = [
            ("execute", "programs would run outside of the sandbox"),
            ("exit", "return from the script, or raise an error"),
            ("remove", "scripts cannot delete files"), ("rename", "scripts cannot move files"),
            ("setlocale", "the locale belongs to the whole program"),
            ("tmpname", "its names would differ from run to run"),
        ]
        for (name, why) in refused {
            try table.set(name, .function(try refusal("os.\(name)", why, context)))
        }
        return table
    }

    /// A function that says why it is none.
    static func refusal(
        _ name: String, _ why: String, _ context: LuaContext
    ) throws(LuaError) -> LuaFunction {
        try context.function(
            HostFunction(
                name,
                pushing: { _ in
                    throw LuaError(
                        kind: .runtime, message: "'\(name)' is not available here: \(why)")
                }))
    }

    private static func addClock(_ table: LuaTable, _ context: LuaContext) throws(LuaError) {
        let seconds = HostFunction("os.time") { arguments in
            guard arguments.isAbsent(1) else {
                throw LuaError(
                    kind: .conversion,
                    message: "os.time: expected no argument; it returns only the current time")
            }
            return .integer(Int(Date.now.timeIntervalSince1970))
        }
        try table.set("time", .function(try context.function(seconds)))
        let used = HostFunction("os.clock") { _ in
            .number(Double(Foundation.clock()) / Double(CLOCKS_PER_SEC))
        }
        try table.set("clock", .function(try context.function(used)))
        let date = HostFunction("os.date") { arguments in
            let format = arguments.isAbsent(1) ? "%c" : try arguments.string(1, "format")
            var moment =
                arguments.isAbsent(2)
                ? time_t(Date.now.timeIntervalSince1970)
                : time_t(try arguments.integer(2, "time"))
            return .string(try text(format, &moment))
        }
        try table.set("date", .function(try context.function(date)))
    }

    /// `strftime`, in UTC: where the program runs is no matter of a script.
    private static func text(_ format: String, _ moment: inout time_t) throws(LuaError) -> String {
        let pattern = format.hasPrefix("!") ? String(format.dropFirst()) : format
        var parts = tm()
        guard !pattern.hasPrefix("*"), pattern.utf8.count < 200, gmtime_r(&moment, &parts) != nil
        else {
            throw LuaError(
                kind: .conversion,
                message: "os.date: expected a format such as \"%Y-%m-%d\", found \"\(format)\"")
        }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = strftime(&buffer, buffer.count, pattern, &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
