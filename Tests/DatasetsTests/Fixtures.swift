import Datasets
import Foundation

/// Builds zip archives and PNG images byte by byte, so that no binary file is committed and every
/// field can be wrong on purpose.
struct ZipFixture {
    var entries: [(name: String, bytes: [UInt8])] = []
    /// Sets the bit that says that entries need a password.
    var isEncrypted = false
    /// The unpacked size to claim, where it should not be the true one.
    var claimedSize: UInt32?
    /// The checksum to claim, where it should not be the true one.
    var claimedChecksum: UInt32?
    /// 0 is stored; 77 is a method that nobody reads.
    var method: UInt16 = 0

    var bytes: [UInt8] {
        var body: [UInt8] = []
        var directory: [UInt8] = []
        for (name, content) in entries {
            let offset = UInt32(body.count)
            let common: [UInt8] =
                little(UInt16(20)) + little(UInt16(isEncrypted ? 1 : 0)) + little(method)
                + little(UInt16(0)) + little(UInt16(0x21))
                + little(claimedChecksum ?? checksum(content)) + little(UInt32(content.count))
                + little(claimedSize ?? UInt32(content.count)) + little(UInt16(name.utf8.count))
                + little(UInt16(0))
            body += [0x50, 0x4B, 0x03, 0x04] + common + Array(name.utf8) + content
            directory +=
                [0x50, 0x4B, 0x01, 0x02] + little(UInt16(20)) + common + little(UInt16(0))
                + little(UInt16(0)) + little(UInt16(0)) + little(UInt32(0)) + little(offset)
                + Array(name.utf8)
        }
        let end: [UInt8] =
            [0x50, 0x4B, 0x05, 0x06] + little(UInt32(0)) + little(UInt16(entries.count))
            + little(UInt16(entries.count)) + little(UInt32(directory.count))
            + little(UInt32(body.count)) + little(UInt16(0))
        return body + directory + end
    }
}

/// A black and white PNG of one bit a pixel, as Omniglot's are; true is black.
func oneBitPNG(width: Int, height: Int, isBlack: (_ x: Int, _ y: Int) -> Bool) -> [UInt8] {
    var rows: [UInt8] = []
    for y in 0..<height {
        rows.append(0)  // no filter
        var row = [UInt8](repeating: 0, count: (width + 7) / 8)
        for x in 0..<width where !isBlack(x, y) { row[x / 8] |= 0x80 >> UInt8(x % 8) }
        rows += row
    }
    let size = UInt16(rows.count)
    let stream: [UInt8] =
        [0x78, 0x01, 0x01] + little(size) + little(~size) + rows + big(adler(rows))
    let header = big(UInt32(width)) + big(UInt32(height)) + [1, 0, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
        + chunk("IDAT", stream) + chunk("IEND", [])
}

/// A PNG of one colour: samples as bytes of one pixel, with more chunks before the image data.
func plainPNG(
    depth: UInt8, colour: UInt8, pixel: [UInt8], side: Int = 2, chunks: [(String, [UInt8])] = []
) -> [UInt8] {
    var rows: [UInt8] = []
    for _ in 0..<side {
        rows.append(0)  // no filter
        if depth < 8 {
            // The sample repeated in every place of a byte.
            var byte: UInt8 = 0
            for place in 0..<8 / depth { byte |= pixel[0] << (place * depth) }
            rows += [UInt8](repeating: byte, count: (side * Int(depth) + 7) / 8)
        } else {
            for _ in 0..<side { rows += pixel }
        }
    }
    let size = UInt16(rows.count)
    let stream: [UInt8] =
        [0x78, 0x01, 0x01] + little(size) + little(~size) + rows + big(adler(rows))
    let header = big(UInt32(side)) + big(UInt32(side)) + [depth, colour, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
        + chunks.flatMap { chunk($0.0, $0.1) } + chunk("IDAT", stream) + chunk("IEND", [])
}

private func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let tagged = Array(type.utf8) + content
    return big(UInt32(content.count)) + tagged + big(checksum(tagged))
}

private func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

private func big(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
}

/// CRC-32 as in zip and PNG.
private func checksum(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = ~0
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ crc >> 1 : crc >> 1 }
    }
    return ~crc
}

/// Adler-32 as in zlib streams.
private func adler(_ bytes: [UInt8]) -> UInt32 {
    var (low, high): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
        low = (low + UInt32(byte)) % 65_521
        high = (high + low) % 65_521
    }
    return high << 16 | low
}

/// A folder for one test, removed when the test lets go of it.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "apogee-datasets-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path()
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes a file and returns its path.
    @discardableResult
    func write(_ bytes: [UInt8], as name: String) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }
}

/// An image data set without files: class c has `examples` images, whose pixels tell class and
/// example (pixel p of example e of class c is (c·31 + e·7 + p) mod 251).
func patternDataset(
    characters: [(alphabet: String, count: Int)], examples: Int, side: Int = 3, channels: Int = 1
) throws -> ImageDataset {
    let classes = characters.flatMap { alphabet, count in
        (1...count).map {
            ImageCharacter(group: alphabet, name: "character\($0)", examples: examples)
        }
    }
    let size = side * side * channels
    var pixels: [UInt8] = []
    for index in classes.indices {
        for example in 0..<examples {
            pixels += (0..<size).map { UInt8((index * 31 + example * 7 + $0) % 251) }
        }
    }
    return try ImageDataset(
        name: "pattern", height: side, width: side, channels: channels, characters: classes,
        pixels: pixels)
}

/// The error that `body` throws, if it throws one of this module's.
func datasetError(_ body: () throws -> Void) -> DatasetError? {
    do {
        try body()
        return nil
    } catch {
        return error as? DatasetError
    }
}
