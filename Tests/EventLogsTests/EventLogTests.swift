import Bytes
import EventLogs
import Foundation
import Platform
import Testing

@Suite struct EventLogTests {
    @Test func recordsComeBackInOrderAndMarkersDoNot() throws {
        let system = SimulatedFileSystem()
        let (log, report, nothing) = try openLog(system)
        #expect(report.isNew && nothing.isEmpty)
        var taken: [TestRecord] = []
        let shapes = [
            (LogRecordKind.schemas, 0, 9), (.events, 3, 100), (LogRecordKind(rawValue: 99), 0, 0), (.events, 1, 1),
        ]
        for (kind, count, bytes) in shapes {
            var record = TestRecord(kind, log.nextPosition, count, 5, [UInt8](repeating: 7, count: bytes))
            try log.take(&record)
            taken.append(record)
        }
        try log.markIdle(time: 6)
        try log.close(time: 7)
        #expect(throws: EventLogError.self) { try log.takeEvent(bytes: 1) }
        let again = try openLog(system)
        #expect(again.records == taken)
        #expect(again.report.wasClosed && again.report.replayedEvents == 4 && again.report.nextPosition == 4)
        #expect(again.log.nextPosition == 4)
    }

    @Test func replayGoesOnFromAPlaceOrAPosition() throws {
        let system = SimulatedFileSystem()
        let log = try openLog(system).log
        var taken: [TestRecord] = []
        for _ in 0..<40 { taken.append(try log.takeEvent(bytes: 300)) }
        let end = log.end
        try log.flush()
        for record in taken {
            let place = try #require(record.place)
            #expect(try openLog(system, from: .place(place)).records == taken.filter { $0.position >= record.position })
            #expect(
                try openLog(system, from: .position(record.position)).records
                    == taken.filter { $0.position >= record.position })
        }
        let last = try openLog(system, from: .place(end))
        #expect(last.records.isEmpty && last.report.nextPosition == 40)
        var elsewhere = end
        elsewhere.offset += 8
        elsewhere.fileNumber += 1
        #expect(throws: CorruptionError.self) { try openLog(system, from: .place(elsewhere)) }
    }

    @Test func aPlaceTravelsAsBytes() throws {
        let place = LogPlace(fileNumber: 9, offset: 4096, chain: 77, position: 12)
        var sink = ByteSink()
        place.append(to: &sink)
        var cursor = ByteCursor(sink.bytes)
        #expect(try LogPlace(parsing: &cursor) == place)
        #expect(cursor.isAtEnd && sink.count == 28)
        var damaged = ByteCursor([UInt8](repeating: 255, count: 28))
        #expect(throws: DecodingError.self) { try LogPlace(parsing: &damaged) }
    }

    @Test func aRecordLargerThanAFileGetsItsOwn() throws {
        let system = SimulatedFileSystem()
        let log = try openLog(system).log
        let taken = [try log.takeEvent(bytes: 100), try log.takeEvent(bytes: 50_000), try log.takeEvent(bytes: 3)]
        try log.flush()
        #expect(try openLog(system).records == taken)
        #expect(system.snapshot(of: logPath + "/events-000000000002.log")?.count == 512 + 56 + 50_000)
        #expect(throws: EventLogError.self) { try log.takeEvent(bytes: LogFormat.payloadBytesMax + 1) }
    }

    @Test(arguments: [32, 1 << 20]) func roomBeyondTheLargestFileIsRefused(records: Int) throws {
        let system = SimulatedFileSystem()
        let log = try openLog(system).log
        let payloads = [Int](repeating: LogFormat.payloadBytesMax, count: records)
        let end = log.end
        do {
            try log.reserve(payloads: payloads)
            Issue.record("room was made for \(records) records")
        } catch EventLogError.reservationTooLarge(let bytes) {
            #expect(bytes > LogFormat.fileBytesMax && bytes < LogFormat.fileBytesMax + 2 * LogFormat.payloadBytesMax)
        }
        #expect(log.end == end)
        // The log is none the worse for it.
        let taken = [try log.takeEvent(bytes: 100)]
        try log.flush()
        #expect(try openLog(system).records == taken)
    }

    @Test func freedFilesAreUsedAgain() throws {
        let system = SimulatedFileSystem()
        let log = try openLog(system).log
        var taken: [TestRecord] = []
        for _ in 0..<200 {
            taken.append(try log.takeEvent(bytes: 700))
            try log.flush()
            try log.release(before: log.end)
        }
        let kept = taken.filter { $0.place?.fileNumber == log.end.fileNumber }
        #expect(try openLog(system).records == kept)
        #expect(system.snapshot().count <= 3, "one file in use, two spare")
        #expect(log.sizeBytes <= 3 * 4096)
        let recordBytes = 200 * LogFormat.recordBytes(payloadBytes: 700)
        let headerBytes = Int(log.end.fileNumber) * LogFormat.fileHeaderBytes
        #expect(
            system.counts.writtenBytes < recordBytes + headerBytes + 3 * 4096,
            "recycled files are not filled with zeros again")
    }

    /// Who waits for a flush is kept by his records alone.
    @Test func zerosGoAheadWhereNobodyWaits() throws {
        let system = SimulatedFileSystem()
        let options = EventLogOptions(fileBytes: 4 << 20)
        let log = try openLog(system, options: options).log
        var taken = [try log.takeEvent(bytes: 5_000)]
        try log.flush()
        try log.fillAhead()
        let before = system.counts
        for _ in 0..<150 {
            taken.append(try log.takeEvent(bytes: 5_000))
            try log.flush()
        }
        let bytes = 150 * LogFormat.recordBytes(payloadBytes: 5_000)
        #expect(system.counts.writtenBytes - before.writtenBytes == bytes, "nothing but the records is written")
        #expect(system.counts.flushes - before.flushes == 150)
        let calls = system.counts.calls
        try log.fillAhead()
        #expect(system.counts.calls == calls, "there are zeros enough")
        #expect(try openLog(system, options: options).records == taken)
    }

    @Test func zerosGoAheadToTheEndOfTheFileAndNotWhileRecordsWait() throws {
        let system = SimulatedFileSystem()
        let options = EventLogOptions(fileBytes: 1 << 20)
        let log = try openLog(system, options: options).log
        let taken = try log.takeEvent(bytes: 100)
        let calls = system.counts.calls
        try log.fillAhead()
        #expect(system.counts.calls == calls, "the record waits for its flush")
        try log.flush()
        try log.fillAhead()
        let filled = system.counts
        try log.fillAhead()
        #expect(system.counts == filled)
        #expect(system.snapshot(of: logPath + "/events-000000000001.log")?.count == 1 << 20)
        #expect(try openLog(system, options: options).records == [taken])
    }

    /// Zeros are no loss: a volume that has no room for them takes records all the same. A flush that fails is the end
    /// here, too.
    @Test(arguments: [(ENOSPC, StorageError.Operation.write, true), (EIO, .write, false), (EIO, .flush, false)])
    func zerosThatFail(code: Int32, operation: StorageError.Operation, goesOn: Bool) throws {
        let system = SimulatedFileSystem()
        let options = EventLogOptions(fileBytes: 4 << 20)
        let log = try openLog(system, options: options).log
        var taken = [try log.takeEvent(bytes: 100)]
        try log.flush()
        system.arm(SimulatedFault(.failure(code), atCall: 1, of: [operation]))
        #expect(throws: StorageError.self) { try log.fillAhead() }
        let calls = system.counts.calls
        try log.fillAhead()
        #expect(system.counts.calls == calls, "it is not tried again")
        if goesOn {
            taken.append(try log.takeEvent(bytes: 100))
            try log.flush()
        } else {
            #expect(throws: EventLogError.self) { try log.takeEvent(bytes: 100) }
        }
        #expect(try openLog(system, options: options).records == taken)
    }

    /// A spare is prepared for the next file, which then begins as a freed one: that next file, freed itself, does not
    /// take the place of the spare of its number.
    @Test func aPreparedSpareAndAFreedFileAreTwo() throws {
        let system = SimulatedFileSystem()
        let log = try openLog(system).log
        try log.takeEvent(bytes: 100)
        try log.rotate()
        try log.takeEvent(bytes: 100)
        try log.prepareSpare()
        var last: TestRecord?
        for _ in 0..<6 {
            try log.release(before: log.end)
            try log.rotate()
            last = try log.takeEvent(bytes: 100)
            try log.flush()
            #expect(system.snapshot().reduce(0) { $0 + $1.bytes.count } == log.sizeBytes)
        }
        try log.release(before: log.end)
        #expect(try openLog(system).records.last == last)
    }

    @Test func releaseByPositionKeepsWhatMayBeNeeded() throws {
        let system = SimulatedFileSystem()
        let log = try openLog(system).log
        for _ in 0..<40 { try log.takeEvent(bytes: 300) }
        try log.flush()
        #expect(try log.release(upTo: 20) >= 1)
        let records = try openLog(system).records
        #expect(records.first.map { $0.position <= 20 } == true && records.last?.position == 39)
        #expect(try log.release(upTo: 0) == 0)
    }

    @Test func rotationEndsAFileOnRequest() throws {
        let system = SimulatedFileSystem()
        let log = try openLog(system).log
        try log.rotate()
        #expect(log.end.fileNumber == 1, "nothing to leave behind")
        try log.takeEvent(bytes: 10)
        try log.rotate()
        #expect(log.end.fileNumber == 2 && log.isFlushed)
        #expect(try log.release(before: log.end) == 1)
        #expect(try openLog(system).records.isEmpty)
        #expect(try openLog(system).log.nextPosition == 1)
    }

    /// A log that gets little takes little; what it needs beyond is as large as ever.
    @Test func aLogBeginsInASmallFile() throws {
        let system = SimulatedFileSystem()
        let options = EventLogOptions(fileBytes: 8 << 20)
        let log = try openLog(system, options: options).log
        #expect(log.sizeBytes == 4 << 20)
        let taken = [try log.takeEvent(bytes: 3 << 20), try log.takeEvent(bytes: 3 << 20)]
        try log.flush()
        #expect(log.end.fileNumber == 2 && log.sizeBytes == 12 << 20)
        try log.close(time: 1)
        let again = try openLog(system, options: options)
        #expect(again.records == taken && again.report.wasClosed)
        #expect(try again.log.release(before: again.log.end) == 1)
        #expect(again.log.sizeBytes == 8 << 20)
    }

    @Test func theRealDiskGivesBackTheSame() throws {
        let root = NSTemporaryDirectory() + "event-log-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: root) }
        let options = EventLogOptions(fileBytes: 1 << 20)
        let log = try openLog(POSIXFileSystem(), path: root, options: options).log
        var taken: [TestRecord] = []
        for index in 0..<300 {
            taken.append(try log.takeEvent(bytes: index * 37))
            if index % 10 == 0 { try log.flush() }
        }
        let large = try log.takeEvent(bytes: 3 << 20)
        try log.close(time: 1)
        let again = try openLog(POSIXFileSystem(), path: root, options: options)
        #expect(again.records == taken + [large])
        #expect(again.report.wasClosed)
        #expect(try again.log.release(before: again.log.end) == 3)
        #expect(try openLog(POSIXFileSystem(), path: root, options: options).records.isEmpty)
    }
}
