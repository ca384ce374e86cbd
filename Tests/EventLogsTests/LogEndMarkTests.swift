import EventLogs
import Platform
import Synchronization
import Testing

private let mark = logPath + "/" + LogEndMark.fileName

private func path(_ number: UInt64) -> String { logPath + "/events-00000000000\(number).log" }

/// A log that was closed in order says how far it reached: what is damaged behind its last intact record is no torn
/// tail.
@Suite struct LogEndMarkTests {
    private func closedLog(
        events: Int, bytes: Int = 61
    ) throws -> (system: SimulatedFileSystem, records: [TestRecord], ends: [LogPlace]) {
        let system = SimulatedFileSystem()
        let log = try openLog(system).log
        var (records, ends) = ([TestRecord](), [log.end])
        for _ in 0..<events {
            records.append(try log.takeEvent(bytes: bytes))
            ends.append(log.end)
        }
        // One group: nothing in it vouches for anything in it.
        try log.close(time: 7)
        return (system, records, ends)
    }

    private func survey(_ system: any FileSystem) throws -> LogSurvey {
        try LogSurvey(directory: logPath, fileSystem: system)
    }

    @Test func aPlaceBehindWhichNothingIsLeftIsDamage() throws {
        let (system, records, ends) = try closedLog(events: 5)
        let image = try #require(system.snapshot(of: path(1)))
        for record in records.indices {
            let start = ends[record].offset
            system.damage(path(1)) { $0.replaceSubrange(start..., with: repeatElement(0, count: $0.count - start)) }
            let refusal = #expect(throws: CorruptionError.self) { try openLog(system) }
            #expect(refusal?.file == path(1) && refusal?.offset == start)
            let found = try survey(system)
            #expect(found.faults == [refusal].compactMap { $0 } && found.end?.offset == start)
            #expect(found.behind.records == 0 && found.behind.nextPosition == 5, "what is lost is known")
            try setAside(found, system)
            #expect(try openLog(system).records.dropLast() == records.prefix(record))
            #expect(try survey(system).faultCount == 0)
            try system.remove(path(2))
            system.damage(path(1)) { $0 = image }
        }
        #expect(try openLog(system).records == records)
    }

    /// The end marker alone holds nothing: it is named, and stops nobody.
    @Test func everyByteOfTheLastRecordAndOfTheMarkerIsNamed() throws {
        let (system, records, ends) = try closedLog(events: 3)
        let image = try #require(system.snapshot(of: path(1)))
        let (start, end) = (ends[2].offset, ends[3].offset)
        for offset in start..<(end + 56) {
            system.damage(path(1)) { $0[offset] ^= 1 << UInt8(offset % 8) }
            let found = try survey(system)
            if offset < end {
                let refusal = #expect(throws: CorruptionError.self, "\(offset)") { try openLog(system) }
                #expect(refusal?.file == path(1) && refusal?.offset == start)
                #expect(found.faultCount == 1 && found.harmless == [])
            } else {
                #expect(found.faultCount == 0 && found.harmless.map(\.file) == [path(1)], "\(offset)")
                #expect(found.harmless.first?.offset == end)
                #expect(try openLog(system).records == records)
            }
            system.damage(path(1)) { $0 = image }
        }
        #expect(try survey(system).harmless == [])
    }

    /// The last file is missed, and nothing goes on without it before somebody says so.
    @Test func theLastFileIsMissed() throws {
        let (system, records, ends) = try closedLog(events: 40, bytes: 400)
        let last = try #require(ends.last?.fileNumber)
        try #require(last >= 3)
        // The first one that lacks is named.
        for number in [last, last - 1] {
            try system.remove(path(number))
            let refusal = #expect(throws: CorruptionError.self) { try openLog(system) }
            #expect(refusal?.file == path(number))
            let found = try survey(system)
            #expect(found.faults == [refusal].compactMap { $0 } && found.behind.nextPosition == 40)
        }
        let found = try survey(system)
        try setAside(found, system)
        let (log, _, left) = try openLog(system)
        #expect(left.dropLast() == records.prefix(Int(try #require(found.end).position)))
        let next = try log.takeEvent(bytes: 9)
        try log.close(time: 8)
        #expect(try openLog(system).records == left + [next])
    }

