import Foundation

/// Where the package stands, and the files in it that tests read.
public enum Repository {
    /// The path of the package's root folder.
    public static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// The path of a file below the root.
    public static func path(_ relative: String) -> String {
        root + "/" + relative
    }

    /// The bytes of a golden file.
    ///
    /// - Parameter name: The name below `benchmarks-data/golden`, such as `statistics.json`.
    /// - Returns: The bytes.
    /// - Throws: What the file system says, where the file cannot be read.
    public static func golden(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path("benchmarks-data/golden/" + name))))
    }

    /// Decodes a golden file in JSON.
    ///
    /// - Throws: What the file system or the decoder says.
    public static func golden<Value: Decodable>(
        _ type: Value.Type, _ name: String
    ) throws -> Value {
        try JSONDecoder().decode(type, from: Data(golden(name)))
    }
}
