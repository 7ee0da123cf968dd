/// Where each value of a plan lies in its arena, so that values which are never needed together
/// share memory.
///
/// Values come and go in the order of the steps; a freed block is joined with free neighbours and
/// the smallest block that fits is taken (best fit).
struct MemoryPlan {
    /// Bytes of the arena.
    private(set) var bytes = 0
    private var free: [(offset: Int, size: Int)] = []

    /// Every block starts on a cache line.
    static let alignment = 64

    static func rounded(_ bytes: Int) -> Int {
        (bytes + alignment - 1) / alignment * alignment
    }

    /// Takes a block of at least this many bytes.
    mutating func take(_ bytes: Int) -> Int {
        let size = MemoryPlan.rounded(bytes)
        var best = -1
        for (place, block) in free.enumerated() where block.size >= size {
            if best < 0 || block.size < free[best].size { best = place }
        }
        if best >= 0 {
            let offset = free[best].offset
            free[best].offset += size
            free[best].size -= size
            if free[best].size == 0 { free.remove(at: best) }
            return offset
        }
        // Grow the arena; a free block at its end is used up first.
        if let last = free.last, last.offset + last.size == self.bytes {
            free.removeLast()
            self.bytes = last.offset + size
            return last.offset
        }
        let offset = self.bytes
        self.bytes += size
        return offset
    }

    /// Gives a block back.
    mutating func release(_ offset: Int, _ bytes: Int) {
        let size = MemoryPlan.rounded(bytes)
        guard size > 0 else { return }
        var place = 0
        while place < free.count, free[place].offset < offset { place += 1 }
        free.insert((offset, size), at: place)
        if place + 1 < free.count, offset + size == free[place + 1].offset {
            free[place].size += free[place + 1].size
            free.remove(at: place + 1)
        }
        if place > 0, free[place - 1].offset + free[place - 1].size == offset {
            free[place - 1].size += free[place].size
            free.remove(at: place)
        }
    }
}
