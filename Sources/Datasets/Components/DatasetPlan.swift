public import Components

/// The images that tasks are made of, as a plan names them.
public protocol DatasetPlan: Sendable {
    /// The component's name.
    var name: String { get }
    /// Height, width and channels of an image.
    var imageShape: [Int] { get }
    /// Images that are drawn in memory, for a forecast; 0 for what is read from files, whose size is
    /// yet unknown.
    var drawnImages: Int { get }

    /// The files that the data set is read from. A run records what is in them, so that it goes on
    /// with no other.
    ///
    /// - Parameter directory: Where real data sets are; nil if none was named.
    /// - Returns: Their paths, in the order in which they are read.
    /// - Throws: `ExperimentError.missingData` if a folder is needed; `DatasetError` where the files
    ///   are not there.
    func files(in directory: String?) throws -> [String]

    /// What was done to the images, and what their values mean: for who uses a network elsewhere.
    var preprocessing: String { get }

    /// The images.
    ///
    /// - Parameters:
    ///   - files: Those of ``files(in:)``: no other is opened.
    ///   - rotations: Whether images turned by 90, 180 and 270 degrees are further classes.
    /// - Returns: The data set.
    /// - Throws: `DatasetError` for what is wrong with the files.
    func read(files: [String], rotations: Bool) throws -> ImageDataset
}

extension DatasetPlan {
    /// Most data sets are read from files.
    public var drawnImages: Int { 0 }
    /// By default they are as they were read.
    public var preprocessing: String { "values from 0 to 1, as they were read" }
    /// Those that are drawn have none.
    public func files(in directory: String?) throws -> [String] { [] }
}

extension Point where Product == any DatasetPlan {
    /// The images that tasks are made of.
    public static var dataset: Point { Point(ExtensionPoint.dataset) }
}

extension ExtensionPoint {
    /// The images that tasks are made of.
    public static let dataset = ExtensionPoint("dataset", title: "data set")
}

/// The data sets that come with the program.
public enum DatasetComponents {
    /// All of them.
    public static var all: [Component] { [GlyphsPlan.glyphs, OmniglotPlan.omniglot] }
}
