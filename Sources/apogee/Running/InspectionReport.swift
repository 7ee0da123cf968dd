import Components
import Supernets
import Experiments
import Runs
import Scripting
import SearchSpaces

/// What `apogee inspect` says of a plan.
struct InspectionReport: Encodable {
    struct Gene: Encodable {
        let name: String
        let options: [String]
    }

    struct Space: Encodable {
        let name: String
        /// Distinct genotypes; 1 for a fixed network.
        let size: Double
        let genes: [Gene]
    }

    struct Network: Encodable {
        let layers: [LayerDescription]
        let parameters: Int
        let multiplyAdds: Int
        /// Bytes that one task's training step needs.
        let plannedBytes: Int
    }

    let name: String
    let space: Space
    let genotype: String?
    let genes: [Int]?
    /// Nil where architectures are looked up, and none is built.
    let network: Network?

    init(_ plan: ExperimentPlan, genotype: Genotype?, builder: ComponentBuilder) throws {
        name = plan.name
        let searched = try plan.space.searchSpace(builder)
        space = Space(
            name: plan.space.name, size: searched?.size ?? 1,
            genes: (searched?.choices ?? []).map { Gene(name: $0.name, options: $0.options) })
        genes = genotype?.genes
        if let genotype, let searched {
            self.genotype = try searched.text(genotype)
        } else {
            self.genotype = nil
        }
        guard plan.offersExamples else {
            network = nil
            return
        }
        let inspection = try NetworkInspection(
            plan: plan, genotype: genotype, builder: builder)
        network = Network(
            layers: inspection.network.layers, parameters: inspection.network.parameters,
            multiplyAdds: inspection.network.multiplyAdds, plannedBytes: inspection.plannedBytes)
    }

    /// The report as text.
    ///
    /// - Parameters:
    ///   - isExample: Whether the network is only an example of the space.
    ///   - width: Columns at hand.
    ///   - ink: How heads are coloured.
    /// - Returns: The lines.
    func lines(isExample: Bool, width: Int?, ink: Ink = .none) -> [String] {
        var lines = [TextWidth.plain(name), "space: \(space.name), \(sizeText)"]
        if !space.genes.isEmpty {
            lines.append("")
            var table = TextTable([.numbers("gene"), .words("name"), .words("options")])
            for (index, gene) in space.genes.enumerated() {
                table.add(["\(index + 1)", gene.name, gene.options.joined(separator: " ")])
            }
            lines += table.lines(width: width, ink: ink)
        }
        lines.append("")
        if let genotype {
            lines.append((isExample ? "example: " : "genotype: ") + genotype)
        }
        guard let network else {
            return lines + ["its accuracies are looked up; no network is built"]
        }
        if !isExample || genotype == nil { lines += layers(network, width, ink) }
        lines.append(
            "total: \(network.layers.count) layers, \(network.parameters) parameters, "
                + "\(network.multiplyAdds) multiply-adds an example")
        lines.append("planned memory of one task: \(Machine.bytes(network.plannedBytes))")
        return lines
    }

    private var sizeText: String {
        if space.genes.isEmpty { return "one fixed network" }
        let count =
            space.size < 0x1p53 ? "\(Int(space.size))" : "about \(space.size)"
        return "\(count) genotypes of \(space.genes.count) genes"
    }

    private func layers(_ network: Network, _ width: Int?, _ ink: Ink) -> [String] {
        var table = TextTable([
            .words("layer"), .words("kind"), .words("output"), .numbers("parameters"),
            .numbers("multiply-adds"),
        ])
        for layer in network.layers {
            table.add([
                layer.name, layer.kind.rawValue,
                layer.outputShape.map(String.init).joined(separator: "×"), "\(layer.parameters)",
                "\(layer.multiplyAdds)",
            ])
        }
        return table.lines(width: width, ink: ink)
    }
}
