/// The command line.
struct FuzzOptions {
    var isHelp = false
    var targets: [TargetKind] = []
    var minutes: Double?
    var count: Int?
    var seed: UInt64 = 1
    var jobs = 2
    var findings = ".build/fuzz"
    /// The case to replay.
    var number: Int?
    /// The input to run.
    var input: String?

    // Of workers.
    var work: TargetKind?
    var folder = ""
    var first = 0
    var seconds: Double?
    /// Where the first case is written instead of being run.
    var write: String?

    init(_ words: [String]) throws(HuntError) {
        var words = words[...]
        while let word = words.popFirst() {
            if word == "--help" || word == "-h" {
                isHelp = true
                continue
            }
            guard let value = words.popFirst() else {
                throw .usage("\(word): no such option, or its value is missing; see --help")
            }
            switch word {
            case "--target": targets.append(try FuzzOptions.target(value))
            case "--minutes": minutes = try FuzzOptions.number(value, of: word)
            case "--cases", "--count": count = try FuzzOptions.number(value, of: word)
            case "--seed": seed = try FuzzOptions.number(value, of: word)
            case "--jobs": jobs = max(1, try FuzzOptions.number(value, of: word))
            case "--findings": findings = value
            case "--case": number = try FuzzOptions.number(value, of: word)
            case "--input": input = value
            case "--work": work = try FuzzOptions.target(value)
            case "--folder": folder = value
            case "--first": first = try FuzzOptions.number(value, of: word)
            case "--seconds": seconds = try FuzzOptions.number(value, of: word)
            case "--write": write = value
            default: throw .usage("\(word): no such option; see --help")
            }
        }
    }

    private static func target(_ name: String) throws(HuntError) -> TargetKind {
        guard let kind = TargetKind(rawValue: name) else {
            let known = TargetKind.allCases.map(\.name).joined(separator: ", ")
            throw .usage("--target \(name): expected one of \(known)")
        }
        return kind
    }

    private static func number<Number: LosslessStringConvertible>(
        _ text: String, of option: String
    ) throws(HuntError) -> Number {
        guard let number = Number(text) else {
            throw .usage("\(option) \(text): expected a number")
        }
        return number
    }
}
