internal import OneDNNBridge

/// The one engine of oneDNN that all kernels share.
///
/// An engine is immutable once made and oneDNN documents it as usable from several threads, hence
/// `@unchecked Sendable`: nothing here changes after `init`.
final class Library: @unchecked Sendable {
    let engine: OpaquePointer

    init() throws(KernelError) {
        var engine: OpaquePointer?
        try check(dn_engine_create(&engine))
        guard let engine else { throw .library(call: "dnnl_engine_create", status: 5) }
        self.engine = engine
    }

    deinit { dn_engine_destroy(engine) }
}

/// Turns a status into an error.
func check(_ status: dn_status) throws(KernelError) {
    switch Int(status.code) {
    case 0: return
    case DN_OTHER_VERSION:
        throw .versions(
            headers: KernelInformation.headerVersion, library: KernelInformation.oneDNNVersion)
    default:
        throw .library(call: status.call.map { String(cString: $0) } ?? "?", status: status.code)
    }
}

/// What a worker thread needs to run kernels: a stream of its own.
///
/// Make it on the thread that uses it: it holds oneDNN's OpenMP team of that thread to one, so that
/// tasks on several workers do not fight for the cores.
public final class KernelContext {
    let stream: OpaquePointer
    /// Kept alive: the stream belongs to its engine.
    private let library: Library

    /// - Parameter kernels: The cache whose kernels will run here.
    /// - Throws: `KernelError.library` if oneDNN makes no stream.
    public init(_ kernels: KernelCache) throws(KernelError) {
        library = kernels.library
        var stream: OpaquePointer?
        try check(dn_stream_create(kernels.library.engine, &stream))
        guard let stream else { throw .library(call: "dnnl_stream_create", status: 5) }
        self.stream = stream
    }

    deinit { dn_stream_destroy(stream) }
}

/// Versions and processor features, for `apogee doctor` and for run records.
public enum KernelInformation {
    /// The version of the oneDNN that is loaded, as "2.6.3".
    public static var oneDNNVersion: String { text(dn_library_version()) }

    /// The version of oneDNN's headers that this program was built with.
    static var headerVersion: String { text(dn_header_version()) }

    /// The widest instruction set that oneDNN will use, as "avx512_core".
    public static var instructionSet: String { String(cString: dn_instruction_set()) }

    private static func text(_ version: dn_version) -> String {
        "\(version.major).\(version.minor).\(version.patch)"
    }
}
