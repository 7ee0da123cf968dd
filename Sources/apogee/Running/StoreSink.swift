import Foundation
import Records
import RunStore

/// A directory store that is made with the first event, so that a run that never starts leaves no
/// folder behind.
final class StoreSink: EventSink {
    private let root: String
    private let record: RunRecord
    /// What is told of the run's surroundings; it may change until the first event.
    var environment: RunEnvironment
    private let script: String
    private var store: DirectoryStore?

    /// The run's folder, once there is one.
    var directory: String? { store?.directory }

    /// - Throws: `RunStoreError` at once where the folder `root` cannot be made or written.
    init(
        root: String, record: RunRecord, environment: RunEnvironment, script: String
    ) throws(RunStoreError) {
        self.root = root
        self.record = record
        self.environment = environment
        self.script = script
        try StoreSink.probe(root)
    }

    /// Hands the event to the store.
    ///
    /// - Throws: `RunStoreError`.
    func record(_ event: Event) throws {
        try open().record(event)
    }

    /// Hands the weights to the store.
    ///
    /// - Throws: `RunStoreError`.
    func save(weights: [NamedArray], named name: String) throws {
        try open().save(weights: weights, named: name)
    }

    /// Hands the state to the store.
    ///
    /// - Throws: `RunStoreError`.
    func save(state: String, named name: String) throws {
        try open().save(state: state, named: name)
    }

    private func open() throws(RunStoreError) -> DirectoryStore {
        if let store { return store }
        let made = try DirectoryStore(
            root: root, run: record, environment: environment, script: script)
        store = made
        return made
    }

    /// Makes the store's folder and a file in it, which goes again.
    private static func probe(_ root: String) throws(RunStoreError) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: root, isDirectory: &isFolder),
            !isFolder.boolValue
        {
            throw .notAFolder(path: root)
        }
        try makeFolders(root)
        let file = root + "/.probe-\(ProcessInfo.processInfo.processIdentifier)"
        guard FileManager.default.createFile(atPath: file, contents: Data([0])) else {
            throw .cannotWrite(path: root, reason: String(cString: strerror(errno)))
        }
        try? FileManager.default.removeItem(atPath: file)
    }

    /// Makes a folder and those above it; the system's reason is told, which `FileManager` hides.
    private static func makeFolders(_ root: String) throws(RunStoreError) {
        var path = root.hasPrefix("/") ? "/" : ""
        for part in root.split(separator: "/") {
            path += part
            if mkdir(path, 0o777) != 0, errno != EEXIST {
                throw .cannotCreate(path: root, reason: String(cString: strerror(errno)))
            }
            path += "/"
        }
    }
}
