import Evaluation
import Experiments
import Records
import Testing

/// How arms are compared.
struct ComparisonTests {
    private static func arm(_ name: String, _ values: [Double]) -> ArmScores {
        ArmScores(arm: name, metric: "accuracy", unit: "fraction", values: values)
    }

    @Test func `equal scores have no difference, and p is 1`() throws {
        let scores = [0.5, 0.75, 0.25]
        guard
            case .tested(let found) = try Self.arm("a", scores).compared(to: Self.arm("b", scores))
        else {
            Issue.record("no comparison")
            return
        }
        #expect(found.difference == 0 && found.halfWidth == 0 && found.pValue == 1)
        #expect(found.pairs == 3)
    }

    @Test func `arms of different length are compared on the tasks that both have`() throws {
        let long = Self.arm("a", [0.5, 0.75, 0.25, 1, 1])
        let short = Self.arm("b", [0.25, 0.75, 0.5])
        guard case .tested(let found) = try long.compared(to: short),
            case .tested(let same) = try Self.arm("a", [0.5, 0.75, 0.25]).compared(to: short)
        else {
            Issue.record("no comparison")
            return
        }
        #expect(found == same && found.pairs == 3)
    }

    @Test func `where no test is possible, a sentence says so`() throws {
        guard
            case .untested(let one) = try Self.arm("a", [0.5]).compared(to: Self.arm("b", [0.25])),
            case .untested(let constant) = try Self.arm("a", [0.5, 0.75]).compared(
                to: Self.arm("b", [0.25, 0.5]))
        else {
            Issue.record("a comparison")
            return
        }
        #expect(one == "a − b: one task cannot tell a difference; use more test tasks")
        #expect(
            constant
                == "a − b: accuracy differs by 0.25 in each of 2 tasks, so a paired test is not "
                + "possible; use more test tasks")
    }

    @Test func `every later arm of a run is compared with the first`() throws {
        let sink = try MethodFixtures.run(MethodFixtures.search()).sink
        let compared = sink.events.compactMap {
            if case .comparison(let found) = $0 { found.second } else { nil }
        }
        let told = sink.events.compactMap {
            if case .message(let message) = $0 { message.text } else { nil }
        }
        for arm in sink.results.dropFirst().map(\.arm) {
            #expect(
                compared.contains(arm) || told.contains { $0.hasPrefix("searched − \(arm): ") },
                "\(arm)")
        }
    }
}
