public import Randomness

/// Two cells, normal and reduction, of one to four nodes each; every node sums an operation on each
/// of two different inputs.
///
/// A node has four genes: `input1` < `input2`, then `operation1` (on `input1`) and `operation2`
/// (on `input2`). The normal cell's nodes come first, then the reduction cell's. As the inputs are
/// ordered, no two genotypes mean the same pair of entries, and node 0, which has only the inputs
/// 0 and 1, has two genes of one option.
///
/// Source: the cell of DARTS and T-NAS, with the input pair as part of the genotype.
public struct CellSpace: SearchSpace, Hashable, Sendable {
    /// The genes of a node.
    public static let genesPerNode = 4

    /// Nodes in each cell, 1 to 4.
    public let nodes: Int
    /// The candidate operations; an operation gene's value is an index into them.
    public let operations: [CellOperation]
    /// `cells`.
    public let name = "cells"
    /// One choice per gene.
    public let choices: [Choice]

    /// A space of cells.
    ///
    /// - Parameters:
    ///   - nodes: Nodes in each cell, 1 to 4.
    ///   - operations: The candidate operations, each once.
    /// - Throws: `invalidSetting`.
    public init(
        nodes: Int = 4, operations: [CellOperation] = CellOperation.darts
    ) throws(SearchSpaceError) {
        guard (1...4).contains(nodes) else {
            throw .invalidSetting(name: "nodes", found: "\(nodes)", expected: "1 to 4")
        }
        guard !operations.isEmpty else {
            throw .invalidSetting(
                name: "operations", found: "empty", expected: "at least one operation")
        }
        for (index, operation) in operations.enumerated()
        where operations[..<index].contains(operation) {
            throw .invalidSetting(
                name: "operations", found: "\"\(operation.rawValue)\" twice",
                expected: "each operation once")
        }
        self.nodes = nodes
        self.operations = operations
        choices = CellKind.allCases.flatMap { kind in
            (0..<nodes).flatMap { node in
                let place = "\(kind.rawValue).node\(node)"
                let inputs = (0..<(node + 2)).map(String.init)
                let names = operations.map(\.displayName)
                return [
                    Choice(name: "\(place).input1", options: inputs),
                    Choice(name: "\(place).input2", options: inputs),
                    Choice(name: "\(place).operation1", options: names),
                    Choice(name: "\(place).operation2", options: names),
                ]
            }
        }
    }

    /// The square of what one cell allows: per node, its pairs of inputs times its pairs of
    /// operations.
    public var size: Double {
        var cell = 1.0
        for node in 0..<nodes {
            cell *= Double((node + 2) * (node + 1) / 2)
            cell *= Double(operations.count * operations.count)
        }
        return cell * cell
    }

    /// The number of genotypes, where it is exact.
    public var numbers: Int? { size < 0x1p53 ? Int(size) : nil }

    /// The genotype of this number: node by node a pair of inputs and two operations, the last node
    /// running fastest.
    public func genotype(number: Int) -> Genotype? {
        var genes = [Int](repeating: 0, count: choices.count)
        var rest = number
        func next(_ count: Int) -> Int {
            defer { rest /= count }
            return rest % count
        }
        for (start, node) in zip(blocks.map(\.lowerBound), nodeNumbers).reversed() {
            genes[start + 3] = next(operations.count)
            genes[start + 2] = next(operations.count)
            // Pairs in ascending order: those of the first input 0, then those of 1, and so on.
            var pair = next((node + 2) * (node + 1) / 2)
            var first = 0
            while pair >= node + 1 - first {
                pair -= node + 1 - first
                first += 1
            }
            genes[start] = first
            genes[start + 1] = first + 1 + pair
        }
        return Genotype(genes)
    }

    /// The four genes of each node.
    public var blocks: [Range<Int>] {
        stride(from: 0, to: choices.count, by: Self.genesPerNode).map {
            $0..<($0 + Self.genesPerNode)
        }
    }

    /// Checks the length, every gene's range, and that each node's inputs are in order.
    ///
    /// - Throws: `wrongLength` or `invalidGene`.
    public func validate(_ genotype: Genotype) throws(SearchSpaceError) {
        guard genotype.genes.count == choices.count else {
            throw .wrongLength(space: name, expected: choices.count, found: genotype.genes.count)
        }
        for (index, gene) in genotype.genes.enumerated() {
            var allowed = 0..<choices[index].options.count
            // Every first input leaves room for a second above it.
            if index % Self.genesPerNode == 0 { allowed = 0..<(allowed.upperBound - 1) }
            if index % Self.genesPerNode == 1 {
                allowed = (genotype.genes[index - 1] + 1)..<allowed.upperBound
            }
            guard allowed.contains(gene) else {
                throw .invalidGene(
                    index: index, name: choices[index].name, found: gene, allowed: Array(allowed))
            }
        }
    }

