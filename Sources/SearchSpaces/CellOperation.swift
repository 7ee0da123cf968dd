/// A candidate operation of a cell, by its T-NAS and DARTS name.
///
/// Sources: Liu, Simonyan, Yang, "DARTS", ICLR 2019; Lian et al., "Towards fast adaptation of
/// neural architectures with meta learning" (T-NAS), ICLR 2020; Elsken et al., "Meta-learning of
/// neural architectures for few-shot learning" (MetaNAS), CVPR 2020.
public enum CellOperation: Sendable, Hashable {
    /// Max pooling, 3×3.
    case max3
    /// Average pooling, 3×3, that does not count padding.
    case avg3
    /// The identity, or at stride 2 two offset 1×1 convolutions side by side.
    case skip
    /// Depthwise and pointwise convolution, 3×3, twice.
    case sep3
    /// Depthwise and pointwise convolution, 5×5, twice.
    case sep5
    /// Depthwise convolution with dilation 2 and pointwise convolution, 3×3.
    case dil3
    /// Depthwise convolution with dilation 2 and pointwise convolution, 5×5.
    case dil5
    /// Zeros: no edge.
    case none
    /// Depthwise and pointwise convolution, 3×3, once: what MetaNAS calls `conv_3x3`.
    case conv3
    /// Full convolution 1×5, then 5×1.
    case conv1x5_5x1
    /// An operation of a script or a plugin.
    case custom(CustomOperation)

    /// The default set: that of DARTS without `none`, which is redundant where every node takes
    /// exactly two inputs.
    public static let darts: [CellOperation] = [.max3, .avg3, .skip, .sep3, .sep5, .dil3, .dil5]

    /// The set of MetaNAS.
    public static let metaNAS: [CellOperation] = [
        .max3, .avg3, .skip, .conv1x5_5x1, .conv3, .sep3, .dil3,
    ]

    /// The name in parameters and records: that of the case, or of the custom operation.
    public var rawValue: String {
        switch self {
        case .max3: "max3"
        case .avg3: "avg3"
        case .skip: "skip"
        case .sep3: "sep3"
        case .sep5: "sep5"
        case .dil3: "dil3"
        case .dil5: "dil5"
        case .none: "none"
        case .conv3: "conv3"
        case .conv1x5_5x1: "conv1x5_5x1"
        case .custom(let operation): operation.name
        }
    }

    /// The name in the genotype notation: `max` and `avg` for the poolings, else the raw name.
    public var displayName: String {
        switch self {
        case .max3: "max"
        case .avg3: "avg"
        default: rawValue
        }
    }

    /// The name that DARTS and MetaNAS code writes.
    public var longName: String {
        switch self {
        case .max3: "max_pool_3x3"
        case .avg3: "avg_pool_3x3"
        case .skip: "skip_connect"
        case .sep3: "sep_conv_3x3"
        case .sep5: "sep_conv_5x5"
        case .dil3: "dil_conv_3x3"
        case .dil5: "dil_conv_5x5"
        case .none: "none"
        case .conv3: "conv_3x3"
        case .conv1x5_5x1: "conv_1x5_5x1"
        case .custom(let operation): operation.name
        }
    }

    /// The built-in operation of this name in any of its spellings and any case.
    ///
    /// - Throws: `unknownName`, with the nearest known name.
    public init(name: String) throws(SearchSpaceError) {
        let lowered = name.lowercased()
        let found = Self.allCases.first {
            $0.rawValue == lowered || $0.displayName == lowered || $0.longName == lowered
        }
        guard let found else {
            throw .unknownName(
                kind: "operation", found: name, known: Self.allCases.map(\.rawValue))
        }
        self = found
    }
}

extension CellOperation: CaseIterable {
    /// The built-in operations.
    public static let allCases: [CellOperation] = [
        .max3, .avg3, .skip, .sep3, .sep5, .dil3, .dil5, .none, .conv3, .conv1x5_5x1,
    ]
}

extension CellOperation: CustomStringConvertible {
    /// The name in parameters and records.
    public var description: String { rawValue }
}

extension CellOperation: Codable {
    /// Reads a built-in operation by its name.
    ///
    /// - Throws: `DecodingError` for a name that no built-in operation has.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        do throws(SearchSpaceError) {
            self = try CellOperation(name: name)
        } catch {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: error.description)
        }
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
