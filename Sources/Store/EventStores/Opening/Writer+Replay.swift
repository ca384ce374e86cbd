import Bytes
import Domain
import EventLogs
import Platform
import Projections

extension Writer {
    /// Applies the log's records behind the last seal, in order: the same steps as when they came, without admission
    /// and without writing.
    /// - Throws: ``CorruptionError``; ``NewerFormatError`` for a record that this version does not know.
    func replay(_ records: [LogRecord]) throws {
        // Prices came late one by one, each with a search of what waited for it; here one search serves all those
        // between which nothing else asks for costs.
        var lateCount = ledger.prices.late.count
        func takeUpPrices() throws {
            counters.beginStep()
            try takeUpLatePrices(since: lateCount, onDamage: goOnWithoutPlace)
            lateCount = ledger.prices.late.count
        }
        for record in records {
            ledger.receivedTime = max(receivedTime, record.receivedTime)
            let notes = try systemRecords(record)
            if record.kind == .replacements || notes.contains(where: asksForCosts) { try takeUpPrices() }
            switch record.kind {
            case .events: if record.position > sealed.position { try replayEvents(record) }
            case .replacements: if record.position > sealed.position { try replayReplacements(record) }
            case .outcomes:
                guard let found = OutcomeSettings(data: String(decoding: record.payload, as: UTF8.self)) else {
                    throw corruption(record, "the data of how conversations are judged")
                }
                judge(by: found)
            case .timeReached: counters.reach(record.receivedTime)
            case .configuration: try replayPrices(record)
            case .system, .together: for note in notes { try replaySystemRecord(note, record) }
            // Read before anything else, as rows are read by them.
            case .schemas: break
            // The segment has its record; of the manifest the opening asks.
            case .segmentAttached: break
            default:
                throw newerForm(record, "a kind of record that this version knows, found \(record.kind.rawValue)")
            }
        }
        try takeUpPrices()
    }

