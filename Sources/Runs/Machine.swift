import Foundation
import Kernels
import LuaHost
package import Records
import Scripting

/// What the program and the machine are.
package enum Machine {
    /// Versions by name, for records and `apogee doctor`.
    package static var versions: [(name: String, version: String)] {
        [
            ("apogee", ApogeeVersion.current), ("swift", swift), ("lua", LuaState.version),
            ("oneDNN", KernelInformation.oneDNNVersion),
        ]
    }

    /// The compiler's release, as far as conditional compilation tells it.
    private static var swift: String {
        #if swift(>=6.4)
            "6.4 or later"
        #elseif swift(>=6.3)
            "6.3"
        #elseif swift(>=6.2)
            "6.2"
        #else
            "6.1"
        #endif
    }

    /// Cores that this process may use.
    package static var cores: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }

    /// The processor's model.
    package static var model: String { information("model name") ?? "unknown processor" }

    /// The processor's model and the instruction set that the kernels use.
    package static var processor: String { "\(model) (\(KernelInformation.instructionSet))" }

    /// What results stand on beside versions.
    package static var record: MachineRecord {
        MachineRecord(
            system: system, library: library, model: model,
            instructionSet: KernelInformation.instructionSet,
            kernels: KernelInformation.ownKernels)
    }

    /// The operating system's release, as "Debian GNU/Linux 13 (trixie)".
    package static var system: String {
        let text = try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)
        let line = text?.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
        guard let line else { return ProcessInfo.processInfo.operatingSystemVersionString }
        return line.dropFirst("PRETTY_NAME=".count)
            .trimmingCharacters(in: CharacterSet(charactersIn: "\"'"))
    }

    /// The C library and its version, as "glibc 2.36".
    package static var library: String {
        #if canImport(Glibc)
            var text = [CChar](repeating: 0, count: 64)
            guard confstr(Int32(_CS_GNU_LIBC_VERSION), &text, text.count) > 0 else {
                return "unknown"
            }
            let bytes = text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
            return String(decoding: bytes, as: UTF8.self)
        #else
            return "the system's"
        #endif
    }

    /// The vector extensions among the processor's features.
    package static var features: [String] {
        let flags = Set((information("flags") ?? "").split(separator: " ").map(String.init))
        return [
            "sse4_2", "avx", "f16c", "fma", "avx2", "avx_vnni", "avx512f", "avx512bw",
            "avx512_vnni", "avx512_bf16", "amx_bf16",
        ].filter(flags.contains)
    }

    /// Main memory, bytes; what a container may have of it, where that is less.
    package static var memory: Int {
        let physical = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        for file in ["memory.max", "memory/memory.limit_in_bytes"] {
            guard
                let text = try? String(contentsOfFile: "/sys/fs/cgroup/" + file, encoding: .utf8),
                let limit = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)), limit > 0
            else { continue }
            return min(physical, limit)
        }
        return physical
    }

    /// What a run may plan to need unless it is told otherwise: four fifths of main memory.
    package static var memoryShare: Int { memory / 5 * 4 }

    /// Most resident memory of this process so far, bytes.
    package static var peakBytes: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }

    private static func information(_ key: String) -> String? {
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else {
            return nil
        }
        for line in text.split(separator: "\n") where line.hasPrefix(key) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return nil
    }
}
