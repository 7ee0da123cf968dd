import LuaHost
import NeuralNetworks
import Tensors

/// Parameters as scripts list them: `{ "weight", shape = { 3, 3, 1, 16 }, fan_in = 9 }`, in a list
/// that may hold further lists.
enum ParameterReading {
    /// A parameter as scripts see it.
    static func tree(_ specification: ParameterSpecification) -> LuaTree {
        var fields = [
            LuaTree.Field(
                "shape",
                .table(
                    LuaTree.Table(array: specification.shape.dimensions.map { .integer($0) })))
        ]
        switch specification.initializer {
        case .constant(let value): fields.append(LuaTree.Field("value", .number(Double(value))))
        case .weight(let fanIn), .bias(let fanIn):
            fields.append(LuaTree.Field("fan_in", .integer(fanIn)))
        case .normal(let deviation):
            fields.append(LuaTree.Field("deviation", .number(Double(deviation))))
        case .statistics: break
        }
        return .table(LuaTree.Table(array: [.string(specification.name)], fields: fields))
    }

    /// The parameters of a list.
    static func specifications(
        _ tree: LuaTree, _ function: String
    ) throws -> [ParameterSpecification] {
        var all: [ParameterSpecification] = []
        try collect(tree, function, "parameters", into: &all)
        return all
    }

    private static func collect(
        _ tree: LuaTree, _ function: String, _ path: String,
        into all: inout [ParameterSpecification]
    ) throws {
        func wrong(_ message: String) -> LuaError {
            LuaError(kind: .conversion, message: "\(function): \(message)")
        }
        guard case .table(let table) = tree else {
            throw wrong(
                "\(path): expected a list of parameters, found \(tree.kind); as in { { \"weight\", "
                    + "shape = { 3, 3, 1, 16 }, fan_in = 9 } }, or what nn.…_parameters gives")
        }
        guard case .string(let name)? = table.array.first else {
            guard table.fields.isEmpty else {
                throw wrong(
                    "\(path): expected a list, found the key '\(table.fields[0].name)'; a "
                        + "parameter begins with its name, as in { \"weight\", shape = … }")
            }
            for (index, entry) in table.array.enumerated() {
                try collect(entry, function, "\(path)[\(index + 1)]", into: &all)
            }
            return
        }
        let known = ["shape", "fan_in", "value", "deviation"]
        if let field = table.fields.first(where: { !known.contains($0.name) }) {
            throw wrong(
                "\(path) (\(name)): unknown key '\(field.name)'; it takes "
                    + known.joined(separator: ", "))
        }
        guard case .table(let sizes)? = table["shape"], sizes.fields.isEmpty else {
            throw wrong("\(path) (\(name)): shape: expected sizes, as in { 16 }")
        }
        let dimensions = try sizes.array.map { size throws(LuaError) -> Int in
            switch size {
            case .integer(let value): return value
            case .number(let value):
                if let whole = Int(exactly: value) { return whole }
                fallthrough
            default: throw wrong("\(path) (\(name)): shape: expected integers")
            }
        }
        let options = TensorOptions(fields: table.fields, function: "\(function): \(path)")
        let shape: Shape
        do throws(TensorError) {
            shape = try Shape(dimensions)
        } catch {
            throw wrong("\(path) (\(name)): \(error)")
        }
        let initializer: Initializer
        if let fanIn = try options.integer("fan_in") {
            guard fanIn >= 1 else {
                throw wrong("\(path) (\(name)): fan_in: expected at least 1, found \(fanIn)")
            }
            // What has one axis is a bias: one number a unit.
            initializer = shape.rank == 1 ? .bias(fanIn: fanIn) : .weight(fanIn: fanIn)
        } else if let deviation = try options.number("deviation") {
            initializer = .normal(deviation: Float(deviation))
        } else {
            initializer = .constant(Float(try options.number("value") ?? 0))
        }
        all.append(ParameterSpecification(name, shape, initializer))
    }
}
