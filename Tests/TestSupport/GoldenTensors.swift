/// The files tensors-FAMILY.json in `benchmarks-data/golden`; their README says what each key is.
public struct GoldenFamily: Decodable, Sendable {
    /// The family's name.
    public let family: String
    /// Its cases.
    public let cases: [GoldenCase]

    /// Reads tensors-NAME.json.
    ///
    /// - Throws: What the file system or the decoder says.
    public static func read(_ name: String) throws -> GoldenFamily {
        try Repository.golden(GoldenFamily.self, "tensors-\(name).json")
    }
}

/// A tensor of a golden file: read as `Double`, which gives the `Float` that was used.
public struct GoldenTensor: Decodable, Sendable {
    /// Sizes, outermost first; none for a single number.
    public let shape: [Int]
    /// Row-major.
    public let values: [Double]
    /// The values that the engine is given.
    public var floats: [Float] { values.map { Float($0) } }
}

/// One operation with its value, gradients and second-order products.
public struct GoldenCase: Decodable, Sendable {
    /// Unique in its file.
    public let name: String
    /// Which operation.
    public let operation: String
    /// Its options.
    public let attributes: [String: GoldenValue]
    /// What it was given.
    public let inputs: [GoldenTensor]
    /// What came out.
    public let output: GoldenTensor
    /// Contracts the output to a single number.
    public let cotangent: GoldenTensor
    /// The derivative of that number by each input.
    public let gradients: [GoldenTensor]
    /// Contracts each gradient.
    public let directions: [GoldenTensor]
    /// The derivative of the contracted gradients by each input.
    public let second: [GoldenTensor]
}

/// An option of a golden case.
public enum GoldenValue: Decodable, Sendable {
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([Double])
    case tensor(GoldenTensor)

    /// - Throws: `DecodingError` for any other form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([Double].self) {
            self = .list(list)
        } else {
            self = .tensor(try container.decode(GoldenTensor.self))
        }
    }
}

/// A golden case lacks an option, or has it in another form.
public struct GoldenOptionMissing: Error, CustomStringConvertible {
    /// What is missing, and where.
    public let description: String
}

extension GoldenCase {
    private func missing(_ key: String) -> GoldenOptionMissing {
        GoldenOptionMissing(description: "golden case \(name): no option \(key) of this form")
    }

    /// An option that is a number.
    ///
    /// - Throws: `GoldenOptionMissing`.
    public func number(_ key: String) throws -> Double {
        guard case .number(let number)? = attributes[key] else { throw missing(key) }
        return number
    }

    /// An option that is a whole number.
    ///
    /// - Throws: `GoldenOptionMissing`.
    public func integer(_ key: String) throws -> Int { Int(try number(key)) }

    /// An option that is true or false.
    ///
    /// - Throws: `GoldenOptionMissing`.
    public func flag(_ key: String) throws -> Bool {
        guard case .flag(let flag)? = attributes[key] else { throw missing(key) }
        return flag
    }

    /// An option that is a word.
    ///
    /// - Throws: `GoldenOptionMissing`.
    public func text(_ key: String) throws -> String {
        guard case .text(let text)? = attributes[key] else { throw missing(key) }
        return text
    }

    /// An option that is a list of whole numbers.
    ///
    /// - Throws: `GoldenOptionMissing`.
    public func integers(_ key: String) throws -> [Int] {
        guard case .list(let list)? = attributes[key] else { throw missing(key) }
        return list.map { Int($0) }
    }

    /// An option that is a tensor.
    ///
    /// - Throws: `GoldenOptionMissing`.
    public func tensor(_ key: String) throws -> GoldenTensor {
        guard case .tensor(let tensor)? = attributes[key] else { throw missing(key) }
        return tensor
    }
}
