import Foundation
import LuaHost
import Testing

@Suite struct InterruptionTests {
    /// Far more than any of the scripts would run through.
    private static let limits = LuaLimits(instructions: 1 << 50, bytes: 64 << 20)

    // What the table library bills beforehand ends at the limit, or takes its time.
    @Test(arguments: LimitTests.endless.filter { !$0.hasPrefix("table.") && !$0.hasPrefix("load") })
    func `work without end stops when it is asked to`(script: String) throws {
        var script = script
        if script.contains(":x()") { script = "tostring(\(script.dropLast(4)))" }
        let host = try Host()
        let interruption = host.context.interruption
        let asker = Thread {
            Thread.sleep(forTimeInterval: 0.02)
            interruption.request()
        }
        asker.start()
        let error = try host.failure(script, limits: Self.limits)
        #expect(error.kind.label == "interrupted" && error.message == "interrupted")
        #expect(error.file == "test.lua" && error.line == 1)
    }

    @Test func `a request holds until it is cleared, and stops calls inside calls`() throws {
        let host = try Host()
        let interruption = host.context.interruption
        let loop = "for i = 1, 10000 do end return 7"
        #expect(!interruption.request())
        #expect(interruption.request())
        for _ in 1...2 {
            #expect(try host.failure(loop, limits: Self.limits).kind.label == "interrupted")
        }
        interruption.clear()
        #expect(try host.run(loop, limits: Self.limits)[0].integer == 7)
        #expect(!interruption.request())
    }

    @Test func `it may be asked after the state is gone`() throws {
        var host: Host? = try Host()
        let interruption = try #require(host?.context.interruption)
        host = nil
        #expect(!interruption.request())
        interruption.clear()
    }
}
