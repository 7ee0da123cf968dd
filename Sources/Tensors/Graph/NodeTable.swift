/// Finds the node that is equal to one about to be recorded.
///
/// An open table of node numbers by hash. What a node is stays in the graph, which compares it only
/// with nodes of the same hash.
struct NodeTable {
    private var slots: ContiguousArray<Int32>
    /// The nodes in the table with their hashes.
    private var entries: ContiguousArray<(node: Int32, hash: Int)> = []

    /// - Parameter capacity: Nodes that it holds without growing.
    init(capacity: Int) {
        var size = 16
        while size < 2 * capacity { size *= 2 }
        slots = ContiguousArray(repeating: -1, count: size)
        entries.reserveCapacity(capacity)
    }

    /// The node with this hash that `isEqual` says yes to.
    func find(_ hash: Int, _ isEqual: (Int) -> Bool) -> Int? {
        let mask = slots.count - 1
        var slot = hash & mask
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if entry.hash == hash, isEqual(Int(entry.node)) { return Int(entry.node) }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Adds a node that was not found.
    mutating func insert(_ node: Int, _ hash: Int) {
        entries.append((Int32(node), hash))
        if 2 * entries.count > slots.count {
            slots = ContiguousArray(repeating: -1, count: 2 * slots.count)
            for place in entries.indices { take(place) }
        } else {
            take(entries.count - 1)
        }
    }

    private mutating func take(_ place: Int) {
        let mask = slots.count - 1
        var slot = entries[place].hash & mask
        while slots[slot] >= 0 { slot = (slot + 1) & mask }
        slots[slot] = Int32(place)
    }
}
