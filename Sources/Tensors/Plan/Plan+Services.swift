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
    public var services: [OperationService] { steps.map(\.kernel.service) }
}
