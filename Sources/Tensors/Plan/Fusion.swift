internal import Kernels

/// Which elementwise nodes run together in one pass over memory.
///
/// A node joins the group of its consumers if all of them are in one group, it has the group's
/// number of elements, and the group's program stays within the interpreter's registers. Groups have
/// one output, so nothing is computed twice.
struct Fusion {
    /// The group's root (its last node, whose value is kept), by node; −1 for other nodes.
    private(set) var root: [Int]
    /// The members of each root's group, in the order of recording.
    private(set) var members: [Int: [Int]] = [:]

    private static let maximumInputs = 8
    private static let maximumMembers = 8

    private struct Group {
        var members: [Int]
        var inputs: [Int]
        var constants: [Int]
        var columns: Int?
    }

    /// - Parameters:
    ///   - graph: Holds the nodes.
    ///   - needed: Which nodes the plan computes.
    ///   - kept: Which nodes' values are read from outside, so that they may not disappear.
    init(_ graph: Graph, needed: [Bool], kept: [Bool]) {
        let count = needed.count
        root = [Int](repeating: -1, count: count)
        // The one group that all consumers of a node belong to so far: −1 none yet, −2 several.
        var consumer = [Int](repeating: -1, count: count)
        var groups: [Int: Group] = [:]
        for node in stride(from: count - 1, through: 0, by: -1) where needed[node] {
            var home = -2
            if graph.types[node] == ObjectIdentifier(Elementwise.self) {
                let columns = Fusion.columns(graph, node)
                let candidate = consumer[node]
                if candidate >= 0, !kept[node],
                    graph.shapes[candidate].count == graph.shapes[node].count,
                    let joined = groups[candidate].flatMap({
                        Fusion.join(graph, node, columns, to: $0)
                    })
                {
                    groups[candidate] = joined
                    home = candidate
                } else {
                    groups[node] = Group(
                        members: [node], inputs: Fusion.externalInputs(graph, node),
                        constants: Fusion.constants(graph, node), columns: columns)
                    home = node
                }
                root[node] = home
            }
            let list = graph.arguments[node]
            for place in 0..<Int(list.count) {
                let input = list[place]
                if consumer[input] == -1 {
                    consumer[input] = home
                } else if consumer[input] != home {
                    consumer[input] = -2
                }
            }
        }
        for (root, group) in groups { members[root] = group.members.sorted() }
    }

    /// The columns that a node's row or column operands ask for; nil if any number will do.
    static func columns(_ graph: Graph, _ node: Int) -> Int? {
        for input in graph.inputs(of: node) {
            switch OperandExtent(of: graph.shapes[input], in: graph.shapes[node]) {
            case .row(let columns), .column(let columns): return columns
            default: continue
            }
        }
        return nil
    }

    private static func externalInputs(_ graph: Graph, _ node: Int) -> [Int] {
        var inputs: [Int] = []
        for input in graph.inputs(of: node) where !inputs.contains(input) {
            if case .fill? = graph.structure(input) { continue }
            inputs.append(input)
        }
        return inputs
    }

    private static func constants(_ graph: Graph, _ node: Int) -> [Int] {
        graph.inputs(of: node).filter { input in
            if case .fill? = graph.structure(input) { true } else { false }
        }
    }

    private static func join(
        _ graph: Graph, _ node: Int, _ columns: Int?, to group: Group
    ) -> Group? {
        var group = group
        if let columns {
            guard group.columns == nil || group.columns == columns else { return nil }
            group.columns = columns
        }
        // A member reads the node elementwise only if it reads it whole.
        let whole = graph.shapes[node].count
        for member in group.members where graph.inputs(of: member).contains(node) {
            guard graph.shapes[member].count == whole else { return nil }
        }
        group.inputs.removeAll { $0 == node }
        for input in externalInputs(graph, node) where !group.inputs.contains(input) {
            group.inputs.append(input)
        }
        for constant in constants(graph, node) where !group.constants.contains(constant) {
            group.constants.append(constant)
        }
        group.members.append(node)
        // Registers are never reused within a program: inputs, constants and members share them.
        let registers = group.inputs.count + group.constants.count + group.members.count
        guard group.members.count <= maximumMembers, group.inputs.count <= maximumInputs,
            registers <= ElementwiseProgram.registers
        else { return nil }
        return group
    }

    /// The interpreter's program for a group.
    ///
    /// - Returns: The program and the nodes that it reads, in the order of its operands.
    func program(_ graph: Graph, root: Int) -> (program: ElementwiseProgram, inputs: [Int]) {
        let members = members[root] ?? [root]
        let target = graph.shapes[root]
        var inputs: [Int] = []
        var constants: [Int] = []
        var columns: Int?
        for member in members {
            columns = columns ?? Fusion.columns(graph, member)
            for input in graph.inputs(of: member) where !members.contains(input) {
                if case .fill? = graph.structure(input) {
                    if !constants.contains(input) { constants.append(input) }
                } else if !inputs.contains(input) {
                    inputs.append(input)
                }
            }
        }
        let width = columns ?? target.count
        let extents = inputs.map { input -> ElementwiseProgram.Extent in
            switch OperandExtent(of: graph.shapes[input], in: target) {
            case .scalar: .scalar
            case .row: .row
            case .column: .column
            case .full, .other: .full
            }
        }
        var program = ElementwiseProgram(
            operands: extents, rows: target.count / width, columns: width)
        var registers: [Int: Int] = [:]
        for (place, input) in inputs.enumerated() { registers[input] = place }
        for constant in constants {
            guard case .fill(let value)? = graph.structure(constant) else { continue }
            registers[constant] = program.constant(value)
        }
        for member in members {
            guard let own = graph.primitive(member, Elementwise.self) else { continue }
            let read = graph.inputs(of: member).map { registers[$0] ?? 0 }
            registers[member] = program.apply(own.function, read, immediate: own.immediate)
        }
        return (program, inputs)
    }
}
