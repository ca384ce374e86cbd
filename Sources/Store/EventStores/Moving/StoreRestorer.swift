import Bytes
import Domain
import EventLogs
import JSONTexts
import Platform
import Synchronization

/// A store that an export is moved into: one after the other its runs become part of it, at the same positions.
package final class StoreRestorer: Sendable {
    private let store: EventStore
    private let beginning: ExportHeader
    private let progress = Mutex(RestoreProgress())

    /// Takes over what the export's store began with, where this one has no event yet; where it has, the export must go
    /// on from it.
    /// - Throws: ``RestoreRefusal`` where that cannot be; nothing has changed then.
    package init(_ beginning: ExportHeader, into store: EventStore) throws {
        self.store = store
        self.beginning = beginning
        let known = try store.beginRestoring(beginning)
        progress.withLock { $0.known = known }
    }

    /// Events of the export that are through.
    package var events: Int64 { progress.withLock { $0.events } }

    /// The export's next runs. Durable when it returns.
    /// - Throws: ``RestoreRefusal``, ``StoreError``, ``CorruptionError``; nothing of the runs is kept then.
    package func restore(_ batches: [RestoredBatch]) throws -> RestoreResult {
        try progress.withLock { progress in
            var reached = progress
            let result = try store.changing { try $0.restore(batches, &reached) }
            progress = reached
            return result
        }
    }
}

extension EventStore {
    /// Why an export can't be moved here, before anything is read of it; nil where it can.
    private func objection(to beginning: ExportHeader, hasEvents: Bool, records: Set<SystemRecord>)
        -> RestoreRefusal?
    {
        let asNew =
            "with --as-new-events its events are taken as if they were sent now: booked at this store's prices, without corrections"
        guard beginning.isWhole else {
            return RestoreRefusal(
                reason:
                    "the export holds a part of its store, without the prices and corrections that its costs come from"
                    + (beginning.notice.map { " (\($0))" } ?? ""),
                advice: "export without --from and --to; \(asNew)")
        }
        let isSameKey = beginning.store == fingerprint
        if hasEvents {
            guard !isSameKey, !records.contains(where: { $0.isRestore(of: beginning.store) }) else { return nil }
            return RestoreRefusal(
                reason:
                    "the export comes from another store, and this one has events already: their costs would change with the order",
                advice: "import it into a directory that is not there yet; \(asNew)")
        }
        guard beginning.hasUsers, !isSameKey else { return nil }
        return RestoreRefusal(
            reason:
                "the export holds users as tokens of another key: without that of its own store nobody would know them again",
            advice:
                "import into a directory that is not there yet, with the key of the export's store: --key DIR/keys/store.key; \(asNew)"
        )
    }

    /// Whether it has neither events nor records.
    var hasNothing: Bool {
        get throws { try snapshot().position == 0 && records().isEmpty }
    }

    private func records() throws -> [SystemRecord] {
        let snapshot = snapshot()
        return (try snapshot.sealedRecords() + snapshot.version.systemRecords.all).filter(\.isMoved)
    }

    /// - Returns: the records that the store has.
    fileprivate func beginRestoring(_ beginning: ExportHeader) throws -> Set<SystemRecord> {
        let records = Set(try records())
        let hasEvents = snapshot().position > 0 || !records.isEmpty
        if let objection = objection(to: beginning, hasEvents: hasEvents, records: records) { throw objection }
        if !hasEvents { try changing { try $0.begin(as: beginning, isOwn: beginning.store == fingerprint) } }
        return records
    }
}

extension SystemRecord {
    /// The type of the record that a store with a key of its own keeps of an export that was moved into it.
    static let restoreType = "store.restored"

    fileprivate static func restore(of store: String) -> Content {
        .event(type: restoreType, data: JSONWriter.object { $0.member("store", store) })
    }

    fileprivate func isRestore(of store: String) -> Bool { content == Self.restore(of: store) }
}

extension Writer {
    /// Makes the prices that an export's store began with those of this one, which has no event yet.
    /// - Parameter isOwn: the key is the same, so that nothing needs to be noted to know the export again.
    fileprivate func begin(as beginning: ExportHeader, isOwn: Bool) throws {
        try checkUsable()
        var cursor = ByteCursor(beginning.prices)
        let book: PriceBook
        do {
            book = try PriceBook(parsing: &cursor)
        } catch {
            throw RestoreRefusal(
                reason: "the prices in the first line of the export are damaged", advice: "export again")
        }
        do {
            try log.append(
                .configuration, position: nextPosition, count: 0, receivedTime: receivedTime, payload: book.serialised)
            if !isOwn { try note(SystemRecord.restore(of: beginning.store)) }
            try log.flush()
        } catch {
            throw told(error)
        }
        begin(with: book)
    }
}
