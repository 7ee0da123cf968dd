import ArgumentParser
import Components
import Experiments
import Foundation
import LuaHost

/// What scripts may do beyond the sandbox's rules, as the command line says it.
struct PermissionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Allows scripts read=DIR, write=DIR, clock or random; a run records it.",
            valueName: "permissions"))
    var allow: [String] = []

    /// The permissions.
    ///
    /// - Throws: `Failure` for a name that is none, and for a folder that is not there.
    func permissions() throws -> Permissions {
        do {
            let permissions = try Permissions(parsing: allow)
            for folder in permissions.read + permissions.write {
                var isFolder: ObjCBool = false
                guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder),
                    isFolder.boolValue
                else {
                    throw Failure("--allow: '\(folder)' is no folder", .inputMissing)
                }
            }
            return permissions
        } catch let error as PermissionError {
            throw Failure("--allow: \(error)", .usage)
        }
    }
}
