public import Records

/// Weights in the safetensors format, which most frameworks read.
///
/// A file is the length of its header (8 bytes, little-endian), the header in JSON (each array's
/// type, shape and byte range), then the arrays' bytes without gaps. Only 32-bit floats are
/// written and read. The reader trusts nothing: a damaged or hostile file is an error, never a
/// trap.
///
/// Format: https://huggingface.co/docs/safetensors
public enum Safetensors {
    /// Largest file that is read unless the caller says otherwise: 4 GiB.
    public static let defaultLimit = 1 << 32

    /// Writes arrays to a file, replacing it as a whole; equal arrays give equal bytes.
    ///
    /// - Parameters:
    ///   - arrays: In any order; they are stored by name.
    ///   - metadata: Texts to keep with them.
    ///   - path: The file.
    /// - Throws: ``RunStoreError``.
    public static func write(
        _ arrays: [NamedArray], metadata: [String: String] = [:], to path: String
    ) throws(RunStoreError) {
        try Files.write(encode(arrays, metadata: metadata), to: path)
    }

    /// Reads all arrays of a file, by name.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limit: The largest file size that is accepted, in bytes.
    /// - Returns: The arrays, sorted by name, and the metadata.
    /// - Throws: ``RunStoreError``.
    public static func read(
        _ path: String, limit: Int = defaultLimit
    ) throws(RunStoreError) -> (arrays: [NamedArray], metadata: [String: String]) {
        try decode(Files.read(path, limit: limit), path: path)
    }

