import EventLogs
import Platform
import Synchronization
import Testing

private func path(_ number: Int) -> String { logPath + "/events-00000000000\(number).log" }

private func survey(_ system: SimulatedFileSystem, from start: LogPlace? = nil) throws -> LogSurvey {
    try LogSurvey(directory: logPath, fileSystem: system, from: start)
}

/// A log that is damaged is read to its end all the same, and somebody may have it end before the damage.
@Suite struct LogSurveyTests {
    /// Five flushed records of one event each, the places where they end, and the log's end marker.
    private func closedLog(events: Int = 5, bytes: Int = 61) throws -> (SimulatedFileSystem, [TestRecord], [LogPlace]) {
        let system = SimulatedFileSystem()
        let log = try openLog(system).log
        var (records, ends) = ([TestRecord](), [log.end])
        for _ in 0..<events {
            records.append(try log.takeEvent(bytes: bytes))
            ends.append(log.end)
            try log.flush()
        }
        try log.close(time: 7)
        return (system, records, ends)
    }

    @Test func aWholeLogHasNoFaults() throws {
        let (system, _, _) = try closedLog(events: 40, bytes: 400)
        let found = try survey(system)
        #expect(found.faults == [] && found.faultCount == 0 && found.end == nil && found.behind.records == 0)
        // Nor has one that was torn.
        let torn = SimulatedFileSystem()
        let log = try openLog(torn).log
        try log.takeEvent(bytes: 8)
        let end = log.end.offset
        try log.takeEvent(bytes: 300)
        try log.flush()
        torn.damage(path(1)) { $0[end + 100] ^= 1 }
        #expect(try survey(torn).faultCount == 0)
    }

    @Test(arguments: 0..<5) func eachRecordIsNamedAndTheLogEndsBeforeIt(record: Int) throws {
        let (system, records, ends) = try closedLog()
        system.damage(path(1)) { $0[ends[record].offset + 60] ^= 4 }
        let refusal = #expect(throws: CorruptionError.self) { try openLog(system) }
        let found = try survey(system)
        #expect(found.faultCount == 1 && found.faults.first?.file == refusal?.file)
        #expect(found.faults.first?.offset == ends[record].offset && refusal?.offset == ends[record].offset)
        let end = try #require(found.end)
        #expect(end.offset == ends[record].offset && end.position == Int64(record))
        #expect(found.behind.records == 4 - record && found.behind.events == 4 - record)
        #expect(found.behind.nextPosition == 5)
        let damaged = try #require(system.snapshot(of: path(1)))
        #expect(try setAside(found, system) == ["/data/aside/1/events-000000000001.log"])
        #expect(system.snapshot(of: "/data/aside/1/events-000000000001.log") == damaged)
        let (log, report, left) = try openLog(system)
        #expect(left.dropLast() == records.prefix(record) && left.count == record + 1)
        #expect(left.last?.payload == [1, 2, 3] && left.last?.kind == LogRecordKind(rawValue: 16))
        #expect(report.tornBytes == 0 && report.nextPosition == Int64(record))
        let next = try log.takeEvent(bytes: 9)
        try log.close(time: 8)
        #expect(try openLog(system).records == left + [next])
        #expect(try survey(system).faultCount == 0)
    }

