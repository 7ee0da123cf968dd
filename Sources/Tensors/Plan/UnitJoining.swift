internal import Kernels

/// Which separable units run together, and which sums of gradients are made by a unit.
///
/// Units without a depthwise convolution that read the same input are one kernel forwards. Backwards
/// the gradients to a value that several operations read are added up: one of them that is a unit's
/// gradient, or several of units that read the same, waits for the others and adds them to its own
/// before it writes. What it then has in registers also gives the sums of a batch norm before it. The
/// statistics of a batch norm behind a unit come with the unit's output.
struct UnitJoining {
    /// The gradients that a sum joins: units' gradients that run as one kernel, and other terms.
    struct Sum {
        let units: [Int]
        let added: [Int]
    }

    /// By the first unit: all units of one kernel, forwards.
    private(set) var mixtures: [Int: [Int]] = [:]
    /// By the root of the elementwise group that adds.
    private(set) var sums: [Int: Sum] = [:]
    /// Nodes that are computed at another node's place.
    private(set) var isJoined: [Bool]
    /// By a node of a batch norm's sums, the root of the sum of gradients that comes with them.
    private(set) var normSums: [Int: Int] = [:]

    /// By a node of a batch norm's statistics, the unit that gives them with its output.
    private(set) var statistics: [Int: Int] = [:]

    /// By a node of max-pooling, that of the positions of its maxima, which one pass finds with them.
    private(set) var positions: [Int: Int] = [:]

    private static let mostOutputs = 256
    private let graph: Graph

    /// - Parameters:
    ///   - graph: Holds the nodes.
    ///   - needed: Which nodes the plan computes.
    ///   - kept: Which nodes' values are read from outside.
    ///   - fusion: The elementwise groups.
    ///   - absorption: Sums that other kernels make.
    init(
        _ graph: Graph, needed: [Bool], kept: [Bool], fusion: Fusion, absorption: Absorption
    ) {
        self.graph = graph
        isJoined = [Bool](repeating: false, count: needed.count)
        joinPositions(needed)
        let hasUnits = needed.indices.contains { node in
            needed[node] && unit(node) != nil
        }
        guard hasUnits else { return }
        var readers = [[Int]](repeating: [], count: needed.count)
        for node in needed.indices where needed[node] {
            let list = graph.arguments[node]
            let first = Int(graph.unreadInputs[node])
            for place in first..<max(first, Int(list.count)) { readers[list[place]].append(node) }
        }
        joinForward(needed, kept)
        joinStatistics(needed)
        for root in needed.indices where needed[root] && fusion.root[root] == root {
            guard absorption.sums[root] == nil else { continue }
            joinSum(root, fusion, kept, readers)
        }
    }

    private mutating func joinPositions(_ needed: [Bool]) {
        var pooled: [Int: [Int]] = [:]
        for node in needed.indices where needed[node] {
            if graph.primitive(node, MaxPool.self) != nil {
                pooled[graph.arguments[node][0], default: []].append(node)
            } else if let index = graph.primitive(node, MaxPoolIndex.self) {
                let maxima = pooled[graph.arguments[node][0]]?.first {
                    graph.primitive($0, MaxPool.self)?.window == index.window
                }
                if let maxima { positions[maxima] = node }
            }
        }
    }

    // MARK: Forwards

    private mutating func joinForward(_ needed: [Bool], _ kept: [Bool]) {
        var open: [[Int]: Int] = [:]
        for node in needed.indices where needed[node] && !kept[node] {
            guard let unit = graph.primitive(node, Separable.self)?.unit, !unit.isDepthwise else {
                continue
            }
            let inputs = graph.inputs(of: node)
            let source = Array(inputs[..<unit.sourceCount])
            let weights = inputs[unit.sourceCount]
            if let first = open[source], let leader = graph.primitive(first, Separable.self)?.unit,
                leader.epsilon == unit.epsilon, isAvailable(weights, before: first),
                let group = mixtures[first], outputs(group) + Int(unit.outputs) <= Self.mostOutputs
            {
                mixtures[first] = group + [node]
                isJoined[node] = true
            } else {
                open[source] = node
                mixtures[node] = [node]
            }
        }
    }

    private mutating func joinStatistics(_ needed: [Bool]) {
        for node in needed.indices where needed[node] {
            guard let norm = graph.primitive(node, NormStatistics.self) else { continue }
            let output = graph.arguments[node][0]
            guard case .part(0)? = graph.structure(output) else { continue }
            let whole = graph.arguments[output][0]
            guard let unit = graph.primitive(whole, Separable.self)?.unit,
                unit.epsilon == norm.epsilon
            else { continue }
            statistics[node] = whole
        }
    }