    /// The bytes of a file with these arrays.
    package static func encode(
        _ arrays: [NamedArray], metadata: [String: String] = [:]
    ) throws(RunStoreError) -> [UInt8] {
        let sorted = arrays.sorted { $0.name < $1.name }
        var header = Header(metadata: metadata, entries: [:])
        var offset = 0
        for array in sorted {
            try check(array, header)
            let end = offset + 4 * array.values.count
            header.entries[array.name] = Header.Entry(
                dtype: "F32", shape: array.shape, dataOffsets: [offset, end])
            offset = end
        }
        var json: [UInt8]
        do {
            json = Array(try RecordCoding.json(header).utf8)
        } catch {
            throw .unencodable(path: "the header", detail: error.description)
        }
        // The data begin at a multiple of 8, so that they can be mapped.
        while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + json.count + offset)
        withUnsafeBytes(of: UInt64(json.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: json)
        for array in sorted {
            for value in array.values {
                withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        return bytes
    }

    /// The arrays in a file's bytes.
    package static func decode(
        _ bytes: [UInt8], path: String
    ) throws(RunStoreError) -> (arrays: [NamedArray], metadata: [String: String]) {
        guard bytes.count >= 8 else {
            throw .malformed(
                path: path, detail: "\(bytes.count) bytes cannot hold the header's length")
        }
        let length = bytes.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))
        }
        guard length <= UInt64(bytes.count - 8) else {
            throw .malformed(
                path: path,
                detail: "its header should have \(length) bytes, \(bytes.count - 8) follow")
        }
        let dataStart = 8 + Int(length)
        let header = try parse(bytes[8..<dataStart], path)
        let dataCount = bytes.count - dataStart
        let ordered = header.entries.sorted { $0.key < $1.key }
        for (name, entry) in ordered { try check(name, entry, dataCount, path) }
        try checkGapless(ordered.map(\.value.dataOffsets), dataCount, path)
        let arrays = ordered.map { name, entry in
            let count = (entry.dataOffsets[1] - entry.dataOffsets[0]) / 4
            let begin = dataStart + entry.dataOffsets[0]
            let values = bytes.withUnsafeBytes { buffer in
                (0..<count).map { index in
                    Float(
                        bitPattern: UInt32(
                            littleEndian: buffer.loadUnaligned(
                                fromByteOffset: begin + 4 * index, as: UInt32.self)))
                }
            }
            return NamedArray(name, shape: entry.shape, values: values)
        }
        return (arrays, header.metadata)
    }

    // MARK: Checks

    private static func check(_ array: NamedArray, _ header: Header) throws(RunStoreError) {
        guard array.name != Header.metadataKey, header.entries[array.name] == nil else {
            throw .invalidArray(
                name: array.name, detail: "the name is taken; names must differ")
        }
        guard let count = product(array.shape), count == array.values.count else {
            throw .invalidArray(
                name: array.name,
                detail: "its shape is \(array.shape), but it has \(array.values.count) values")
        }
    }

    private static func parse(
        _ json: ArraySlice<UInt8>, _ path: String
    ) throws(RunStoreError) -> Header {
        guard json.first == UInt8(ascii: "{") else {
            throw .malformed(path: path, detail: "its header does not begin with “{”")
        }
        guard let text = String(validating: json, as: UTF8.self) else {
            throw .malformed(path: path, detail: "its header is not UTF-8 text")
        }
        do {
            return try RecordCoding.decode(Header.self, from: text)
        } catch {
            guard case .unreadable(_, let detail) = error else {
                throw .malformed(path: path, detail: error.description)
            }
            throw .malformed(path: path, detail: "its header is not as expected: \(detail)")
        }
    }

    private static func check(
        _ name: String, _ entry: Header.Entry, _ dataCount: Int, _ path: String
    ) throws(RunStoreError) {
        func malformed(_ detail: String) -> RunStoreError {
            .malformed(path: path, detail: "array “\(name)” \(detail)")
        }
        guard entry.dtype == "F32" else {
            throw malformed("has type \(entry.dtype); only F32 is read")
        }
        let offsets = entry.dataOffsets
        guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1],
            offsets[1] <= dataCount
        else {
            throw malformed("has byte range \(offsets); the data have \(dataCount) bytes")
        }
        guard let count = product(entry.shape) else {
            throw malformed("has shape \(entry.shape), which no array can have")
        }
        let (expected, overflow) = count.multipliedReportingOverflow(by: 4)
        guard !overflow, offsets[1] - offsets[0] == expected else {
            throw malformed(
                "has shape \(entry.shape), but a byte range of \(offsets[1] - offsets[0]) bytes")
        }
    }

    /// The format allows neither gaps nor overlaps: bytes that no array owns could hide anything.
    private static func checkGapless(
        _ ranges: [[Int]], _ dataCount: Int, _ path: String
    ) throws(RunStoreError) {
        var reached = 0
        for range in ranges.sorted(by: { ($0[0], $0[1]) < ($1[0], $1[1]) }) {
            guard range[0] == reached else {
                throw .malformed(
                    path: path,
                    detail: "byte \(min(range[0], reached)) of the data belongs to "
                        + (range[0] < reached ? "two arrays" : "no array"))
            }
            reached = range[1]
        }
        guard reached == dataCount else {
            throw .malformed(
                path: path, detail: "\(dataCount - reached) bytes at the end belong to no array")
        }
    }

    /// The number of values in a shape; nil where an axis is negative or the product overflows.
    private static func product(_ shape: [Int]) -> Int? {
        var product = 1
        for axis in shape {
            let (next, overflow) = product.multipliedReportingOverflow(by: axis)
            guard axis >= 0, !overflow else { return nil }
            product = next
        }
        return product
    }

    /// The JSON header: arrays by name, and texts under one reserved key.
    private struct Header: Codable {
        static let metadataKey = "__metadata__"

        struct Entry: Codable {
            let dtype: String
            let shape: [Int]
            let dataOffsets: [Int]

            enum CodingKeys: String, CodingKey {
                case dtype
                case shape
                case dataOffsets = "data_offsets"
            }
        }

        struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        var metadata: [String: String]
        var entries: [String: Entry]

        init(metadata: [String: String], entries: [String: Entry]) {
            self.metadata = metadata
            self.entries = entries
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            metadata = [:]
            entries = [:]
            for key in container.allKeys {
                if key.stringValue == Header.metadataKey {
                    metadata = try container.decode([String: String].self, forKey: key)
                } else {
                    entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
                }
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            for (name, entry) in entries {
                try container.encode(entry, forKey: Key(stringValue: name))
            }
            guard !metadata.isEmpty else { return }
            try container.encode(metadata, forKey: Key(stringValue: Header.metadataKey))
        }
    }
}
