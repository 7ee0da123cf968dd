import Components
import Experiments
import Records
import Testing

/// How much of a run is done, as its events tell it.
struct RunForecastTests {
    /// The share after each event of a run.
    private static func shares(_ value: PlainValue, skipping first: Int = 0) throws -> [Double] {
        let (_, sink) = try MethodFixtures.run(value)
        var forecast = try RunForecast(
            PlanFixtures.decode(value), registry: PlanFixtures.registry(), scripts: NoScripts())
        return sink.events.dropFirst(first).map {
            forecast.record($0)
            return forecast.share
        }
    }

    @Test(arguments: [
        MethodFixtures.search(), MethodFixtures.fixed,
        PlanFixtures.with("arms", ["across_task", "searched"], in: MethodFixtures.search()),
        PlanFixtures.with("arms", ["conv4", "searched"], in: MethodFixtures.search()),
        PlanFixtures.with(
            "tasks", .component("tabular", ["dataset": "synthetic", "seeds": 4]),
            in: PlanFixtures.tabular),
    ])
    func `the share grows from none to all`(plan: PlainValue) throws {
        let shares = try Self.shares(plan)
        #expect(shares.first == 0 && shares.last == 1, "\(shares)")
        #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 + 1e-9 }, "\(shares)")
        #expect(Set(shares).count >= 3)
    }

    @Test func `a row that continues a search is a small part of the run`() throws {
        let (_, sink) = try MethodFixtures.run(MethodFixtures.search())
        var forecast = try RunForecast(
            PlanFixtures.decode(MethodFixtures.search()), registry: PlanFixtures.registry(),
            scripts: NoScripts())
        var after: [String: Double] = [:]
        for event in sink.events {
            forecast.record(event)
            if case .result(let row) = event { after[row.arm] = forecast.share }
        }
        let searched = try #require(after["searched"])
        let perTask = try #require(after["searched_per_task"])
        #expect(perTask - searched < searched / 2)
    }
}
