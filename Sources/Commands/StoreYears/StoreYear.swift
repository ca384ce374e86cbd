import Bytes
import Domain
import EventStores
import Platform
import Projections
import WireFormats
import Workload

/// A store that lives through a year of traffic: time passes as fast as the machine can, by a clock of its own.
///
/// Events come in every ten minutes, jobs beside the writer end within their hour. At midnight counters are looked at.
/// After each week all of it is verified, asked beside a plain tally and beside reports of earlier weeks, closed and
/// opened again; then prices come that hold since two days, and calls of these days are booked again.
package final class StoreYear {
    private let plan: YearPlan
    private let directory: String
    private let machine: YearMachine
    private let tell: (String) -> Void
    private let clock = SimulatedClock(wallNanoseconds: YearPlan.start)
    /// What is measured.
    private let stopwatch = SystemClock()
    private var store: EventStore
    private var decoder: EventDecoder

    private var traffic: YearTraffic
    private var tally = YearTally()
    private var counters = CounterWatch()
    private var kept: KeptReports
    private var bound: YearDiskBound
    private var weeks: [YearWeek] = []
    private var findings: [String] = []
    private var heldBytes: Int?
    private var droppedUntil = Int64.min
    private var (duplicates, late) = (0, 0)

    private static let stepsPerHour = 6
    /// More are not worth reading.
    private static let findingsMax = 200

    /// - Parameters:
    ///   - directory: has no store yet.
    ///   - tell: is told a line after each week.
    package init(
        _ plan: YearPlan, in directory: String, on machine: YearMachine,
        telling tell: @escaping (String) -> Void = { _ in }
    ) throws {
        (self.plan, self.directory, self.machine, self.tell) = (plan, directory, machine, tell)
        guard try !machine.fileSystem.isDirectory(directory + "/log") else {
            throw YearFault(text: "\(directory) holds a store")
        }
        try machine.fileSystem.createDirectories(directory)
        let opened = try Self.open(directory, plan, machine, clock)
        store = opened
        decoder = EventDecoder(registry: opened.registry, tokeniser: UserTokeniser(key: opened.userTokenKey))
        (traffic, kept, bound) = (YearTraffic(plan), try KeptReports(plan), YearDiskBound(plan))
    }

    private static func open(
        _ directory: String, _ plan: YearPlan, _ machine: YearMachine, _ clock: SimulatedClock
    ) throws -> EventStore {
        let context = StoreContext(
            fileSystem: machine.fileSystem, clock: clock, randomness: machine.randomness, workers: machine.workers,
            sideQueue: machine.sideQueue, compactionQueue: machine.compactionQueue)
        return try EventStore.open(at: directory, context: context, options: plan.storeOptions)
    }

    /// Lets the year pass.
    /// - Throws: what the store throws, which ends it.
    package func run() throws -> YearOutcome {
        tell(YearWeek.head)
        for day in 1...plan.days {
            try pass(day)
            if plan.isChecked(after: day) { try check(after: day) }
        }
        try store.close()
        findings += YearJudgement.findings(weeks, plan)
        return YearOutcome(
            plan: plan, weeks: weeks, findings: findings, tally: tally, kept: kept, duplicates: duplicates, late: late)
    }

    private func found(_ lines: [String], on day: Int) {
        for line in lines.prefix(max(0, Self.findingsMax - findings.count)) { findings.append("day \(day): \(line)") }
    }

    private func pass(_ day: Int) throws {
        let midnight = YearPlan.start + Int64(day - 1) * Nanoseconds.day
        let step = Nanoseconds.hour / Int64(Self.stepsPerHour)
        for number in 1...24 * Self.stepsPerHour {
            let end = midnight + Int64(number) * step
            clock.advance(nanoseconds: end - clock.wallNanoseconds())
            try take(traffic.delivered(before: end), on: day)
            try store.tick()
            if number.isMultiple(of: Self.stepsPerHour) { try store.finishJobs() }
            if let held = machine.heldBytes() { heldBytes = max(heldBytes ?? 0, held) }
        }
        found(counters.fallen(in: store.snapshot().counters.families), on: day)
    }

    private func take(_ events: [WorkloadEvent], on day: Int) throws {
        guard !events.isEmpty else { return }
        var lines: [UInt8] = []
        for event in events { event.render(into: &lines) }
        let batch = decoder.decodeLines(lines.span)
        found(batch.rejections.map { "refused: \($0.error)" }, on: day)
        let results = try store.append([IngestBatch(events: batch.batch, deadLetters: batch.deadLetters)])
        for (row, verdict) in results[0].verdicts.enumerated() {
            let event = events[Int(batch.eventIndexes[row])]
            switch verdict {
            case .accepted:
                tally.add(event)
                if event.time < clock.wallNanoseconds() - Nanoseconds.hour { late += 1 }
            case .duplicate: duplicates += 1
            case .conflict, .tooOld, .tooNew, .unreadable:
                found(["an event of \(event.time) ns is \(verdict)"], on: day)
            }
        }
    }

    private func check(after day: Int) throws {
        var week = YearWeek(day: day)
        let snapshot = store.snapshot()
        week.verifyMilliseconds = try milliseconds { found(try store.verify().findings, on: day) }
        found(try YearFigures(snapshot, workers: machine.workers).findings(against: tally), on: day)
        found(try kept.keep(snapshot, now: clock.wallNanoseconds(), workers: machine.workers), on: day)
        let status = store.status
        try compareKept(snapshot, droppedUntil: status.droppedUntil, day)
        found(status.troubles.map { "trouble: \($0)" }, on: day)
        (week.events, week.dropped, week.reports) = (tally.events, status.droppedEvents, kept.count)
        week.oldestDays = try YearFigures(snapshot, workers: machine.workers).oldestDays(at: clock.wallNanoseconds())
        (week.heldBytes, heldBytes) = (heldBytes, nil)
        try measure(&week)
        week.startMilliseconds = try restart()
        found(counters.fallen(in: store.snapshot().counters.families), on: day)
        week.counters = counters.count
        try reprice(day)
        if machine.heldBytes() != nil { returnFreeMemory() }
        tell(week.line)
        weeks.append(week)
    }

    /// Reports of times of which events have gone since the last look, and in the end all of them.
    private func compareKept(_ snapshot: StoreSnapshot, droppedUntil now: Int64?, _ day: Int) throws {
        let times: Range<Int64> =
            day == plan.days ? .min ..< .max : droppedUntil..<max(droppedUntil, now ?? .min)
        found(try kept.findings(in: snapshot, meeting: times, workers: machine.workers), on: day)
        droppedUntil = times.upperBound
    }

    private func measure(_ week: inout YearWeek) throws {
        let disk = try YearDisk(of: directory, machine.fileSystem)
        if week.dropped == 0 { bound.measure(disk, days: week.day) }
        (week.segments, week.diskBytes, week.diskBytesMax) = (disk.segments, disk.bytes, bound.bytes(after: week.day))
    }

    private func restart() throws -> Int64 {
        try store.close()
        return try milliseconds { store = try Self.open(directory, plan, machine, clock) }
    }

    /// Late prices, and what a correction by them changes.
    private func reprice(_ day: Int) throws {
        let now = clock.wallNanoseconds()
        try take(YearTraffic.prices(after: day, at: now), on: day)
        for (provider, model) in YearTraffic.repriced {
            _ = try store.rebook(provider: provider, model: model, times: (now - YearTraffic.priceDelay)..<now)
        }
    }

    private func milliseconds(_ body: () throws -> Void) rethrows -> Int64 {
        let began = stopwatch.monotonicNanoseconds()
        try body()
        return (stopwatch.monotonicNanoseconds() - began) / 1_000_000
    }
}
