import EventLogs
import Platform
import Testing

/// A record as tests think of it.
struct TestRecord: Equatable {
    var kind: LogRecordKind
    var position: Int64
    var count: Int
    var receivedTime: Int64
    var payload: [UInt8]
    /// Set once the log has taken it.
    var place: LogPlace?

    init(_ kind: LogRecordKind, _ position: Int64, _ count: Int, _ receivedTime: Int64, _ payload: [UInt8]) {
        (self.kind, self.position, self.count, self.receivedTime, self.payload) = (
            kind, position, count, receivedTime, payload
        )
    }

    /// Without the place, which a failed append does not tell.
    var unplaced: TestRecord {
        var copy = self
        copy.place = nil
        return copy
    }

    init(_ record: LogRecord) {
        self.init(record.kind, record.position, record.count, record.receivedTime, Array(record.payload))
        place = record.place
    }
}

let logPath = "/data/log"

func openLog(
    _ system: any FileSystem, path: String = logPath, options: EventLogOptions = EventLogOptions(fileBytes: 4096),
    from start: ReplayStart = .beginning
) throws -> (log: EventLog, report: RecoveryReport, records: [TestRecord]) {
    var records: [TestRecord] = []
    let (log, report) = try EventLog.open(
        directory: path, fileSystem: system, randomness: SeededRandomness(seed: 77), options: options, from: start
    ) { records.append(TestRecord($0)) }
    return (log, report, records)
}

/// Has a damaged log end where its survey says, with one record more.
/// - Returns: the files that were set aside.
@discardableResult
func setAside(_ survey: LogSurvey, _ system: any FileSystem) throws -> [String] {
    let end = try #require(survey.end)
    return try EventLog.setAside(
        from: end, receivedTime: survey.receivedTime, directory: logPath, into: "/data/aside/1",
        fileSystem: system, records: (LogRecordKind(rawValue: 16), end.position, [[1, 2, 3]]))
}

/// Has power go at a call while a damaged log of these records is set aside: then it is damaged as it was, or done.
/// - Returns: whether it was done before that call.
func powerGoesWhileItIsSetAside(
    _ system: SimulatedFileSystem, _ records: [TestRecord], atCall call: Int
) throws -> Bool {
    func survey() throws -> LogSurvey { try LogSurvey(directory: logPath, fileSystem: system) }
    var isDone = false
    let found = try survey()
    let kept = Int(try #require(found.end).position)
    system.arm(SimulatedFault(.powerCut, atCall: call))
    do {
        try setAside(found, system)
        isDone = true
        system.disarm()
    } catch is StorageError {
        system.crash(.power)
    }
    if let again = try survey().end {
        #expect(!isDone && again.position == Int64(kept), "call \(call)")
        #expect(throws: CorruptionError.self) { try openLog(system) }
    } else {
        let left = try openLog(system).records
        #expect(left.dropLast() == records.prefix(kept) && left.last?.payload == [1, 2, 3], "call \(call)")
    }
    return isDone
}

extension EventLog {
    /// Appends and notes the place.
    func take(_ record: inout TestRecord) throws {
        record.place = try append(
            record.kind, position: record.position, count: record.count, receivedTime: record.receivedTime,
            payload: record.payload)
    }

    /// One event with a payload of that length, filled with a byte that depends on the position.
    @discardableResult
    func takeEvent(bytes: Int) throws -> TestRecord {
        var record = TestRecord(
            .events, nextPosition, 1, 1_000 + nextPosition,
            [UInt8](repeating: UInt8(truncatingIfNeeded: 1 + nextPosition), count: bytes))
        try take(&record)
        return record
    }
}
