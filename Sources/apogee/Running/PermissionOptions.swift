import ArgumentParser
import LuaHost
import Runs

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
    func permissions() throws(Failure) -> Permissions { try Permissions(allowing: allow) }
}
