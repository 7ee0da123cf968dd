import Foundation
import TestSupport
import Testing

/// What `scripts/setup` says of libraries of the wrong version, over made-up systems.
struct SetupTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func header(_ path: String, _ text: String) throws {
        _ = try folder.write(text, to: path)
    }

    /// A system with the right libraries, of which a test then changes one.
    private func system(oneDNN major: Int = 3, library: String = "3.7", lua: String = "504") throws
    {
        try header(
            "usr/include/oneapi/dnnl/dnnl_version.h",
            "// comment\n#define DNNL_VERSION_MAJOR \(major)\n#define DNNL_VERSION_MINOR 7\n")
        try header("usr/lib/x86_64-linux-gnu/libdnnl.so.\(library)", "")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/usr/lib/x86_64-linux-gnu/libdnnl.so",
            withDestinationPath: "libdnnl.so.\(library)")
        try header("usr/include/lua5.4/lua.h", "#define LUA_VERSION_NUM\t\t\t\(lua)\n")
    }

    private func setup() throws -> (code: Int32, error: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [Repository.path("scripts/setup")]
        process.environment = ProcessInfo.processInfo.environment
            .merging(["APOGEE_ROOT": folder.path]) { $1 }
        let pipe = Pipe()
        process.standardError = pipe
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    private func complaint() throws -> String {
        let found = try setup()
        #expect(found.code == 69, "\(found.error)")
        #expect(found.error.split(separator: "\n").count == 1)
        return found.error
    }

    @Test(arguments: [(2, "2.6"), (3, "3.7")])
    func `oneDNN 2 and 3 with Lua 5.4 are taken`(major: Int, library: String) throws {
        try system(oneDNN: major, library: library)
        let found = try setup()
        #expect(found.code == 0, "\(found.error)")
        #expect(found.error == "")
    }

    @Test(arguments: [1, 4]) func `another oneDNN is refused`(major: Int) throws {
        try system(oneDNN: major, library: "\(major).0")
        #expect(
            try complaint().contains("is of oneDNN \(major), and Apogee needs oneDNN 2 or 3: "))
    }

    @Test func `headers and library of different versions are refused`() throws {
        try system(oneDNN: 3, library: "2.6")
        let text = try complaint()
        #expect(text.contains("the headers of oneDNN are of version 3 and "))
        #expect(text.contains("libdnnl.so is 2.6"))
        #expect(text.contains("install --reinstall libdnnl-dev"))
    }

    @Test func `headers without a library are refused`() throws {
        try system()
        try FileManager.default.removeItem(
            atPath: folder.path + "/usr/lib/x86_64-linux-gnu/libdnnl.so")
        #expect(try complaint().contains("libdnnl.so is not: "))
    }

    @Test func `Lua headers of another version are refused`() throws {
        // Lua 5.5 composes the number of two others.
        try system(lua: "(LUA_VERSION_MAJOR_N * 100 + LUA_VERSION_MINOR_N)")
        #expect(try complaint().contains("lua.h is not of Lua 5.4"))
    }

    @Test(arguments: ["5.3", "5.5"]) func `another Lua alone is refused`(version: String) throws {
        try system()
        try FileManager.default.removeItem(atPath: folder.path + "/usr/include/lua5.4")
        try header("usr/include/lua\(version)/lua.h", "")
        #expect(
            try complaint().contains(
                "Lua \(version) is installed, and Apogee needs Lua 5.4: install liblua5.4-dev"))
    }
}