    @Test func allFaultsOfSeveralFilesAreNamed() throws {
        let (system, records, ends) = try closedLog(events: 40, bytes: 400)
        let files = Set(ends.map(\.fileNumber)).count
        #expect(files >= 4)
        // A record in the middle of the first file and one in that of the third, and the second file's header.
        let first = try #require(ends.first { $0.fileNumber == 1 && $0.offset > 1024 })
        let third = try #require(ends.first { $0.fileNumber == 3 && $0.offset > 1024 })
        system.damage(path(1)) { $0[first.offset + 8] ^= 1 }
        system.damage(path(2)) { $0[20] ^= 1 }
        system.damage(path(3)) { $0[third.offset + 56] ^= 1 }
        let found = try survey(system)
        #expect(found.faults.map(\.file) == [path(1), path(2), path(3)] && found.faultCount == 3)
        #expect(found.faults[0].offset == first.offset && found.faults[2].offset == third.offset)
        #expect(found.end?.offset == first.offset && found.end?.fileNumber == 1)
        let kept = Int(try #require(found.end).position)
        #expect(found.behind.records == records.count - kept - 2 && found.behind.nextPosition == 40)
        let copies = try setAside(found, system)
        #expect(copies.count == files)
        #expect(try openLog(system).records.dropLast() == records.prefix(kept))
        #expect(try system.list(logPath).map(\.name).filter { $0.hasPrefix("events-") }.count == 2)
    }

    @Test func withoutTheFirstHeaderNothingSaysHowTheLogGoesOn() throws {
        let (system, _, ends) = try closedLog(events: 40, bytes: 400)
        system.damage(path(1)) { $0[20] ^= 1 }
        let found = try survey(system)
        #expect(found.faults.map(\.file) == [path(1)] && found.end == nil)
        try system.remove(path(1))
        let start = try survey(system, from: ends[1])
        #expect(start.faults.map(\.file) == [path(1)] && start.end == nil)
    }

    /// A file whose header is gone, or whose length, is at fault alone: what is made up for it is held against no other
    /// one, and its records are found by the id that the next file says.
    @Test(arguments: [0, 1, 2]) func aZeroedHeaderIsTheOnlyFault(kind: Int) throws {
        let (system, records, ends) = try closedLog(events: 40, bytes: 400)
        let number = kind == 2 ? 2 : 1
        system.damage(path(number)) {
            if kind == 0 { for place in 0..<512 { $0[place] = 0 } } else { $0.removeLast($0.count / 2) }
        }
        let found = try survey(system)
        #expect(Set(found.faults.map(\.file)) == [path(number)] && found.behind.nextPosition == 40)
        let place = try #require(ends.first { $0.fileNumber == 3 && $0.offset > 1024 })
        let earlier = try LogSurvey(directory: logPath, fileSystem: system, before: place)
        #expect(Set(earlier.faults.map(\.file)) == [path(number)])
        if kind == 0 { #expect(found.behind.records == records.count) }
    }

    /// Of files before the place from which replay goes on none is needed: a damaged one, or a gap, stops nothing.
    @Test(arguments: [true, false]) func filesBeforeThePlaceOfReplayAreNotNeeded(isMissing: Bool) throws {
        let (system, records, ends) = try closedLog(events: 40, bytes: 400)
        let place = try #require(ends.first { $0.fileNumber == 3 && $0.offset > 1024 })
        #expect(try LogSurvey(directory: logPath, fileSystem: system, before: place).faultCount == 0)
        if isMissing { try system.remove(path(2)) } else { system.damage(path(2)) { $0[20] ^= 1 } }
        let earlier = try LogSurvey(directory: logPath, fileSystem: system, before: place)
        #expect(earlier.faults.map(\.file) == [path(2)] && earlier.faultCount == 1)
        #expect(try survey(system, from: place).faultCount == 0)
        let (log, _, left) = try openLog(system, from: .place(place))
        #expect(left == Array(records.suffix(40 - Int(place.position))))
        // They go with the next release.
        try log.release(before: place)
        let names = try system.list(logPath).map(\.name).filter { $0.hasPrefix("events-") }
        #expect(names.first == "events-000000000003.log")
        try log.close(time: 9)
        #expect(throws: CorruptionError.self) {
            try system.remove(path(3))
            _ = try openLog(system, from: .place(place))
        }
    }

    /// A server lets go of files of sealed records while somebody looks at them: of these nothing is the matter, and
    /// what is the matter with others is told. The second file is opened first to learn where the first one ends.
    @Test(arguments: [1, 2]) func filesThatAServerLetsGoOfAreNoFaults(opening: Int) throws {
        let (system, _, ends) = try closedLog(events: 40, bytes: 400)
        let place = try #require(ends.first { $0.fileNumber == 3 && $0.offset > 1024 })
        for number in [1, 2] {
            let damaged = try #require(ends.first { $0.fileNumber == UInt64(number) && $0.offset > 1024 })
            system.damage(path(number)) { $0[damaged.offset + 8] ^= 1 }
        }
        let served = ServedFileSystem(system, letsGoOf: path(1), at: opening, openingOf: path(2))
        let found = try LogSurvey(directory: logPath, fileSystem: served, before: place)
        #expect(found.faults.map(\.file) == [path(2)] && found.faultCount == 1)
        #expect(system.snapshot(of: path(1)) == nil)
    }

    @Test func aMissingFileEndsTheLogBeforeIt() throws {
        let (system, records, ends) = try closedLog(events: 40, bytes: 400)
        try system.remove(path(2))
        let found = try survey(system)
        #expect(found.faults.map(\.file) == [path(2)] && found.faultCount == 1)
        let kept = Int(try #require(found.end).position)
        #expect(kept == ends.dropFirst().filter { $0.fileNumber == 1 }.count)
        try setAside(found, system)
        #expect(try openLog(system).records.dropLast() == records.prefix(kept))
    }

    /// A log that is being set aside is damaged until it is done, wherever power goes.
    @Test func atAnyCrashItIsDamagedOrDone() throws {
        var (call, isDone) = (1, false)
        while !isDone {
            let (system, records, ends) = try closedLog(events: 40, bytes: 400)
            let place = try #require(ends.first { $0.fileNumber == 1 && $0.offset > 1024 })
            system.damage(path(1)) { $0[place.offset + 8] ^= 1 }
            isDone = try powerGoesWhileItIsSetAside(system, records, atCall: call)
            call += 1
        }
        #expect(call > 10)
    }
}

/// A volume with a server that lets go of a file when somebody opens another one for the n-th time.
private final class ServedFileSystem: ForwardingFileSystem {
    let base: any FileSystem
    private let gone: String
    private let opened: String
    private let openingsLeft: Mutex<Int>

    init(_ base: SimulatedFileSystem, letsGoOf gone: String, at opening: Int, openingOf opened: String) {
        (self.base, self.gone, self.opened) = (base, gone, opened)
        openingsLeft = Mutex(opening)
    }

    func open(_ path: String, _ options: FileOptions) throws(StorageError) -> any File {
        if path == opened {
            let left = openingsLeft.withLock { left in
                left -= 1
                return left
            }
            if left == 0 { try base.remove(gone) }
        }
        return try base.open(path, options)
    }
}
