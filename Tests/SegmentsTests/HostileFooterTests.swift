import Columnar
import Hashing
import Platform
import Segments
import Testing

/// Footers whose checksums are right and that name what no writer names: a typed error, or what the file holds there.
struct HostileFooterTests {
    private static let columns = [
        SegmentColumn(name: "time", type: .timestamptz),
        SegmentColumn(name: "trace_id", type: .text, hint: .sharedLookup),
        SegmentColumn(name: "name", type: .text),
    ]

    /// Of so many rows, one a second, each with a trace of its own.
    private static func chunk(first: Int, rows: Int) -> Chunk {
        let numbers = Array(first..<(first + rows))
        return Chunk(
            columns: [
                Vector(type: .timestamptz, count: rows, storage: .int64(numbers.map { Int64($0) * 1_000_000_000 })),
                Vector(type: .text, scalars: numbers.map { .text("trace \($0 * 7_919 % 1_009)!") }),
                Vector(type: .text, scalars: numbers.map { .text("name \($0 % 50)!") }),
            ], rowCount: rows)
    }

    /// Groups of 100 and of 60 rows.
    private static func write(_ files: any FileSystem) throws -> String {
        try files.createDirectories("/s")
        let writer = try SegmentWriter(fileSystem: files, directory: "/s", segmentID: 7)
        try writer.add(table: "llm_call", columns: columns, chunk: chunk(first: 0, rows: 100))
        try writer.add(table: "llm_call", columns: columns, chunk: chunk(first: 100, rows: 60))
        return "/s/" + (try writer.finish()).fileName
    }

    private static func littleEndian(_ number: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    }

    private static func varint(_ number: Int) -> [UInt8] {
        var (rest, bytes) = (number, [UInt8]())
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    /// Puts other bytes in the place of some of the footer's, which stand there once.
    private static func replace(
        _ old: [UInt8], by new: [UInt8], inFooterOf path: String, _ files: SimulatedFileSystem
    ) throws {
        let whole = try files.contents(of: path)
        let end = whole.count - SegmentLimits.trailerBytes
        let start = (0..<8).reduce(0) { $0 | Int(whole[end + $1]) << (8 * $1) }
        var content = Array(whole[(start + 8)..<end])
        let places = content.indices.dropLast(old.count - 1).filter { content[$0...].starts(with: old) }
        try #require(places.count == 1)
        content.replaceSubrange(places[0]..<(places[0] + old.count), with: new)
        func checksum(_ bytes: [UInt8], at offset: Int) -> [UInt8] {
            littleEndian(xxh3(bytes[...], seed: (7 &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(offset)))
        }
        let footer = checksum(content, at: start) + content
        let trailer = littleEndian(UInt64(start)) + littleEndian(UInt64(footer.count)) + Array("MGESMILP".utf8)
        let changed = Array(whole[..<start]) + footer + trailer + checksum(trailer, at: start + footer.count)
        files.damage(path) { $0 = changed }
    }

    /// A page that was kept for one group is not another's, though the footer says that it lies there.
    @Test func aKeptPageIsThatOfAGroupOfItsRowsAlone() throws {
        let files = SimulatedFileSystem()
        let path = try Self.write(files)
        let places = try SegmentReader.open(fileSystem: files, path: path).pagePlaces(table: "llm_call", column: 0)
        let named = places.map { Self.varint($0.lowerBound) + Self.varint($0.count) }
        try Self.replace(named[1], by: named[0], inFooterOf: path, files)
        let reader = try SegmentReader.open(fileSystem: files, path: path)
        let groups = reader.groups(table: "llm_call")
        for _ in 0..<2 {
            let column = try groups[0].column(named: "time", type: .timestamptz, rows: [3, 99])
            #expect(column.scalar(at: 0) == .timestamptz(3_000_000_000))
            #expect(column.scalar(at: 1) == .timestamptz(99_000_000_000))
            let refused = #expect(throws: CorruptionError.self) {
                try groups[1].column(named: "time", type: .timestamptz, rows: [3])
            }
            #expect(refused?.file == path)
        }
    }

    /// Who groups by the ids of a page asks for the numbers of its texts.
    @Test func aPageOfSharedTextsThatNamesNoBlockIsRefused() throws {
        let files = SimulatedFileSystem()
        let path = try Self.write(files)
        let place = try SegmentReader.open(fileSystem: files, path: path)
            .pagePlaces(table: "llm_call", column: 1)[1]
        let named = Self.varint(place.lowerBound) + Self.varint(place.count) + [0, 0]
        // One block, the first; none.
        try Self.replace(named + [1, 0], by: named + [0], inFooterOf: path, files)
        let reader = try SegmentReader.open(files: SegmentFiles(fileSystem: files), path: path)
        let groups = reader.groups(table: "llm_call")
        for _ in 0..<3 {
            let column = try groups[0].column(
                named: "trace_id", type: .text, sharesTexts: true, isOfKeys: true)
            #expect(column.count == 100)
            let refused = #expect(throws: CorruptionError.self) {
                try groups[1].column(named: "trace_id", type: .text, sharesTexts: true, isOfKeys: true)
            }
            #expect(refused?.file == path)
        }
    }

    /// So is one that only its own header says to be of shared texts, be it read, or kept for a column that names some.
    @Test func aPageThatTheFooterTakesForAnotherNamesNoBlockEither() throws {
        let files = SimulatedFileSystem()
        let path = try Self.write(files)
        let before = try SegmentReader.open(fileSystem: files, path: path)
        let named = [1, 2].map { column in
            let place = before.pagePlaces(table: "llm_call", column: column)[0]
            return Self.varint(place.lowerBound) + Self.varint(place.count)
        }
        try Self.replace(named[1], by: named[0], inFooterOf: path, files)
        let reader = try SegmentReader.open(files: SegmentFiles(fileSystem: files), path: path)
        let group = reader.groups(table: "llm_call")[0]
        for _ in 0..<3 {
            #expect(try group.column(named: "trace_id", type: .text, rows: [3]).count == 1)
            let refused = #expect(throws: CorruptionError.self) {
                try group.column(named: "name", type: .text, rows: [3])
            }
            #expect(refused?.file == path)
            #expect(throws: CorruptionError.self) {
                try group.column(named: "name", type: .text, sharesTexts: true, isOfKeys: true)
            }
        }
    }
}
