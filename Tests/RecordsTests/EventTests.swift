import Records
import Testing

struct EventTests {
    static let run = RunRecord(
        name: "AT-NAS", script: "03.lua", scriptText: "return {}", plan: "{\"a\":1}", seed: .max,
        versions: ["swift": "6.3", "apogee": "0.1.0"], processor: "x86-64, AVX2")
    static let arm = ArmResult(
        arm: "conv4", metric: "accuracy", unit: "fraction", mean: 0.1 + 0.2, halfWidth: 1e-7,
        cost: Cost(multiplyAdds: 1 << 60, tasks: 600), settings: ["batch_norm": "transductive"],
        scores: [0.2, 0.4])

    static let events: [Event] = [
        .runStarted(run),
        .phaseStarted(Event.Phase("warm-up", total: 2000, unit: "updates")),
        .progress(Event.Progress(phase: "warm-up", done: 3, total: 2000, unit: "updates")),
        .metaUpdate(
            Event.Update(number: 3, phase: "warm-up", metrics: [Metric("loss", 1.25)])),
        .generation(
            Event.Generation(
                number: 0, evaluated: 8, best: "normal: max 0, skip 1 · …; reduction: …",
                objectives: [Metric("query_error", 0.25, unit: "fraction")])),
        .trial(
            Trial(
                number: 7, generation: 0, genes: [0, 1, 2, 3], genotype: "…", origin: "crossover",
                parents: [[0, 1, 2, 2], [1, 2, 0, 3]],
                objectives: [Metric("query_error", .infinity)], cost: Cost(evaluations: 1))),
        .checkpoint(Event.Checkpoint(name: "supernet", updates: 4)),
        .result(arm),
        .comparison(
            Comparison(
                first: "searched", second: "conv4", metric: "accuracy", difference: 0.05,
                halfWidth: 0.01, test: "paired t", pValue: 1e-9, pairs: 600)),
        .message(Event.Message("a \"quoted\" line\nand / another", level: .warning)),
        .runEnded(Event.End(.failed, reason: "disk full", cost: Cost(tasks: 5))),
    ]

    @Test(arguments: EventTests.events)
    func `an event comes back from its line as it was`(event: Event) throws {
        let line = try event.jsonLine()
        #expect(!line.contains("\n"))
        #expect(line.contains("\"event\":"))
        #expect(try Event(jsonLine: line) == event)
    }

    @Test func `a line is one flat object with sorted keys`() throws {
        #expect(
            try EventTests.events[1].jsonLine()
                == #"{"event":"phaseStarted","name":"warm-up","total":2000,"unit":"updates"}"#)
        #expect(
            try Event.runEnded(Event.End(.done)).jsonLine()
                == #"{"cost":{"evaluations":0,"gradientSteps":0,"multiplyAdds":0,"tasks":0},"#
                + #""event":"runEnded","status":"done"}"#)
    }

    @Test func `numbers keep every bit, and take the fewest digits`() throws {
        for value in [
            0.1, 0.1 + 0.2, 1e-300, Double.leastNonzeroMagnitude, 1.7976931348623157e308, -0.0, 3,
        ] {
            let metric = Metric("x", value)
            let json = try RecordCoding.json(metric)
            let back = try RecordCoding.decode(Metric.self, from: json)
            #expect(back.value.bitPattern == value.bitPattern, "\(json)")
        }
        #expect(try RecordCoding.json(Metric("x", 0.1)).contains("0.1}"))
        #expect(try EventTests.events[0].jsonLine().contains("\"seed\":18446744073709551615"))
    }

    @Test func `NaN and infinities stay readable`() throws {
        let metrics = [Metric("a", .nan), Metric("b", .infinity), Metric("c", -.infinity)]
        let json = try RecordCoding.json(metrics)
        #expect(json.contains(#""value":"nan""#))
        #expect(json.contains(#""value":"inf""#))
        #expect(json.contains(#""value":"-inf""#))
        let back = try RecordCoding.decode([Metric].self, from: json)
        #expect(back[0].value.isNaN)
        #expect(back[1...].map(\.value) == [.infinity, -.infinity])
    }

    @Test func `text that is no event is refused with the place and the reason`() {
        #expect(throws: RecordsError.self) { try Event(jsonLine: "") }
        #expect(throws: RecordsError.self) { try Event(jsonLine: "{\"event\":\"trial\"") }
        #expect(throws: RecordsError.self) { try Event(jsonLine: "[1,2]") }
        #expect {
            try Event(jsonLine: #"{"event":"trail"}"#)
        } throws: { error in
            "\(error)".contains("“trail” is no kind of event")
                && "\(error)".contains("metaUpdate, generation, trial")
        }
        #expect {
            try Event(jsonLine: #"{"event":"checkpoint","name":"a"}"#)
        } throws: { error in
            "\(error)"
                == "no Event can be read from this text: “updates” is missing; "
                + "the file may be cut short or written by another version"
        }
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: RecordsError.self) { try Event(jsonLine: deep) }
    }
}
