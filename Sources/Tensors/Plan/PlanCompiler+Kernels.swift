internal import Kernels

extension PlanCompiler {
    /// Lowers the operations that are kernels of their own.
    mutating func lowerKernel(_ node: Int) throws(TensorError) {
        let inputs = graph.inputs(of: node)
        let shape = graph.shapes[node]
        switch graph.operations[node] {
        case .broadcast, .transpose, .slice, .pad, .concatenate:
            lowerMovement(node, inputs, shape)
        case .reduce(let reduction, let axes):
            emit(
                node, .reduce(reduction, FoldedView.views(graph.shapes[inputs[0]], axes)), inputs,
                scratch: reduceScratch(graph.shapes[inputs[0]], axes))
        case .argmax(let axis):
            emit(node, .argmax(FoldedView(graph.shapes[inputs[0]], axis: axis)), inputs)
        case .matmul(let transposeA, let transposeB):
            let a = graph.shapes[inputs[0]]
            let sizes = MatmulSizes(
                batch: shape.rank == 3 ? shape[0] : 1, rows: shape[shape.rank - 2],
                columns: shape[shape.rank - 1], inner: a[transposeA ? a.rank - 2 : a.rank - 1],
                transposeA: transposeA, transposeB: transposeB)
            count(multiplyAdds: sizes.batch * sizes.rows * sizes.columns * sizes.inner)
            emit(node, .matmul(sizes), inputs)
        case .convolution(let pass, let geometry):
            try lowerConvolution(node, pass, geometry, inputs)
        case .separable, .separableBackward: lowerUnit(node)
        case .maxPool(let g): lowerMaxPool(node, g, inputs)
        case .maxPoolIndex(let g):
            if isLowered(node) { return }  // with the maxima
            emit(node, .maxPoolIndex(g), inputs)
        case .windowGather(let g): emit(node, .windowGather(g), inputs)
        case .windowScatter(let g): emit(node, .windowScatter(g), inputs)
        case .primitive(let primitive): try primitive.value.lower(node, in: &self)
        case .averagePool(let g): emit(node, .averagePool(g), inputs)
        case .averagePoolBackward(let g): emit(node, .averagePoolBackward(g), inputs)
        case .normStatistics(let epsilon):
            emit(node, .normStatistics(norm(inputs[0], .none), epsilon: epsilon), inputs)
        case .batchNorm(let fusion, _): emit(node, .batchNorm(norm(inputs[0], fusion)), inputs)
        case .batchNormSums(let fusion, _):
            if joining.normSums[node] != nil { return }  // bound where the gradient is made
            emit(node, .batchNormSums(norm(inputs[0], fusion)), inputs)
        case .batchNormBackward(let fusion, _):
            emit(node, .batchNormBackward(norm(inputs[0], fusion)), inputs)
        case .normProducts:
            emit(node, .normProducts(norm(inputs[0], .reluPool)), inputs)
        case .normSpread:
            let kernels = norm(inputs[0], .reluPool)
            emit(node, .normSpread(kernels, hasOther: inputs.count == 7), inputs)
        case .normCollect:
            let kernels = norm(inputs[0], .reluPool)
            emit(node, .normCollect(kernels, hasOther: inputs.count == 6), inputs)
        default:
            lowerIndexing(node, inputs, shape)
        }
    }

    /// The maxima, and with them their positions if the plan asks for those, too.
    private mutating func lowerMaxPool(_ node: Int, _ g: WindowGeometry, _ inputs: [Int]) {
        guard let index = joining.positions[node] else { return emit(node, .maxPool(g), inputs) }
        let outputs = [newBuffer(node), newBuffer(index)]
        emit(.maxPoolBoth(g), inputs, to: outputs, scratch: 0)
        bind(node, to: outputs[0])
        bind(index, to: outputs[1])
    }

    private mutating func lowerConvolution(
        _ node: Int, _ pass: ConvolutionPass, _ geometry: WindowGeometry, _ inputs: [Int]
    ) throws(TensorError) {
        do {
            let hasBias = inputs.count == 3
            let kernel = try kernels.convolution(pass, geometry, bias: hasBias)
            count(multiplyAdds: geometry.multiplyAdds)
            emit(
                node, .convolution(kernel, hasBias: hasBias), inputs, scratch: kernel.scratchBytes)
        } catch {
            throw .kernel(error)
        }
    }

    /// Lowers an addition together with the terms that only it reads.
    mutating func lowerSum(_ node: Int, _ sum: Absorption.Sum) throws(TensorError) {
        switch sum {
        case .bias(let convolution, let bias):
            guard case .convolution(let pass, let geometry) = graph.operations[convolution] else {
                return
            }
            try lowerConvolution(
                node, pass, geometry, graph.inputs(of: convolution) + [bias])
        case .norm(let term, let other, let both):
            let read = graph.inputs(of: term) + (both ? graph.inputs(of: other) : [other])
            emit(node, .normAdd(norm(read[0], .none), both: both), read)
        }
    }

