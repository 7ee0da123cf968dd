import Testing
import apogee

struct CandidateListTests {
    @Test func `words stand in columns, read downwards`() {
        let words = ["arange", "concatenate", "eye", "from", "full"]
        #expect(
            CandidateList.lines(words, width: 30) == [
                "arange       from", "concatenate  full", "eye",
            ])
        #expect(
            CandidateList.lines(words, width: 80) == [
                words.enumerated().map {
                    $0.offset == 4 ? $0.element : $0.element.padding(11)
                }.joined(separator: "  ")
            ])
        #expect(CandidateList.lines(words, width: 3) == words)
        #expect(CandidateList.lines(words, width: -1) == words)
        #expect(CandidateList.lines([], width: 80) == [])
    }

    @Test func `a long list is cut, and says by how much`() {
        let words = (1000..<1500).map { "name_\($0)" }
        let lines = CandidateList.lines(words, width: 80)
        #expect(lines.last == "… and 380 more")
        #expect(lines.allSatisfy { TextWidth.columns($0) < 80 })
        #expect(
            CandidateList.lines(["a", "b"], isComplete: false, width: 80)
                == ["a  b", "… and more: the table is too large to search"])
    }
}

extension String {
    fileprivate func padding(_ width: Int) -> String {
        self + String(repeating: " ", count: width - count)
    }
}
