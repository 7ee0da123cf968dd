import Randomness
import SearchSpaces
import Testing

struct ChoiceSpaceTests {
    private func space() throws -> ChoiceSpace {
        try ChoiceSpace(
            name: "layers",
            choices: [
                Choice(name: "depth", options: ["2", "3", "4"]),
                Choice(name: "width", options: ["narrow", "wide"]),
            ])
    }

    @Test func `every combination is valid, once, and survives its text`() throws {
        let space = try space()
        let all = try #require(space.enumerate(limit: 10))
        #expect(all.count == 6)
        #expect(space.size == 6)
        for genotype in all {
            #expect(try space.parse(space.text(genotype)) == genotype)
            #expect(space.repair(genotype) == genotype)
        }
        #expect(try space.parse("WIDTH = Wide,depth=4") == Genotype([2, 1]))
        #expect(try space.text(Genotype([0, 1])) == "depth=2, width=wide")
        #expect(space.enumerate(limit: 5) == nil)
        #expect(space.repair(Genotype([-1, 7, 9])) == Genotype([2, 1]))
        #expect(space.repair(Genotype([])) == Genotype([0, 0]))
    }

    @Test func `mistakes in its text are named`() throws {
        let space = try space()
        func message(_ text: String) -> String {
            do { return "\(try space.parse(text))" } catch { return "\(error)" }
        }
        #expect(
            message("dept=2, width=wide")
                == "there is no choice \"dept\"; did you mean \"depth\"? Known: depth, width")
        #expect(
            message("depth=5, width=wide")
                == "there is no option of depth \"5\"; did you mean \"2\"? Known: 2, 3, 4")
        #expect(
            message("depth=2") == "genotype text, width: expected width=option, found nothing")
        #expect(
            message("depth=2, depth=2")
                == "genotype text, depth: expected each choice once, found it twice")
        #expect(message("depth") == "genotype text, layers: expected name=option, found \"depth\"")
    }

    @Test func `impossible spaces are refused`() {
        for choices in [
            [], [Choice(name: "a", options: [])],
            [Choice(name: "a", options: ["x"]), Choice(name: "A", options: ["x"])],
            [Choice(name: "a", options: ["x", "x"])], [Choice(name: "a=b", options: ["x"])],
            [Choice(name: "a", options: [" x"])], [Choice(name: "", options: ["x"])],
        ] {
            #expect(throws: SearchSpaceError.self) {
                try ChoiceSpace(name: "bad", choices: choices)
            }
        }
    }
}
