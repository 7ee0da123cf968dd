import LuaHost
import Testing

@Suite struct UserdataTests {
    /// A type of host objects with members of each sort.
    private func register(_ host: Host) throws -> UserdataType<Probe> {
        var definition = UserdataDefinition<Probe>("probe")
        definition.method("plus") { probe, arguments in
            try arguments.context.push(probe.value + arguments.integer(1, "more"))
            return 1
        }
        definition.getter("value") { probe, context in try context.push(probe.value) }
        definition.subscriptGetter { probe, arguments in
            guard arguments.kind(1) == .integer else {
                throw arguments.mismatch(1, "key", expected: "a field or an index")
            }
            try arguments.context.push(probe.value * 100 + arguments.integer(1, "index"))
            return 1
        }
        definition.operation(.length) { arguments in
            try arguments.context.push(3)
            return 1
        }
        return try host.context.register(definition)
    }

    @Test func `methods, fields, subscripts and operators reach the object`() throws {
        let host = try Host()
        let type = try register(host)
        let object = try host.context.userdata(Probe(Probe.Counter(), 5), type)
        let script = "return function(p) return p:plus(2), p.value, p[7], #p, tostring(p) end"
        let results = try host.function(script).call(.userdata(object))
        #expect(results.prefix(4).map(\.integer) == [7, 5, 507, 3])
        #expect(results[4].string?.hasPrefix("probe: ") == true)
        #expect(object.object(type)?.value == 5)
    }

