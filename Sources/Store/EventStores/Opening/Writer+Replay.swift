import Bytes
import Domain
import EventLogs
import Platform
import Projections

extension Writer {
    /// Applies the log's records behind the last seal, in order: the same steps as when they came, without admission and without writing.
    func replay(_ records: [LogRecord]) throws {
        for record in records {
            receivedTime = max(receivedTime, record.receivedTime)
            switch record.kind {
            case .events where record.position > sealed.position: try replayEvents(record)
            case .replacements where record.position > sealed.position:
                try replayReplacements(record)
            case .outcomes:
                guard let found = OutcomeSettings(data: String(decoding: record.payload, as: UTF8.self)) else {
                    throw corruption(record, "the data of how conversations are judged")
                }
                outcomes = found
            case .timeReached: counters.reach(record.receivedTime)
            case .configuration where sealed.position == 0 && tail.count == 0: try replayPrices(record)
            case .system:
                try replaySystemRecord(record)
            default: break
            }
        }
    }

    private func replayReplacements(_ record: LogRecord) throws {
        let replacements: [EventReplacement]
        do {
            replacements = try Self.replacements(parsing: record.payload, registry: registry)
        } catch {
            throw corruption(record, error.expectation)
        }
        try apply(replacements)
    }

    private func replaySystemRecord(_ record: LogRecord) throws {
        let note: SystemRecord
        do {
            note = try SystemRecord(position: record.position - 1, receivedTime: record.receivedTime, parsing: record.payload)
        } catch {
            throw corruption(record, error.expectation)
        }
        do {
            try takeUp(note, mark: take)
        } catch let error as DamagedRecord {
            throw corruption(record, error.expectation)
        }
    }

    /// Makes what a record tells part of the state.
    /// - Parameter mark: what to do with a mark of deliveries.
    /// - Throws: ``DamagedRecord``, ``CorruptionError``.
    func takeUp(_ note: SystemRecord, mark: (DeliveryMark) -> Void) throws {
        systemRecords.append(note)
        if case .event(DeliveryMark.recordType, let data) = note.content {
            guard let found = DeliveryMark(data: data) else { throw DamagedRecord(expectation: "the data of a mark of deliveries") }
            mark(found)
        }
        if case .event(ClockStep.recordType, let data) = note.content {
            guard let lead = ClockStep.lead(data: data) else { throw DamagedRecord(expectation: "the data of a step of the clock") }
            leads.set(lead, from: nextPosition)
        }
        if case .event(ObjectiveVersion.recordType, let data) = note.content {
            guard let version = ObjectiveVersion(data: data, since: note.receivedTime), take(version) else {
                throw DamagedRecord(expectation: "the data of the next version of objectives")
            }
        }
        if case .event(Self.outcomesRecordType, let data) = note.content {
            guard let found = OutcomeSettings(data: data) else { throw DamagedRecord(expectation: "the data of how conversations are judged") }
            outcomes = found
        }
        guard case .event(Rebooking.recordType, let data) = note.content else { return }
        do {
            if let rebooking = try Rebooking(data: data) { try replay(rebooking) }
        } catch is Rebooking.DamagedRecord {
            throw DamagedRecord(expectation: "the data of a correction")
        }
    }

    /// The record is not what was written.
    struct DamagedRecord: Error { var expectation: String }

    /// The prices that the store began with are those of its log, whatever list the program brings.
    private func replayPrices(_ record: LogRecord) throws {
        var cursor = ByteCursor(Array(record.payload))
        do {
            begin(with: try PriceBook(parsing: &cursor))
        } catch {
            throw corruption(record, "in the price book: \(error.expectation)")
        }
    }

    /// Makes prices those before the first event.
    func begin(with book: PriceBook) { booking = Booking(book: book, registry: registry) }

    private func replayEvents(_ record: LogRecord) throws {
        let bytes = Array(record.payload)
        let batch: EventBatch
        do {
            batch = try EventBatch(checking: bytes, registry: registry)
        } catch {
            throw corruption(record, error.expectation)
        }
        guard batch.count == record.count, record.position == nextPosition else {
            throw corruption(record, "\(record.count) events from position \(nextPosition)")
        }
        let lateCount = booking.late.count
        let hashes = EventIdentity.hashes(bytes, at: batch.offsets, key: identityKey)
        var costIndices: [Int32] = []
        var costs: [CallCost] = []
        for (row, offset) in batch.offsets.enumerated() {
            let start = Int(offset)
            let position = record.position + Int64(row)
            if let cost = booking.book(bytes, at: start, position: position) {
                costIndices.append(Int32(costs.count))
                costs.append(cost)
            } else {
                costIndices.append(-1)
            }
            identities.insert(hashes[row], position: position)
            if EventRowCursor.isTimeAbsent(bytes, at: start) {
                absentTimes.add([AbsentTimes.Entry(hash: hashes[row], time: EventRowCursor.time(bytes, at: start))])
            }
        }
        let block = TailBlock(
            bytes: bytes, starts: batch.offsets, firstPosition: record.position,
            receivedTimes: Array(repeating: record.receivedTime, count: batch.count), costIndices: costIndices, costs: costs,
            identities: hashes)
        counters.beginStep()
        count(block)
        tail.append(block)
        nextPosition = record.nextPosition
        try noteLatePrices(since: lateCount)
    }

    private func corruption(_ record: LogRecord, _ expectation: String) -> CorruptionError {
        CorruptionError(file: "\(files.log), \(record.place)", offset: record.place.offset, expectation: expectation)
    }

    /// The first records of a new store: the schemas, the prices, and how conversations are judged.
    /// - Parameter known: kinds of records that are there from a beginning that was cut short.
    func begin(after known: Set<LogRecordKind>) throws {
        readClock()
        for (kind, payload) in [(.schemas, registry.serialised), (.configuration, booking.book.serialised)] as [(LogRecordKind, [UInt8])]
        where !known.contains(kind) {
            try log.append(kind, position: nextPosition, count: 0, receivedTime: receivedTime, payload: payload)
        }
        let outcomes = OutcomeSettings.standard
        try log.append(.outcomes, position: nextPosition, count: 0, receivedTime: receivedTime, payload: Array(outcomes.data.utf8))
        self.outcomes = outcomes
        try log.flush()
    }
}

extension LogRecordKind {
    /// A row of `system_events` or `dead_letters`.
    static let system = LogRecordKind(rawValue: 16)
    /// New rows for events that came before; see ``Writer/payload(of:)``.
    static let replacements = LogRecordKind(rawValue: 17)
    /// How a new store judges conversations: `OutcomeSettings.data`. A change of it is a system record.
    static let outcomes = LogRecordKind(rawValue: 18)
}
