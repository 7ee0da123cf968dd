import Randomness

/// How many glyphs to draw, and from which seed.
public struct GlyphConfiguration: Sendable, Hashable, Codable {
    /// The number of alphabets, 1 to 200.
    public var alphabets: Int
    /// Characters of each alphabet, 1 to 100.
    public var characters: Int
    /// Drawings of each character, each by another drawer, 1 to 200.
    public var drawers: Int
    /// Width and height of an image in pixels, 8 to 128.
    public var side: Int
    /// Decides everything else; not the run's seed, so that runs share one data set.
    public var seed: UInt64

    /// 20 alphabets of 20 characters, 20 drawings each, 28 × 28 pixels.
    public init(
        alphabets: Int = 20, characters: Int = 20, drawers: Int = 20, side: Int = 28,
        seed: UInt64 = 1
    ) {
        self.alphabets = alphabets
        self.characters = characters
        self.drawers = drawers
        self.side = side
        self.seed = seed
    }
}

/// Handwritten characters of invented alphabets, drawn by a program: a stand-in for Omniglot that
/// needs no download.
///
/// An alphabet has a style, a character is a few strokes in that style, and each drawer has habits
/// and an unsteady hand. Everything follows from the seed, bit by bit, on every machine. Alphabet
/// i does not depend on how many there are, nor character i, nor drawing i.
public enum Glyphs {
    /// Pixels of a whole data set, one byte each.
    private static let largestSize = 1 << 28

    /// Draws the data set; ink is 1.
    ///
    /// - Parameters:
    ///   - configuration: How many glyphs, how large, from which seed.
    ///   - rotations: Whether each character's three rotations are classes too.
    /// - Returns: Classes in order of alphabet, then character, then rotation.
    /// - Throws: `outOfRange` if a number is outside its range.
    public static func dataset(
        _ configuration: GlyphConfiguration = GlyphConfiguration(), rotations: Bool = false
    ) throws(DatasetError) -> ImageDataset {
        for (option, value, range) in [
            ("alphabets", configuration.alphabets, 1...200),
            ("characters", configuration.characters, 1...100),
            ("drawers", configuration.drawers, 1...200),
            ("side", configuration.side, 8...128),
        ] where !range.contains(value) {
            throw .outOfRange(
                option: option, found: "\(value)",
                expected: "\(range.lowerBound) to \(range.upperBound)")
        }
        let images = configuration.alphabets * configuration.characters * configuration.drawers
        let area = configuration.side * configuration.side
        guard images * area <= largestSize else {
            throw .outOfRange(
                option: "alphabets × characters × drawers",
                found: "\(images) images of \(area) pixels",
                expected: "at most \(largestSize / area) images of this size")
        }
        let root = RandomStream(seed: configuration.seed).split("glyphs")
        let names = alphabetNames(configuration.alphabets, stream: root.split("names"))
        let side = configuration.side
        var characters: [ImageCharacter] = []
        var pixels: [UInt8] = []
        pixels.reserveCapacity(images * area)
        for (index, name) in names.enumerated() {
            let own = root.split("alphabet").split(index)
            let alphabet = GlyphAlphabet(own)
            let drawers = (0..<configuration.drawers).map {
                GlyphDrawer(own.split("drawer").split($0))
            }
            let shapes = alphabet.characters(
                configuration.characters, stream: own.split("characters"))
            for (number, strokes) in shapes.enumerated() {
                let label = number < 9 ? "character0\(number + 1)" : "character\(number + 1)"
                characters.append(
                    ImageCharacter(
                        group: name, name: label, examples: configuration.drawers))
                let hand = own.split("drawing").split(number)
                for (place, drawer) in drawers.enumerated() {
                    var rng = hand.split(place)
                    pixels += drawer.draw(strokes, alphabet: alphabet, side: side, &rng)
                }
            }
        }
        let dataset = try ImageDataset(
            name: "glyphs", height: side, width: side, channels: 1, characters: characters,
            pixels: pixels)
        return rotations ? try dataset.withRotations() : dataset
    }

    /// Invented names of two or three syllables, all different.
    private static func alphabetNames(_ count: Int, stream: RandomStream) -> [String] {
        let onsets = ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "th"]
        let vowels = ["a", "e", "i", "o", "u", "ai"]
        let endings = ["", "", "n", "r", "l", "sh"]
        var taken: Set<String> = []
        var names: [String] = []
        for index in 0..<count {
            var rng = stream.split(index)
            var name = ""
            for _ in 0..<20 {
                let syllables = rng.integer(in: 2...3)
                name = (0..<syllables).map { _ in rng.choice(onsets) + rng.choice(vowels) }.joined()
                name += rng.choice(endings)
                name = name.prefix(1).uppercased() + name.dropFirst()
                if !taken.contains(name) { break }
            }
            if taken.contains(name) { name += "_\(index)" }
            taken.insert(name)
            names.append(name)
        }
        return names
    }
}
