import Foundation
import RunStore
import Testing

struct FilesTests {
    @Test func `a file is replaced as a whole and leaves no neighbour`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("old and longer", "file")
        try Files.write(Array("new".utf8), to: path)
        #expect(try folder.text("file") == "new")
        #expect(try folder.names() == ["file"])
    }

    @Test func `a failed write keeps the old file`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("old", "file")
        // The neighbour's name is taken by a folder, so nothing can be written beside the file.
        try FileManager.default.createDirectory(
            atPath: path + ".partial", withIntermediateDirectories: false)
        #expect(throws: RunStoreError.self) { try Files.write([1], to: path) }
        #expect(try folder.text("file") == "old")
        #expect(throws: RunStoreError.self) { try Files.write([1], to: folder.path) }
        #expect(try folder.names() == ["file", "file.partial"])
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
    func `a full disk is one sentence that says what is kept and what to try`() throws {
        let file = try LineFile("/dev/full")
        #expect(throws: RunStoreError.diskFull(path: "/dev/full")) { try file.append("a line") }
        #expect(
            RunStoreError.diskFull(path: "/dev/full").description
                == "no space is left to write /dev/full; what was written before is kept; "
                + "free some space, or choose a folder on another disk with --store DIR")
    }

    @Test func `lines are added behind those of an earlier process`() throws {
        let folder = try TemporaryFolder()
        try LineFile(folder.path + "/lines").append("one")
        let file = try LineFile(folder.path + "/lines")
        try file.append("two")
        try file.synchronize()
        #expect(try folder.text("lines") == "one\ntwo\n")
    }

    @Test func `reading says why it cannot`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("12345", "file")
        #expect(try Files.read(path, limit: 5) == Array("12345".utf8))
        #expect(throws: RunStoreError.tooLarge(path: path, bytes: 5, limit: 4)) {
            try Files.read(path, limit: 4)
        }
        #expect(
            throws: RunStoreError.cannotRead(
                path: folder.path, reason: "it is no regular file")
        ) { try Files.read(folder.path, limit: 5) }
        #expect(
            throws: RunStoreError.cannotRead(
                path: path + "x", reason: "No such file or directory")
        ) { try Files.read(path + "x", limit: 5) }
    }
}
