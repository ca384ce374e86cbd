import EventLogs
import Foundation
import Platform
import Testing

private let name = logPath + "/events-000000000001.log"

/// A small log of three flushed groups and what it gives back.
private func smallLog(isClosed: Bool) throws -> (system: SimulatedFileSystem, records: [TestRecord], ends: [Int]) {
    let system = SimulatedFileSystem()
    let log = try openLog(system).log
    var records: [TestRecord] = []
    var ends: [Int] = [log.end.offset]
    for bytes in [0, 5, 8, 61, 300] {
        records.append(try log.takeEvent(bytes: bytes))
        ends.append(log.end.offset)
        if bytes != 5 { try log.flush() }
    }
    if isClosed { try log.close(time: 7) }
    return (system, records, ends)
}

@Suite struct LogDamageTests {
    @Test func aLastRecordTornAtAnyByteIsCut() throws {
        let (system, records, ends) = try smallLog(isClosed: false)
        let image = try #require(system.snapshot(of: name))
        let (start, end) = (ends[4], ends[5])
        for length in start..<end {
            system.damage(name) { bytes in
                bytes = image
                for index in length..<bytes.count { bytes[index] = 0 }
            }
            let (log, report, found) = try openLog(system)
            let isWhole = image[length..<end].allSatisfy { $0 == 0 }
            #expect(found == (isWhole ? records : Array(records.dropLast())), "torn at \(length)")
            #expect(report.tornBytes == (isWhole || length < start + 56 && report.tornBytes == 0 ? 0 : end - start))
            // The log goes on where it was cut.
            let next = try log.takeEvent(bytes: 40)
            try log.flush()
            #expect(try openLog(system).records == found + [next])
        }
    }

