// The genotype notation:
//
//     normal: avg 0, avg 1 · avg 1, dil3 2; reduction: avg 0, dil5 1 · skip 2, sep3 1
//
// Each entry is an operation and the input it works on, two entries a node, nodes in order.

extension CellSpace {
    /// A genotype in the notation, with each node's entries in the order of their inputs.
    ///
    /// - Throws: As ``validate(_:)``.
    public func text(_ genotype: Genotype) throws(SearchSpaceError) -> String {
        let architecture = try decode(genotype)
        return CellKind.allCases.map { kind in
            let nodes = architecture[kind].nodes.map { node in
                node.entries.map { "\($0.operation.displayName) \($0.input)" }
                    .joined(separator: ", ")
            }
            return "\(kind.rawValue): " + nodes.joined(separator: " · ")
        }.joined(separator: "; ")
    }

    /// Reads the notation in any case, with `·` or `|` between nodes, `;` or a new line between
    /// cells, and a node's entries in either order.
    ///
    /// - Throws: `notation` with the place, or `unknownName` for an operation.
    public func parse(_ text: String) throws(SearchSpaceError) -> Genotype {
        try encode(parseArchitecture(text))
    }

    private func parseArchitecture(
        _ text: String
    ) throws(SearchSpaceError) -> CellArchitecture {
        var cells: [CellKind: Cell] = [:]
        let pieces = text.split { $0 == ";" || $0.isNewline }.map(trimmed).filter { !$0.isEmpty }
        for piece in pieces {
            let sides = piece.split(separator: ":", omittingEmptySubsequences: false).map(trimmed)
            guard sides.count == 2 else {
                throw .notation(
                    place: "cell", found: "\"\(piece)\"",
                    expected: "\"normal: …\" or \"reduction: …\"")
            }
            guard let kind = CellKind(rawValue: sides[0].lowercased()) else {
                throw .unknownName(
                    kind: "cell", found: sides[0], known: CellKind.allCases.map(\.rawValue))
            }
            guard cells[kind] == nil else {
                throw .notation(
                    place: "\(kind.rawValue) cell", found: "it twice", expected: "each cell once")
            }
            cells[kind] = try parseCell(sides[1], kind)
        }
        guard let normal = cells[.normal], let reduction = cells[.reduction] else {
            let missing = cells[.normal] == nil ? "normal" : "reduction"
            throw .notation(
                place: "\(missing) cell", found: "nothing",
                expected: "\"normal: … ; reduction: …\"")
        }
        return CellArchitecture(normal: normal, reduction: reduction)
    }

    private func parseCell(_ text: String, _ kind: CellKind) throws(SearchSpaceError) -> Cell {
        let pieces = text.split(omittingEmptySubsequences: false) { $0 == "·" || $0 == "|" }
        guard pieces.count == nodes else {
            throw .notation(
                place: "\(kind.rawValue) cell", found: "\(pieces.count)",
                expected: "\(nodes) nodes with · or | between them")
        }
        var parsed: [CellNode] = []
        for (index, piece) in pieces.enumerated() {
            parsed.append(
                try parseNode(
                    trimmed(piece), index, place: "\(kind.rawValue) cell, node \(index)"))
        }
        return Cell(nodes: parsed)
    }

    private func parseNode(
        _ text: String, _ index: Int, place: String
    ) throws(SearchSpaceError) -> CellNode {
        var entries: [CellNode.Entry] = []
        for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = piece.split(whereSeparator: \.isWhitespace)
            guard words.count == 2, let input = Int(words[1]) else {
                throw .notation(
                    place: place, found: "\"\(trimmed(piece))\"",
                    expected: "an operation and an input, as in \"sep3 1\"")
            }
            guard (0..<(index + 2)).contains(input) else {
                throw .notation(
                    place: place, found: "input \(input)",
                    expected: "an input from 0 to \(index + 1)")
            }
            let operation = try operation(named: String(words[0]))
            entries.append(CellNode.Entry(input: input, operation: operation))
        }
        guard entries.count == 2 else {
            throw .notation(
                place: place, found: "\(entries.count)",
                expected: "two entries with a comma between")
        }
        guard entries[0].input != entries[1].input else {
            throw .notation(
                place: place, found: "input \(entries[0].input) twice",
                expected: "two different inputs")
        }
        return CellNode(entries[0], entries[1])
    }

    /// An operation of this space by its name: a custom one, or a built-in in any spelling.
    private func operation(named name: String) throws(SearchSpaceError) -> CellOperation {
        let lowered = name.lowercased()
        for case .custom(let custom) in operations where custom.name == lowered {
            return .custom(custom)
        }
        if let operation = try? CellOperation(name: name), operations.contains(operation) {
            return operation
        }
        // As this space writes them, so that what is listed can be copied.
        throw .unknownName(
            kind: "operation of this space", found: name, known: operations.map(\.displayName))
    }
}
