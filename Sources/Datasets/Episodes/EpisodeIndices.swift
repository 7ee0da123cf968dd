/// An episode by its indices: what a task sampler decides and what an episode file stores.
///
/// The class at place w has label w. Pixels are looked up afterwards
/// (``EpisodeDistribution/episode(_:)``).
public struct EpisodeIndices: Sendable, Hashable, Codable {
    /// Class indices of the data set; the place is the label.
    public var classes: [Int]
    /// For each label the examples of its class in the support set.
    public var support: [[Int]]
    /// For each label the examples of its class in the query set.
    public var query: [[Int]]

    /// An episode of these classes and examples.
    public init(classes: [Int], support: [[Int]], query: [[Int]]) {
        self.classes = classes
        self.support = support
        self.query = query
    }
}
