/// Omniglot, read from its own zip archives (Lake, Salakhutdinov, Tenenbaum, "Human-level concept
/// learning through probabilistic program induction", Science 350, 2015).
///
/// An entry is `SET/ALPHABET/characterNN/IIII_DD.png`, 105 × 105 pixels, black ink on white, drawn
/// by drawer DD. Images are averaged to 28 × 28 with ink as 1. The archives found are united; a
/// drawing that stands in two of them counts once.
public enum Omniglot {
    /// The official archives, in the order in which they are read.
    public static let archiveNames = [
        "images_background_small1.zip", "images_background_small2.zip", "images_background.zip",
        "images_evaluation.zip",
    ]

    /// Side of an image as it was drawn, in pixels.
    public static let drawnSide = 105

    /// Side of an image as few-shot work uses it, in pixels (Vinyals et al., "Matching networks
    /// for one shot learning", 2016).
    public static let standardSide = 28

    /// The official archives in a folder, or in its subfolder `omniglot`.
    ///
    /// - Throws: `missingFile`, `unreadableFile`; `noArchives` with the names that would be read
    ///   and the zip files that are there.
    public static func archives(in directory: String) throws(DatasetError) -> [String] {
        guard try FileSystem.kind(of: directory) == .directory else {
            throw .noArchives(
                directory: directory, expected: archiveNames, found: ["a file that is not a folder"]
            )
        }
        for folder in [directory, FileSystem.join(directory, "omniglot")] {
            var present: [String] = []
            for name in archiveNames {
                if let path = try FileSystem.file(name, in: folder) { present.append(path) }
            }
            if !present.isEmpty { return present }
        }
        throw .noArchives(
            directory: directory, expected: archiveNames,
            found: try FileSystem.names(in: directory, suffix: ".zip"))
    }

    /// Reads all official archives in a folder.
    ///
    /// - Parameters:
    ///   - directory: The folder, or one whose subfolder `omniglot` holds them.
    ///   - rotations: Whether each character's three rotations are classes too.
    ///   - side: Width and height to average to, from 1 to 105 pixels.
    /// - Returns: The data set "omniglot", images of shape [side, side, 1].
    /// - Throws: Everything that ``read(archives:rotations:side:)`` and ``archives(in:)`` throw.
    public static func read(
        directory: String, rotations: Bool = false, side: Int = standardSide
    ) throws(DatasetError) -> ImageDataset {
        try read(archives: archives(in: directory), rotations: rotations, side: side)
    }

    /// Reads these archives.
    ///
    /// Classes are in order of alphabet, then character; examples in order of file name.
    ///
    /// - Parameters:
    ///   - archives: Paths of zip archives in Omniglot's layout.
    ///   - rotations: Whether each character's three rotations are classes too.
    ///   - side: Width and height to average to, from 1 to 105 pixels.
    /// - Returns: The data set "omniglot", images of shape [side, side, 1].
    /// - Throws: A ``DatasetError`` that names the archive and the entry.
    public static func read(
        archives: [String], rotations: Bool = false, side: Int = standardSide
    ) throws(DatasetError) -> ImageDataset {
        guard (1...drawnSide).contains(side) else {
            throw .outOfRange(
                option: "side", found: "\(side)", expected: "1 to \(drawnSide) pixels")
        }
        let average = AreaAverage(from: drawnSide, to: side)
        let drawings = try Drawings(archives: archives)
        var characters: [ImageCharacter] = []
        var pixels: [UInt8] = []
        pixels.reserveCapacity(drawings.sorted.count * side * side)
        for drawing in drawings.sorted {
            if let last = characters.last, last.group == drawing.alphabet,
                last.name == drawing.character
            {
                characters[characters.count - 1].examples += 1
            } else {
                characters.append(
                    ImageCharacter(
                        group: drawing.alphabet, name: drawing.character, examples: 1))
            }
            let image = try drawing.decoded()
            pixels += average.ink(of: image)
        }
        var dataset = try ImageDataset(
            name: "omniglot", height: side, width: side, channels: 1, characters: characters,
            pixels: pixels, fullScale: UInt8(average.fullScale))
        if rotations { dataset = try dataset.withRotations() }
        dataset.notes = drawings.notes
        return dataset
    }
}

/// The drawings that some archives hold, each once.
private struct Drawings {
    struct Drawing {
        let alphabet: String
        let character: String
        let file: String
        let entry: ArchiveEntry
        let archive: ZipArchive

        var key: String { "\(alphabet)/\(character)/\(file)" }

        func decoded() throws(DatasetError) -> GrayImage {
            let image = try GrayImage(
                png: archive.read(entry), entry: entry.name, archive: archive.path)
            try image.check(
                side: Omniglot.drawnSide, entry: entry.name, archive: archive.path)
            return image
        }
    }

    let sorted: [Drawing]
    /// What was passed over, a sentence for each archive.
    let notes: [String]

    init(archives paths: [String]) throws(DatasetError) {
        var first: [String: Drawing] = [:]
        var unique: [Drawing] = []
        var notes: [String] = []
        for path in paths {
            let archive = try ZipArchive(path: path)
            var images = 0
            var passed: [ArchiveEntry] = []
            for entry in archive.entries {
                guard entry.isPNG else {
                    passed.append(entry)
                    continue
                }
                let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
                guard parts.count == 4, parts.allSatisfy({ !$0.isEmpty }) else {
                    throw .wrongArchive(
                        path: path, expected: Drawings.layout, found: "\"\(entry.name)\"")
                }
                images += 1
                let drawing = Drawing(
                    alphabet: String(parts[1]), character: String(parts[2]), file: String(parts[3]),
                    entry: entry, archive: archive)
                guard let earlier = first[drawing.key] else {
                    first[drawing.key] = drawing
                    unique.append(drawing)
                    continue
                }
                guard earlier.entry.checksum == entry.checksum else {
                    throw .conflictingEntries(
                        entry: drawing.key, first: earlier.archive.path, second: path)
                }
            }
            if let note = Drawings.note(passed, of: archive) { notes.append(note) }
            guard images > 0 else {
                let found = archive.entries.first.map { "\"\($0.name)\"" } ?? "no file in it"
                throw .wrongArchive(path: path, expected: Drawings.layout, found: found)
            }
        }
        self.notes = notes
        sorted = unique.sorted {
            ($0.alphabet, $0.character, $0.file) < ($1.alphabet, $1.character, $1.file)
        }
    }

    /// Which entries of an archive hold no drawing; nil if all do.
    private static func note(_ passed: [ArchiveEntry], of archive: ZipArchive) -> String? {
        guard !passed.isEmpty else { return nil }
        // The user's own files first.
        let ordered = passed.filter { !$0.isOfMacOS } + passed.filter(\.isOfMacOS)
        let names = ordered.prefix(3).map(\.name).joined(separator: ", ")
        return "\(archive.path): \(passed.count) of \(archive.entries.count) entries are no images "
            + "and were passed over: \(names)" + (passed.count > 3 ? ", …" : "")
    }

    private static let layout = "images at SET/ALPHABET/characterNN/IIII_DD.png"
}

extension GrayImage {
    /// Throws unless the image is square with this side.
    func check(side: Int, entry: String, archive: String) throws(DatasetError) {
        guard width == side, height == side else {
            throw .wrongImageSize(
                archive: archive, entry: entry, width: width, height: height, expectedWidth: side,
                expectedHeight: side)
        }
    }
}
