internal import Components

/// Omniglot's reading.
public struct OmniglotPlan: DatasetPlan, Hashable {
    /// `omniglot`.
    public var name: String { "omniglot" }
    /// The archives' file names; empty for every archive of the data folder.
    public let archives: [String]
    /// Height and width after area averaging, pixels.
    public let side: Int

    static let archivesOption = PlanOption.names(
        "archives", "File names of the archives to read; empty for all in the data folder.")
    static let sideOption = PlanOption.integer(
        "side", 8...105, 28, unit: "pixels", "Height and width after area averaging from 105.")

    static let options = [archivesOption.specification, sideOption.specification]

    init(_ options: Options) {
        archives = options[Self.archivesOption]
        side = options[Self.sideOption]
    }

    static var omniglot: Component {
        Component(
            .dataset, "omniglot", options: options,
            "Omniglot from its original archives in --data (Lake et al. 2015)."
        ) { options, _ in OmniglotPlan(options) }
    }

    /// One channel.
    public var imageShape: [Int] { [side, side, 1] }

    /// Areas are averaged, and ink counts.
    public var preprocessing: String {
        "averaged by area from \(Omniglot.drawnSide) × \(Omniglot.drawnSide) pixels; ink is 1, "
            + "paper 0"
    }

    /// The archives.
    public func files(in directory: String?) throws -> [String] {
        guard let directory else {
            throw ExperimentError.missingData(
                what: "the Omniglot archives",
                hint: "give their folder with --data DIR; the README says where to get them")
        }
        return archives.isEmpty
            ? try Omniglot.archives(in: directory)
            : archives.map { FileSystem.join(directory, $0) }
    }

    /// Reads the archives.
    public func read(files: [String], rotations: Bool) throws -> ImageDataset {
        try Omniglot.read(archives: files, rotations: rotations, side: side)
    }
}
