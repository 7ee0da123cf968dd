import Components
import Experiments
import Foundation
import Testing

struct PlanRecordTests {
    @Test func `the order of writing does not change the text`() throws {
        guard var table = PlanFixtures.search.table else { return }
        table["budget"] = ["generations": 3, "test_tasks": 10]
        table["learner"] = .component("maml", ["order": 2, "meta_batch": 8])
        let one = try PlanFixtures.decode(PlainValue(.table(table)))
        table.named.reverse()
        table["budget"] = ["test_tasks": 10, "generations": 3]
        table["learner"] = .component("maml", ["meta_batch": 8, "order": 2])
        let other = try PlanFixtures.decode(PlainValue(.table(table)))
        #expect(one.json() == other.json() && one.hash == other.hash && one == other)
    }

    @Test func `a default that is written out is the default`() throws {
        let written = PlanFixtures.with("learner", .component("maml", ["order": 1.0]))
        #expect(
            try PlanFixtures.decode(written).hash
                == PlanFixtures.decode(PlanFixtures.search).hash)
    }

    @Test func `the hash is of everything but the seed`() throws {
        let base = try PlanFixtures.decode(PlanFixtures.search)
        #expect(base.hash.utf8.count == 16)
        #expect(try PlanFixtures.decode(PlanFixtures.with("seed", 9)).hash == base.hash)
        for (option, value) in [
            ("name", "x"), ("learner", "anil"), ("budget", ["generations": 3]),
            ("schedule", .function(PlanFixtures.function)),
        ] as [(String, PlainValue)] {
            #expect(
                try PlanFixtures.decode(PlanFixtures.with(option, value)).hash != base.hash)
        }
    }

    @Test func `the hash is that of FNV-1a`() throws {
        // The two published vectors of draft-eastlake-fnv, appendix C.
        #expect(PlanRecord.hash("") == "cbf29ce484222325")
        #expect(PlanRecord.hash("foobar") == "85944171f73967e8")
    }

    @Test func `the text is JSON that other programs read`() throws {
        let words = "quotes \" and \\ and ü — \u{2028}, tab\t, line\n"
        for pretty in [false, true] {
            let plan = try PlanFixtures.decode(
                PlanFixtures.with("description", PlainValue(.string(words))))
            let text = plan.json(pretty: pretty)
            let read = try #require(
                try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(read["description"] as? String == words)
            let budget = try #require(read["budget"] as? [String: Any])
            #expect(budget["test_tasks"] as? Int == 600)
            #expect(text.contains("\n") == pretty)
        }
    }
}
