internal import Kernels

// How separable units and their gradients become steps, alone or joined.
extension PlanCompiler {
    /// Lowers a separable unit, unless it runs at another node's place.
    mutating func lowerUnit(_ node: Int, _ separable: Separable) {
        let unit = separable.unit
        _ = unitBuffers(node, unit.forwardPlaces)
        guard !joining.isJoined[node] else { return }
        let sources = source(node, unit)
        guard !unit.isDepthwise else {
            emit(
                SeparableKernel(unit: unit), sources + weights(node, unit),
                to: unitBuffers(node, unit.forwardPlaces))
            return
        }
        let nodes = joining.mixtures[node] ?? [node]
        let units = nodes.compactMap { separableUnit($0) }
        let kernel = MixingKernel(unit, Array(units.dropFirst()))
        emit(
            MixingForward(kernel: kernel),
            sources + zip(nodes, units).flatMap { weights($0, $1) },
            to: zip(nodes, units).flatMap { unitBuffers($0, $1.forwardPlaces) })
    }

    /// Lowers a unit's gradient, unless it runs at another node's place.
    mutating func lowerUnit(_ node: Int, _ gradient: SeparableBackward) {
        _ = unitBuffers(node, gradient.unit.backwardPlaces)
        guard !joining.isJoined[node] else { return }
        lowerBackward([node], gradient.unit, added: [])
    }

    /// Lowers a sum of gradients together with the units whose gradients it reads.
    ///
    /// - Returns: Whether the node is such a sum.
    mutating func lowerJoined(_ root: Int) -> Bool {
        guard let sum = joining.sums[root], let unit = separableUnit(sum.units[0]) else {
            return false
        }
        let outputs = lowerBackward(sum.units, unit, added: sum.added)
        bind(root, to: outputs[0])
        for (node, source) in joining.normSums where source == root {
            bind(node, to: outputs[unit.sumsIndex])
        }
        return true
    }

    /// Takes a batch norm's statistics from the unit before it.
    ///
    /// - Returns: Whether a unit gives them.
    mutating func bindStatistics(_ node: Int) -> Bool {
        guard let whole = joining.statistics[node], let unit = separableUnit(whole) else {
            return false
        }
        bind(node, to: unitBuffers(whole, unit.forwardPlaces)[1])
        return true
    }

    /// - Returns: The buffers of the results.
    @discardableResult
    private mutating func lowerBackward(
        _ nodes: [Int], _ unit: SeparableUnit, added: [Int]
    ) -> [Int] {
        let first = unitBuffers(nodes[0], unit.backwardPlaces)
        let sources = source(nodes[0], unit)
        if unit.isDepthwise {
            emit(
                SeparableBackwardKernel(
                    unit: unit, isBehindNorm: isBehindNorm(nodes[0]), added: added.count),
                sources + weights(nodes[0], unit) + gradients(nodes[0], unit) + added, to: first)
            return first
        }
        let units = nodes.compactMap { separableUnit($0) }
        let kernel = MixingKernel(unit, Array(units.dropFirst()))
        var outputs = Array(first[...unit.sumsIndex])
        for (node, unit) in zip(nodes, units) {
            outputs.append(unitBuffers(node, unit.backwardPlaces)[unit.sumsIndex + 2])
        }
        emit(
            MixingBackward(
                kernel: kernel, isBehindNorm: nodes.map(isBehindNorm), added: added.count),
            sources
                + zip(nodes, units).flatMap { weights($0, $1) + gradients($0, $1) } + added,
            to: outputs)
        return outputs
    }

    private func separableUnit(_ node: Int) -> SeparableUnit? {
        graph.primitive(node, Separable.self)?.unit
            ?? graph.primitive(node, SeparableBackward.self)?.unit
    }

    private func isBehindNorm(_ node: Int) -> Bool {
        graph.primitive(node, SeparableBackward.self)?.isBehindNorm ?? false
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

// MARK: Kernels

/// A unit with a depthwise convolution.
private struct SeparableKernel: Kernel {
    let unit: SeparableUnit

    var name: String { unit.profileName + " forward" }
    var service: OperationService { .compiled("separable unit") }
    var multiplyAdds: Int { unit.multiplyAdds }
    var scratchBytes: Int { unit.forwardScratch }

    func run(_ memory: KernelMemory) {
        guard let scratch = memory.scratch else { return }
        unit.forward({ memory.input($0) }, scratch: scratch) { memory.output($0) }
    }
}

private struct SeparableBackwardKernel: Kernel {
    let unit: SeparableUnit
    let isBehindNorm: Bool
    let added: Int

    var name: String { unit.profileName + " backward" }
    var service: OperationService { .compiled("separable unit backward") }
    var multiplyAdds: Int { 2 * unit.multiplyAdds }
    var scratchBytes: Int { unit.backwardScratch }

    func run(_ memory: KernelMemory) {
        guard let scratch = memory.scratch else { return }
        unit.backward(
            { memory.input($0) }, isBehindNorm: isBehindNorm, added: added, scratch: scratch
        ) { memory.output($0) }
    }
}

/// Units without a depthwise convolution.
private struct MixingForward: Kernel {
    let kernel: MixingKernel

    var name: String { "relu + 1x1 forward" }
    var service: OperationService { .compiled("separable unit") }
    var multiplyAdds: Int { kernel.multiplyAdds }
    var scratchBytes: Int { kernel.forwardScratch }

    func run(_ memory: KernelMemory) {
        guard let scratch = memory.scratch else { return }
        kernel.forward({ memory.input($0) }, scratch: scratch) { memory.output($0) }
    }
}

private struct MixingBackward: Kernel {
    let kernel: MixingKernel
    let isBehindNorm: [Bool]
    let added: Int

    var name: String { "relu + 1x1 backward" }
    var service: OperationService { .compiled("separable unit backward") }
    var multiplyAdds: Int { 2 * kernel.multiplyAdds }
    var scratchBytes: Int { kernel.backwardScratch }

    func run(_ memory: KernelMemory) {
        guard let scratch = memory.scratch else { return }
        kernel.backward(
            { memory.input($0) }, isBehindNorm: isBehindNorm, added: added, scratch: scratch
        ) { memory.output($0) }
    }
}

extension SeparableUnit {
    fileprivate var profileName: String {
        let dilated = window.dilation > 1 ? " dilated" : ""
        return "separable \(window.windowHeight)x\(window.windowWidth)\(dilated)"
    }
}
