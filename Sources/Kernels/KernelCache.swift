internal import Foundation

/// Kernels that are made once for a geometry and then shared by every plan and worker.
///
/// `lock` guards `kernels`, hence `@unchecked Sendable`. It is no `Mutex`, whose waiting a thread
/// sanitizer does not see.
public final class KernelCache: @unchecked Sendable {
    struct Key: Hashable {
        let pass: ConvolutionPass
        let geometry: WindowGeometry
        let bias: Bool
    }

    let library: Library
    private let lock = NSLock()
    private var kernels: [Key: ConvolutionKernel] = [:]

    /// An empty cache; throws `KernelError.library` if oneDNN does not start.
    public init() throws(KernelError) {
        library = try Library()
    }

    /// The kernel for one pass of a convolution.
    ///
    /// - Parameters:
    ///   - pass: Forward, or one of the two derivatives.
    ///   - geometry: Sizes, stride, dilation and padding.
    ///   - bias: The forward pass adds a bias; the others ignore this.
    /// - Returns: The kernel made for this geometry, now or earlier.
    /// - Throws: `KernelError.library` if oneDNN has no kernel for it.
    public func convolution(
        _ pass: ConvolutionPass, _ geometry: WindowGeometry, bias: Bool = false
    ) throws(KernelError) -> ConvolutionKernel {
        let key = Key(pass: pass, geometry: geometry, bias: bias)
        if let kernel = lock.withLock({ kernels[key] }) { return kernel }
        // Made outside the lock: making one takes milliseconds, and a twin made meanwhile is harmless.
        let kernel = try ConvolutionKernel(pass, geometry, bias: bias, library)
        return lock.withLock {
            if let twin = kernels[key] { return twin }
            kernels[key] = kernel
            return kernel
        }
    }

    /// The kernels made so far, in no certain order.
    public var made: [ConvolutionKernel] { lock.withLock { Array(kernels.values) } }
}
