/// One of Omniglot's official one-shot classification runs: 20 training images of one alphabet,
/// one a class, and 20 test images to be assigned to them.
public struct OneShotRun: Sendable {
    /// "run01".
    public let name: String
    /// The training images as support set with labels in order of file name, the test images in
    /// order of file name as query set.
    public let episode: Episode
}

/// The official one-shot classification task (Lake et al. 2015).
///
/// An archive holds `runNN/training/classCC.png`, `runNN/test/itemII.png` and
/// `runNN/class_labels.txt`, whose lines name a test image and the training image of its class.
public enum OneShotRuns {
    /// The official archive of runs 1 to 10.
    public static let archiveName = "one_shot_runs_01_10.zip"

    /// Reads every run of an archive, in order of name.
    ///
    /// - Parameters:
    ///   - archive: The path of the zip archive.
    ///   - side: Width and height to average to, from 1 to 105 pixels.
    /// - Returns: The runs as episodes of one shot.
    /// - Throws: A ``DatasetError`` that names the archive and the entry.
    public static func read(
        archive: String, side: Int = Omniglot.standardSide
    ) throws(DatasetError) -> [OneShotRun] {
        guard (1...Omniglot.drawnSide).contains(side) else {
            throw .outOfRange(
                option: "side", found: "\(side)", expected: "1 to \(Omniglot.drawnSide) pixels")
        }
        let zip = try ZipArchive(path: archive)
        let average = AreaAverage(from: Omniglot.drawnSide, to: side)
        let sorted = zip.entries.sorted { $0.name < $1.name }
        var runs: [OneShotRun] = []
        for labels in sorted where labels.name.hasSuffix("/class_labels.txt") {
            let name = String(labels.name.dropLast("/class_labels.txt".count))
            func images(_ folder: String) -> [ArchiveEntry] {
                sorted.filter {
                    $0.name.hasPrefix("\(name)/\(folder)/") && $0.isPNG
                }
            }
            runs.append(
                try OneShotRuns.run(
                    name, training: images("training"), test: images("test"), labels: labels,
                    archive: zip, average: average))
        }
        guard !runs.isEmpty else {
            let found = zip.entries.first.map { "\"\($0.name)\"" } ?? "no file in it"
            throw .wrongArchive(
                path: archive, expected: "one-shot runs (runNN/class_labels.txt)", found: found)
        }
        return runs
    }

    private static func run(
        _ name: String, training: [ArchiveEntry], test: [ArchiveEntry], labels: ArchiveEntry,
        archive: ZipArchive, average: AreaAverage
    ) throws(DatasetError) -> OneShotRun {
        guard training.count >= 2, !test.isEmpty else {
            throw .wrongArchive(
                path: archive.path,
                expected: "training images and test images in \(name)",
                found: "\(training.count) training and \(test.count) test images")
        }
        let mapping = try labelMapping(
            labels, training: training.map(\.name), test: test.map(\.name), archive: archive)
        func batch(_ entries: [ArchiveEntry], _ labels: [Int32]) throws(DatasetError) -> Batch {
            let side = average.outputSide
            var inputs: [Float] = []
            inputs.reserveCapacity(entries.count * side * side)
            for entry in entries {
                let image = try GrayImage(
                    png: archive.read(entry), entry: entry.name, archive: archive.path)
                try image.check(
                    side: Omniglot.drawnSide, entry: entry.name, archive: archive.path)
                inputs += average.ink(of: image).map { Float($0) * (1 / Float(average.fullScale)) }
            }
            return Batch(
                inputs: inputs, inputShape: [entries.count, side, side, 1],
                targets: .labels(labels))
        }
        return OneShotRun(
            name: name,
            episode: Episode(
                support: try batch(training, training.indices.map { Int32($0) }),
                query: try batch(test, mapping), ways: training.count, shots: 1))
    }

    /// For each test image the place of its training image.
    private static func labelMapping(
        _ entry: ArchiveEntry, training: [String], test: [String], archive: ZipArchive
    ) throws(DatasetError) -> [Int32] {
        let text = String(decoding: try archive.read(entry), as: UTF8.self)
        var labels = [Int32?](repeating: nil, count: test.count)
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() {
            let fields = line.split(whereSeparator: \.isWhitespace)
            if fields.isEmpty { continue }
            guard fields.count == 2, let item = test.firstIndex(of: String(fields[0])),
                let label = training.firstIndex(of: String(fields[1])), labels[item] == nil
            else {
                throw .malformedLabels(
                    archive: archive.path, entry: entry.name, line: number + 1,
                    found: String(line.prefix(120)))
            }
            labels[item] = Int32(label)
        }
        let mapping = labels.compactMap { $0 }
        guard mapping.count == test.count else {
            throw .wrongArchive(
                path: archive.path, expected: "a line for each test image in \(entry.name)",
                found: "\(mapping.count) of \(test.count)")
        }
        return mapping
    }
}
