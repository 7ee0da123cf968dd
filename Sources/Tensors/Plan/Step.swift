internal import Kernels

/// One kernel call of a plan, with everything that can be known before it runs.
struct Step {
    let kind: Kind
    /// Buffers that the kernel reads.
    let inputs: [Int]
    /// The buffers that it writes; most kernels have one.
    let outputs: [Int]
    /// Scratch memory in the arena, if any.
    var scratch: Int?

    enum Kind {
        case elementwise(ElementwiseProgram)
        case fill(Float, count: Int)
        case copy(StridedCopy, clear: Int)
        case concatenate([StridedCopy])
        case reduce(Reduction, [FoldedView])
        case argmax(FoldedView)
        case matmul(MatmulSizes)
        case convolution(ConvolutionKernel, hasBias: Bool)
        /// A batch norm's gradient and the weight gradient of the first layer before it.
        case firstLayerGradient(FirstLayerGradient)
        case maxPool(WindowGeometry)
        case maxPoolIndex(WindowGeometry)
        /// The maxima and their positions.
        case maxPoolBoth(WindowGeometry)
        case windowGather(WindowGeometry)
        case windowScatter(WindowGeometry)
        case averagePool(WindowGeometry)
        case averagePoolBackward(WindowGeometry)
        /// A batch norm plus another tensor, or another batch norm.
        case normAdd(NormKernels, both: Bool)
        case normStatistics(NormKernels, epsilon: Float)
        case batchNorm(NormKernels)
        case batchNormSums(NormKernels)
        case batchNormBackward(NormKernels)
        case normProducts(NormKernels)
        case normSpread(NormKernels, hasOther: Bool)
        case normCollect(NormKernels, hasOther: Bool)
        /// With a depthwise convolution.
        case separable(SeparableUnit)
        case separableBackward(SeparableUnit, isBehindNorm: Bool, added: Int)
        /// Units without one.
        case mixing(MixingKernel)
        case mixingBackward(MixingKernel, isBehindNorm: [Bool], added: Int)
        case gatherRows(IndexedRows)
        case scatterRows(IndexedRows)
        case takeAlong(IndexedAxis)
        case scatterAlong(IndexedAxis)
        case sortIndices(FoldedView, descending: Bool)
        case oneHot(rows: Int, classes: Int)
        case kernel(any Kernel)
        case random(RandomKind, salt: Int, count: Int)
    }
}

/// A tensor seen as [outer, axis, inner], to fold the middle.
struct FoldedView {
    let outer: Int
    let axis: Int
    let inner: Int

    init(outer: Int, axis: Int, inner: Int) {
        self.outer = outer
        self.axis = axis
        self.inner = inner
    }

    init(_ shape: Shape, axis: Int) {
        let sizes = shape.dimensions
        outer = sizes[..<axis].reduce(1, *)
        self.axis = sizes[axis]
        inner = sizes[(axis + 1)...].reduce(1, *)
    }

    /// Neighbouring folded axes are one; each run of them is a view of what the earlier left.
    static func views(_ shape: Shape, _ axes: AxisSet) -> [FoldedView] {
        var sizes = shape.dimensions
        var views: [FoldedView] = []
        var axis = shape.rank - 1
        while axis >= 0 {
            guard axes.contains(axis: axis) else {
                axis -= 1
                continue
            }
            var first = axis
            while first > 0, axes.contains(axis: first - 1) { first -= 1 }
            views.append(
                FoldedView(
                    outer: sizes[..<first].reduce(1, *), axis: sizes[first...axis].reduce(1, *),
                    inner: sizes[(axis + 1)...].reduce(1, *)))
            for folded in first...axis { sizes[folded] = 1 }
            axis = first - 1
        }
        return views
    }
}

struct MatmulSizes {
    let batch: Int
    let rows: Int
    let columns: Int
    let inner: Int
    let transposeA: Bool
    let transposeB: Bool
}

struct IndexedRows {
    let sourceRows: Int
    let indexCount: Int
    let rowLength: Int
}

struct IndexedAxis {
    let outer: Int
    let sourceAxis: Int
    let indexAxis: Int
    let inner: Int
}
