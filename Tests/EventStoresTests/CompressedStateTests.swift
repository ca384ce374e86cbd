import Bytes
import Compression
import Domain
import EventStores
import Hashing
import Platform
import Projections
import Segments
import Testing

/// The state is compressed; one of a version that did not do that is read as ever.
@Suite struct CompressedStateTests {
    private let disk = SimulatedFileSystem(seed: 94)

    private func open() throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
    }

    private func make() throws -> [[String]] {
        let store = try open()
        var events = SampleEvents()
        for turn in 1...5 { events.addTurn("c", Int64(turn), at: Double(turn)) }
        _ = try store.append([events.batch])
        try store.seal()
        let found = try answers(store)
        try store.close()
        return found
    }

    private func answers(_ store: EventStore) throws -> [[String]] {
        [
            try rows(store, "turns", EventStoreTests.turnColumns), try rows(store, "events", ["id", "position"]),
            ["\(store.snapshot().counters.families)", "\(store.snapshot().book.count)"],
        ]
    }

    private func statePath() throws -> String {
        let names = try disk.list("/data/segments").map(\.name).filter { $0.hasPrefix("state-") }
        return "/data/segments/" + (try #require(names.max { ($0.utf8.count, $0) < ($1.utf8.count, $1) }))
    }

    /// As a version of before would have written it, and where the content begins in the file.
    private func plain(_ bytes: [UInt8]) throws -> (bytes: [UInt8], start: Int) {
        var cursor = ByteCursor(bytes)
        #expect(try cursor.readByte() == 14)
        let version = try cursor.readByte()
        let count = try cursor.readCount(max: 1 << 30)
        let start = cursor.offset
        return ([version] + (try Zstandard.decompress(try cursor.readSlice(cursor.remaining), count: count)), start)
    }

    @Test func aStateOfBeforeIsReadAndWrittenShorter() throws {
        let before = try make()
        let path = try statePath()
        let written = try disk.contents(of: path)
        let plain = try plain(written).bytes
        #expect(plain[0] == 13 && written.count * 3 <= plain.count * 2)
        // The manifest in force names the state as it was written, and is read while that is there.
        var (manifests, _) = try ManifestStore.open(fileSystem: disk, directory: "/data/segments")
        for file in [path, path.replacing("/state-", with: "/copy-of-state-")] { try disk.replace(file, with: plain) }
        var next = manifests.current
        next.projections?.sha256 = SHA256.hash(plain)
        next.projections?.lengthBytes = plain.count
        try manifests.publish(next)
        let store = try open()
        #expect(store.recovery.restored == [] && store.recovery.damage == [])
        #expect(try answers(store) == before)
        #expect(try store.verify().findings == [])
        var events = SampleEvents()
        events.addTurn("d", 1, at: 20)
        _ = try store.append([events.batch])
        try store.seal()
        try store.close()
        let last = try disk.contents(of: statePath())
        #expect(last[0] == 14 && last.count < plain.count)
    }

    /// Whatever it holds: a file that is not what it says is damage, what a later version made is named as such.
    @Test func whatIsNoStateIsRefused() throws {
        _ = try make()
        let path = try statePath()
        let written = try disk.contents(of: path)
        let start = try plain(written).start
        func refusal(_ bytes: [UInt8]) throws -> (any Error)? {
            try disk.replace(path, with: bytes)
            do {
                _ = try StoreFileInspection.describe(disk, path)
                return nil
            } catch {
                return error
            }
        }
        #expect(try refusal(written) == nil)
        let content = Array(written[start...])
        let damaged: [[UInt8]] = [
            [14], [14, 13], [14, 14] + Array(written[2...]), [14, 13, 5] + content, [14, 13, 0] + content,
            [14, 13, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F] + content, Array(written.dropLast()),
            Array(written[..<start]), written + [0],
        ]
        for bytes in damaged {
            #expect(try refusal(bytes) is CorruptionError, "\(bytes.prefix(8))")
        }
        // What takes much more memory than it is long is refused before it takes it.
        var bomb = ByteSink()
        bomb.append(contentsOf: [14, 13])
        bomb.append(varint: 1 << 26)
        bomb.append(contentsOf: Zstandard.compress([UInt8](repeating: 0, count: 1 << 26)))
        let error = try refusal(bomb.bytes) as? CorruptionError
        #expect(bomb.bytes.count < 10_000 && error?.expectation.hasPrefix("a count of at most") == true)
        #expect(try refusal([14, 200] + written[2...]) is NewerFormatError)
        #expect(try refusal([15] + written[1...]) is NewerFormatError)
    }
}
