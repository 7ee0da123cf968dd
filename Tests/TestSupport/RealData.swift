import Foundation
public import Testing

/// Real data for tests: the folder `../shared/data` beside the package, or `APOGEE_DATA`.
///
/// A fresh clone has none; the tests that need it are then left out and say so:
///
/// ```swift
/// @Test(.enabled(if: RealData.isThere("omniglot"), RealData.absence("omniglot")))
/// ```
public enum RealData {
    /// The folder of real data, or nil in a clone without one.
    public static let directory: String? = {
        let named = ProcessInfo.processInfo.environment["APOGEE_DATA"]
        let beside = URL(fileURLWithPath: Repository.root).deletingLastPathComponent()
            .appendingPathComponent("shared/data").path
        for path in [named, beside].compactMap({ $0 }) where isDirectory(path) { return path }
        return nil
    }()

    /// The path of a data set's file or folder, or nil where it is absent.
    public static func path(_ relative: String) -> String? {
        guard let directory else { return nil }
        let path = directory + "/" + relative
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    /// Whether a data set's file or folder is there.
    public static func isThere(_ relative: String) -> Bool {
        path(relative) != nil
    }

    /// Why a test that needs real data was left out.
    public static func absence(_ relative: String) -> Comment {
        "left out: no real data at ../shared/data/\(relative); name its folder with APOGEE_DATA"
    }

    private static func isDirectory(_ path: String) -> Bool {
        var directory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &directory)
            && directory.boolValue
    }
}
