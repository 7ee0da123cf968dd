import Components
import Foundation
public import LuaHost

extension Permissions {
    /// Permissions as a request or `--allow` writes them, whose folders are there.
    ///
    /// - Parameter texts: `read=DIR`, `write=DIR`, `clock`, `random`, with commas between.
    /// - Throws: ``Failure`` for a name that is none, and for a folder that is not there.
    public init(allowing texts: [String]) throws(Failure) {
        do {
            try self.init(parsing: texts)
        } catch {
            throw Failure("--allow: \(error)", .usage)
        }
        for folder in read + write {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
                isFolder.boolValue
            else { throw Failure("--allow: '\(folder)' is no folder", .inputMissing) }
        }
    }
}