    /// Inputs of the plan are there from its beginning.
    private func isAvailable(_ node: Int, before other: Int) -> Bool {
        if case .input? = graph.structure(node) { return true }
        return node < other
    }

    private func outputs(_ units: [Int]) -> Int {
        units.reduce(0) { sum, node in sum + (unit(node).map { Int($0.outputs) } ?? 0) }
    }

    private func unit(_ node: Int) -> SeparableUnit? {
        graph.primitive(node, Separable.self)?.unit ?? gradient(node)
    }

    /// The unit whose gradient a node is.
    private func gradient(_ node: Int) -> SeparableUnit? {
        graph.primitive(node, SeparableBackward.self)?.unit
    }

    // MARK: Backwards

    private mutating func joinSum(
        _ root: Int, _ fusion: Fusion, _ kept: [Bool], _ readers: [[Int]]
    ) {
        let members = fusion.members[root] ?? []
        let shape = graph.shapes[root]
        var terms: [Int] = []
        for member in members {
            guard graph.primitive(member, Elementwise.self)?.function == .add,
                graph.shapes[member] == shape
            else { return }
            for input in graph.inputs(of: member) where !members.contains(input) {
                guard graph.shapes[input] == shape else { return }
                if case .fill? = graph.structure(input) { return }
                terms.append(input)
            }
        }
        // A member that is read twice would count twice.
        guard terms.count == members.count + 1 else { return }
        let candidates = terms.filter { term in
            terms.filter { $0 == term }.count == 1
                && canWait(term, until: root, kept, readers)
        }
        guard let units = choose(candidates.map { graph.arguments[$0][0] }) else { return }
        let added = terms.filter { term in
            if case .part? = graph.structure(term) {
                return !units.contains(graph.arguments[term][0])
            }
            return true
        }
        sums[root] = Sum(units: units, added: added)
        for unit in units { isJoined[unit] = true }
        joinNormSums(root, units[0], readers)
    }

    /// Whether a term is the gradient of a unit's input, which nothing else reads, and all else
    /// that the unit gives is read after the sum.
    private func canWait(
        _ term: Int, until root: Int, _ kept: [Bool], _ readers: [[Int]]
    ) -> Bool {
        guard case .part(0)? = graph.structure(term), !kept[term], readers[term].count == 1
        else { return false }
        let whole = graph.arguments[term][0]
        guard let unit = gradient(whole), unit.parts == 1, !kept[whole] else { return false }
        let sums = unit.backwardPlaces[unit.sumsIndex].offset
        return readers[whole].allSatisfy { part in
            guard part != term else { return true }
            guard case .part(let offset)? = graph.structure(part), offset != sums else {
                return false
            }
            return readers[part].allSatisfy { $0 > root }
        }
    }

    /// The most units that one kernel takes: those that read the same and have no depthwise
    /// convolution, else the last one.
    private func choose(_ units: [Int]) -> [Int]? {
        var groups: [[Int]] = []
        for node in units {
            guard let unit = gradient(node) else { continue }
            guard !unit.isDepthwise else {
                groups.append([node])
                continue
            }
            let source = graph.inputs(of: node)[..<unit.sourceCount]
            let place = groups.firstIndex { group in
                guard let other = gradient(group[0]) else { return false }
                return !other.isDepthwise
                    && graph.inputs(of: group[0])[..<other.sourceCount] == source
                    && outputs(group) + Int(unit.outputs) <= Self.mostOutputs
            }
            if let place { groups[place].append(node) } else { groups.append([node]) }
        }
        return groups.max { ($0.count, $0.last ?? 0) < ($1.count, $1.last ?? 0) }
    }

    /// Sums of the batch norm before the units, taken of the gradient that they make.
    private mutating func joinNormSums(_ root: Int, _ unit: Int, _ readers: [[Int]]) {
        guard let kind = gradient(unit), kind.isNormed else { return }
        let norm = Array(graph.inputs(of: unit)[1..<kind.sourceCount])
        for reader in readers[root] {
            guard graph.primitive(reader, BatchNormSums.self)?.fusion == NormKernels.Fusion.none,
                graph.inputs(of: reader) == norm + [root]
            else { continue }
            normSums[reader] = root
            isJoined[reader] = true
        }
    }
}
