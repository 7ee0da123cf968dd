internal import Kernels

/// One kernel call with everything that can be known before it runs.
///
/// It is made when a plan is compiled and then runs any number of times, on several threads at once,
/// so running it allocates nothing.
package protocol Kernel: Sendable {
    /// What ran, in profiles.
    var name: String { get }
    /// Whose code it is, in profiles.
    var implementation: String { get }
    /// Whose code it is, in the list of what serves a network.
    var service: OperationService { get }
    /// Multiply-adds of a run, if it is a convolution or a matrix product.
    var multiplyAdds: Int { get }
    /// Bytes of memory that a run needs besides its inputs and outputs.
    var scratchBytes: Int { get }

    /// Computes the outputs.
    func run(_ memory: KernelMemory) throws(TensorError)
}

extension Kernel {
    package var implementation: String { "apogee" }
    package var service: OperationService { .swift(name) }
    package var multiplyAdds: Int { 0 }
    package var scratchBytes: Int { 0 }
}

/// What a kernel call works on.
package struct KernelMemory {
    let pointers: [UnsafeMutablePointer<Float>]
    let inputs: [Int]
    let outputs: [Int]
    let context: KernelContext
    /// As many bytes as the kernel asked for, aligned to a cache line; nil if it asked for none.
    package let scratch: UnsafeMutableRawPointer?
    /// Of the run, for random numbers.
    package let seed: UInt64

    /// The values of an input.
    package func input(_ index: Int) -> UnsafePointer<Float> {
        UnsafePointer(pointers[inputs[index]])
    }

    /// Where the values of an output go.
    package func output(_ index: Int) -> UnsafeMutablePointer<Float> { pointers[outputs[index]] }

    /// Where the values of the first output go, which is the only one of most kernels.
    package var output: UnsafeMutablePointer<Float> { pointers[outputs[0]] }
}
