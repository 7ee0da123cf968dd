import Datasets
import Testing

struct ImageDatasetTests {
    @Test func `an image is its bytes over full scale`() throws {
        let dataset = try ImageDataset(
            name: "two", height: 1, width: 2, channels: 1,
            characters: [
                ImageCharacter(group: "A", name: "a", examples: 1),
                ImageCharacter(group: "A", name: "b", examples: 2),
            ], pixels: [0, 225, 45, 90, 135, 180], fullScale: 225)
        #expect(try dataset.image(class: 0, example: 0) == [0, 1])
        let second = try dataset.image(class: 1, example: 1)
        #expect(abs(second[0] - 0.6) < 1e-6 && abs(second[1] - 0.8) < 1e-6)
        #expect(dataset.exampleCount(1) == 2)
    }

    @Test func `no full scale makes an image brighter than 1`() throws {
        for scale in 1...255 {
            let dataset = try ImageDataset(
                name: "one", height: 1, width: 1, channels: 1,
                characters: [ImageCharacter(group: "A", name: "a", examples: 1)],
                pixels: [UInt8(scale)], fullScale: UInt8(scale))
            let value = try dataset.image(class: 0, example: 0)[0]
            #expect(value <= 1 && value > 0.999_999)
        }
    }

    @Test func `rotations turn counter-clockwise and stand next to their character`() throws {
        let base = try ImageDataset(
            name: "corner", height: 2, width: 2, channels: 1,
            characters: [
                ImageCharacter(group: "A", name: "a", examples: 1),
                ImageCharacter(group: "B", name: "b", examples: 1),
            ], pixels: [1, 2, 3, 4, 0, 0, 0, 0], fullScale: 1)
        let rotated = try base.withRotations()
        #expect(
            rotated.classes.map(\.name)
                == ["A/a", "A/a@90", "A/a@180", "A/a@270", "B/b", "B/b@90", "B/b@180", "B/b@270"])
        // 1 2   after a quarter turn to the left   2 4
        // 3 4                                      1 3
        #expect(try rotated.image(class: 0, example: 0) == [1, 2, 3, 4])
        #expect(try rotated.image(class: 1, example: 0) == [2, 4, 1, 3])
        #expect(try rotated.image(class: 2, example: 0) == [4, 3, 2, 1])
        #expect(try rotated.image(class: 3, example: 0) == [3, 1, 4, 2])
    }

    @Test func `a rotated pixel keeps its channels together`() throws {
        let base = try patternDataset(characters: [("A", 2)], examples: 3, side: 4, channels: 3)
        let rotated = try base.withRotations()
        for index in 0..<2 {
            for example in 0..<3 {
                let upright = try base.image(class: index, example: example)
                let half = try rotated.image(class: index * 4 + 2, example: example)
                for pixel in 0..<16 {
                    #expect(
                        Array(half[(pixel * 3)..<(pixel * 3 + 3)])
                            == Array(upright[((15 - pixel) * 3)..<((15 - pixel) * 3 + 3)]))
                }
            }
        }
    }

    @Test func `rotating twice or rotating oblongs is an error`() throws {
        let rotated = try patternDataset(characters: [("A", 1)], examples: 1).withRotations()
        #expect(
            datasetError { _ = try rotated.withRotations() }?.description
                == "pattern: rotations as extra classes need square images that are not rotated "
                + "yet: every character already has 4 rotations")
        let oblong = try ImageDataset(
            name: "oblong", height: 1, width: 2, channels: 1,
            characters: [ImageCharacter(group: "A", name: "a", examples: 1)], pixels: [1, 2])
        #expect(
            datasetError { _ = try oblong.withRotations() }
                == .cannotRotate(dataset: "oblong", reason: "they are 2×1 pixels"))
    }

    @Test func `pixels that do not fit the classes are an error`() throws {
        let character = ImageCharacter(group: "A", name: "a", examples: 2)
        #expect(
            datasetError {
                _ = try ImageDataset(
                    name: "odd", height: 2, width: 2, channels: 1, characters: [character],
                    pixels: [1, 2, 3])
            }?.description == "odd: expected 8 bytes of pixels, found 3")
        #expect(
            datasetError {
                _ = try ImageDataset(
                    name: "none", height: 2, width: 2, channels: 1, characters: [character],
                    pixels: [])
            }?.description == "none: expected 1 or more images of A/a, found 2")
    }

    @Test func `an image that is not there is an error`() throws {
        let dataset = try patternDataset(characters: [("A", 2)], examples: 3)
        #expect(
            datasetError { _ = try dataset.image(class: 2, example: 0) }?.description
                == "pattern: class 2: expected an index from 0 to 1")
        #expect(
            datasetError { _ = try dataset.image(class: 1, example: -1) }?.description
                == "A/character2: example -1: expected an index from 0 to 2")
    }

    @Test func `the summary counts groups, characters, images and classes`() throws {
        let dataset = try patternDataset(characters: [("A", 2), ("B", 3)], examples: 4)
            .withRotations()
        let summary = dataset.summary
        #expect(summary.groups.map(\.name) == ["A", "B"])
        #expect(summary.groups.map(\.characters) == [2, 3])
        #expect(summary.groups.map(\.images) == [8, 12])
        #expect(summary.characters == 5 && summary.images == 20 && summary.classes == 20)
        #expect(dataset.groups == ["A", "B"])
    }
}
