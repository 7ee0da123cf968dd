import Foundation
import Records
import RunStore

/// A directory store that is made, or opened again, with the first event, so that a run that never
/// starts leaves no folder behind and takes nothing back.
final class StoreSink: EventSink {
    private let root: String
    private let record: RunRecord
    private let resumed: (folder: RunFolder, events: Int)?
    /// What is told of the run's surroundings; it may change until the first event.
    var environment: RunEnvironment
    private let script: String
    private var store: DirectoryStore?

    /// The run's folder, once there is one.
    var directory: String? { store?.directory }

    /// - Parameters:
    ///   - root: The store's folder.
    ///   - record: What is run.
    ///   - environment: The run's surroundings.
    ///   - script: The script's text.
    ///   - resumed: The folder of a run that goes on, with how many of its events are kept.
    /// - Throws: `RunStoreError` at once where the folder `root` cannot be made or written.
    init(
        root: String, record: RunRecord, environment: RunEnvironment, script: String,
        resuming resumed: (folder: RunFolder, events: Int)? = nil
    ) throws(RunStoreError) {
        self.root = root
        self.resumed = resumed
        self.record = record
        self.environment = environment
        self.script = script
        if resumed == nil {
            try StoreSink.probe(root)
        } else {
            // Opened now: a run that still goes on, or a folder that lacks events, is told at once.
            _ = try open()
        }
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
    func save(state: String, arrays: [NamedArray], named name: String) throws {
        try open().save(state: state, arrays: arrays, named: name)
    }

    private func open() throws(RunStoreError) -> DirectoryStore {
        if let store { return store }
        let made: DirectoryStore
        if let resumed {
            made = try DirectoryStore(
                resuming: resumed.folder,
                RunEnvironment.Resumption(
                    started: environment.started, threads: environment.threads,
                    events: resumed.events))
        } else {
            made = try DirectoryStore(
                root: root, run: record, environment: environment, script: script)
        }
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
