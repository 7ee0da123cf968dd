/// What a data set holds, for scripts and for `apogee inspect`.
public struct DatasetSummary: Sendable, Hashable, Codable {
    /// One alphabet's share.
    public struct Alphabet: Sendable, Hashable, Codable {
        /// The alphabet's name.
        public let name: String
        /// The number of its characters.
        public let characters: Int
        /// The number of its drawings.
        public let images: Int
    }

    /// The data set's name.
    public let name: String
    /// Shape of one image, [height, width, channels].
    public let imageShape: [Int]
    /// The alphabets in order.
    public let alphabets: [Alphabet]
    /// The number of characters.
    public let characters: Int
    /// The number of stored drawings.
    public let images: Int
    /// The number of classes: characters, times four where they are rotated.
    public let classes: Int
}

extension ImageDataset {
    /// The alphabets' names, in the order of their first class.
    public var alphabets: [String] { summary.alphabets.map(\.name) }

    /// What the data set holds.
    public var summary: DatasetSummary {
        var order: [String] = []
        var counts: [String: (characters: Int, images: Int)] = [:]
        for character in characters {
            if counts[character.alphabet] == nil { order.append(character.alphabet) }
            let (count, images) = counts[character.alphabet] ?? (0, 0)
            counts[character.alphabet] = (count + 1, images + character.examples)
        }
        return DatasetSummary(
            name: name, imageShape: imageShape,
            alphabets: order.map { alphabet in
                let (characters, images) = counts[alphabet] ?? (0, 0)
                return DatasetSummary.Alphabet(
                    name: alphabet, characters: characters, images: images)
            },
            characters: characters.count,
            images: characters.reduce(0) { $0 + $1.examples }, classes: classes.count)
    }
}
