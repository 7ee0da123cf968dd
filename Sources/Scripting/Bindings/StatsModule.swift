import LuaHost
import Statistics

/// `apogee.stats`: summaries, correlations and paired tests of lists of numbers.
struct StatsModule {
    let context: LuaContext

    func table() throws -> LuaTable {
        let table = try context.table()
        for function in summaries() + correlations() + [interval(), paired()] {
            try table.set(function.name, .function(try context.function(function)))
        }
        return try context.readOnly(table, name: "stats")
    }

    private static func numbers(
        _ arguments: LuaArguments, _ index: Int, _ name: String
    ) throws -> [Double] {
        guard arguments.kind(index) == .table else {
            throw arguments.mismatch(index, name, expected: "a list of numbers")
        }
        let tree = try arguments.context.tree(
            at: arguments.place(index), name: name,
            limits: LuaTreeLimits(depth: 1, values: 1_000_001)
        )
        guard case .table(let table) = tree, table.fields.isEmpty else {
            throw arguments.mismatch(index, name, expected: "a list of numbers")
        }
        return try table.array.enumerated().map { place, entry in
            switch entry {
            case .integer(let value): return Double(value)
            case .number(let value): return value
            default:
                throw LuaError(
                    kind: .conversion,
                    message: "\(arguments.function): \(name)[\(place + 1)]: expected a number, "
                        + "found \(entry.kind)")
            }
        }
    }

    private static func explaining<Result>(
        _ arguments: LuaArguments, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as StatisticsError {
            throw LuaError(kind: .conversion, message: "\(arguments.function): \(error)")
        }
    }

    private func summaries() -> [HostFunction] {
        func summary(
            _ name: String, _ function: @escaping ([Double]) throws -> Double
        ) -> HostFunction {
            HostFunction(name) { arguments in
                let values = try Self.numbers(arguments, 1, "values")
                return .number(try Self.explaining(arguments) { try function(values) })
            }
        }
        return [
            summary("mean") { try Summary.mean($0) },
            summary("deviation") { try Summary.deviation($0) },
        ]
    }

    private func correlations() -> [HostFunction] {
        func correlation(
            _ name: String, _ function: @escaping ([Double], [Double]) throws -> Double
        ) -> HostFunction {
            HostFunction(name) { arguments in
                let a = try Self.numbers(arguments, 1, "a")
                let b = try Self.numbers(arguments, 2, "b")
                return .number(try Self.explaining(arguments) { try function(a, b) })
            }
        }
        return [
            correlation("pearson") { try Correlation.pearson($0, $1) },
            correlation("spearman") { try Correlation.spearman($0, $1) },
            correlation("kendall") { try Correlation.kendall($0, $1) },
        ]
    }

    private func interval() -> HostFunction {
        let context = context
        return HostFunction("interval") { arguments in
            let values = try Self.numbers(arguments, 1, "values")
            let found = try Self.explaining(arguments) { try Interval.ofMean(values) }
            return .table(
                try context.table(fields: [
                    "estimate": .number(found.estimate), "lower": .number(found.lower),
                    "upper": .number(found.upper), "level": .number(found.level),
                ]))
        }
    }

    private func paired() -> HostFunction {
        let context = context
        return HostFunction("paired_test") { arguments in
            let a = try Self.numbers(arguments, 1, "a")
            let b = try Self.numbers(arguments, 2, "b")
            let test = try Self.explaining(arguments) { try PairedTest.student(a, b) }
            return .table(
                try context.table(fields: [
                    "name": .string(test.name), "p_value": .number(test.pValue),
                    "statistic": .number(test.statistic),
                    "mean_difference": .number(test.meanDifference),
                ]))
        }
    }
}
