/// Where a candidate operation stands: the images that come in and the step of its windows.
public struct OperationPlace: Sendable, Hashable {
    /// Rows of the input.
    public let height: Int
    /// Columns of the input.
    public let width: Int
    /// Channels of the input and of the output.
    public let channels: Int
    /// 1, or 2 on the inputs 0 and 1 of a reduction cell.
    public let stride: Int

    /// A place of an operation.
    public init(height: Int, width: Int, channels: Int, stride: Int) {
        self.height = height
        self.width = width
        self.channels = channels
        self.stride = stride
    }

    /// Rows of the output: ⌈height / stride⌉.
    public var outputHeight: Int { (height - 1) / max(stride, 1) + 1 }
    /// Columns of the output: ⌈width / stride⌉.
    public var outputWidth: Int { (width - 1) / max(stride, 1) + 1 }
}

/// What an operation costs at one place, for one example.
public struct OperationCounts: Sendable, Hashable {
    /// Trained numbers.
    public let parameters: Int
    /// Multiply-adds of convolutions and matrix products.
    public let multiplyAdds: Int

    /// Counts of an operation.
    public init(parameters: Int, multiplyAdds: Int) {
        self.parameters = parameters
        self.multiplyAdds = multiplyAdds
    }
}

/// What a search space asks of an operation that it does not know itself.
///
/// Whoever builds networks knows more: how the operation runs.
public protocol OperationDescription: Sendable {
    /// What the operation costs at a place.
    ///
    /// - Throws: `SearchSpaceError` for a place that the operation was not made for.
    func counts(_ place: OperationPlace) throws(SearchSpaceError) -> OperationCounts
}

/// A candidate operation that a script or a plugin gives, beside those of the space itself.
///
/// Two are equal if their names are: a space holds each name once.
public struct CustomOperation: Sendable, Hashable, CustomStringConvertible {
    /// The name in the genotype notation, in snake_case.
    public let name: String
    /// What it costs; for networks also how it runs.
    public let definition: any OperationDescription

    /// An operation by this name.
    ///
    /// - Throws: `invalidSetting` for a name that is no word of small letters, digits and
    ///   underscores, or that one of the space's own operations has.
    public init(
        name: String, definition: any OperationDescription
    ) throws(SearchSpaceError) {
        let isWord =
            name.utf8.first.map { (97...122).contains($0) } == true
            && name.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || $0 == 95
            }
        guard isWord, name.utf8.count <= 40 else {
            throw .invalidSetting(
                name: "the name of an operation", found: "\"\(name.prefix(60))\"",
                expected: "up to 40 lower-case letters, digits and underscores")
        }
        if let known = try? CellOperation(name: name) {
            throw .invalidSetting(
                name: "the name of an operation", found: "\"\(name)\"",
                expected: "another name than that of the built-in \"\(known.displayName)\"")
        }
        self.name = name
        self.definition = definition
    }

    /// The name.
    public var description: String { name }

    /// Whether the names are equal.
    public static func == (a: CustomOperation, b: CustomOperation) -> Bool { a.name == b.name }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// An operation of which only the name is known: enough for genotypes and their notation.
public struct NamedOperation: OperationDescription {
    /// A description without any counts.
    public init() {}

    /// Throws: always `unknownCost`.
    public func counts(_ place: OperationPlace) throws(SearchSpaceError) -> OperationCounts {
        throw .unknownCost(
            height: place.height, width: place.width, channels: place.channels,
            stride: place.stride)
    }
}

/// A custom operation as a step of a network.
public struct CustomStep: Hashable, Sendable {
    /// What is done.
    public let operation: CustomOperation
    /// Channels of the input and of the output.
    public let channels: Int
    /// 1, or 2 on the inputs 0 and 1 of a reduction cell.
    public let stride: Int

    /// The place of the step for images of this size.
    public func place(height: Int, width: Int) -> OperationPlace {
        OperationPlace(height: height, width: width, channels: channels, stride: stride)
    }
}

extension CellNetworkConfiguration {
    /// The places at which an operation may stand in this stack, each once, in the order of the
    /// cells.
    ///
    /// - Throws: As ``describe(_:)``.
    public func operationPlaces(nodes: Int) throws(SearchSpaceError) -> [OperationPlace] {
        var builder = DescriptionBuilder()
        var shape = ImageShape(height: inputHeight, width: inputWidth, channels: inputChannels)
        for (index, steps) in stemSteps.enumerated() {
            shape = try builder.append(steps, under: "stem.\(index)", to: shape)
        }
        var places: [OperationPlace] = []
        var (height, width) = (shape.height, shape.width)
        for layout in try cellLayouts(nodes: nodes) {
            for input in 0..<(nodes > 1 ? 3 : 2) {
                let stride = layout.stride(input: input)
                let isInner = layout.kind == .reduction && input > 1
                let place = OperationPlace(
                    height: isInner ? (height - 1) / 2 + 1 : height,
                    width: isInner ? (width - 1) / 2 + 1 : width, channels: layout.channels,
                    stride: stride)
                if !places.contains(place) { places.append(place) }
            }
            if layout.kind == .reduction {
                (height, width) = ((height - 1) / 2 + 1, (width - 1) / 2 + 1)
            }
        }
        return places
    }
}
