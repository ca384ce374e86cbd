import Bytes
package import Domain
import EventLogs
import JSONTexts
import Platform
import Projections

/// What an export says of events beside their rows.
struct RestoredEvents {
    /// By row, ns since 1970 UTC.
    var receivedTimes: [Int64]
    /// By row: what calls cost, where that does not follow from the prices before them.
    var costs: [Int: CallCost]
}

/// A run of an export.
package struct RestoredBatch: Sendable {
    /// Rows in the order of positions.
    package var events: EventRows
    /// By row, ns since 1970 UTC; nil for together with the row before.
    package var receivedTimes: [Int64?]
    /// By row, as the export says it.
    package var bookedCosts: [(row: Int, text: String)]
    /// Each with the number of rows that come before it, and the line that it stands in.
    package var records: [(rowsBefore: Int, record: SystemRecord, line: Int)]
    /// By row, the line that it stands in, from 1.
    package var lines: [Int]

    /// Takes each part as given.
    package init(
        events: EventRows, receivedTimes: [Int64?], bookedCosts: [(row: Int, text: String)],
        records: [(rowsBefore: Int, record: SystemRecord, line: Int)], lines: [Int]
    ) {
        (self.events, self.receivedTimes, self.bookedCosts, self.records) = (
            events, receivedTimes, bookedCosts, records
        )
        self.lines = lines
    }
}

/// What became of a run of an export.
package struct RestoreResult: Sendable {
    /// Events that the store did not have.
    package var accepted = 0
    /// Events that it had.
    package var duplicates = 0
    /// Records that it did not have.
    package var records = 0
    /// Its last position now.
    package var lastPosition: Int64 = 0

    /// Nothing yet.
    package init() {}
}

/// How far an export was taken over.
struct RestoreProgress {
    /// Events of the export that are through.
    var events: Int64 = 0
    /// When the last of them was received.
    var receivedTime: Int64?
    /// Records that the store had before, which are not taken again.
    var known: Set<SystemRecord> = []
}

extension Writer {
    /// Writes runs of an export as a segment: positions, received times and costs are those of the store that it came
    /// from, and records come into force at their places. What the store has already is compared and passed over.
    /// - Throws: ``RestoreRefusal`` where the export says something else than the store; nothing of the runs is kept
    ///   then.
    func restore(_ batches: [RestoredBatch], _ progress: inout RestoreProgress) throws -> RestoreResult {
        try checkUsable()
        settle()
        // As for an import: where that has ended everything there is no seal.
        try checkUsable()
        if tail.count > 0 || !tail.amended.isEmpty || !systemRecords.isEmpty { try seal() }
        let before = Checkpoint(self)
        // A version of objectives may change where buckets end, so the counters are kept whole.
        let counters = counters
        var (result, reached) = (RestoreResult(), progress)
        do {
            var lateCount = ledger.prices.late.count
            let known = try known(batches.map(\.events))
            let sealedPosition = sealed.position
            // A backup is told by its own store, whose clock may have been ahead of this one: there it went on from the
            // last time that it had given, and so it does here.
            let latest =
                options.isBeingRestored
                ? .max : context.clock.wallNanoseconds().saturatingAdd(Limits.futureNanosecondsMax)
            for (index, batch) in batches.enumerated() {
                let events = try restored(batch, latest: latest, &reached)
                let known = (known.surveys[index].hashes, known.sealed.verdicts(ofBatch: index))
                var next = 0
                for (rowsBefore, record, line) in batch.records {
                    try admit(batch.events, rows: next..<rowsBefore, events, known, sealedPosition, &reached, &result)
                    next = rowsBefore
                    guard record.position == reached.events else { throw Self.misplaced(reached.events) }
                    guard reached.known.remove(record) == nil else { continue }
                    try Self.checkTimes(
                        of: record, latest: latest, "the record after event \(reached.events) (line \(line))")
                    if asksForCosts(record) {
                        try takeUpLatePrices(since: lateCount)
                        lateCount = ledger.prices.late.count
                    }
                    ledger.receivedTime = max(receivedTime, record.receivedTime)
                    do {
                        _ = try takeUp(record)
                    } catch let error as Ledger.DamagedRecord {
                        throw Self.damaged("the record after event \(reached.events)", error.expectation)
                    }
                    result.records += 1
                }
                try admit(
                    batch.events, rows: next..<batch.events.count, events, known, sealedPosition, &reached, &result)
            }
            try takeUpLatePrices(since: lateCount)
            if tail.count > 0 || !systemRecords.isEmpty { try seal() }
            result.lastPosition = nextPosition - 1
            // The next reading of the clock goes on from the received times and leads that came along.
            clock = nil
            progress = reached
            return result
        } catch {
            // What a published seal holds stays counted.
            if before.restore(self) { self.counters = counters }
            if error is RestoreRefusal { throw error }
            throw told(error)
        }
    }