    /// Makes any integers a valid genotype; a valid one stays as it is.
    ///
    /// Genes are wrapped into their ranges, missing genes count as 0, further ones are dropped.
    /// Equal inputs become neighbours; inputs in the wrong order change places together with their
    /// operations, so that the entries stay what they were.
    public func repair(_ genotype: Genotype) -> Genotype {
        var genes: [Int] = []
        genes.reserveCapacity(choices.count)
        for (start, node) in zip(blocks.map(\.lowerBound), nodeNumbers) {
            func gene(_ offset: Int, _ count: Int) -> Int {
                let index = start + offset
                return index < genotype.genes.count ? wrapped(genotype.genes[index], count) : 0
            }
            var first = (input: gene(0, node + 2), operation: gene(2, operations.count))
            var second = (input: gene(1, node + 2), operation: gene(3, operations.count))
            if first.input == second.input { second.input = (second.input + 1) % (node + 2) }
            if first.input > second.input { swap(&first, &second) }
            genes += [first.input, second.input, first.operation, second.operation]
        }
        return Genotype(genes)
    }

    /// All operations for an operation gene; for an input gene those that keep the inputs in order.
    public func options(gene: Int, in genotype: Genotype) -> [Int] {
        guard genotype.genes.count == choices.count, choices.indices.contains(gene) else {
            return []
        }
        let count = choices[gene].options.count
        switch gene % Self.genesPerNode {
        case 0: return Array(0..<count).filter { $0 < genotype.genes[gene + 1] }
        case 1: return Array(0..<count).filter { $0 > genotype.genes[gene - 1] }
        default: return Array(0..<count)
        }
    }

    /// Draws for each node a pair of inputs and two operations.
    public func sample(_ rng: inout RandomStream) -> Genotype {
        var genes: [Int] = []
        genes.reserveCapacity(choices.count)
        for node in nodeNumbers {
            let inputs = rng.sample(2, below: node + 2)
            genes += inputs.sorted()
            genes.append(rng.integer(below: operations.count))
            genes.append(rng.integer(below: operations.count))
        }
        return Genotype(genes)
    }

    /// The number within its cell of every node, in the order of the genes.
    private var nodeNumbers: [Int] { Array(0..<nodes) + Array(0..<nodes) }

    // MARK: Decoding

    /// The architecture that a genotype means.
    ///
    /// - Throws: As ``validate(_:)``.
    public func decode(_ genotype: Genotype) throws(SearchSpaceError) -> CellArchitecture {
        try validate(genotype)
        let decoded = blocks.map { block in
            let genes = genotype.genes[block]
            let start = block.lowerBound
            return CellNode(
                inputs: (genes[start], genes[start + 1]),
                operations: (operations[genes[start + 2]], operations[genes[start + 3]]))
        }
        return CellArchitecture(
            normal: Cell(nodes: Array(decoded.prefix(nodes))),
            reduction: Cell(nodes: Array(decoded.suffix(nodes))))
    }

    /// The genotype that means an architecture: the inverse of ``decode(_:)``, whichever order a
    /// node's entries are in.
    ///
    /// - Throws: `invalidArchitecture`, or `unknownName` for an operation that this space lacks.
    public func encode(_ architecture: CellArchitecture) throws(SearchSpaceError) -> Genotype {
        try architecture.validate()
        var genes: [Int] = []
        for kind in CellKind.allCases {
            let cell = architecture[kind]
            guard cell.nodes.count == nodes else {
                throw .invalidArchitecture(
                    place: "\(kind.rawValue) cell", found: "\(cell.nodes.count) nodes",
                    expected: "\(nodes) nodes")
            }
            for node in cell.nodes {
                let entries = node.entries.sorted { $0.input < $1.input }
                genes += entries.map(\.input)
                for entry in entries {
                    genes.append(try index(of: entry.operation))
                }
            }
        }
        return Genotype(genes)
    }

    private func index(of operation: CellOperation) throws(SearchSpaceError) -> Int {
        guard let index = operations.firstIndex(of: operation) else {
            throw .unknownName(
                kind: "operation of this space", found: operation.displayName,
                known: operations.map(\.displayName))
        }
        return index
    }
}
