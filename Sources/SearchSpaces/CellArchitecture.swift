/// A decoded genotype of ``CellSpace``: what networks are built from.
public struct CellArchitecture: Hashable, Sendable, Codable {
    /// The cell that keeps the resolution.
    public var normal: Cell
    /// The cell that halves the resolution.
    public var reduction: Cell

    /// An architecture of two cells, not yet validated.
    public init(normal: Cell, reduction: Cell) {
        self.normal = normal
        self.reduction = reduction
    }

    /// The cell of this kind.
    public subscript(kind: CellKind) -> Cell {
        switch kind {
        case .normal: normal
        case .reduction: reduction
        }
    }

    /// Checks that every node takes two different inputs that exist before it.
    ///
    /// - Throws: `invalidArchitecture`.
    public func validate() throws(SearchSpaceError) {
        for kind in CellKind.allCases {
            guard !self[kind].nodes.isEmpty else {
                throw .invalidArchitecture(
                    place: "\(kind.rawValue) cell", found: "none", expected: "at least one node")
            }
            for (index, node) in self[kind].nodes.enumerated() {
                let allowed = 0..<(index + 2)
                for input in [node.first.input, node.second.input] where !allowed.contains(input) {
                    throw .invalidArchitecture(
                        place: "\(kind.rawValue) cell, node \(index)", found: "input \(input)",
                        expected: "an input from 0 to \(index + 1)")
                }
                guard node.first.input != node.second.input else {
                    throw .invalidArchitecture(
                        place: "\(kind.rawValue) cell, node \(index)",
                        found: "input \(node.first.input) twice", expected: "two different inputs")
                }
            }
        }
    }
}

/// Whether a cell keeps or halves the resolution.
public enum CellKind: String, CaseIterable, Sendable, Codable {
    /// Keeps height, width and channels.
    case normal
    /// Halves height and width, doubles the channels.
    case reduction
}

/// A small graph that is stacked into a network: its output concatenates all its nodes.
public struct Cell: Hashable, Sendable, Codable {
    /// The nodes in order. Node `i` may take inputs 0 ... `i` + 1: inputs 0 and 1 are the outputs
    /// of the cell before the previous one and of the previous one, input `j` ≥ 2 is node `j` − 2.
    public var nodes: [CellNode]

    /// A cell of these nodes.
    public init(nodes: [CellNode]) {
        self.nodes = nodes
    }
}

/// The sum of two operations on two different inputs.
public struct CellNode: Hashable, Sendable, Codable {
    /// One operation on one input.
    public struct Entry: Hashable, Sendable, Codable {
        /// The input's number, counting as in ``Cell/nodes``.
        public var input: Int
        /// What is done to the input.
        public var operation: CellOperation

        /// An operation on an input.
        public init(input: Int, operation: CellOperation) {
            self.input = input
            self.operation = operation
        }
    }

    /// The entry in slot 0.
    public var first: Entry
    /// The entry in slot 1.
    public var second: Entry

    /// A node of two entries.
    public init(_ first: Entry, _ second: Entry) {
        self.first = first
        self.second = second
    }

    /// A node of two inputs and what is done to each.
    public init(inputs: (Int, Int), operations: (CellOperation, CellOperation)) {
        first = Entry(input: inputs.0, operation: operations.0)
        second = Entry(input: inputs.1, operation: operations.1)
    }

    /// Both inputs, by slot.
    public var inputs: (Int, Int) { (first.input, second.input) }

    /// Both operations, by slot.
    public var operations: (CellOperation, CellOperation) { (first.operation, second.operation) }

    /// Both entries, by slot.
    public var entries: [Entry] { [first, second] }
}
