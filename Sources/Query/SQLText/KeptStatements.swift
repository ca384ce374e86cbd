import Bytes
import Columnar
package import Plans
import Synchronization

/// Statements that were compiled, by their texts, for whoever asks the same again: panels and look-ups do, and reading
/// and planning a short question takes as long as answering it. Safe on any thread.
///
/// What is kept answers as if it were compiled anew: a plan follows from the text, the zone in which times are meant,
/// and what the catalog says of the tables that it reads, which is compared each time. What rests on `now()` or on the
/// store's key is not kept, nor is a refusal. What else decides a plan (which rollups there are, how far they reach,
/// what subqueries answer) comes after that, see ``KeptPreparation``.
///
/// Of too many the one goes that was not asked for longest. All is booked, what is free of the pool and no more, and
/// goes where others run short.
package final class KeptStatements: Sendable {
    fileprivate struct Key: Hashable {
        var sql: ExactText
        var timeZone: ExactText

        /// nil for texts that are too long, whichever of them is: nobody has looked yet whether there is such a zone.
        init?(_ sql: String, timeZone: String) {
            guard sql.utf8.count + timeZone.utf8.count <= KeptStatements.textBytesMax else { return nil }
            (self.sql, self.timeZone) = (ExactText(sql), ExactText(timeZone))
        }

        var byteCount: Int { sql.utf8.count + timeZone.utf8.count }
    }

    fileprivate struct Entry {
        var script: CompiledScript
        var booking: MemoryBooking
        /// When it was asked for last, in numbers of ``State/uses``.
        var lastUse: Int
    }

    fileprivate struct State {
        var entries: [Key: Entry] = [:]
        var bytes = 0
        var uses = 0
    }

    /// Longer texts are lists of values, which nobody asks twice.
    private static let textBytesMax = 16 << 10
    private static let bytesMost = 8 << 20
    /// A statement without its text and its plan, what it was prepared on among it; a part of a plan; a column that a
    /// node of it names, since wide tables are read by few parts.
    private static let (entryBytes, partBytes, columnBytes) = (8 << 10, 128, 40)

    private let entriesMax: Int
    private let bytesMax: Int
    private let pool: MemoryPool
    private let state = Mutex(State())

    /// Nothing yet.
    /// - Parameters:
    ///   - pool: what they are booked in: a sixteenth of it at most.
    ///   - entriesMax: how many are kept.
    package init(within pool: MemoryPool, entriesMax: Int = 256) {
        (self.pool, self.entriesMax) = (pool, entriesMax)
        bytesMax = min(Self.bytesMost, pool.limitBytes / 16)
        pool.onShortage { [weak self] in self?.forget() ?? false }
    }

    /// What is booked for them.
    package var heldBytes: Int { state.withLock { $0.bytes } }

    /// What a text was compiled to, where that is still so over this catalog; nil where it is not known.
    /// - Complexity: O(length of the text, columns of its tables).
    func script(_ sql: String, timeZone: String, over catalog: any TableCatalog) -> CompiledScript? {
        guard let key = Key(sql, timeZone: timeZone) else { return nil }
        let found = state.withLock { state -> CompiledScript? in
            state.uses += 1
            state.entries[key]?.lastUse = state.uses
            return state.entries[key]?.script
        }
        guard let found, let basis = found.basis, basis.holds(over: catalog) else { return nil }
        return found
    }

    /// Keeps what a text was compiled to, in place of what was kept for it, where that lasts and there is room.
    /// - Returns: the same, with a place for its preparation where it is kept.
    /// - Complexity: O(size of the plan, statements kept).
    func keep(_ script: CompiledScript, of sql: String, timeZone: String) -> CompiledScript {
        guard script.basis != nil, let key = Key(sql, timeZone: timeZone) else { return script }
        var kept = script
        kept.preparation = script.statement.plan.map { KeptPreparation(of: $0) }
        let parts = (script.statement.plan?.partsCount ?? 0) + (kept.preparation?.partsMax ?? 0)
        // Of the plan, and of what it is prepared to.
        let columns = (script.statement.plan?.columnsCount ?? 0) * 2
        let bytes = Self.entryBytes + key.byteCount * 4 + parts * Self.partBytes + columns * Self.columnBytes
        let booking = MemoryBooking(in: pool)
        guard bytes <= bytesMax / 8, booking.addFree(bytes) else { return script }
        let entry = Entry(script: kept, booking: booking, lastUse: 0)
        let gone = state.withLock { $0.insert(entry, as: key, entriesMax: entriesMax, bytesMax: bytesMax) }
        // It goes when this returns, not under the lock.
        withExtendedLifetime(gone) {}
        return kept
    }

    /// - Returns: whether anything was kept.
    private func forget() -> Bool {
        let old = state.withLock { state in
            defer { (state.entries, state.bytes) = ([:], 0) }
            return state.entries
        }
        return !old.isEmpty
    }
}

extension KeptStatements.State {
    /// Takes an entry in.
    /// - Returns: those that had to go for it.
    fileprivate mutating func insert(
        _ entry: KeptStatements.Entry, as key: KeptStatements.Key, entriesMax: Int, bytesMax: Int
    ) -> [KeptStatements.Entry] {
        var gone = [entries.removeValue(forKey: key)].compactMap(\.self)
        bytes -= gone.first?.booking.bytes ?? 0
        while entries.count >= entriesMax || bytes + entry.booking.bytes > bytesMax,
            let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key,
            let old = entries.removeValue(forKey: oldest)
        {
            bytes -= old.booking.bytes
            gone.append(old)
        }
        uses += 1
        var entry = entry
        entry.lastUse = uses
        bytes += entry.booking.bytes
        entries[key] = entry
        return gone
    }
}
