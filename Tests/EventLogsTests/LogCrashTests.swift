import EventLogs
import Foundation
import Platform
import Testing

/// Many lives of a log, each ended by a power cut or a killed process at a random call, under random options and sizes.
private struct LogLives {
    let seed: UInt64
    let system: SimulatedFileSystem
    var generator: SeededGenerator
    let options: EventLogOptions
    /// Everything ever taken that may still be there, in order.
    var history: [TestRecord] = []
    /// Length of the part of `history` that has to be there.
    var acknowledged = 0
    /// Length of the part that may be gone because it was released.
    var releasable = 0
    /// Where a replay may go on, and which record of `history` comes first there.
    var checkpoint: (place: LogPlace, index: Int)?
    var crashes = 0
    var serial: Int64 = 0

    init(seed: UInt64) {
        self.seed = seed
        system = SimulatedFileSystem(seed: seed)
        generator = SeededGenerator(seed: seed ^ 0xA5A5)
        options = EventLogOptions(
            fileBytes: [4096, 4096, 8192, 16384][generator.next(below: 4)], spareFilesMax: generator.next(below: 3),
            bufferBytes: [1, 200, 1 << 20][generator.next(below: 3)])
    }

    mutating func run(lives: Int) throws {
        for _ in 0..<lives {
            if !generator.oneIn(4) {
                system.arm(SimulatedFault(.powerCut, atCall: 1 + generator.next(below: generator.oneIn(3) ? 15 : 80)))
            }
            do {
                let log = try reopen()
                try work(log)
            } catch is StorageError {
                // The power went.
            }
            crashes += 1
            system.crash(generator.oneIn(4) ? .process : .power)
        }
        _ = try reopen()
    }

    /// Opens and holds what comes back against the history.
    private mutating func reopen() throws -> EventLog {
        let (log, report, records) = try openLog(system, options: options)
        // Serial numbers travel as received times and are never used twice.
        let first = records.first.flatMap { record in history.firstIndex { $0.receivedTime == record.receivedTime } }
        let start = records.isEmpty ? max(acknowledged, min(releasable, history.count)) : first ?? 0
        #expect(records.isEmpty || first != nil, "seed \(seed): a record came back that was never taken")
        #expect(
            start <= releasable || acknowledged == 0,
            "seed \(seed): records that were not released are missing at the front")
        #expect(start + records.count >= acknowledged, "seed \(seed): acknowledged records are missing")
        let isPrefix = Array(history.dropFirst(start).prefix(records.count)).map(\.unplaced) == records.map(\.unplaced)
        #expect(isPrefix, "seed \(seed): not a prefix of what was taken")
        history = Array(history.prefix(start)) + records
        acknowledged = history.count
        #expect(
            report.nextPosition == (history.last.map { $0.position + Int64($0.count) } ?? report.nextPosition),
            "seed \(seed)")
        if let checkpoint, generator.oneIn(2) {
            let again = try openLog(system, options: options, from: .place(checkpoint.place))
            let isSame = again.records == Array(history.dropFirst(checkpoint.index))
            #expect(isSame, "seed \(seed): replay from the checkpoint differs")
            return again.log
        }
        if generator.oneIn(4) {
            let before = system.snapshot().map(\.bytes)
            let again = try openLog(system, options: options)
            let isSame = again.records == records && system.snapshot().map(\.bytes) == before
            #expect(isSame, "seed \(seed): a second recovery differs")
            return again.log
        }
        return log
    }

    private mutating func work(_ log: EventLog) throws {
        for _ in 0..<(5 + generator.next(below: 60)) {
            switch generator.next(below: 21) {
            case 0..<11: try append(log)
            case 11..<16: try flush(log)
            case 16:
                try log.markIdle(time: 5)
                acknowledged = history.count
            case 17: try log.prepareSpare()
            case 18: try log.rotate()
            case 19: try log.fillAhead()
            default: try checkpointAndRelease(log)
            }
        }
        if generator.oneIn(3) {
            try log.close(time: 9)
            acknowledged = history.count
        }
    }

    private mutating func append(_ log: EventLog) throws {
        let kinds: [LogRecordKind] = [
            .events, .schemas, .configuration, .segmentAttached, LogRecordKind(rawValue: 200),
        ]
        let kind = generator.oneIn(2) ? .events : kinds[generator.next(below: kinds.count)]
        let bytes = generator.oneIn(15) ? 5000 + generator.next(below: 20000) : generator.next(below: 700)
        let byte = UInt8(truncatingIfNeeded: generator.next())
        serial += 1
        var record = TestRecord(
            kind, log.nextPosition, kind == .events ? generator.next(below: 5) : 0, serial,
            [UInt8](repeating: byte, count: bytes))
        // An append that fails may or may not leave its record behind.
        defer { history.append(record) }
        try log.take(&record)
    }

    private mutating func flush(_ log: EventLog) throws {
        try log.flush()
        acknowledged = history.count
        #expect(log.isFlushed)
    }

    private mutating func checkpointAndRelease(_ log: EventLog) throws {
        try flush(log)
        checkpoint = (log.end, history.count)
        guard generator.oneIn(2), let place = checkpoint?.place else { return }
        releasable = max(
            releasable, history.firstIndex { ($0.place?.fileNumber ?? 0) >= place.fileNumber } ?? history.count)
        try log.release(before: place)
    }
}

@Suite struct LogCrashTests {
    /// `PLIMSOLL_CRASHES` sets how many crashes to live through.
    static let wanted = ProcessInfo.processInfo.environment["PLIMSOLL_CRASHES"].flatMap(Int.init) ?? 2_000

    @Test(arguments: 0..<8) func everyAcknowledgedRecordSurvivesOnceInOrder(slice: Int) throws {
        var crashes = 0
        var seed = UInt64(slice) << 32
        while crashes < Self.wanted / 8 {
            var lives = LogLives(seed: seed)
            try lives.run(lives: 6)
            crashes += lives.crashes
            seed += 1
        }
        #expect(crashes >= Self.wanted / 8)
    }
}