    /// Whether a record is applied to the costs of calls that came before it, or to what counts them.
    func asksForCosts(_ note: SystemRecord) -> Bool {
        guard case .event(let type, let data) = note.content else { return false }
        switch type {
        case ObjectiveVersion.recordType: return true
        // What only tells of a first price changes nothing.
        case Rebooking.recordType: return (try? Rebooking(data: data)) != nil
        default: return false
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

    /// Those that a record holds.
    private func systemRecords(_ record: LogRecord) throws -> [SystemRecord] {
        do {
            switch record.kind {
            case .system: return [try SystemRecord(logged: record)]
            case .together: return try SystemRecord.together(logged: record)
            default: return []
            }
        } catch where error.isOfNewerForm {
            throw newerForm(record, error.expectation)
        } catch {
            throw corruption(record, error.expectation)
        }
    }

    private func replaySystemRecord(_ note: SystemRecord, _ record: LogRecord) throws {
        do {
            try takeUp(note, onDamage: goOnWithoutPlace).map { dropOlder(than: $0) }
        } catch let error as Ledger.DamagedRecord {
            throw corruption(record, error.expectation)
        }
    }

    /// Makes what a record tells part of the state.
    /// - Returns: itself, where it takes the place of those before it.
    /// - Parameter onDamage: is told of a place that a correction needs and that cannot be read.
    /// - Throws: ``Ledger/DamagedRecord``, ``CorruptionError``.
    func takeUp(_ note: SystemRecord, onDamage: OnDamage = { throw $0 }) throws -> LatestRecord? {
        systemRecords.append(note)
        return try follow(note, onDamage: onDamage)
    }

    /// The same of a record that is among the unsealed ones already.
    @discardableResult
    func follow(_ note: SystemRecord, onDamage: OnDamage = { throw $0 }) throws -> LatestRecord? {
        let consequence = try ledger.fold(note)
        counters.idleAfterNanoseconds = ledger.outcomes?.idleAfterNanoseconds
        switch consequence {
        case .none: return nil
        case .prices: booking.forget()
        case .objectives(let version): counters = counters.following(version.set, registry: registry)
        case .rebooking(let rebooking):
            if !planted(.forgetCorrections) { try replay(rebooking, onDamage: onDamage) }
        case .latest(let latest): return latest
        }
        return nil
    }

    /// The prices that the store began with are those of its log, whatever list the program brings. Later ones come as
    /// system records.
    private func replayPrices(_ record: LogRecord) throws {
        guard ledger.position == 0 else {
            throw corruption(record, "no event before the prices that the store begins with")
        }
        var cursor = ByteCursor(Array(record.payload))
        do {
            begin(with: try PriceBook(parsing: &cursor))
        } catch where error.isOfNewerForm {
            throw newerForm(record, "in the price book: \(error.expectation)")
        } catch {
            throw corruption(record, "in the price book: \(error.expectation)")
        }
    }

    /// Makes prices those before the first event.
    func begin(with book: PriceBook) {
        ledger.prices = PriceLedger(book: book)
        booking.forget()
        forgetOverlay()
    }

    private func replayEvents(_ record: LogRecord) throws {
        let rows: EventRows
        do {
            rows = try EventRows(checking: Array(record.payload), registry: registry)
        } catch {
            throw corruption(record, error.expectation)
        }
        guard rows.count == record.count, record.position == nextPosition else {
            throw corruption(record, "\(record.count) events from position \(nextPosition)")
        }
        let hashes = rows.identityHashes(key: identityKey)
        var costs = RowCosts()
        var absent: [AbsentTimes.Entry] = []
        for (index, row) in rows.enumerated() {
            let position = record.position + Int64(index)
            costs.append(booking.book(row, position: position, prices: &ledger.prices))
            identities.insert(hashes[index], position: position)
            if row.isTimeAbsent { absent.append(AbsentTimes.Entry(hash: hashes[index], time: row.time)) }
        }
        let block = TailBlock(
            rows, firstPosition: record.position,
            receivedTimes: Array(repeating: record.receivedTime, count: rows.count), costs: costs, identities: hashes)
        counters.beginStep()
        count(block)
        tail.append(block)
        ledger.absentTimes.add(absent)
        ledger.position = block.lastPosition
    }

    private func corruption(_ record: LogRecord, _ expectation: String) -> CorruptionError {
        CorruptionError(file: files.name(of: record), offset: record.place.offset, expectation: expectation)
    }

    private func newerForm(_ record: LogRecord, _ expectation: String) -> NewerFormatError {
        NewerFormatError(file: files.name(of: record), expectation: expectation)
    }

    /// The first records of a new store: the schemas, the prices, and how conversations are judged.
    /// - Parameter known: kinds of records that are there from a beginning that was cut short.
    func begin(after known: Set<LogRecordKind>) throws {
        readClock()
        let first =
            [(.schemas, registry.serialised), (.configuration, ledger.prices.book.serialised)]
            as [(LogRecordKind, [UInt8])]
        for (kind, payload) in first where !known.contains(kind) {
            try log.append(kind, position: nextPosition, count: 0, receivedTime: receivedTime, payload: payload)
        }
        let outcomes = OutcomeSettings.standard
        try log.append(
            .outcomes, position: nextPosition, count: 0, receivedTime: receivedTime, payload: Array(outcomes.data.utf8))
        judge(by: outcomes)
        try log.flush()
    }

    /// Makes up for what is not as this version has it. Rows of `turns` that an earlier one made by another rule are
    /// folded again; until a seal has written them anew, each start looks for them. Losses of which the log tells no
    /// more are told again.
    /// - Parameter records: what was read of the log.
    func makeUp(for state: StateFile?, _ records: [LogRecord]) throws {
        if state?.mayPlaceTurnsByAnswers == true { dirty.formUnion(try MixedChannelSearch.conversations(in: sealed)) }
        tell(EventStore.untoldLosses(besides: ledger.losses, records, sealed.segments, files, context.fileSystem))
        EventStore.forgetAttempts(besides: ledger.losses, sealed.segments, files, context.fileSystem)
    }

    /// Where losses cannot be logged, they are said all the same, and the next start tries again.
    private func tell(_ losses: [LogLoss]) {
        for loss in losses {
            do {
                try follow(try noteDurably(.event(type: LogLoss.recordType, data: loss.data)))
            } catch {
                ledger.losses.append(loss)
            }
        }
    }

    /// Logs what this version brings that the store did not know, and seals what came before it; nothing where there is
    /// no such thing.
    ///
    /// Ids of columns and types follow names for ever, so rows of before are read as they were. Prices of a newer list
    /// hold for calls from now on; what is booked stays, and calls that waited for a price take one.
    /// - Parameter names: what the log says of the store's schemas.
    func takeOverConfiguration(from names: SchemaNames) throws {
        guard ledger.position > 0 else { return try beginAnew(names) }
        let change = ConfigurationChange(
            from: names, to: registry, book: ledger.prices.book, list: options.listPrices, position: ledger.position)
        guard !change.isEmpty else { return }
        // Where it cannot be sealed now, the log tells both apart.
        try? seal()
        try observeClock()
        let lateCount = ledger.prices.late.count
        if !change.columns.isEmpty || !change.types.isEmpty {
            try log.append(
                .schemas, position: nextPosition, count: 0, receivedTime: receivedTime, payload: registry.serialised)
        }
        try follow(try note(.event(type: ConfigurationChange.recordType, data: change.data)))
        counters.beginStep()
        for price in try noteLatePrices(since: lateCount, onDamage: goOnWithoutPlace) {
            try note(.event(type: Rebooking.recordType, data: price.firstPriceData))
        }
        try log.flush()
    }

    /// Without an event nothing stands on the prices and schemas of before.
    private func beginAnew(_ names: SchemaNames) throws {
        let book = PriceBook(options.listPrices)
        let hasPrices = ledger.prices.book.serialised == book.serialised
        let hasNames = names.columns.count == registry.columns.count && names.types.count == registry.types.count
        guard !hasPrices || !hasNames else { return }
        readClock()
        if !hasNames {
            try log.append(
                .schemas, position: nextPosition, count: 0, receivedTime: receivedTime, payload: registry.serialised)
        }
        if !hasPrices {
            try log.append(
                .configuration, position: nextPosition, count: 0, receivedTime: receivedTime, payload: book.serialised)
            begin(with: book)
        }
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
    /// Several rows of `system_events` that a crash keeps or loses together.
    static let together = LogRecordKind(rawValue: 19)
}
