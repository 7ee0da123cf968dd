internal import COneDNN
internal import Foundation

/// The one engine of oneDNN that all kernels share.
///
/// An engine is immutable once made and oneDNN documents it as usable from several threads, hence
/// `@unchecked Sendable`: nothing here changes after `init`.
final class Library: @unchecked Sendable {
    let engine: dnnl_engine_t

    init() throws(KernelError) {
        var engine: dnnl_engine_t?
        try check(dnnl_engine_create(&engine, dnnl_cpu, 0), "dnnl_engine_create")
        guard let engine else { throw .library(call: "dnnl_engine_create", status: 5) }
        self.engine = engine
    }

    deinit { dnnl_engine_destroy(engine) }
}

/// Turns a status code into an error.
func check(_ status: dnnl_status_t, _ call: String) throws(KernelError) {
    guard status == dnnl_success else {
        throw .library(call: call, status: Int32(bitPattern: status.rawValue))
    }
}

/// What a worker thread needs to run kernels: a stream of its own.
///
/// Make it on the thread that uses it: it holds oneDNN's OpenMP team of that thread to one, so that
/// tasks on several workers do not fight for the cores.
public final class KernelContext {
    let stream: dnnl_stream_t
    let library: Library

    /// - Parameter kernels: The cache whose kernels will run here.
    /// - Throws: `KernelError.library` if oneDNN makes no stream.
    public init(_ kernels: KernelCache) throws(KernelError) {
        library = kernels.library
        KernelContext.useOneThread()
        var stream: dnnl_stream_t?
        try check(
            dnnl_stream_create(
                &stream, kernels.library.engine, UInt32(dnnl_stream_default_flags.rawValue)),
            "dnnl_stream_create")
        guard let stream else { throw .library(call: "dnnl_stream_create", status: 5) }
        self.stream = stream
    }

    deinit { dnnl_stream_destroy(stream) }

    /// libgomp comes in with libdnnl and has no header on this path, so its entry is looked up.
    private static func useOneThread() {
        guard let symbol = dlsym(nil, "omp_set_num_threads") else { return }
        typealias SetThreads = @convention(c) (Int32) -> Void
        unsafeBitCast(symbol, to: SetThreads.self)(1)
    }
}

/// Versions and processor features, for `apogee doctor` and for run records.
public enum KernelInformation {
    /// oneDNN's version, as "2.6.3".
    public static var oneDNNVersion: String {
        guard let version = dnnl_version() else { return "unknown" }
        return "\(version.pointee.major).\(version.pointee.minor).\(version.pointee.patch)"
    }

    /// The widest instruction set that oneDNN will use, as "avx512_core".
    public static var instructionSet: String {
        let isa = dnnl_get_effective_cpu_isa()
        let names: [(dnnl_cpu_isa_t, String)] = [
            (dnnl_cpu_isa_sse41, "sse41"), (dnnl_cpu_isa_avx, "avx"), (dnnl_cpu_isa_avx2, "avx2"),
            (dnnl_cpu_isa_avx2_vnni, "avx2_vnni"), (dnnl_cpu_isa_avx512_core, "avx512_core"),
            (dnnl_cpu_isa_avx512_core_vnni, "avx512_core_vnni"),
            (dnnl_cpu_isa_avx512_core_bf16, "avx512_core_bf16"),
            (dnnl_cpu_isa_avx512_core_amx, "avx512_core_amx"),
        ]
        return names.first { $0.0 == isa }?.1 ?? "code \(isa.rawValue)"
    }
}
