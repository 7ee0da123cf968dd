internal import Randomness

/// One part of the program that is attacked: it makes inputs, and takes them.
///
/// An input depends on the case's number and stream alone. Taking it ends with success or throws: whatever
/// else happens is a finding.
protocol FuzzTarget {
    /// How the name of a saved input ends.
    static var ending: String { get }
    /// Cases of the short run.
    static var shortCount: Int { get }

    /// - Parameter folder: An empty folder of its own.
    /// - Throws: What the system says of the folder.
    init(folder: String) throws

    /// The input of a case.
    func input(_ number: Int, _ rng: inout RandomStream) throws -> [UInt8]

    /// Takes an input; what it throws are sentences for users.
    func take(_ input: [UInt8]) throws
}

/// All targets, in the order in which they are attacked, by the names of the command line.
enum TargetKind: String, CaseIterable {
    case tensors, networks

    var type: any FuzzTarget.Type {
        switch self {
        case .tensors: TensorTarget.self
        case .networks: NetworkTarget.self
        }
    }

    var name: String { rawValue }
    var ending: String { type.ending }

    /// The stream of a case.
    func stream(seed: UInt64, number: Int) -> RandomStream {
        RandomStream(seed: seed).split(name).split(number)
    }
}