    /// Received times and costs of a run, checked.
    /// - Parameter latest: the last time at which anything can have been received.
    private func restored(
        _ batch: RestoredBatch, latest: Int64, _ progress: inout RestoreProgress
    ) throws(RestoreRefusal) -> RestoredEvents {
        var times: [Int64] = []
        let events = progress.events
        func place(_ row: Int) -> String { "event \(events + Int64(row) + 1) (line \(batch.lines[row]))" }
        for (row, time) in batch.receivedTimes.enumerated() {
            guard let time = time ?? progress.receivedTime else {
                throw Self.damaged(place(row), "when the first event was received")
            }
            // What the store has already stays as it is.
            let isNew = events + Int64(row) >= nextPosition - 1
            guard time >= 0, !isNew || time <= latest else { throw Self.misdated(place(row), time) }
            if let before = progress.receivedTime, time < before {
                throw Self.damaged(place(row), "a received time that is not before the one of the event ahead of it")
            }
            progress.receivedTime = time
            times.append(time)
        }
        var costs: [Int: CallCost] = [:]
        for (row, text) in batch.bookedCosts {
            guard let cost = CallCost(text: text) else {
                throw Self.damaged(place(row), "a cost that a call can have")
            }
            costs[row] = cost
        }
        return RestoredEvents(receivedTimes: times, costs: costs)
    }

    /// Takes rows in that the store lacks.
    private func admit(
        _ events: EventRows, rows: Range<Int>, _ restored: RestoredEvents,
        _ known: (hashes: [UInt64], sealed: [EventVerdict?]),
        _ sealedPosition: Int64, _ progress: inout RestoreProgress, _ result: inout RestoreResult
    ) throws {
        var first = rows.lowerBound
        while first < rows.upperBound, progress.events < sealedPosition {
            guard !known.sealed.isEmpty, known.sealed[first] == .duplicate else {
                throw Self.diverged(progress.events + 1)
            }
            progress.events += 1
            result.duplicates += 1
            first += 1
        }
        guard first < rows.upperBound else { return }
        guard progress.events == nextPosition - 1 else { throw Self.diverged(nextPosition) }
        let part = first..<rows.upperBound
        let times = Array(restored.receivedTimes[part])
        ledger.receivedTime = max(receivedTime, times.max() ?? receivedTime)
        var costs: [Int: CallCost] = [:]
        for row in part { costs[row - first] = restored.costs[row] }
        let batch = EventRows(bytes: events.bytes, starts: Array(events.starts[part]))
        let context = admissionContext
        let outcome = Admission(
            batch, hashes: Array(known.hashes[part]), sealed: known.sealed.isEmpty ? [] : Array(known.sealed[part]),
            context: context,
            identities: &identities, booking: &booking, prices: &ledger.prices,
            restored: RestoredEvents(receivedTimes: times, costs: costs))
        if outcome.accepted < part.count {
            let row = outcome.verdicts.firstIndex { if case .accepted = $0 { false } else { true } } ?? 0
            throw Self.diverged(progress.events + Int64(row) + 1)
        }
        if let block = outcome.block { take(block, outcome) }
        progress.events += Int64(part.count)
        result.accepted += part.count
    }

    private static func diverged(_ position: Int64) -> RestoreRefusal {
        RestoreRefusal(
            reason: "event \(position) of the export is not event \(position) of this store",
            advice: "import it into a directory that is not there yet")
    }

    private static func misplaced(_ position: Int64) -> RestoreRefusal {
        damaged("the record after event \(position)", "a record of this place; were lines left out or sorted?")
    }

    /// Refuses a record of a time at which it cannot have been made. One that tells of times is read by a start, too.
    private static func checkTimes(of record: SystemRecord, latest: Int64, _ place: String) throws(RestoreRefusal) {
        guard (0...max(0, latest)).contains(record.receivedTime) else { throw misdated(place, record.receivedTime) }
        guard case .event(let type, let data) = record.content else { return }
        if type == ClockStep.recordType, let lead = ClockStep.lead(data: data), lead > record.receivedTime {
            throw damaged(place, "a lead of the clock that ends after 1970")
        }
        if type == DeliveryMark.recordType, let mark = DeliveryMark(data: data),
            !(0...max(0, latest)).contains(mark.receivedTime)
        {
            throw misdated(place, mark.receivedTime)
        }
    }

    private static func misdated(_ place: String, _ time: Int64) -> RestoreRefusal {
        let when = time < 0 ? "before 1970" : "more than 24 h ahead of this machine's clock"
        return RestoreRefusal(
            reason: "\(place) of the export was received at \(RFC3339.render(time)), \(when)",
            advice:
                "set the clock of this machine right, or mend the line; with --as-new-events its events are taken as if they were sent"
                + " now")
    }

    private static func damaged(_ place: String, _ expectation: String) -> RestoreRefusal {
        RestoreRefusal(
            reason: "\(place) of the export lacks \(expectation)", advice: "export again, and import the file as it is")
    }
}
