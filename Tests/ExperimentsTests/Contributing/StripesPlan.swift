internal import Components
import Datasets

/// Coloured stripes of several slopes, drawn by the program.
struct StripesPlan: DatasetPlan {
    let name = "stripes"
    /// Height and width of an image, pixels.
    let side: Int

    private static let sideOption = PlanOption.integer(
        "side", 8...64, 16, unit: "pixels", "Height and width of an image.")
    private static let (slopes, colours, examples) = (8, 6, 20)

    static var stripes: Component {
        Component(
            .dataset, "stripes", options: [sideOption.specification],
            "Coloured stripes of several slopes, drawn by the program."
        ) { options, _ in StripesPlan(side: options[sideOption]) }
    }

    var imageShape: [Int] { [side, side, 3] }

    /// What is held in memory, for the forecast of a run's memory.
    var drawnImages: Int { Self.slopes * Self.colours * Self.examples }

    func read(files: [String], rotations: Bool) throws -> ImageDataset {
        var characters: [ImageCharacter] = []
        var pixels: [UInt8] = []
        for slope in 0..<Self.slopes {
            for colour in 0..<Self.colours {
                characters.append(
                    ImageCharacter(
                        group: "slope\(slope)", name: "colour\(colour)", examples: Self.examples))
                for example in 0..<Self.examples { pixels += draw(slope, colour, example) }
            }
        }
        let drawn = try ImageDataset(
            name: name, height: side, width: side, channels: 3, characters: characters,
            pixels: pixels)
        return rotations ? try drawn.withRotations() : drawn
    }

    /// An image, row after row; examples of a class differ in where the stripes begin.
    private func draw(_ slope: Int, _ colour: Int, _ example: Int) -> [UInt8] {
        var image: [UInt8] = []
        for row in 0..<side {
            for column in 0..<side {
                let isStripe = (slope * row + 4 * column + example) / 8 % 2 == 0
                for channel in 0..<3 {
                    let level = channel == colour % 3 ? 255 : 40 * colour
                    image.append(isStripe ? UInt8(level) : 0)
                }
            }
        }
        return image
    }
}
