import Foundation
import Testing

@Suite(.serialized) struct BenchTests {
    private func measured(_ arguments: String...) throws -> [String: Any] {
        let outcome: Program.Outcome
        switch arguments.count {
        case 1: outcome = try Program.run("bench", arguments[0], "--json")
        default:
            outcome = try Program.run("bench", arguments[0], arguments[1], arguments[2], "--json")
        }
        try #require(outcome.code == 0, "\(outcome.error)")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 1)
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        return try #require(object as? [String: Any])
    }

    @Test(arguments: [
        ("evolve", ["offspring_per_second"]),
        ("lua-call", ["nanoseconds_per_call", "nanoseconds_per_mutation"]),
        ("episodes", ["episodes_per_second"]),
    ])
    func `a workload reports its fields and rates on one line`(
        _ name: String, _ rates: [String]
    ) throws {
        let found = try measured(name)
        let expected = [
            "name", "threads", "repeats", "seconds_median", "peak_bytes", "planned_bytes",
        ]
        #expect(Set(found.keys) == Set(expected + rates))
        #expect(found["name"] as? String == name)
        for field in ["threads", "repeats", "peak_bytes"] {
            #expect(try #require(found[field] as? Int) >= 1, "\(field)")
        }
        for field in rates + ["seconds_median"] {
            #expect(try #require(found[field] as? Double) > 0, "\(field)")
        }
        let planned = try #require(found["planned_bytes"] as? Int)
        let peak = try #require(found["peak_bytes"] as? Int)
        #expect(planned >= 0 && planned < peak)
        // Only episodes hold tensors.
        #expect((planned > 0) == (name == "episodes"))
    }

    @Test func `threads are those that were asked for`() throws {
        #expect(try measured("episodes", "--threads", "1")["threads"] as? Int == 1)
    }

    @Test func `options that cannot be are refused in a sentence`() throws {
        for (arguments, expected) in [
            (["evolv"], "there is no workload 'evolv'; did you mean 'evolve'?"),
            (["maml-conv4", "--order", "3"], "--order: expected 1 to 2, found 3"),
            (["maml-conv4", "--threads", "0"], "--threads: expected 1 to 256, found 0"),
            (
                ["maml-conv4", "--inner-steps", "-1"],
                "--inner-steps: expected 1 to 100, found -1"
            ),
            (
                ["evolve", "--order", "2"],
                "--order is an option of the workload 'maml-conv4' alone; name it"
            ),
        ] {
            let outcome =
                arguments.count == 1
                ? try Program.run("bench", arguments[0])
                : try Program.run("bench", arguments[0], arguments[1], arguments[2])
            #expect(outcome.code == 64, "\(arguments)")
            #expect(outcome.complaint.contains(expected), "\(outcome.error)")
        }
    }
}
