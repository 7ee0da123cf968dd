import Foundation
import LuaHost
import Testing

@Suite struct LeakTests {
    private static let isLong = ProcessInfo.processInfo.environment["APOGEE_SLOW_TESTS"] == "1"

    @Test func `callbacks without end stay in bounded memory`() throws {
        let host = try Host()
        let function = try host.function(
            "return function(a, b) local t = { a, b, text = a .. b } return #t + #t.text end")
        let context = host.context
        func call(_ count: Int) throws {
            for number in 0..<count {
                try context.push(function)
                try context.push(number)
                try context.push("b")
                try context.call(
                    arguments: 2, results: 1, limits: LuaLimits(instructions: 10_000),
                    name: "leak")
                context.pop()
            }
        }
        try call(20_000)
        host.state.collect()
        let before = host.state.usage
        try call(Self.isLong ? 10_000_000 : 200_000)
        #expect(host.state.usage.peakBytes < before.peakBytes + (4 << 20))
        host.state.collect()
        #expect(host.state.usage.bytes < before.bytes + 4_096)
        #expect(host.state.usage.objects == before.objects)
        #expect(context.count == 0)
    }

    @Test func `temporaries that Lua makes are freed as it goes`() throws {
        let host = try Host()
        let counter = Probe.Counter()
        let type = try host.context.register(UserdataDefinition<Probe>("buffer"))
        try host.sandbox.define(
            HostFunction(
                "make",
                pushing: { arguments in
                    try arguments.context.push(
                        Probe(counter), type, nativeBytes: 64 << 10)
                    return 1
                }))
        let count = Self.isLong ? 1_000_000 : 20_000
        try host.run("for i = 1, \(count) do local x = make() end")
        #expect(counter.peak < 2_000)
        host.state.collect()
        #expect(counter.alive == 0 && counter.released == count)
        #expect(host.state.usage.nativeBytes == 0)
    }

    @Test func `failing callbacks and coroutines leave nothing behind`() throws {
        let host = try Host()
        let function = try host.function(
            """
            return function(n)
              local co = coroutine.wrap(function() coroutine.yield(n) error({ message = 'no' }) end)
              co()
              if n % 3 == 0 then pcall(co) end
              co()
            end
            """)
        func fail(_ count: Int) throws {
            for number in 0..<count {
                #expect(throws: LuaError.self) { try function.call(.integer(number)) }
            }
        }
        try fail(200)
        host.state.collect()
        let before = host.state.usage.bytes
        try fail(Self.isLong ? 100_000 : 5_000)
        host.state.collect()
        #expect(host.state.usage.bytes < before + 4_096)
    }
}
