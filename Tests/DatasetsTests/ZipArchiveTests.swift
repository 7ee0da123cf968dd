import Datasets
import Foundation
import Randomness
import Testing

struct ZipArchiveTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func message(_ bytes: [UInt8], limits: ArchiveLimits = ArchiveLimits()) throws -> String
    {
        let path = try folder.write(bytes, as: "a.zip")
        let error = datasetError {
            let archive = try ZipArchive(path: path, limits: limits)
            for entry in archive.entries { _ = try archive.read(entry) }
        }
        return (error?.description ?? "no error").replacing(folder.path + "/", with: "")
    }

    @Test func `entries come back byte for byte and folders are left out`() throws {
        let zip = ZipFixture(entries: [
            ("set/", []), ("set/a.txt", Array("hello".utf8)), ("set/empty", []),
        ])
        let archive = try ZipArchive(path: try folder.write(zip.bytes, as: "a.zip"))
        #expect(archive.entries.map(\.name) == ["set/a.txt", "set/empty"])
        #expect(try archive.read(archive.entries[0]) == Array("hello".utf8))
        #expect(try archive.read(archive.entries[1]) == [])
    }

    @Test func `a missing file, a folder and an empty file are named for what they are`() throws {
        let missing = folder.path + "/none.zip"
        #expect(
            datasetError { _ = try ZipArchive(path: missing) }?.description
                == "\(missing): no such file or folder; check the path given with --data")
        #expect(
            datasetError { _ = try ZipArchive(path: folder.path) }
                == .notAnArchive(path: folder.path, found: "a folder"))
        #expect(
            try message([])
                == "a.zip: the file is empty (0 bytes), expected a zip archive; download it again")
    }

    @Test func `a file that is no archive is described`() throws {
        #expect(
            try message(Array("<html><body>404</body></html>".utf8))
                == "a.zip: expected a zip archive, found text \"<html><body>404</body></…\"")
        #expect(
            try message([0x1F, 0x8B, 8, 0, 0])
                == "a.zip: expected a zip archive, found a gzip file")
    }

    @Test func `an archive cut anywhere gives an error, never a crash`() throws {
        let zip = ZipFixture(entries: [
            ("a", Array("first entry".utf8)), ("b", Array("second entry".utf8)),
        ]).bytes
        for length in 4..<zip.count {
            #expect(try message(Array(zip.prefix(length))) != "no error", "cut at \(length)")
        }
        #expect(
            try message(Array(zip.prefix(60)))
                == "a.zip: the archive is cut short after 60 bytes (its table of contents is "
                + "missing); download it again")
    }

    @Test func `flipped bytes give the true contents or an error, never a crash`() throws {
        let zip = ZipFixture(entries: [("a", Array("some content to be damaged".utf8))])
        let bytes = zip.bytes
        var errors = 0
        for seed in 0..<300 {
            var rng = RandomStream(seed: UInt64(seed)).split("damage")
            var damaged = bytes
            for _ in 0..<3 {
                damaged[rng.integer(below: bytes.count)] = UInt8(rng.integer(below: 256))
            }
            let path = try folder.write(damaged, as: "damaged.zip")
            let error = datasetError {
                let archive = try ZipArchive(path: path)
                for entry in archive.entries {
                    #expect(try archive.read(entry) == zip.entries[0].bytes, "seed \(seed)")
                }
            }
            if error != nil { errors += 1 }
        }
        #expect(errors > 100)
    }

    @Test func `an encrypted entry is refused`() throws {
        var zip = ZipFixture(entries: [("secret.png", [1, 2, 3])])
        zip.isEncrypted = true
        #expect(
            try message(zip.bytes)
                == "a.zip: secret.png is encrypted; expected an archive without a password")
    }

    @Test func `a wrong checksum and an unknown method are refused`() throws {
        var zip = ZipFixture(entries: [("a.png", [1, 2, 3])])
        zip.claimedChecksum = 7
        #expect(
            try message(zip.bytes)
                == "a.zip: a.png cannot be unpacked (CRC error); download the archive again")
        zip = ZipFixture(entries: [("a.png", [1, 2, 3])], method: 77)
        #expect(
            try message(zip.bytes)
                == "a.zip: a.png cannot be unpacked (Compression method not supported); "
                + "download the archive again")
    }

    @Test func `an entry that claims gigabytes is refused before anything is unpacked`() throws {
        var zip = ZipFixture(entries: [("bomb.png", [1, 2, 3])])
        zip.claimedSize = 4_000_000_000
        #expect(
            try message(zip.bytes)
                == "a.zip: bomb.png is too large: 4000000000 bytes, at most 1048576 are read")
    }

    @Test func `many entries, or entries that are large together, are refused`() throws {
        let zip = ZipFixture(entries: [("a", [1, 2, 3]), ("b", [4, 5, 6])])
        var limits = ArchiveLimits()
        limits.entries = 1
        #expect(
            try message(zip.bytes, limits: limits)
                == "a.zip: the table of contents is too large: 2 entries, at most 1 are read")
        limits = ArchiveLimits()
        limits.totalBytes = 5
        #expect(
            try message(zip.bytes, limits: limits)
                == "a.zip: the unpacked data is too large: 6 bytes, at most 5 are read")
    }

    @Test func `an entry of another size than it claims is refused`() throws {
        for claim in [2, 4] {
            var zip = ZipFixture(entries: [("a.png", [1, 2, 3])])
            zip.claimedSize = UInt32(claim)
            #expect(try message(zip.bytes).hasPrefix("a.zip: a.png cannot be unpacked ("))
        }
    }
}