    /// Until the log goes on in another file it is damaged, wherever power goes.
    @Test func settingAMissingFileAsideIsDoneOrNot() throws {
        var (call, isDone) = (1, false)
        while !isDone {
            let (system, records, ends) = try closedLog(events: 40, bytes: 400)
            let last = try #require(ends.last?.fileNumber)
            for number in (last - 1)...last { try system.remove(path(number)) }
            try system.flushDirectory(logPath)
            isDone = try powerGoesWhileItIsSetAside(system, records, atCall: call)
            call += 1
            try #require(call < 200)
        }
        #expect(call > 10)
    }

    @Test func withoutAnyFileOfRecordsTheLogIsMissed() throws {
        let (system, _, _) = try closedLog(events: 2)
        try system.remove(path(1))
        #expect(#expect(throws: CorruptionError.self) { try openLog(system) }?.file == path(1))
        let found = try survey(system)
        #expect(found.faults.map(\.file) == [path(1)] && found.end == nil && found.behind.nextPosition == 2)
    }

    /// Who finds it damaged knows that a log was closed here all the same: no new one is begun in its place.
    @Test func aDamagedMarkWithoutAnyFileOfRecordsIsOfALogThatIsMissed() throws {
        let (system, _, _) = try closedLog(events: 2)
        try system.remove(path(1))
        let image = try #require(system.snapshot(of: mark))
        for damaged in [[], Array(image.dropLast()), image.map { $0 ^ 1 }] {
            system.damage(mark) { $0 = damaged }
            #expect(#expect(throws: CorruptionError.self) { try openLog(system) }?.file == mark)
            let found = try survey(system)
            #expect(found.faults.map(\.file) == [mark] && found.harmless == [] && found.end == nil)
            #expect(try LogSurvey.markDamage(directory: logPath, fileSystem: system) == nil, "more than harmless")
            #expect(try !system.list(logPath).map(\.name).contains { $0.hasPrefix("events-") })
        }
    }

    /// What it says is true as long as the log goes on: what is torn behind it is cut as ever.
    @Test func aLogThatGoesOnMayBeTorn() throws {
        let (system, records, _) = try closedLog(events: 3)
        let (log, report, _) = try openLog(system)
        #expect(report.wasClosed)
        let next = try log.takeEvent(bytes: 90)
        try log.flush()
        let end = log.end.offset
        try log.takeEvent(bytes: 300)
        try log.flush()
        system.damage(path(1)) { $0[end + 100] ^= 1 }
        let again = try openLog(system)
        #expect(again.records == records + [next] && again.report.tornBytes > 0 && !again.report.wasClosed)
        // Closed again, it is known again.
        let last = try again.log.takeEvent(bytes: 20)
        try again.log.close(time: 9)
        system.damage(path(1)) { $0[end + 20] ^= 1 }
        #expect(throws: CorruptionError.self) { try openLog(system) }
        system.damage(path(1)) { $0[end + 20] ^= 1 }
        #expect(try openLog(system).records == records + [next, last])
    }

    /// Nothing is lost with it: it is named, and the next close writes it anew.
    @Test func eachByteOfTheMarkIsNamedAndStopsNothing() throws {
        let (system, records, _) = try closedLog(events: 3)
        let image = try #require(system.snapshot(of: mark))
        for offset in image.indices {
            system.damage(mark) { $0[offset] ^= 1 << UInt8(offset % 8) }
            #expect(try LogSurvey.markDamage(directory: logPath, fileSystem: system)?.file == mark, "\(offset)")
            let found = try survey(system)
            #expect(found.faultCount == 0 && found.harmless.map(\.file) == [mark])
            #expect(try openLog(system).records == records)
            system.damage(mark) { $0 = image }
        }
        for length in image.indices {
            system.damage(mark) { $0 = Array(image[..<length]) }
            #expect(try survey(system).harmless.map(\.file) == [mark], "cut to \(length)")
        }
        try openLog(system).log.close(time: 8)
        #expect(try survey(system).harmless == [])
        // Versions of before wrote none.
        try system.remove(mark)
        #expect(try openLog(system).records == records)
        #expect(try survey(system).harmless == [])
    }

    /// A start that the volume does not give it goes on without it: read another time, it would have the log end where
    /// it ended before, with what was acknowledged since.
    @Test func whatCouldNotBeReadOnceHoldsForNothingLater() throws {
        let (system, records, ends) = try closedLog(events: 3)
        let start = ends[2].offset
        system.damage(path(1)) { $0.replaceSubrange(start..., with: repeatElement(0, count: $0.count - start)) }
        let volume = UnreadableMark(system)
        let (log, _, left) = try openLog(volume)
        #expect(left == records.dropLast())
        let next = try log.takeEvent(bytes: 90)
        try log.flush()
        volume.isUnreadable.store(false, ordering: .relaxed)
        #expect(try openLog(volume).records == left + [next])
        #expect(try survey(volume).faultCount == 0)
    }

