internal import Kernels

extension PlanCompiler {
    /// Lowers a separable unit or its gradient, unless it runs at another node's place.
    mutating func lowerUnit(_ node: Int) {
        switch graph.operations[node] {
        case .separable(let unit):
            _ = unitBuffers(node, unit.forwardPlaces)
            guard !joining.isJoined[node] else { return }
            lowerForward(node, unit)
        case .separableBackward(let unit, _):
            _ = unitBuffers(node, unit.backwardPlaces)
            guard !joining.isJoined[node] else { return }
            lowerBackward([node], unit, added: [])
        default: return
        }
    }

    private mutating func lowerForward(_ node: Int, _ unit: SeparableUnit) {
        let sources = source(node, unit)
        guard !unit.isDepthwise else {
            count(multiplyAdds: unit.multiplyAdds)
            emit(
                .separable(unit), sources + weights(node, unit),
                to: unitBuffers(node, unit.forwardPlaces), scratch: unit.forwardScratch)
            return
        }
        let nodes = joining.mixtures[node] ?? [node]
        let units = nodes.compactMap { separableUnit($0) }
        let kernel = MixingKernel(unit, Array(units.dropFirst()))
        count(multiplyAdds: kernel.multiplyAdds)
        emit(
            .mixing(kernel), sources + zip(nodes, units).flatMap { weights($0, $1) },
            to: zip(nodes, units).flatMap { unitBuffers($0, $1.forwardPlaces) },
            scratch: kernel.forwardScratch)
    }

    /// Lowers a sum of gradients together with the units whose gradients it reads.
    mutating func lowerJoined(_ root: Int, _ sum: UnitJoining.Sum) {
        guard let unit = separableUnit(sum.units[0]) else { return }
        let outputs = lowerBackward(sum.units, unit, added: sum.added)
        bind(root, to: outputs[0])
        for (node, source) in joining.normSums where source == root {
            bind(node, to: outputs[unit.sumsIndex])
        }
    }

    /// - Returns: The buffers of the results.
    @discardableResult
    private mutating func lowerBackward(
        _ nodes: [Int], _ unit: SeparableUnit, added: [Int]
    ) -> [Int] {
        let first = unitBuffers(nodes[0], unit.backwardPlaces)
        let sources = source(nodes[0], unit)
        if unit.isDepthwise {
            count(multiplyAdds: 2 * unit.multiplyAdds)
            emit(
                .separableBackward(
                    unit, isBehindNorm: isBehindNorm(nodes[0]), added: added.count),
                sources + weights(nodes[0], unit) + gradients(nodes[0], unit) + added, to: first,
                scratch: unit.backwardScratch)
            return first
        }
        let units = nodes.compactMap { separableUnit($0) }
        let kernel = MixingKernel(unit, Array(units.dropFirst()))
        count(multiplyAdds: 2 * kernel.multiplyAdds)
        var outputs = Array(first[...unit.sumsIndex])
        for (node, unit) in zip(nodes, units) {
            outputs.append(unitBuffers(node, unit.backwardPlaces)[unit.sumsIndex + 2])
        }
        emit(
            .mixingBackward(kernel, isBehindNorm: nodes.map(isBehindNorm), added: added.count),
            sources
                + zip(nodes, units).flatMap { weights($0, $1) + gradients($0, $1) } + added,
            to: outputs, scratch: kernel.backwardScratch)
        return outputs
    }

    private func separableUnit(_ node: Int) -> SeparableUnit? {
        switch graph.operations[node] {
        case .separable(let unit), .separableBackward(let unit, _): unit
        default: nil
        }
    }

    private func isBehindNorm(_ node: Int) -> Bool {
        if case .separableBackward(_, true) = graph.operations[node] { true } else { false }
    }

    /// What the ReLU reads, without the normalised values, which are there for gradients only.
    private func source(_ node: Int, _ unit: SeparableUnit) -> [Int] {
        Array(graph.inputs(of: node)[(unit.isNormed ? 1 : 0)..<unit.sourceCount])
    }

    private func weights(_ node: Int, _ unit: SeparableUnit) -> [Int] {
        Array(graph.inputs(of: node)[unit.sourceCount..<unit.inputCount])
    }

    private func gradients(_ node: Int, _ unit: SeparableUnit) -> [Int] {
        Array(graph.inputs(of: node)[unit.inputCount...])
    }
}