    @Test func `misuse of an object is explained`() throws {
        let host = try Host()
        let type = try register(host)
        host.sandbox.define(
            "p", .userdata(try host.context.userdata(Probe(Probe.Counter(), 5), type)))
        #expect(
            try host.failure("p.plus(2)").message
                == "plus: expected probe before the colon, found an integer; "
                + "call it as value:plus(…)")
        #expect(
            try host.failure("p:plus('x')").message
                == "plus: argument 1 (more): expected an integer, found a string")
        #expect(
            try host.failure("p:plus(p)").message
                == "plus: argument 1 (more): expected an integer, found probe")
        #expect(
            try host.failure("p.value = 3").message == "probe cannot be changed (field 'value')")
        #expect(try host.run("return getmetatable(p)")[0].boolean == false)
    }

    @Test func `an unknown member offers the nearest`() throws {
        let host = try Host()
        var definition = UserdataDefinition<Probe>("genotype")
        definition.method("options") { _, _ in 0 }
        definition.getter("length") { _, context in try context.push(1) }
        let type = try host.context.register(definition)
        host.sandbox.define(
            "g", .userdata(try host.context.userdata(Probe(Probe.Counter()), type)))
        #expect(
            try host.failure("g:option()").message
                == "genotype has no field 'option' (did you mean 'options'?)")
        #expect(
            try host.failure("return g.lenght").message
                == "genotype has no field 'lenght' (did you mean 'length'?)")
        #expect(try host.failure("return g[1]").message == "genotype has no field '1'")
    }

    @Test func `an object of another type or state is not taken for one`() throws {
        let (host, other) = (try Host(), try Host())
        let (first, second) = (try register(host), try register(host))
        let foreign = try register(other)
        let object = try host.context.userdata(Probe(Probe.Counter()), first)
        #expect(object.object(first) != nil)
        #expect(object.object(second) == nil)
        #expect(object.object(foreign) == nil)
        let error = #expect(throws: LuaError.self) {
            try host.context.push(Probe(Probe.Counter()), foreign)
        }
        #expect(error?.message == "the type probe is registered with another Lua state")
    }

    @Test func `the collector releases each object exactly once`() throws {
        let host = try Host()
        let type = try register(host)
        let counter = Probe.Counter()
        var kept: LuaUserdata?
        for number in 0..<100 {
            let object = try host.context.userdata(Probe(counter, number), type)
            if number == 50 { kept = object }
        }
        host.state.collect()
        #expect(counter.alive == 1)
        #expect(counter.released == 99)
        #expect(kept?.object(type)?.value == 50)
        kept = nil
        host.state.collect()
        #expect(counter.alive == 0)
        #expect(counter.released == 100)
    }

    @Test func `closing the state frees objects, closures and what they hold`() throws {
        let counter = Probe.Counter()
        var survivor: LuaFunction?
        do {
            let host = try Host()
            let type = try register(host)
            let captured = Probe(counter)
            let context = host.context
            host.sandbox.define("p", .userdata(try context.userdata(Probe(counter), type)))
            // A closure that holds a value of its own state makes a ring, which close() breaks.
            let table = try context.table()
            try host.sandbox.define(
                HostFunction("f") { _ in
                    _ = captured.value
                    return .table(table)
                })
            try host.run("local keep = { p, f } return keep")
            survivor = try host.function("return f")
            #expect(counter.alive == 2)
            host.state.close()
            let error = #expect(throws: LuaError.self) { try survivor?.call() }
            #expect(
                error
                    == LuaError(
                        kind: .closed,
                        message: "the Lua state is closed; "
                            + "keep it open while its values are in use"))
        }
        #expect(counter.alive == 0)
        #expect(counter.released == 2)
        survivor = nil
    }

    @Test func `a state dropped by its own callback closes after the call`() throws {
        let counter = Probe.Counter()
        var state: LuaState? = try LuaState()
        let context = try #require(state).context
        let sandbox = try Sandbox(context)
        let probe = Probe(counter)
        try sandbox.define(
            HostFunction(
                "drop",
                pushing: { _ in
                    _ = probe.value
                    state = nil
                    return 0
                }))
        #expect(throws: LuaError.self) {
            try sandbox.run("drop() return 1", chunk: .file("test.lua"))
        }
        #expect(throws: LuaError.self) { try context.push(1) }
    }

    @Test func `native bytes pace the collector`() throws {
        // design/house.md: 3,000 dropped buffers of 1 MiB peaked at 17 live when paced.
        let host = try Host()
        let type = try register(host)
        let counter = Probe.Counter()
        try host.sandbox.define(
            HostFunction(
                "buffer",
                pushing: { arguments in
                    try arguments.context.push(Probe(counter), type, nativeBytes: 1 << 20)
                    return 1
                }))
        try host.run("for i = 1, 3000 do local b = buffer() end")
        #expect(counter.released > 2900)
        #expect(counter.peak <= 32)
        #expect(host.state.usage.nativeBytes == counter.alive << 20)
    }

    @Test func `without native bytes nothing paces it`() throws {
        let host = try Host()
        let type = try register(host)
        let counter = Probe.Counter()
        try host.sandbox.define(
            HostFunction(
                "buffer",
                pushing: { arguments in
                    try arguments.context.push(Probe(counter), type)
                    return 1
                }))
        try host.run("for i = 1, 3000 do local b = buffer() end")
        #expect(counter.peak > 100)
    }

    @Test func `a million callbacks run in bounded memory`() throws {
        let host = try Host()
        let type = try register(host)
        let counter = Probe.Counter()
        let callback = try host.function(
            "return function(p, i) return { p.value + i } end")
        let context = host.context
        let limits = LuaLimits(instructions: 10_000, bytes: 1 << 20)
        host.state.collect()
        let before = host.state.usage.bytes
        for number in 0..<1_000_000 {
            try context.push(callback)
            try context.push(Probe(counter, 1), type)
            try context.push(number)
            try context.call(arguments: 2, results: 1, limits: limits, name: "mutation")
            context.pop()
        }
        #expect(context.count == 0)
        #expect(host.state.usage.peakBytes < before + (2 << 20))
        host.state.collect()
        #expect(counter.alive == 0)
        #expect(counter.released == 1_000_000)
        // A byte lost each time would be a megabyte.
        #expect(host.state.usage.bytes < before + (1 << 16))
    }
}