    /// Likewise where somebody has a damaged log end before the file that it tells of.
    @Test func whatCouldNotBeReadWhileALogWasSetAsideMissesNoFile() throws {
        let (system, _, ends) = try closedLog(events: 40, bytes: 400)
        let last = try #require(ends.last?.fileNumber)
        for number in (last - 1)...last { try system.remove(path(number)) }
        let volume = UnreadableMark(system)
        volume.isUnreadable.store(false, ordering: .relaxed)
        let found = try survey(volume)
        volume.isUnreadable.store(true, ordering: .relaxed)
        try setAside(found, volume)
        volume.isUnreadable.store(false, ordering: .relaxed)
        #expect(try openLog(volume).records.last?.payload == [1, 2, 3])
        #expect(try survey(volume).faultCount == 0)
    }

    /// That of another log says nothing of this one.
    @Test func theMarkOfAnotherLogIsPassedOver() throws {
        let (other, _, _) = try closedLog(events: 9)
        let system = SimulatedFileSystem()
        let (log, _) = try EventLog.open(
            directory: logPath, fileSystem: system, randomness: SeededRandomness(seed: 5),
            options: EventLogOptions(fileBytes: 4096)
        ) { _ in }
        let record = try log.takeEvent(bytes: 10)
        try log.flush()
        try system.replace(mark, with: try #require(other.snapshot(of: mark)))
        #expect(try openLog(system).records == [record])
        #expect(try survey(system).faultCount == 0)
    }

    /// A file as it was before a crash may hold whole records that were cut since: they are none of the log's.
    @Test func aFilePutBackFromBeforeACrashIsDamage() throws {
        let system = SimulatedFileSystem()
        let log = try openLog(system).log
        let first = try log.takeEvent(bytes: 30)
        try log.flush()
        let place = log.end.offset
        for bytes in [200, 300] { try log.takeEvent(bytes: bytes) }
        try log.flush()
        let earlier = try #require(system.snapshot(of: path(1)))
        // As if power had taken the last group.
        system.damage(path(1)) { $0.replaceSubrange(place..., with: repeatElement(0, count: $0.count - place)) }
        let again = try openLog(system).log
        let second = try again.takeEvent(bytes: 61)
        try again.close(time: 5)
        #expect(try openLog(system).records == [first, second])
        system.damage(path(1)) { $0 = earlier }
        #expect(#expect(throws: CorruptionError.self) { try openLog(system) }?.file == path(1))
        let found = try survey(system)
        #expect(found.faultCount == 1 && found.end?.position == 0 && found.behind.nextPosition ?? 0 >= 2)
        // All of them go, the first one as well.
        #expect(found.behind.events == 3 && found.behind.records == 3 && found.receivedTime == 0)
        try setAside(found, system)
        #expect(try openLog(system).records.map(\.payload) == [[1, 2, 3]])
    }

    /// It is written once the log's end is durable, so that power never leaves a log that is shorter than it says.
    @Test func aCloseThatPowerEndsLeavesNoDamage() throws {
        for call in 1..<40 {
            let system = SimulatedFileSystem(seed: UInt64(call))
            let log = try openLog(system).log
            let first = try log.takeEvent(bytes: 30)
            try log.flush()
            let second = try log.takeEvent(bytes: 30)
            system.arm(SimulatedFault(.powerCut, atCall: call))
            _ = try? log.close(time: 4)
            system.crash(.power)
            let left = try openLog(system).records
            #expect(left == [first] || left == [first, second], "call \(call)")
            #expect(try survey(system).faultCount == 0, "call \(call)")
        }
    }
}

/// A volume on which the mark cannot be read for a while.
private final class UnreadableMark: ForwardingFileSystem {
    let base: any FileSystem
    let isUnreadable = Atomic(true)

    init(_ base: any FileSystem) { self.base = base }

    func open(_ path: String, _ options: FileOptions) throws(StorageError) -> any File {
        if path == mark, options.access == .read, isUnreadable.load(ordering: .relaxed) {
            throw StorageError(.read, path: path, code: 5)
        }
        return try base.open(path, options)
    }
}
