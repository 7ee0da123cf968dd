import LuaHost
import Testing

@Suite struct TreeTests {
    private func describe(_ tree: LuaTree) -> String {
        switch tree {
        case .nil: "nil"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): "\"\(value)\""
        case .bytes(let value): "\(value)"
        case .function: "function"
        case .userdata: "userdata"
        case .table(let table):
            "{"
                + (table.array.map(describe)
                + table.fields.map { "\($0.name)=\(describe($0.value))" })
                .joined(separator: " ") + "}"
        }
    }

    private func message(_ host: Host, _ script: String, _ limits: LuaTreeLimits = .init())
        -> String?
    {
        do {
            _ = try host.context.tree(host.run(script)[0], name: "plan", limits: limits)
            return nil
        } catch {
            return (error as? LuaError)?.message
        }
    }

    @Test func `a table is copied with integers, floats, bytes and order`() throws {
        let host = try Host()
        let script = """
            return { 1, 2.0, 'x', { deep = { true } }, rate = 1e-3, f = function() end,
              bytes = '\\xff', empty = {} }
            """
        let tree = try host.context.tree(try host.run(script)[0])
        let text = "{1 2.0 \"x\" {deep={true}} bytes=[255] empty={} f=function rate=0.001}"
        #expect(describe(tree) == text)
        try host.context.push(tree)
        #expect(describe(try host.context.tree(at: -1)) == text)
        host.context.pop()
        #expect(host.context.count == 0)
    }

    @Test func `a table seen twice is copied twice`() throws {
        let host = try Host()
        let tree = try host.context.tree(try host.run("local a = { 1 } return { a, a }")[0])
        #expect(describe(tree) == "{{1} {1}}")
    }

    @Test func `read-only views are copied as the tables they show`() throws {
        let host = try Host()
        let table = try host.context.table(fields: ["rate": .integer(1)])
        let view = try host.context.readOnly(table, name: "config")
        #expect(describe(try host.context.tree(.table(view))) == "{rate=1}")
    }

    @Test func `what cannot be copied is named with its path`() throws {
        let host = try Host()
        #expect(
            message(host, "local t = { a = {} } t.a.b = t return t")
                == "plan.a.b: a table that contains itself cannot be copied")
        #expect(
            message(host, "return { a = { [1] = 1, [3] = 1 } }")
                == "plan.a[3]: the key is an integer; "
                + "only names and an array 1, 2, … without gaps can be copied")
        #expect(
            message(host, "return { [true] = 1 }")
                == "plan[true]: the key is a boolean; "
                + "only names and an array 1, 2, … without gaps can be copied")
        #expect(
            message(host, "return { x = { coroutine.create(print) } }")
                == "plan.x[1]: a coroutine cannot be copied")
        let deep = "local t = {} for i = 1, 100 do t = { t } end return t"
        #expect(message(host, deep)?.hasSuffix(": tables within tables, more than 64 deep") == true)
        let wide = "local t = {} for i = 1, 30 do t = { t, t } end return t"
        #expect(
            message(host, wide, LuaTreeLimits(values: 1000))?.hasSuffix(
                ": more than 1,000 values; return less") == true)
        #expect(host.context.count == 0)
    }
}
