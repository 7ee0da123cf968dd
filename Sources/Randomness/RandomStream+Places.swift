#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension RandomStream {
    /// The places in 0 ..< `count` that are chosen, each with this probability on its own,
    /// ascending: what mutation by gene and uniform crossover need, for a whole population at once.
    ///
    /// A probability of a half takes one bit a place. Up to a quarter, the gap to the next chosen
    /// place is drawn from the geometric law, so that the work goes with what is chosen.
    ///
    /// - Parameters:
    ///   - count: Places; none for 0 and below.
    ///   - probability: 0 to 1.
    /// - Returns: Ascending places.
    public mutating func places(_ count: Int, probability: Double) -> [Int] {
        guard count > 0, probability > 0 else { return [] }
        var chosen: [Int] = []
        chosen.reserveCapacity(Int(Double(count) * min(probability, 1) * 1.05) + 16)
        if probability == 0.5 {
            for start in stride(from: 0, to: count, by: 64) {
                var word = next()
                if count - start < 64 { word &= (1 << UInt64(count - start)) - 1 }
                while word != 0 {
                    chosen.append(start + word.trailingZeroBitCount)
                    word &= word - 1
                }
            }
        } else if probability <= 0.25 {
            let scale = 1 / log1p(-probability)
            var place = 0
            while true {
                let gap = log(1 - uniform()) * scale
                guard gap < Double(count - place) else { break }
                place += Int(gap)
                chosen.append(place)
                place += 1
            }
        } else {
            for place in 0..<count where chance(probability) { chosen.append(place) }
        }
        return chosen
    }
}
