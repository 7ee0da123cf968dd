public import Kernels

/// Which code serves an operation of a certain size.
public struct OperationService: Sendable, Hashable, Comparable {
    /// What is computed, as `convolution forward 3×3` or `batch norm`.
    public let operation: String
    /// For which sizes, as `64→64 on 25×14×14`; empty where all are served alike.
    public let sizes: String
    /// Whose code it is: oneDNN's own name, as `jit:avx512_core`, or `apogee` and the version of
    /// the kernels that the processor allows.
    public let implementation: String

    /// Whether it is oneDNN's reference code: right, and slower than all other code by far.
    public var isReference: Bool { implementation.hasPrefix("ref") }

    /// By operation, then sizes, then implementation.
    public static func < (a: OperationService, b: OperationService) -> Bool {
        (a.operation, a.sizes, a.implementation) < (b.operation, b.sizes, b.implementation)
    }

    init(operation: String, sizes: String = "", implementation: String) {
        self.operation = operation
        self.sizes = sizes
        self.implementation = implementation
    }

    /// Code of Apogee's kernels in C.
    static func compiled(_ operation: String) -> OperationService {
        OperationService(operation: operation, implementation: KernelInformation.ownKernels)
    }

    /// Code of Apogee in Swift.
    static func swift(_ operation: String) -> OperationService {
        OperationService(operation: operation, implementation: "apogee Swift")
    }

    init(_ kernel: ConvolutionKernel) {
        let isOwn = kernel.implementation == "apogee"
        self.init(
            operation: kernel.operation, sizes: kernel.sizes,
            implementation: isOwn ? KernelInformation.ownKernels : kernel.implementation)
    }
}

extension KernelCache {
    /// What serves every convolution made so far, sorted.
    public var services: [OperationService] { made.map(OperationService.init).sorted() }
}

extension Plan {
    /// What serves each of the plan's kernel calls, one a call, in order.
    public var services: [OperationService] {
        steps.map { step in
            if case .convolution(let kernel, _) = step.kind { return OperationService(kernel) }
            if case .matmul(let s) = step.kind {
                return OperationService(
                    operation: "matrix product",
                    sizes: "\(s.rows)×\(s.inner) · \(s.inner)×\(s.columns)",
                    implementation: KernelInformation.matrixProducts)
            }
            if case .kernel(let kernel) = step.kind { return kernel.service }
            let (title, isCompiled) = Plan.title(of: step.kind)
            return OperationService(
                operation: title,
                implementation: isCompiled ? KernelInformation.ownKernels : "apogee Swift")
        }
    }

    /// What a kernel call does, and whether the kernels in C do it.
    private static func title(of kind: Step.Kind) -> (String, Bool) {
        switch kind {
        case .elementwise: ("elementwise chain", true)
        case .reduce, .argmax: ("reduction", true)
        case .maxPool, .maxPoolIndex, .maxPoolBoth, .windowGather: ("max pooling", true)
        case .windowScatter: ("max pooling backward", true)
        case .averagePool: ("average pooling", true)
        case .averagePoolBackward: ("average pooling backward", true)
        case .normStatistics, .batchNorm, .normAdd: ("batch norm", true)
        case .firstLayerGradient: ("batch norm and first layer backward", true)
        case .separable, .mixing: ("separable unit", true)
        case .separableBackward, .mixingBackward: ("separable unit backward", true)
        case .normProducts, .normSpread, .normCollect: ("batch norm second derivative", true)
        case .batchNormSums, .batchNormBackward: ("batch norm backward", true)
        case .fill, .copy, .concatenate: ("copy", false)
        case .gatherRows, .scatterRows, .takeAlong, .scatterAlong, .oneHot: ("indexing", false)
        default: ("other", false)
        }
    }
}
