/// What a data set holds, for scripts and for `apogee inspect`.
public struct DatasetSummary: Sendable, Hashable, Codable {
    /// One group's share.
    public struct Group: Sendable, Hashable, Codable {
        /// The group's name.
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
    /// The groups in order.
    public let groups: [Group]
    /// The number of characters.
    public let characters: Int
    /// The number of stored drawings.
    public let images: Int
    /// The number of classes: characters, times four where they are rotated.
    public let classes: Int
}

extension ImageDataset {
    /// The groups' names, in the order of their first class.
    public var groups: [String] { summary.groups.map(\.name) }

    /// What the data set holds.
    public var summary: DatasetSummary {
        var order: [String] = []
        var counts: [String: (characters: Int, images: Int)] = [:]
        for character in characters {
            if counts[character.group] == nil { order.append(character.group) }
            let (count, images) = counts[character.group] ?? (0, 0)
            counts[character.group] = (count + 1, images + character.examples)
        }
        return DatasetSummary(
            name: name, imageShape: imageShape,
            groups: order.map { group in
                let (characters, images) = counts[group] ?? (0, 0)
                return DatasetSummary.Group(
                    name: group, characters: characters, images: images)
            },
            characters: characters.count,
            images: characters.reduce(0) { $0 + $1.examples }, classes: classes.count)
    }
}
