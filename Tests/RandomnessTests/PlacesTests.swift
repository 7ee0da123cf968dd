import Randomness
import Testing

struct PlacesTests {
    @Test(arguments: [0.001, 0.1, 0.25, 0.3, 0.5, 0.9, 0.999])
    func `every place is chosen with the given probability, on its own`(
        _ probability: Double
    ) throws {
        let (count, rounds) = (70, 4_000)
        var rng = RandomStream(seed: 11).split("places")
        var chosen = [Int](repeating: 0, count: count)
        var neighbours = 0
        for _ in 0..<rounds {
            let places = rng.places(count, probability: probability)
            #expect(places == places.sorted() && Set(places).count == places.count)
            for place in places { chosen[place] += 1 }
            neighbours += zip(places, places.dropFirst()).count { $0 + 1 == $1 }
        }
        // Six standard deviations of the binomial law, for each place and for neighbours.
        let expected = Double(rounds) * probability
        let deviation = (expected * (1 - probability)).squareRoot()
        for number in chosen { #expect(abs(Double(number) - expected) < 6 * deviation + 1) }
        let pairs = Double(rounds * (count - 1)) * probability * probability
        // Neighbouring pairs overlap in a place, hence the factor.
        #expect(abs(Double(neighbours) - pairs) < 6 * (3 * pairs).squareRoot() + 1)
    }

    @Test func `nothing and everything are chosen at the ends`() {
        var rng = RandomStream(seed: 1)
        for count in [0, 1, 63, 64, 65, 128] {
            #expect(rng.places(count, probability: 0).isEmpty)
            #expect(rng.places(count, probability: 1) == Array(0..<count))
            #expect(rng.places(count, probability: 0.5).allSatisfy { $0 < count })
            #expect(rng.places(count, probability: 1e-300).isEmpty)
        }
        #expect(rng.places(-3, probability: 0.5).isEmpty)
    }

    @Test func `the same stream chooses the same places`() {
        for probability in [0.1, 0.5, 0.7] {
            var (first, second) = (RandomStream(seed: 3), RandomStream(seed: 3))
            #expect(
                first.places(500, probability: probability)
                    == second.places(500, probability: probability))
            #expect(first == second)
        }
    }
}
