import Bytes
import Columnar
import Domain
import Platform
import Projections

// Admission decides, for each event of a batch in order, whether it enters, and builds the block of those that do. Of
// the writer's state it changes the table of identities and the prices; all else the writer applies after the log has
// the block.

/// What the writer knows when a batch arrives.
struct AdmissionContext {
    var tail: Tail
    /// Of the events of a seal under way.
    var frozenIdentities: IdentityTable
    var nextPosition: Int64
    var receivedTime: Int64
    /// What the clock says; behind ``receivedTime`` where that had followed a clock that ran away.
    var clockTime: Int64
    /// What may be a repeat of an event that was dropped is too old.
    var ends: RetentionEnds
    var registry: SchemaRegistry
}

/// The events of one batch that enter, and what is said of each.
struct Admission {
    private(set) var verdicts: [EventVerdict] = []
    private(set) var block: TailBlock?
    private(set) var absentTimes: [AbsentTimes.Entry] = []
    private(set) var duplicates = 0

    /// Rows of the batch that enter, ascending.
    private var acceptedRows: [Int] = []
    private let context: AdmissionContext
    private let restored: RestoredEvents?

    var accepted: Int { acceptedRows.count }

    /// - Parameters:
    ///   - hashes: of the identities, by row.
    ///   - survey: of the batch; nil where there is none, so that each row is looked at.
    ///   - sealed: what segments say of the events, by row; empty where they hold none of them.
    ///   - restored: what an export says of the events, by row; nil for events that come now.
    /// - Complexity: O(bytes of the batch).
    init(
        _ batch: EventRows, hashes: [UInt64], survey: EventRowSurvey? = nil, sealed: [EventVerdict?],
        context: AdmissionContext, identities: inout IdentityTable, booking: inout Booking, prices: inout PriceLedger,
        restored: RestoredEvents? = nil
    ) {
        self.context = context
        self.restored = restored
        verdicts.reserveCapacity(batch.count)
        acceptedRows.reserveCapacity(batch.count)
        identities.reserve(batch.count)
        var (end, areEndToEnd, lacksTime) = (0, true, false)
        let (nextPosition, receivedTime) = (context.nextPosition, context.receivedTime)
        // There are some beside a seal alone.
        let hasFrozen = context.frozenIdentities.count > 0 && !planted(.forgetFrozenIdentities)
        let frozen = hasFrozen ? context.frozenIdentities : nil
        // Mostly none is refused for its time, and no row is looked at before it is a repeat.
        let areTimely = survey.map { Self.areTimely($0, receivedTime, context.ends.latest) } ?? false
        for row in 0..<batch.count {
            if row % Self.rowsAhead == 0 { identities.fetch(hashes[row..<min(row + Self.rowsAhead, batch.count)]) }
            let hash = hashes[row]
            var isTimeAbsent = false
            if !areTimely {
                let event = batch[row]
                // Its length stands beside its time.
                areEndToEnd = areEndToEnd && event.start == end
                end = event.start + event.byteCount
                isTimeAbsent = event.isTimeAbsent
            }
            let verdict: EventVerdict
            if !sealed.isEmpty, let known = sealed[row], !planted(.forgetSealedIdentities) {
                verdict = known
            } else if !areTimely, let refusal = Self.refusal(of: batch[row], context) {
                // What no segment holds yet is known whatever its time.
                verdict = (refusal == .tooOld ? seen(batch, row, hash, identities) : nil) ?? refusal
            } else if identities.holds(hash) || frozen?.holds(hash) ?? false,
                let known = seen(batch, row, hash, identities)
            {
                verdict = known
            } else {
                // Most are new.
                let position = nextPosition + Int64(acceptedRows.count)
                lacksTime = lacksTime || isTimeAbsent
                acceptedRows.append(row)
                identities.insert(hash, position: position)
                verdicts.append(.accepted(position: position))
                continue
            }
            if verdict == .duplicate { duplicates += 1 }
            verdicts.append(verdict)
        }
        guard accepted > 0 else { return }
        areEndToEnd = areTimely ? survey?.areEndToEnd ?? false : areEndToEnd && end == batch.bytes.count
        let rows = rows(entering: batch, areEndToEnd: areEndToEnd, lackTime: lacksTime, hashes)
        block = makeBlock(rows, hashes, noted: accepted == batch.count ? survey?.noted : nil, &booking, &prices)
    }

    /// Rows whose places in the table of identities are fetched at one time.
    private static let rowsAhead = 16

    /// Why an event is refused for its time alone.
    private static func refusal(
        of event: EventRow, _ context: AdmissionContext
    ) -> EventVerdict? {
        guard !event.isTimeAbsent else { return nil }
        let time = event.time
        if time.saturatingSubtract(context.receivedTime) > Limits.futureNanosecondsMax { return .tooNew }
        // Mostly it is of after all that is gone, whatever that was.
        guard let latest = context.ends.latest, time < latest,
            let horizon = context.ends.horizon(
                of: event.tenantName, type: context.registry.types[Int(event.type)].name)
        else { return nil }
        return time < horizon ? .tooOld : nil
    }

