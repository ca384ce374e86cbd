/// Positions of unsealed events by the hash of their identity. Several events may share a hash; the caller compares.
struct IdentityTable: Sendable {
    private struct Entry {
        var hash: UInt64
        /// 0 is free: positions begin at 1.
        var position: Int64
    }

    /// A power of two, at most half full.
    private var entries: [Entry] = []
    private(set) var count = 0
    /// Means nothing: what was read ahead has to go somewhere.
    private var seen: Int64 = 0

    /// Makes room for so many more at once.
    mutating func reserve(_ more: Int) {
        var size = max(1024, entries.count)
        while (count + more) * 2 > size { size *= 2 }
        if size > entries.count { grow(to: size) }
    }

    mutating func insert(_ hash: UInt64, position: Int64) {
        precondition(position > 0)
        if count * 2 >= entries.count { grow(to: max(1024, entries.count * 2)) }
        place(Entry(hash: hash, position: position))
        count += 1
    }

    /// Reads the places of hashes that are looked up or stored next: memory gives them all at one time, and one after
    /// the other each would be waited for.
    mutating func fetch(_ hashes: ArraySlice<UInt64>) {
        guard !entries.isEmpty else { return }
        let mask = entries.count - 1
        for hash in hashes { seen &+= entries[Int(truncatingIfNeeded: hash) & mask].position }
    }

    /// Whether a position is stored under the hash: mostly none is.
    func holds(_ hash: UInt64) -> Bool {
        guard !entries.isEmpty else { return false }
        let mask = entries.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while entries[slot].position != 0 {
            if entries[slot].hash == hash { return true }
            slot = (slot + 1) & mask
        }
        return false
    }

    /// Calls `visit` with each position stored under the hash until it answers true.
    func first(_ hash: UInt64, where visit: (Int64) -> Bool) -> Int64? {
        guard !entries.isEmpty else { return nil }
        let mask = entries.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while entries[slot].position != 0 {
            if entries[slot].hash == hash, visit(entries[slot].position) { return entries[slot].position }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private mutating func place(_ entry: Entry) {
        let mask = entries.count - 1
        var slot = Int(truncatingIfNeeded: entry.hash) & mask
        while entries[slot].position != 0 { slot = (slot + 1) & mask }
        entries[slot] = entry
    }

    private mutating func grow(to size: Int) {
        let old = entries
        entries = Array(repeating: Entry(hash: 0, position: 0), count: size)
        for entry in old where entry.position != 0 { place(entry) }
    }
}
