import Foundation
import Records
import Runs
import Synchronization
import TestSupport

/// A small search in a folder of its own, and runs of it in memory.
final class RunFixtures {
    let folder: String
    /// What was told besides events.
    private(set) var notes: [RunNote] = []

    init(_ script: String = RunFixtures.search) throws {
        folder =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("apogee-runs-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try write(script)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Writes the script anew.
    func write(_ script: String, to name: String = "search.lua") throws {
        try script.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
    }

    var request: RunRequest {
        RunRequest(
            file: "search.lua", seed: 4,
            changes: [RunRequest.Change("budget.generations", "2")], folder: folder)
    }

    func library(_ archive: MemoryArchive) -> RunLibrary {
        RunLibrary(archive) { [self] note in notes.append(note) }
    }

    static func conditions(threads: Int = 1) -> RunConditions {
        RunConditions(threads: threads, started: "2025-01-01T00:00:00Z", arguments: ["a", "b"])
    }

    /// Runs to the end, or until the run has asked `count` times whether to stop; its name.
    @discardableResult
    static func run(
        _ run: PreparedRun, stoppedAfter count: Int = .max, telling sink: any EventSink = Unheard()
    ) throws -> (name: String, status: RunStatus) {
        let asked = Counter()
        let status = try run.run(conditions(threads: 2), telling: sink) { asked.next() > count }
        return (run.name ?? "", status)
    }

    /// A search of a second.
    static let search = """
        local apogee = require "apogee"
        print("loaded")
        return apogee.experiment {
          name = "Runs", api = 1, checkpoint_steps = 2,
          tasks = { "episodes", ways = 3, shots = 1, queries = 2, split = "classes",
            validation_fraction = 0.3, sampler = { "hard_classes" },
            dataset = { "glyphs", alphabets = 5, characters = 4, drawers = 4, side = 16 } },
          space = { "cells", nodes = 1, channels = 4 },
          learner = { "maml", inner_steps = 1, meta_batch = 2 },
          strategy = { "evolution", population = 3,
            mutation = function(parent, rng)
              local child = parent:copy()
              local gene = rng:integer(1, #child)
              child[gene] = rng:choice(child:options(gene))
              return child
            end },
          budget = { warm_up_updates = 3, generations = 9, updates_per_generation = 2,
            evaluations_per_generation = 3, final_updates = 2, validation_tasks = 2, test_tasks = 4 },
          per_task_search = { enabled = false }, arms = { "searched", "random_search" },
        }
        """

    /// A fixed network: it saves no state to go on from.
    static let fixed = """
        return require "apogee".experiment {
          name = "Fixed", api = 1, tasks = { "sine", queries = 3 }, space = "mlp",
          learner = { "maml", inner_steps = 1, meta_batch = 2 },
          budget = { updates = 3, test_tasks = 4 },
        }
        """
}

/// A sink that keeps nothing.
final class Unheard: EventSink {
    func record(_ event: Event) {}
}

/// Does something at every event.
final class Watcher: EventSink {
    private let body: (Event) throws -> Void

    init(_ body: @escaping (Event) throws -> Void) {
        self.body = body
    }

    func record(_ event: Event) throws { try body(event) }
}

/// Counts from 1, on any thread.
private final class Counter: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
