import Columnar
import Foundation
import Hashing
import Platform
import Segments
import Testing

struct SegmentDamageTests {
    /// Opens and reads everything; nil on a typed error that names the file.
    static func answer(_ files: any FileSystem, _ path: String, _ expected: (UInt64, Int)?) throws -> String? {
        do {
            let reader = try SegmentReader.open(fileSystem: files, path: path, expected: expected.map { ($0.0, $0.1) })
            try reader.verify()
            return try contents(reader)
        } catch let error as CorruptionError {
            #expect(error.file == path)
            return nil
        }
    }

    @Test func everyFlippedByteIsAnErrorOrTheRightAnswer() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let description = try writeSample(files, "/s", groups: 2, rows: 30)
        let path = "/s/" + description.fileName
        let whole = try files.contents(of: path)
        let right = try Self.answer(files, path, (7, whole.count))
        #expect(right != nil)
        var harmless = 0
        for index in whole.indices {
            files.damage(path) { $0[index] ^= 1 << UInt8(index % 8) }
            let answer = try Self.answer(files, path, (7, whole.count))
            #expect(answer == nil || answer == right, "byte \(index)")
            harmless += answer == nil ? 0 : 1
            files.damage(path) { $0 = whole }
        }
        // Every byte is covered by some checksum.
        #expect(harmless == 0)
    }

    /// An operator puts the right file in the place of a damaged one while it is read.
    @Test func aFileThatIsPutBackUnderItsNameIsReadAtOnce() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let description = try writeSample(files, "/s", groups: 1, rows: 30)
        let path = "/s/" + description.fileName
        let whole = try files.contents(of: path)
        let reader = try SegmentReader.open(
            files: SegmentFiles(fileSystem: files), path: path, expected: (7, whole.count))
        let group = reader.groups(table: "llm_call")[0]
        let place = reader.pagePlaces(table: "llm_call", column: 1)[0]
        let right = try group.column(1)
        files.damage(path) { $0[place.lowerBound + 9] ^= 1 }
        let damage = #expect(throws: CorruptionError.self) { try group.column(1) }
        #expect(damage?.file == path && damage?.offset == place.lowerBound)
        // A file of nothing or of another segment is not it.
        let other = try writeSample(files, "/s", id: 8, groups: 1, rows: 30)
        for wrong in [[], try files.contents(of: "/s/" + other.fileName)] {
            try files.replace(path, with: wrong)
            let refused = #expect(throws: CorruptionError.self) { try group.column(1) }
            #expect(refused?.file == path)
        }
        try files.replace(path, with: whole)
        let again = try group.column(1)
        #expect((0..<30).allSatisfy { "\(again.scalar(at: $0))" == "\(right.scalar(at: $0))" })
        try reader.verify(sha256: description.sha256)
        try files.remove(path)
        // What is open goes on without the name.
        _ = try group.column(1)
    }

    /// Whether the right file was put back shows once one can be opened: until then nothing is called damaged.
    @Test(arguments: [EMFILE, ENFILE, ENOMEM, EAGAIN]) func scarcityIsNoDamage(code: Int32) throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let description = try writeSample(files, "/s", groups: 1, rows: 30)
        let path = "/s/" + description.fileName
        let reader = try SegmentReader.open(fileSystem: files, path: path)
        let place = reader.pagePlaces(table: "llm_call", column: 1)[0]
        let group = reader.groups(table: "llm_call")[0]
        files.damage(path) { $0[place.lowerBound + 9] ^= 1 }
        files.setOpenFiles(max: 0, code: code)
        let refused = #expect(throws: StorageError.self) { try group.column(1) }
        #expect(refused?.isScarcity == true && refused?.code == code)
        files.setOpenFiles(max: .max)
        #expect(throws: CorruptionError.self) { try group.column(1) }
    }

    /// What a digest vouches for and what is read after it are the same file, though another one was open before.
    @Test func aDigestAndThePagesAreOfTheFileThatHasTheName() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let description = try writeSample(files, "/s", groups: 1, rows: 30)
        let path = "/s/" + description.fileName
        var bytes = try files.contents(of: path)
        let reader = try SegmentReader.open(
            files: SegmentFiles(fileSystem: files), path: path, expected: (7, bytes.count))
        try reader.verify(sha256: description.sha256)
        bytes[reader.pagePlaces(table: "llm_call", column: 1)[0].lowerBound + 9] ^= 1
        try files.replace(path, with: bytes)
        // The one that is open is whole, and nobody asks for the name.
        try reader.verify()
        #expect(throws: CorruptionError.self) { try reader.verify(sha256: description.sha256) }
        #expect(throws: CorruptionError.self) { try reader.verify(sha256: SHA256.hash(bytes)) }
    }

    @Test func everyTruncationIsAnError() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let description = try writeSample(files, "/s", groups: 1, rows: 10)
        let path = "/s/" + description.fileName
        let whole = try files.contents(of: path)
        for length in whole.indices {
            files.damage(path) { $0 = Array(whole[..<length]) }
            #expect(try Self.answer(files, path, nil) == nil, "cut to \(length)")
        }
    }

    @Test func movedBlocksDoNotPass() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let one = try writeSample(files, "/s", id: 1, groups: 2, rows: 50)
        let two = try writeSample(files, "/s", id: 2, groups: 2, rows: 50)
        let reader = try SegmentReader.open(fileSystem: files, path: "/s/" + one.fileName)
        let other = try files.contents(of: "/s/" + two.fileName)
        let place = reader.pagePlaces(table: "llm_call", column: 1)[0]
        // The same block of another segment, byte for byte the same content.
        files.damage("/s/" + one.fileName) { $0.replaceSubrange(place, with: other[place]) }
        #expect(throws: CorruptionError.self) { try reader.groups(table: "llm_call")[0].column(1) }
    }

    @Test func aCrashAtAnyCallLeavesNothingOrTheWholeSegment() throws {
        var calls = 1
        while true {
            let files = SimulatedFileSystem(seed: UInt64(calls))
            try files.createDirectories("/s")
            files.arm(SimulatedFault(.powerCut, atCall: calls))
            let finished = try? writeSample(files, "/s", groups: 1, rows: 20)
            files.crash()
            let names = try files.list("/s").map(\.name)
            if let finished {
                #expect(names == [finished.fileName])
                break
            }
            for name in names where !name.hasSuffix(".new") {
                let reader = try SegmentReader.open(fileSystem: files, path: "/s/" + name)
                try reader.verify()
            }
            calls += 1
        }
        #expect(calls > 6, "each step was cut once")
    }

    @Test func aDiskThatKeepsOtherBytesIsNoticedBeforeTheName() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        files.setQuota(bytes: 100)
        #expect(throws: StorageError.self) { try writeSample(files, "/s") }
        files.setQuota(bytes: .max)
        files.arm(SimulatedFault(.lostFlush, atCall: 1, of: [.flush]))
        #expect(throws: StorageError.self) { try writeSample(files, "/s") }
        #expect(try files.list("/s").map(\.name) == [segmentFileName(7) + ".new"])
    }
}