    @Test func aBitFlippedInAnyByteIsNeverReadAsARecord() throws {
        for isClosed in [false, true] {
            let (system, records, ends) = try smallLog(isClosed: isClosed)
            let image = try #require(system.snapshot(of: name))
            var refused = 0
            var generator = SeededGenerator(seed: 3)
            for offset in image.indices {
                system.damage(name) { bytes in
                    bytes = image
                    bytes[offset] ^= 1 << UInt8(generator.next(below: 8))
                }
                do {
                    let found = try openLog(system).records
                    let isCut = !isClosed && (ends[4]..<ends[5]).contains(offset)
                    #expect(
                        found == (isCut ? Array(records.dropLast()) : records),
                        "flipped at \(offset), closed: \(isClosed)")
                    #expect(offset >= ends[4], "flushed and vouched for: \(offset)")
                } catch let error as CorruptionError {
                    refused += 1
                    #expect(error.file == name && offset < ends[5], "flipped at \(offset), closed: \(isClosed)")
                }
            }
            #expect(refused == (isClosed ? ends[5] : ends[4]))
        }
    }

    @Test func everyTruncationIsRefused() throws {
        let (system, _, _) = try smallLog(isClosed: true)
        let image = try #require(system.snapshot(of: name))
        for length in image.indices {
            system.damage(name) { $0 = Array(image[..<length]) }
            #expect(throws: CorruptionError.self, "\(length)") { try openLog(system) }
        }
    }

    @Test func aRecordElsewhereDoesNotPass() throws {
        let (system, records, ends) = try smallLog(isClosed: false)
        let image = try #require(system.snapshot(of: name))
        // Two records of one length change places.
        #expect(ends[2] - ends[1] == 64 && ends[3] - ends[2] == 64)
        system.damage(name) { bytes in
            bytes.replaceSubrange(ends[1]..<ends[2], with: image[ends[2]..<ends[3]])
            bytes.replaceSubrange(ends[2]..<ends[3], with: image[ends[1]..<ends[2]])
        }
        #expect(throws: CorruptionError.self) { try openLog(system) }
        // A copy further on is nobody's witness, nor a record that a power cut left.
        system.damage(name) { bytes in
            bytes = image
            bytes.replaceSubrange(2048..<(2048 + 120), with: image[ends[3]..<ends[4]])
        }
        let (_, report, found) = try openLog(system)
        #expect(found == records && report.orphanedRecords == 0)
    }

    @Test func whatAPowerCutLeftBehindAHoleNeverJoinsALaterHistory() throws {
        let system = SimulatedFileSystem()
        let log = try openLog(system).log
        let first = try log.takeEvent(bytes: 20)
        try log.flush()
        let hole = log.end.offset
        try log.takeEvent(bytes: 40)
        let orphan = log.end.offset
        try log.takeEvent(bytes: 60)
        try log.flush()
        // Both records of the last group say that the first record was flushed, and no more: losing one of them alone
        // is legal.
        system.damage(name) { bytes in for index in hole..<orphan { bytes[index] = 0 } }
        let (next, report, found) = try openLog(system)
        #expect(found == [first] && report.orphanedRecords == 1)
        // The new record ends exactly where the orphan begins.
        let replacement = try next.takeEvent(bytes: 33)
        #expect(next.end.offset == orphan)
        try next.flush()
        let again = try openLog(system)
        #expect(again.records == [first, replacement] && again.report.orphanedRecords == 1)
    }

    /// What vouches for a damaged place is found behind any stretch of zeros, wherever its header begins.
    @Test(arguments: [0, 8, 40, 48, 56, 2000]) func aWitnessIsFoundBehindZeros(beforePage distance: Int) throws {
        let system = SimulatedFileSystem()
        let options = EventLogOptions(fileBytes: 4 << 20)
        let log = try openLog(system, options: options).log
        try log.takeEvent(bytes: 8)
        try log.flush()
        let hole = log.end.offset
        let witness = (3 << 20) - distance
        try log.takeEvent(bytes: witness - hole - 56)
        try log.flush()
        #expect(log.end.offset == witness)
        try log.takeEvent(bytes: 30)
        try log.flush()
        system.damage(name) { $0.replaceSubrange(hole..<witness, with: repeatElement(0, count: witness - hole)) }
        let overlay = OverlayFileSystem(
            system, growing: OverlayFileSystem.Growing(in: logPath) { EventLog.isLast($0, in: $1) })
        let expected = CorruptionError(
            file: name, offset: hole,
            expectation: "a record; the one at offset \(witness) says that it was flushed")
        #expect(throws: expected) { try openLog(system, options: options) }
        #expect(throws: expected) { try openLog(overlay, options: options) }
    }

    /// The room behind the records is known to be zeros: a start asks as much of the machine whatever there is of it.
    @Test func theRoomBehindTheEndIsNotRead() throws {
        func callsOfAStart(fileBytes: Int) throws -> Int {
            let system = SimulatedFileSystem()
            let options = EventLogOptions(fileBytes: fileBytes)
            let log = try openLog(system, options: options).log
            let record = try log.takeEvent(bytes: 100)
            try log.flush()
            let before = system.counts.calls
            #expect(try openLog(system, options: options).records == [record])
            return system.counts.calls - before
        }
        let (many, few) = (try callsOfAStart(fileBytes: 8 << 20), try callsOfAStart(fileBytes: 2 << 20))
        #expect(many == few)
    }

    @Test func aKnownEndIsHeld() throws {
        let (system, _, _) = try smallLog(isClosed: false)
        let (log, _, _) = try openLog(system)
        let end = log.end
        #expect(try openLog(system, options: EventLogOptions(fileBytes: 4096, mustReach: end)).report.tornBytes == 0)
        system.damage(name) { $0[end.offset - 1] ^= 1 }
        #expect(throws: CorruptionError.self) {
            try openLog(system, options: EventLogOptions(fileBytes: 4096, mustReach: end))
        }
        let other = SimulatedFileSystem()
        #expect(throws: CorruptionError.self) {
            try openLog(other, options: EventLogOptions(fileBytes: 4096, mustReach: end))
        }
        #expect(throws: CorruptionError.self) { try openLog(other, from: .place(end)) }
    }

    @Test func aMissingFileIsDamage() throws {
        let system = SimulatedFileSystem()
        let log = try openLog(system).log
        for _ in 0..<30 { try log.takeEvent(bytes: 400) }
        try log.close(time: 1)
        try system.remove(logPath + "/events-000000000002.log")
        #expect(
            throws: CorruptionError(
                file: logPath + "/events-000000000002.log", offset: 0,
                expectation: "the log up to file 3, which is there; the file is missing")
        ) { try openLog(system) }
    }
}
