/// A kernel call in its place in a plan.
struct Step {
    let kernel: any Kernel
    /// Buffers that the kernel reads.
    let inputs: [Int]
    /// The buffers that it writes; most kernels have one.
    let outputs: [Int]
    /// Scratch memory in the arena, if any.
    var scratch: Int?
}
