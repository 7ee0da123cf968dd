public import Randomness

/// Selection of the best of a few individuals drawn at random, with replacement.
public struct Tournament: Sendable, Hashable, Codable {
    /// Individuals that are drawn; 1 selects at random.
    public let size: Int

    /// A tournament among this many, at least 1.
    ///
    /// - Throws: `invalidSetting`.
    public init(size: Int) throws(EvolutionError) {
        try check("tournament size", size, in: 1...largestCount)
        self.size = size
    }

    /// The index of the winner among 0 ..< `count`; the first drawn of equals. Nil if there is no
    /// one to select from.
    ///
    /// - Complexity: O(size).
    public func select(
        among count: Int, _ rng: inout RandomStream, isBetter: (Int, Int) -> Bool
    ) -> Int? {
        guard count > 0 else { return nil }
        var winner = rng.integer(below: count)
        for _ in 1..<max(size, 1) {
            let rival = rng.integer(below: count)
            if isBetter(rival, winner) { winner = rival }
        }
        return winner
    }

    /// Two different winners; the second is selected from all but the first. Nil if there are fewer
    /// than two individuals.
    public func selectPair(
        among count: Int, _ rng: inout RandomStream, isBetter: (Int, Int) -> Bool
    ) -> (Int, Int)? {
        guard count > 1, let first = select(among: count, &rng, isBetter: isBetter) else {
            return nil
        }
        let place = { (index: Int) in index < first ? index : index + 1 }
        let second = select(among: count - 1, &rng) { isBetter(place($0), place($1)) }
        return second.map { (first, place($0)) }
    }
}
