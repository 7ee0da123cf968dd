internal import Naming
public import Randomness

/// How much of a whole a part of a split gets.
public enum SplitAmount: Sendable, Hashable, Codable {
    /// A fraction from 0 to 1, rounded to whole characters; at least one where it is above 0.
    case fraction(Double)
    /// So many characters.
    case characters(Int)
}

/// Where the classes for validation come from.
public enum ValidationSource: Sendable, Hashable, Codable {
    /// All characters of these groups.
    case groups([String])
    /// Characters of the training groups, held out of training.
    case heldOut(SplitAmount)
}

/// The classes for training, validation and test; no character is in two of them.
public struct Split: Sendable, Hashable, Codable {
    /// Class indices to meta-train on, ascending.
    public var train: [Int]
    /// Class indices to search and choose by, ascending; may be empty.
    public var validation: [Int]
    /// Class indices to report on, ascending.
    public var test: [Int]

    /// A split into these classes.
    public init(train: [Int], validation: [Int], test: [Int]) {
        self.train = train
        self.validation = validation
        self.test = test
    }

    /// Splits by group.
    ///
    /// All rotations of a character stay in one part.
    ///
    /// - Parameters:
    ///   - dataset: The data set to split.
    ///   - train: The training groups; nil for all that are named nowhere else.
    ///   - validation: Groups of its own, or characters held out of the training groups.
    ///   - test: The test groups.
    ///   - stream: Chooses the held-out characters.
    /// - Returns: Class indices, ascending in each part.
    /// - Throws: `unknownGroup` with the nearest name, `repeatedGroup`, `outOfRange` for an
    ///   amount that leaves nothing, `emptyPart` if no class is left to train or test on.
    public static func byGroup(
        of dataset: ImageDataset, train: [String]?, validation: ValidationSource, test: [String],
        stream: RandomStream
    ) throws(DatasetError) -> Split {
        let groups = dataset.groups
        var part: [String: String] = [:]
        func claim(_ names: [String], for name: String) throws(DatasetError) {
            for group in names {
                guard groups.contains(group) else {
                    throw .unknownGroup(
                        name: group, nearest: NearestName.of(group, among: groups),
                        known: groups)
                }
                if let first = part[group] {
                    throw .repeatedGroup(name: group, first: first, second: name)
                }
                part[group] = name
            }
        }
        if let train { try claim(train, for: "train") }
        if case .groups(let names) = validation { try claim(names, for: "validation") }
        try claim(test, for: "test")

        func characters(in name: String) -> [Int] {
            dataset.characters.indices.filter { part[dataset.characters[$0].group] == name }
        }
        if train == nil { for name in groups where part[name] == nil { part[name] = "train" } }
        var training = characters(in: "train")
        guard !training.isEmpty else { throw noTraining(on: dataset) }
        var held = characters(in: "validation")
        if case .heldOut(let amount) = validation {
            let count = try characterCount(
                amount, of: training.count, option: "validation", leaving: 1)
            var rng = stream.split("validation")
            held = rng.sample(count, below: training.count).map { training[$0] }.sorted()
            let heldSet = Set(held)
            training.removeAll { heldSet.contains($0) }
        }
        return try Split(
            dataset: dataset, train: training, validation: held, test: characters(in: "test"))
    }

    /// Splits by group, the groups drawn at random.
    ///
    /// - Parameters:
    ///   - dataset: The data set to split.
    ///   - validationGroups: The number of groups for validation.
    ///   - testGroups: The number of groups for test.
    ///   - stream: Chooses the groups.
    /// - Returns: Class indices, ascending in each part.
    /// - Throws: `outOfRange` if no group would be left to train on; `emptyPart` without test
    ///   groups.
    public static func byGroup(
        of dataset: ImageDataset, validationGroups: Int, testGroups: Int,
        stream: RandomStream
    ) throws(DatasetError) -> Split {
        var names = dataset.groups
        for (option, count) in [
            ("validation groups", validationGroups), ("test groups", testGroups),
        ] {
            guard (0...max(names.count, 0)).contains(count) else {
                throw .outOfRange(
                    option: option, found: "\(count)", expected: "0 to \(names.count)")
            }
        }
        guard validationGroups + testGroups < names.count else {
            throw .outOfRange(
                option: "validation and test groups",
                found: "\(validationGroups + testGroups)",
                expected: "fewer than the \(names.count) there are")
        }
        var rng = stream.split("alphabets")
        rng.shuffle(&names)
        return try byGroup(
            of: dataset, train: nil,
            validation: .groups(Array(names.prefix(validationGroups))),
            test: Array(names.dropFirst(validationGroups).prefix(testGroups)),
            stream: stream)
    }

    /// Splits by class: characters are drawn at random, whatever their group.
    ///
    /// All rotations of a character stay in one part.
    ///
    /// - Parameters:
    ///   - dataset: The data set to split.
    ///   - validation: How many characters to validate on.
    ///   - test: How many characters to test on.
    ///   - stream: Chooses the characters.
    /// - Returns: Class indices, ascending in each part.
    /// - Throws: `outOfRange` if no character would be left to train on; `emptyPart` without test
    ///   characters.
    public static func byClass(
        of dataset: ImageDataset, validation: SplitAmount, test: SplitAmount, stream: RandomStream
    ) throws(DatasetError) -> Split {
        let all = dataset.characters.count
        let tested = try characterCount(test, of: all, option: "test", leaving: 1)
        let validated = try characterCount(
            validation, of: all, option: "validation", leaving: tested + 1)
        var rng = stream.split("classes")
        let drawn = rng.sample(all, below: all)
        return try Split(
            dataset: dataset, train: drawn.dropFirst(tested + validated).sorted(),
            validation: drawn.dropFirst(tested).prefix(validated).sorted(),
            test: drawn.prefix(tested).sorted())
    }

    /// From characters to classes: every rotation of a character goes where the character goes.
    private init(
        dataset: ImageDataset, train: [Int], validation: [Int], test: [Int]
    ) throws(DatasetError) {
        func classes(_ characters: [Int]) -> [Int] {
            let wanted = Set(characters)
            return dataset.classes.indices.filter { wanted.contains(dataset.characterOfClass[$0]) }
        }
        guard !train.isEmpty else {
            throw Split.noTraining(on: dataset)
        }
        guard !test.isEmpty else {
            throw .emptyPart(part: "test", reason: "no group or class is named for it")
        }
        self.init(train: classes(train), validation: classes(validation), test: classes(test))
    }

    private static func noTraining(on dataset: ImageDataset) -> DatasetError {
        .emptyPart(part: "train", reason: "no group of \(dataset.name) is left for it")
    }

    private static func characterCount(
        _ amount: SplitAmount, of all: Int, option: String, leaving rest: Int
    ) throws(DatasetError) -> Int {
        let most = all - rest
        switch amount {
        case .characters(let count):
            guard count >= 0, count <= most else {
                throw .outOfRange(
                    option: option, found: "\(count) characters",
                    expected: "0 to \(max(most, 0)) of the \(all) characters")
            }
            return count
        case .fraction(let fraction):
            guard fraction >= 0, fraction < 1 else {
                throw .outOfRange(
                    option: option, found: "\(fraction)", expected: "a fraction from 0 to below 1")
            }
            let count = fraction == 0 ? 0 : max(1, Int((fraction * Double(all)).rounded()))
            guard count <= most else {
                throw .outOfRange(
                    option: option, found: "\(fraction) (\(count) characters)",
                    expected: "at most \(max(most, 0)) of the \(all) characters")
            }
            return count
        }
    }
}
