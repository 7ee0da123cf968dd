import Records
import Testing

struct RecordsTests {
    @Test func `SHA-256 gives the known answers of FIPS 180-4`() {
        // NIST's examples: the empty message, "abc", two blocks, and a million times "a".
        #expect(
            ContentHash.sha256("")
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            ContentHash.sha256("abc")
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            ContentHash.sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(
            ContentHash.sha256([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func `costs add, and stay at the largest integer instead of trapping`() {
        var cost = Cost(multiplyAdds: 2, tasks: 3, gradientSteps: 5, evaluations: 7)
        cost += Cost(multiplyAdds: 1, tasks: 1, gradientSteps: 1, evaluations: 1)
        #expect(cost == Cost(multiplyAdds: 3, tasks: 4, gradientSteps: 6, evaluations: 8))
        #expect((Cost(multiplyAdds: .max) + cost).multiplyAdds == .max)
        #expect((Cost(tasks: .min) + Cost(tasks: -1)).tasks == .min)
        #expect(cost + .zero == cost)
    }

    @Test func `a run is named by the text of its plan and script`() {
        let one = RunRecord(name: "a", scriptText: "x", plan: "{}", seed: 1)
        let two = RunRecord(name: "b", scriptText: "x", plan: "{ }", seed: 1)
        #expect(one.planHash != two.planHash)
        #expect(one.scriptHash == two.scriptHash)
        #expect(one.planHash == ContentHash.sha256("{}"))
    }

    @Test func `a group feeds every sink, also after one that fails`() throws {
        let (before, after) = (MemorySink(), MemorySink())
        let group = SinkGroup([before, BrokenSink(), after])
        #expect(throws: BrokenSink.Broken.self) {
            try group.record(.message(Event.Message("hello")))
        }
        let weights = [NamedArray("w", shape: [1], values: [1])]
        try group.save(weights: SavedWeights(weights), named: "supernet")
        try group.save(state: "{}", arrays: weights, named: "search")
        for sink in [before, after] {
            #expect(sink.events == [.message(Event.Message("hello"))])
            #expect(sink.weights["supernet"]?.arrays == weights)
            #expect(sink.states["search"]?.text == "{}")
            #expect(sink.states["search"]?.arrays == weights)
        }
    }

    @Test func `a results table comes back as it was, and a wrong one names the place`() throws {
        let table = ResultsTable(
            run: EventTests.run, arms: [EventTests.arm])
        let text = try RecordCoding.json(table, pretty: true)
        #expect(try RecordCoding.decode(ResultsTable.self, from: text) == table)
        #expect(text.contains("\"arms\" : ["))
        #expect {
            try RecordCoding.decode(ResultsTable.self, from: "{\"format\":\"one\"}")
        } throws: { "\($0)".contains("at format") }
    }
}

/// A sink whose disk is always full.
private final class BrokenSink: EventSink {
    struct Broken: Error {}
    func record(_ event: Event) throws { throw Broken() }
}
