import Foundation

/// Where the real archives are, if they are there.
enum RealData {
    /// The folder with Omniglot's archives: `$APOGEE_DATA` or `../shared/data` beside the package.
    static let omniglot: String? = {
        let beside = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "../shared/data").standardized.path()
        let roots = [ProcessInfo.processInfo.environment["APOGEE_DATA"], beside]
        for case let root? in roots {
            let folder = "\(root)/omniglot"
            if FileManager.default.fileExists(atPath: folder) { return folder }
        }
        print("left out: the tests on real Omniglot (no ../shared/data and no APOGEE_DATA)")
        return nil
    }()

    static var isThere: Bool { omniglot != nil }
}
