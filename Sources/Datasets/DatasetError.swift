/// Everything that can go wrong between a file, an option or a script and an episode.
///
/// Every description says where, what was expected, what was found and what to try.
public enum DatasetError: Error, Sendable, Equatable {
    // MARK: Files and archives

    /// Nothing is at this path.
    case missingFile(path: String)
    /// The file or folder is there but the system will not let us read it.
    case unreadableFile(path: String, reason: String)
    /// None of the archives that the data set consists of is in the folder.
    case noArchives(directory: String, expected: [String], found: [String])
    /// The file has no bytes.
    case emptyFile(path: String)
    /// The file begins as a zip archive but its end is missing.
    case truncatedArchive(path: String, bytes: Int)
    /// The file is something other than a zip archive.
    case notAnArchive(path: String, found: String)
    /// The archive can be opened but is inconsistent.
    case damagedArchive(path: String, reason: String)
    /// The archive is sound but does not hold what was expected.
    case wrongArchive(path: String, expected: String, found: String)
    /// The entry needs a password.
    case encryptedEntry(archive: String, entry: String)
    /// The entry cannot be unpacked.
    case damagedEntry(archive: String, entry: String, reason: String)
    /// What unpacking would need passes a limit, as in an archive made to fill the memory.
    case tooLarge(archive: String, what: String, found: Int, limit: Int, unit: String)
    /// Two archives hold different bytes under one name.
    case conflictingEntries(entry: String, first: String, second: String)

    // MARK: Images and labels

    /// The entry's bytes are no PNG.
    case notPNG(archive: String, entry: String, found: String)
    /// The entry begins as a PNG but cannot be decoded.
    case damagedPNG(archive: String, entry: String, reason: String)
    /// The image has another size than the data set's images.
    case wrongImageSize(
        archive: String, entry: String, width: Int, height: Int, expectedWidth: Int,
        expectedHeight: Int)
    /// A line of a label file does not name one test image and one training image.
    case malformedLabels(archive: String, entry: String, line: Int, found: String)

    /// A table of results holds something else.
    case malformedTable(path: String, line: Int, problem: String)

    // MARK: Options

    /// A number is outside what it may be.
    case outOfRange(option: String, found: String, expected: String)
    /// No group has this name.
    case unknownGroup(name: String, nearest: String?, known: [String])
    /// One group is named twice, in the same or in two parts of a split.
    case repeatedGroup(name: String, first: String, second: String)
    /// A part of a split would hold no class.
    case emptyPart(part: String, reason: String)
    /// Rotation by a quarter turn needs square images that are not rotated yet.
    case cannotRotate(dataset: String, reason: String)
    /// The pieces given for a data set do not fit together.
    case inconsistentDataset(name: String, what: String, expected: Int, found: Int)

    /// No class of the data set has this index.
    case noClass(index: Int, classes: Int, dataset: String)
    /// No example of the class has this index.
    case noExample(index: Int, available: Int, className: String)

    // MARK: Episodes

    /// An episode needs more classes than there are.
    case tooManyWays(ways: Int, classes: Int, dataset: String)
    /// An episode needs more examples of a class than there are.
    case tooManyExamples(shots: Int, queries: Int, available: Int, className: String)
    /// The number of classes, shots or queries is not the distribution's.
    case episodeShape(what: String, expected: Int, found: Int)
    /// An episode or a list of classes names a class that is not there to be drawn.
    case classOutside(label: Int, index: Int, reason: String)
    /// A class occurs twice in an episode.
    case repeatedClass(label: Int, firstLabel: Int, className: String)
    /// An episode names an example that its class does not have.
    case exampleOutside(set: String, className: String, index: Int, available: Int)
    /// An example occurs twice in an episode.
    case repeatedExample(className: String, index: Int, first: String, second: String)
    /// A buffer to be filled has the wrong number of elements.
    case wrongBuffer(what: String, expected: Int, found: Int)
}
