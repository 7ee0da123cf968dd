import Datasets
import Testing

/// Archives in Omniglot's layout, made on the spot.
struct OmniglotTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A 105 × 105 image, black in the first `rows` rows.
    private static func drawing(blackRows rows: Int) -> [UInt8] {
        oneBitPNG(width: 105, height: 105) { _, y in y < rows }
    }

    @discardableResult
    private func archive(_ name: String, _ entries: [(String, [UInt8])]) throws -> String {
        try folder.write(ZipFixture(entries: entries.map { (name: $0, bytes: $1) }).bytes, as: name)
    }

    private func message(_ body: () throws -> Void) -> String {
        (datasetError(body)?.description ?? "no error").replacing(folder.path, with: "DIR")
    }

    @Test func `classes and examples are sorted and ink is 1`() throws {
        try archive(
            "images_background.zip",
            [
                ("s/Beta/character02/0002_02.png", Self.drawing(blackRows: 105)),
                ("s/Beta/character02/0002_01.png", Self.drawing(blackRows: 0)),
                ("s/Beta/character01/0001_01.png", Self.drawing(blackRows: 15)),
                ("s/Alpha/character01/0003_01.png", Self.drawing(blackRows: 2)),
                ("s/readme.txt", Array("not an image".utf8)),
                ("__MACOSX/s/._x.png", [1]),
            ])
        let dataset = try Omniglot.read(directory: folder.path)
        #expect(
            dataset.classes.map(\.name)
                == ["Alpha/character01", "Beta/character01", "Beta/character02"])
        #expect(dataset.imageShape == [28, 28, 1])
        #expect(try dataset.image(class: 2, example: 0).allSatisfy { $0 == 0 })
        #expect(try dataset.image(class: 2, example: 1).allSatisfy { $0 == 1 })
        // 15 rows of 3.75 are exactly four rows, at the top.
        let four = try dataset.image(class: 1, example: 0)
        #expect(four.prefix(4 * 28).allSatisfy { $0 == 1 })
        #expect(four.dropFirst(4 * 28).allSatisfy { $0 == 0 })
        // 2 rows of 3.75 are 120 / 225 of the first row.
        let part = try dataset.image(class: 0, example: 0)
        #expect(part.prefix(28).allSatisfy { abs($0 - 120 / 225) < 1e-6 })
        #expect(part.dropFirst(28).allSatisfy { $0 == 0 })
    }

    @Test func `names count in any case, and what is passed over is told in one line`() throws {
        try archive(
            "IMAGES_background.ZIP",
            [
                ("s/Beta/character01/0001_01.PNG", Self.drawing(blackRows: 15)),
                ("s/Beta/character01/0001_02.Png", Self.drawing(blackRows: 2)),
                ("s/Beta/character01/._0001_01.png", [0, 5, 22, 7]),
                ("s/Beta/character01/0001_03.jpg", [0xFF, 0xD8, 0xFF]),
                ("s/readme.txt", Array("not an image".utf8)),
                ("__MACOSX/s/._x.png", [1]),
            ])
        for rotations in [false, true] {
            let dataset = try Omniglot.read(directory: folder.path, rotations: rotations)
            #expect(dataset.exampleCount(0) == 2)
            #expect(
                dataset.notes.map { $0.replacing(folder.path, with: "DIR") } == [
                    "DIR/IMAGES_background.ZIP: 4 of 6 entries are no images and were passed over: "
                        + "s/Beta/character01/0001_03.jpg, s/readme.txt, "
                        + "s/Beta/character01/._0001_01.png, …"
                ])
        }
    }

    @Test func `archives are united and a drawing in two of them counts once`() throws {
        let shared = ("Greek/character01/0001_01.png", Self.drawing(blackRows: 7))
        try archive(
            "images_background_small1.zip",
            [
                ("small1/" + shared.0, shared.1),
                ("small1/Korean/character01/0002_01.png", Self.drawing(blackRows: 1)),
            ])
        try archive(
            "images_background_small2.zip",
            [
                ("small2/" + shared.0, shared.1),
                ("small2/Greek/character01/0001_02.png", Self.drawing(blackRows: 2)),
            ])
        let dataset = try Omniglot.read(directory: folder.path, rotations: true)
        #expect(dataset.characters.map(\.examples) == [2, 1])
        #expect(dataset.classes.count == 8)
    }

    @Test func `archives in a subfolder named omniglot are found`() throws {
        let zip = ZipFixture(entries: [
            (name: "s/A/character01/0001_01.png", bytes: Self.drawing(blackRows: 1))
        ])
        try folder.write(zip.bytes, as: "omniglot/images_evaluation.zip")
        #expect(try Omniglot.read(directory: folder.path).classes.count == 1)
    }

    @Test func `two archives that disagree on a drawing are an error`() throws {
        let name = "Greek/character01/0001_01.png"
        try archive(
            "images_background_small1.zip", [("a/" + name, Self.drawing(blackRows: 1))])
        try archive(
            "images_background_small2.zip", [("b/" + name, Self.drawing(blackRows: 2))])
        #expect(
            message { _ = try Omniglot.read(directory: folder.path) }
                == "\(name): DIR/images_background_small1.zip and "
                + "DIR/images_background_small2.zip differ in this file; keep "
                + "only one of the two archives in the folder")
    }

    @Test func `a folder without archives says what is expected and what is there`() throws {
        try folder.write([1], as: "other.zip")
        #expect(
            message { _ = try Omniglot.read(directory: folder.path) }
                == "DIR: expected at least one of images_background_small1.zip, "
                + "images_background_small2.zip, images_background.zip, images_evaluation.zip, "
                + "found other.zip; give the folder with the archives by --data")
        #expect(
            message { _ = try Omniglot.read(directory: folder.path + "/none") }
                == "DIR/none: no such file or folder; check the path given with --data")
    }

    @Test func `an archive of something else is an error`() throws {
        let path = try archive("images_background.zip", [("photos/cat.jpg", [1, 2, 3])])
        #expect(
            message { _ = try Omniglot.read(archives: [path]) }
                == "DIR/images_background.zip: expected an archive with images at "
                + "SET/ALPHABET/characterNN/IIII_DD.png, found \"photos/cat.jpg\"")
        try archive("images_background.zip", [("run01/training/class01.png", [1])])
        #expect(
            message { _ = try Omniglot.read(archives: [path]) }
                == "DIR/images_background.zip: expected an archive with images at "
                + "SET/ALPHABET/characterNN/IIII_DD.png, found \"run01/training/class01.png\"")
        try archive("images_background.zip", [])
        #expect(
            message { _ = try Omniglot.read(archives: [path]) }
                == "DIR/images_background.zip: expected an archive with images at "
                + "SET/ALPHABET/characterNN/IIII_DD.png, found no file in it")
    }

    @Test func `a drawing that is no PNG or has another size is named`() throws {
        let name = "s/A/character01/0001_01.png"
        let path = try archive("images_background.zip", [(name, Array("oops".utf8))])
        #expect(
            message { _ = try Omniglot.read(archives: [path]) }
                == "DIR/images_background.zip: \(name): expected a PNG image, found text \"oops\"")
        try archive(
            "images_background.zip", [(name, oneBitPNG(width: 100, height: 105) { _, _ in true })])
        #expect(
            message { _ = try Omniglot.read(archives: [path]) }
                == "DIR/images_background.zip: \(name): expected an image of 105×105 pixels, "
                + "found 100×105")
    }

    @Test func `a side outside 1 to 105 is an error`() {
        for side in [0, 106, -1] {
            #expect(
                message { _ = try Omniglot.read(archives: [], side: side) }
                    == "side: expected 1 to 105 pixels, found \(side)")
        }
    }

    // MARK: One-shot runs

    private func run(labels: String) throws -> String {
        try archive(
            "runs.zip",
            [
                ("run01/class_labels.txt", Array(labels.utf8)),
                ("run01/training/class01.png", Self.drawing(blackRows: 0)),
                ("run01/training/class02.png", Self.drawing(blackRows: 105)),
                ("run01/test/item01.png", Self.drawing(blackRows: 105)),
                ("run01/test/item02.png", Self.drawing(blackRows: 15)),
            ])
    }

    @Test func `a one-shot run maps test images to training images`() throws {
        let path = try run(
            labels: "run01/test/item01.png run01/training/class02.png\r\n"
                + "run01/test/item02.png run01/training/class01.png\r\n")
        let runs = try OneShotRuns.read(archive: path)
        #expect(runs.map(\.name) == ["run01"])
        let episode = runs[0].episode
        #expect(episode.ways == 2 && episode.shots == 1)
        #expect(episode.support.targets == .labels([0, 1]))
        #expect(episode.query.targets == .labels([1, 0]))
        #expect(episode.support.inputShape == [2, 28, 28, 1])
        #expect(episode.query.inputs.prefix(784).allSatisfy { $0 == 1 })
        #expect(episode.query.inputs.dropFirst(784).reduce(0, +) == 4 * 28)
    }

    @Test func `label lines that name no image of the run are an error`() throws {
        for line in [
            "run01/test/item01.png", "run01/test/item09.png run01/training/class01.png",
            "run01/test/item01.png run01/training/class09.png", "a b c",
        ] {
            let path = try run(labels: line + "\n")
            #expect(
                message { _ = try OneShotRuns.read(archive: path) }
                    == "DIR/runs.zip: run01/class_labels.txt:1: expected \"runNN/test/itemII.png "
                    + "runNN/training/classCC.png\", each naming an image of this run once, "
                    + "found \"\(line)\"")
        }
    }

    @Test func `a run without all its labels, and an archive without runs, are errors`() throws {
        var path = try run(labels: "run01/test/item01.png run01/training/class01.png\n")
        #expect(
            message { _ = try OneShotRuns.read(archive: path) }
                == "DIR/runs.zip: expected an archive with a line for each test image in "
                + "run01/class_labels.txt, found 1 of 2")
        path = try archive("runs.zip", [("s/A/character01/0001_01.png", [1])])
        #expect(
            message { _ = try OneShotRuns.read(archive: path) }
                == "DIR/runs.zip: expected an archive with one-shot runs "
                + "(runNN/class_labels.txt), found \"s/A/character01/0001_01.png\"")
    }
}