    /// Whether no event of a batch lacks a time or is refused for it, as ``refusal(of:_:)`` has it.
    private static func areTimely(_ survey: EventRowSurvey, _ receivedTime: Int64, _ horizon: Int64?) -> Bool {
        guard !survey.lacksTime, let times = survey.times else { return false }
        let isTooNew = times.upperBound.saturatingSubtract(receivedTime) > Limits.futureNanosecondsMax
        return !isTooNew && horizon.map { times.lowerBound >= $0 } ?? true
    }

    /// What unsealed events and those of this batch say of an event whose hash one of them has.
    private func seen(_ batch: EventRows, _ row: Int, _ hash: UInt64, _ identities: IdentityTable) -> EventVerdict? {
        let event = batch[row]
        return seen(event, hash, batch, identities) ?? seen(event, hash, batch, context.frozenIdentities)
    }

    /// What an unsealed event of the same identity makes of the event, be it of this batch or of one before.
    private func seen(
        _ event: EventRow, _ hash: UInt64, _ batch: EventRows, _ identities: IdentityTable
    ) -> EventVerdict? {
        var verdict: EventVerdict?
        _ = identities.first(hash) { position in
            if position >= context.nextPosition {
                verdict = compare(event, batch[acceptedRows[Int(position - context.nextPosition)]])
            } else if let (block, row) = context.tail.locate(position) {
                verdict = compare(event, block.rows[row])
            }
            return verdict != nil
        }
        return verdict
    }

    /// Events without a time of their own are the same only where they were filed under one time, or one came within
    /// the look-up time of the other and that time has not passed since.
    private func compare(_ event: EventRow, _ other: EventRow) -> EventVerdict? {
        guard event.hasIdentity(of: other) else { return nil }
        if event.isTimeAbsent {
            let (filed, known) = (filedTime(of: event), filedTime(of: other))
            guard filed == known || AbsentTimes.isNear(known, filed, at: context.clockTime) else { return nil }
        }
        return event.hasContent(of: other) ? .duplicate : .conflict
    }

    /// The time under which an event without one of its own is filed: the one that an export says it was given, else
    /// now.
    private func filedTime(of event: EventRow) -> Int64 { event.time == 0 ? context.clockTime : event.time }

    /// The accepted rows end to end, those without a time filed under one. Where all of a batch enter, its own bytes
    /// serve.
    /// - Parameter lackTime: whether one of them came without.
    private mutating func rows(
        entering batch: EventRows, areEndToEnd: Bool, lackTime: Bool, _ hashes: [UInt64]
    ) -> EventRows {
        var rows = batch
        if accepted < batch.count || !areEndToEnd {
            rows = EventRows()
            rows.bytes.reserveCapacity(batch.bytes.count)
            for row in acceptedRows { rows.append(batch[row]) }
        }
        guard lackTime else { return rows }
        for (index, row) in acceptedRows.enumerated() {
            // A view that is still held would make the change of a time copy all rows.
            guard rows[index].isTimeAbsent else { continue }
            let time = filedTime(of: rows[index])
            rows.set(time: time, ofRow: index)
            absentTimes.append(AbsentTimes.Entry(hash: hashes[row], time: time))
        }
        return rows
    }

    /// Books the accepted rows in order.
    /// - Parameter noted: those that are calls or prices, where that is known and all of the batch enter.
    private func makeBlock(
        _ rows: EventRows, _ hashes: [UInt64], noted: [Int32]?, _ booking: inout Booking, _ prices: inout PriceLedger
    ) -> TailBlock {
        var costs = RowCosts()
        costs.reserve(accepted)
        if let noted {
            for row in noted {
                costs.append(free: Int(row) - costs.count)
                costs.append(cost(of: rows, Int(row), row: Int(row), &booking, &prices))
            }
            costs.append(free: accepted - costs.count)
        } else {
            for (index, row) in acceptedRows.enumerated() {
                costs.append(cost(of: rows, index, row: row, &booking, &prices))
            }
        }
        return TailBlock(
            rows, firstPosition: context.nextPosition,
            receivedTimes: restored.map { restored in acceptedRows.map { restored.receivedTimes[$0] } }
                ?? Array(repeating: context.receivedTime, count: accepted),
            costs: costs, identities: accepted == hashes.count ? hashes : acceptedRows.map { hashes[$0] })
    }

    /// - Parameters:
    ///   - index: among the accepted rows.
    ///   - row: the same one's in the batch.
    private func cost(
        of rows: EventRows, _ index: Int, row: Int, _ booking: inout Booking, _ prices: inout PriceLedger
    ) -> CallCost? {
        let position = context.nextPosition + Int64(index)
        return booking.book(rows[index], position: position, prices: &prices).map { restored?.costs[row] ?? $0 }
    }
}
