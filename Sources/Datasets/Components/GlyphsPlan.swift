internal import Components

/// The embedded data set of drawn characters.
public struct GlyphsPlan: DatasetPlan, Hashable {
    /// `glyphs`.
    public var name: String { "glyphs" }
    /// Alphabets.
    public let alphabets: Int
    /// Characters per alphabet.
    public let characters: Int
    /// Drawers, and so examples of a character.
    public let drawers: Int
    /// Height and width, pixels.
    public let side: Int
    /// The seed of the drawings, apart from the run's.
    public let seed: UInt64

    static let alphabetsOption = PlanOption.integer(
        "alphabets", 1...200, 20, "Alphabets, each with its own style.")
    static let charactersOption = PlanOption.integer(
        "characters", 1...100, 20, "Characters per alphabet.")
    static let drawersOption = PlanOption.integer(
        "drawers", 1...200, 20, "Drawers; each draws every character once.")
    static let sideOption = PlanOption.integer(
        "side", 8...128, 28, unit: "pixels", "Height and width of an image.")
    static let seedOption = PlanOption.integer(
        "seed", 0...(.max), 1, "Seed of the drawings, independent of the run's seed.")

    static let options = [
        alphabetsOption.specification, charactersOption.specification,
        drawersOption.specification, sideOption.specification, seedOption.specification,
    ]

    init(_ options: Options) {
        alphabets = options[Self.alphabetsOption]
        characters = options[Self.charactersOption]
        drawers = options[Self.drawersOption]
        side = options[Self.sideOption]
        seed = UInt64(options[Self.seedOption])
    }

    static var glyphs: Component {
        Component(
            .dataset, "glyphs", options: options,
            "Generated characters; needs no download."
        ) { options, _ in GlyphsPlan(options) }
    }

    /// One channel.
    public var imageShape: [Int] { [side, side, 1] }

    /// Each drawer draws every character once.
    public var drawnImages: Int {
        let (characters, overflow) = (alphabets * characters).multipliedReportingOverflow(
            by: drawers)
        return overflow ? .max : characters
    }

    /// Draws the characters.
    public func read(files: [String], rotations: Bool) throws -> ImageDataset {
        try Glyphs.dataset(
            GlyphConfiguration(
                alphabets: alphabets, characters: characters, drawers: drawers, side: side,
                seed: seed),
            rotations: rotations)
    }
}
