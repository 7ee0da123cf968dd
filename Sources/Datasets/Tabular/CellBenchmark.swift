import Foundation
public import Randomness

/// NAS-Bench-201 as tables: for each of its 15,625 cells the accuracy on three image sets, so that
/// search policies are compared without training anything.
///
/// A cell has six edges, in the order 0→1, 0→2, 1→2, 0→3, 1→3, 2→3, each with one of five
/// operations; a cell's number is its edges' operations read as digits of base 5.
///
/// Source: Dong and Yang, "NAS-Bench-201: Extending the scope of reproducible neural architecture
/// search", ICLR 2020.
public struct CellBenchmark: Sendable {
    /// Accuracies of every cell on one image set, fractions 0…1.
    public struct Table: Sendable {
        /// What it is called: `cifar10`.
        public let name: String
        /// On the validation images, by cell number.
        public internal(set) var validation: [Double]
        /// On the test images, by cell number.
        public internal(set) var test: [Double]

        /// Images of one training epoch.
        public var trainingImages: Int { CellBenchmark.images(name)?.count ?? 0 }
    }

    /// Edges of a cell.
    public static let edges = 6
    /// The operations of an edge, in the order of their digits.
    public static let operations = [
        "none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3",
    ]
    /// Cells there are.
    public static let cells = 15_625
    /// The tables' names.
    public static let names = ["cifar10", "cifar100", "imagenet16_120"]
    /// Epochs that each cell was trained for.
    public static let epochs = 12

    /// The tables, in the order of ``names``.
    public internal(set) var tables: [Table]
    /// Whether the numbers are made up.
    public let isSynthetic: Bool

    /// The table of a name.
    public subscript(name: String) -> Table? { tables.first { $0.name == name } }

    /// Training images and side in pixels of an image set.
    static func images(_ name: String) -> (count: Int, side: Int)? {
        switch name {
        case "cifar10": (25_000, 32)
        case "cifar100": (50_000, 32)
        case "imagenet16_120": (151_700, 16)
        default: nil
        }
    }

    // MARK: Cells

    /// The number of a cell from its edges' operations; nil unless there are six from 0 to 4.
    public static func number(of genes: [Int]) -> Int? {
        guard genes.count == edges, genes.allSatisfy(operations.indices.contains) else {
            return nil
        }
        return genes.reduce(0) { $0 * operations.count + $1 }
    }

    /// A cell as the benchmark writes it: `|none~0|+|none~0|none~1|+|none~0|none~1|none~2|`.
    public static func text(of genes: [Int]) -> String? {
        guard number(of: genes) != nil else { return nil }
        var place = 0
        return (1...3).map { node in
            let inputs = (0..<node).map { from in
                defer { place += 1 }
                return "\(operations[genes[place]])~\(from)"
            }
            return "|" + inputs.joined(separator: "|") + "|"
        }.joined(separator: "+")
    }

    /// The edges' operations of a cell as the benchmark writes it; nil if it is none.
    public static func genes(of text: String) -> [Int]? {
        let nodes = text.split(separator: "+", omittingEmptySubsequences: false)
        guard nodes.count == 3 else { return nil }
        var genes: [Int] = []
        for (index, node) in nodes.enumerated() {
            guard node.count > 2, node.first == "|", node.last == "|" else { return nil }
            let inputs = node.dropFirst().dropLast().split(
                separator: "|", omittingEmptySubsequences: false)
            guard inputs.count == index + 1 else { return nil }
            for (from, input) in inputs.enumerated() {
                let parts = input.split(separator: "~", omittingEmptySubsequences: false)
                guard parts.count == 2, parts[1] == "\(from)",
                    let operation = operations.firstIndex(of: String(parts[0]))
                else { return nil }
                genes.append(operation)
            }
        }
        return genes
    }

    /// Trainable parameters of a cell's network on CIFAR-10, in closed form.
    public static func parameters(of genes: [Int]) -> Int {
        73_306 + 243_040 * count(3, genes) + 28_000 * count(2, genes)
    }

    /// Multiply-adds of a cell's network for one image of 32 × 32, in closed form.
    public static func multiplyAdds(of genes: [Int]) -> Int {
        7_943_872 + 35_819_520 * count(3, genes) + 4_362_240 * count(2, genes)
            + 1_290_240 * count(4, genes)
    }

    private static func count(_ operation: Int, _ genes: [Int]) -> Int {
        genes.count { $0 == operation }
    }

    /// What training a cell would have cost: forward and backward passes, as three forward ones, over
    /// the training images in each of 12 epochs.
    public static func trainingMultiplyAdds(of genes: [Int], table: String) -> Int {
        guard let images = images(table) else { return 0 }
        let forward = multiplyAdds(of: genes) * images.side * images.side / (32 * 32)
        return 3 * forward * images.count * epochs
    }

    // MARK: Synthetic tables

    /// Tables of made-up numbers with the shape of such benchmarks: convolutions help, cells without
    /// a path learn nothing, the sets rank cells alike but not equally, and validation differs from
    /// test by chance. They say nothing of any real data.
    public init(synthetic stream: RandomStream) {
        let helps = [-0.05, 0.03, 0.05, 0.09, 0.01]
        var shared = stream.split("edges")
        let weights = (0..<CellBenchmark.edges).map { _ in shared.uniform(in: 0.5...1) }
        tables = CellBenchmark.names.enumerated().map { index, name in
            var own = stream.split(name)
            let twists = (0..<CellBenchmark.edges * 5).map { _ in own.uniform(in: -0.02...0.02) }
            var table = Table(name: name, validation: [], test: [])
            for number in 0..<CellBenchmark.cells {
                let genes = CellBenchmark.genes(number: number)
                var noise = own.split(number)
                var accuracy = 0.55 - 0.2 * Double(index)
                for edge in genes.indices {
                    accuracy += helps[genes[edge]] * weights[edge] + twists[edge * 5 + genes[edge]]
                }
                if !CellBenchmark.isConnected(genes) { accuracy = 0.1 / Double(index * 5 + 1) }
                func drawn(_ deviation: Double) -> Double {
                    min(max(accuracy + deviation * noise.normal(), 0), 1)
                }
                table.validation.append(drawn(0.006))
                table.test.append(drawn(0.004))
            }
            return table
        }
        isSynthetic = true
    }

    static func genes(number: Int) -> [Int] {
        var genes = [Int](repeating: 0, count: edges)
        var rest = number
        for edge in genes.indices.reversed() {
            genes[edge] = rest % operations.count
            rest /= operations.count
        }
        return genes
    }

    /// Whether anything reaches the last node.
    static func isConnected(_ genes: [Int]) -> Bool {
        var reached = [true, false, false, false]
        var edge = 0
        for node in 1...3 {
            for from in 0..<node {
                if reached[from], genes[edge] != 0 { reached[node] = true }
                edge += 1
            }
        }
        return reached[3]
    }
}