    private func norm(_ input: Int, _ fusion: NormKernels.Fusion) -> NormKernels {
        let shape = graph.shapes[input]
        let channels = shape[shape.rank - 1]
        let image =
            shape.rank == 4 ? (batch: shape[0], height: shape[1], width: shape[2]) : (0, 0, 0)
        return NormKernels(
            fusion, rows: shape.count / channels, channels: channels, image: image)
    }

    /// A reduction over several runs of axes needs room for what lies between.
    private func reduceScratch(_ shape: Shape, _ axes: AxisSet) -> Int {
        let views = FoldedView.views(shape, axes)
        guard views.count > 1 else { return 0 }
        // Two buffers in turn, each as large as the first fold's result.
        return 2 * MemoryPlan.rounded(views[0].outer * views[0].inner * 4)
    }

    private mutating func lowerMovement(_ node: Int, _ inputs: [Int], _ shape: Shape) {
        let source = graph.shapes[inputs[0]]
        switch graph.operations[node] {
        case .broadcast:
            let padded = source.padded(toRank: shape.rank)
            let strides = padded.strides
            let copy = StridedCopy(
                sizes: shape.dimensions,
                sourceStrides: (0..<shape.rank).map { padded[$0] == 1 ? 0 : strides[$0] },
                destinationStrides: shape.strides)
            emit(node, .copy(copy, clear: 0), inputs)
        case .transpose(let permutation):
            let strides = source.strides
            let copy = StridedCopy(
                sizes: shape.dimensions, sourceStrides: permutation.map { strides[$0] },
                destinationStrides: shape.strides)
            emit(node, .copy(copy, clear: 0), inputs)
        case .slice(let starts, let steps):
            let strides = source.strides
            let copy = StridedCopy(
                sizes: shape.dimensions,
                sourceStrides: zip(strides, steps).map { $0 * $1 },
                destinationStrides: shape.strides,
                sourceOffset: zip(strides, starts).reduce(0) { $0 + $1.0 * $1.1 })
            emit(node, .copy(copy, clear: 0), inputs)
        case .pad(let before, let steps):
            let strides = shape.strides
            let copy = StridedCopy(
                sizes: source.dimensions, sourceStrides: source.strides,
                destinationStrides: zip(strides, steps).map { $0 * $1 },
                destinationOffset: zip(strides, before).reduce(0) { $0 + $1.0 * $1.1 })
            emit(node, .copy(copy, clear: shape.count), inputs)
        case .concatenate(let axis):
            let strides = shape.strides
            var start = 0
            let copies = inputs.map { input in
                let part = graph.shapes[input]
                defer { start += part[axis] }
                return StridedCopy(
                    sizes: part.dimensions, sourceStrides: part.strides,
                    destinationStrides: strides, destinationOffset: start * strides[axis])
            }
            emit(node, .concatenate(copies), inputs)
        default: break
        }
    }

    private mutating func lowerIndexing(_ node: Int, _ inputs: [Int], _ shape: Shape) {
        switch graph.operations[node] {
        case .gatherRows:
            let source = graph.shapes[inputs[0]]
            emit(
                node,
                .gatherRows(
                    IndexedRows(
                        sourceRows: source[0], indexCount: shape[0],
                        rowLength: source.count / source[0])), inputs)
        case .scatterRows:
            let source = graph.shapes[inputs[0]]
            emit(
                node,
                .scatterRows(
                    IndexedRows(
                        sourceRows: shape[0], indexCount: source[0],
                        rowLength: source.count / source[0])), inputs)
        case .takeAlong(let axis):
            let view = FoldedView(shape, axis: axis)
            emit(
                node,
                .takeAlong(
                    IndexedAxis(
                        outer: view.outer, sourceAxis: graph.shapes[inputs[0]][axis],
                        indexAxis: view.axis, inner: view.inner)), inputs)
        case .scatterAlong(let axis):
            let view = FoldedView(shape, axis: axis)
            emit(
                node,
                .scatterAlong(
                    IndexedAxis(
                        outer: view.outer, sourceAxis: view.axis,
                        indexAxis: graph.shapes[inputs[0]][axis], inner: view.inner)), inputs)
        case .sortIndices(let axis, let descending):
            emit(
                node, .sortIndices(FoldedView(shape, axis: axis), descending: descending), inputs)
        case .oneHot:
            emit(node, .oneHot(rows: shape[0], classes: shape[1]), inputs)
        case .random(let kind, let salt):
            emit(node, .random(kind, salt: salt, count: shape.count), inputs)
        default: break
        }
    }
}
