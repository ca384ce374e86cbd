import EventLogs
import Platform
import Testing

/// What was appended and not flushed may be taken back.
@Suite struct TakeBackTests {
    /// Of the second number of bytes a part is written before anything is flushed.
    @Test(arguments: [40, 3_000]) func theLogGoesOnFromWhereItWas(bytes: Int) throws {
        let system = SimulatedFileSystem(seed: 3)
        let options = EventLogOptions(fileBytes: 64 << 10, bufferBytes: 512)
        let log = try openLog(system, options: options).log
        let first = try log.takeEvent(bytes: 100)
        try log.flush()
        let (place, time) = (log.end, log.lastTime)
        for _ in 0..<3 { try log.takeEvent(bytes: bytes) }
        #expect(log.takeBack(to: place, lastTime: time))
        #expect(log.end == place && log.lastTime == time && log.nextPosition == first.position + 1)
        let second = try log.takeEvent(bytes: 60)
        try log.flush()
        system.crash(.process)
        let (_, _, records) = try openLog(system, options: options)
        #expect(records.map(\.unplaced) == [first, second].map(\.unplaced))
    }

    @Test func whatWasTakenBackIsNotFoundWhereNothingFollows() throws {
        let system = SimulatedFileSystem(seed: 3)
        let options = EventLogOptions(fileBytes: 64 << 10, bufferBytes: 512)
        let log = try openLog(system, options: options).log
        let first = try log.takeEvent(bytes: 100)
        try log.flush()
        let (place, time) = (log.end, log.lastTime)
        for _ in 0..<3 { try log.takeEvent(bytes: 3_000) }
        #expect(log.takeBack(to: place, lastTime: time))
        try log.close(time: 9)
        #expect(try openLog(system, options: options).records.map(\.unplaced) == [first.unplaced])
    }

    @Test func whatWasFlushedStays() throws {
        let system = SimulatedFileSystem(seed: 3)
        let log = try openLog(system).log
        let (place, time) = (log.end, log.lastTime)
        try log.takeEvent(bytes: 100)
        try log.flush()
        let end = log.end
        #expect(!log.takeBack(to: place, lastTime: time))
        #expect(log.end == end)
        try log.close(time: 9)
        #expect(try openLog(system).records.count == 1)
    }

    /// Several records that one file cannot hold are refused before the first is taken: no start would read the file.
    @Test func moreThanAFileHoldsIsRefusedAtOnce() throws {
        let system = SimulatedFileSystem(seed: 3)
        let log = try openLog(system).log
        #expect(throws: EventLogError.self) {
            try log.reserve(payloads: Array(repeating: LogFormat.payloadBytesMax, count: 33))
        }
        try log.takeEvent(bytes: 10)
        try log.close(time: 9)
    }
}
