package import Records

/// The command line of a run of before requests were recorded, as a request.
///
/// The grammar is the one that `apogee run` had then, and stays as it was: newer runs hold their
/// request.
package enum EarlierCommandLine {
    /// Options with a value that a request holds.
    private static let kept: Set = ["--seed", "--set", "--plugin-path", "--data"]
    /// Options with a value that changes no result, or that is recorded elsewhere.
    private static let passed: Set = ["--threads", "--memory", "--store", "--allow"]
    private static let flags: Set = ["--trace", "--quiet", "--json"]

    /// Reads what `run.json` holds.
    ///
    /// - Parameter environment: With the command line, from the program's name.
    /// - Returns: The request; nil if that is no command line that began a run.
    package static func request(_ environment: RunEnvironment) -> RunRequest? {
        var words = environment.arguments.dropFirst()
        guard words.popFirst() == "run" else { return nil }
        var files: [String] = []
        var request = RunRequest(
            file: "", allowed: environment.allowed, folder: environment.folder)
        while let word = words.popFirst() {
            guard word.hasPrefix("-"), word != "-" else {
                files.append(word)
                continue
            }
            if word == "--" {
                files += words
                break
            }
            if flags.contains(word) { continue }
            let halves = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(halves[0])
            guard kept.contains(name) || passed.contains(name),
                let value = halves.count > 1 ? String(halves[1]) : words.popFirst()
            else { return nil }
            switch name {
            case "--seed":
                guard let seed = Int(value), seed >= 0 else { return nil }
                request.seed = seed
            case "--set":
                guard let change = try? RunRequest.Change(set: value) else { return nil }
                request.changes.append(change)
            case "--plugin-path": request.plugins.append(value)
            case "--data": request.data = value
            default: break
            }
        }
        guard files.count == 1, let file = files.first else { return nil }
        request.file = file
        return request
    }
}
