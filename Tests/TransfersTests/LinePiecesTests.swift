import Domain
import EventStores
import JSONTexts
import Platform
import Synchronization
import Testing
import Transfers
import Workload

/// A file whose reads are noted, and a part of which cannot be read.
private final class NotedSource: PlacedSource {
    private let bytes: [UInt8]
    private let damaged: Range<Int>
    private let offset = Mutex(0)
    private let noted = Mutex<[Range<Int>]>([])

    init(_ bytes: [UInt8], damaged: Range<Int> = 0..<0) { (self.bytes, self.damaged) = (bytes, damaged) }

    var name: String { "noted" }
    var lengthBytes: Int? { bytes.count }
    /// Of reads at a place, in order.
    var ranges: [Range<Int>] { noted.withLock { $0 } }

    func skip(to offset: Int) { self.offset.withLock { $0 = offset } }

    func read(into span: inout MutableSpan<UInt8>) throws(StorageError) -> Int {
        let start = offset.withLock { $0 }
        let count = try copied(into: &span, from: start)
        offset.withLock { $0 += count }
        return count
    }

    func read(into span: inout MutableSpan<UInt8>, at offset: Int) throws(StorageError) -> Int {
        let count = try copied(into: &span, from: offset)
        noted.withLock { $0.append(offset..<(offset + count)) }
        return count
    }

    private func copied(into span: inout MutableSpan<UInt8>, from start: Int) throws(StorageError) -> Int {
        let count = min(span.count, max(0, bytes.count - start))
        guard !damaged.overlaps(start..<(start + count)) else { throw StorageError(.read, path: name, code: 5) }
        for index in 0..<count { span[index] = bytes[start + index] }
        return count
    }
}

/// Lines of a file are read where they stand, in pieces that stay near the core, and nothing of them is lost.
@Suite struct LinePiecesTests {
    private func lines(_ lengths: [Int]) -> [UInt8] {
        lengths.enumerated().flatMap { [UInt8](repeating: UInt8(97 + $0 % 26), count: $1) + [10] }
    }

    private func pieces(_ source: any PlacedSource, _ stretch: Range<Int>, pieceBytes: Int) throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        try LinePieces.forEach(in: stretch, of: source, pieceBytes: pieceBytes) { text, end in
            found.append((0..<end).map { text[$0] })
        }
        return found
    }

    @Test func piecesAreWholeLinesAndEachByteIsReadOnce() throws {
        let bytes = lines((0..<400).map { $0 * 37 % 91 }) + Array("the last".utf8)
        for pieceBytes in [1, 90, 93, 512, 100_000] {
            let source = NotedSource(bytes)
            let found = try pieces(source, 0..<bytes.count, pieceBytes: pieceBytes)
            #expect(found.flatMap { $0 } == bytes)
            #expect(found.dropLast().allSatisfy { $0.last == 10 })
            #expect(source.ranges.flatMap { Array($0) } == Array(0..<bytes.count))
            if pieceBytes >= 93 { #expect(source.ranges.allSatisfy { $0.count <= pieceBytes }) }
        }
    }

    @Test func aStretchIsReadAndNothingBeside() throws {
        let bytes = lines([5, 5, 5, 5])
        #expect(try pieces(NotedSource(bytes), 6..<18, pieceBytes: 8).flatMap { $0 } == Array(bytes[6..<18]))
        #expect(try pieces(NotedSource(bytes), 6..<6, pieceBytes: 8).isEmpty)
        // Of what was cut short since, there is the rest.
        let cut = NotedSource(Array(bytes[..<15]))
        #expect(try pieces(cut, 6..<24, pieceBytes: 8).flatMap { $0 } == Array(bytes[6..<15]))
    }

    /// A file and a pipe of the same bytes are the same batches.
    @Test func stretchesEndWhereBlocksDo() throws {
        let lengths = (0..<9_000).map { $0 % 100 == 0 ? 9_000 : $0 * 37 % 91 }
        let blockBytes = 300_000
        for rest in ["", "the last"] {
            let bytes = lines(lengths) + Array(rest.utf8)
            var expected: [Int] = []
            var reader = LineBlocks(BytesSource(bytes, name: "bytes"), blockBytes: blockBytes)
            while let block = try reader.next() { expected.append(block.count) }
            let source = NotedSource(bytes)
            var stretches = LineBlocks(source, blockBytes: blockBytes)
            var (found, place): ([Int], Int) = ([], 0)
            while true {
                if let stretch = try stretches.nextStretch() {
                    #expect(stretch.lowerBound == place)
                    found.append(stretch.count)
                } else if let block = try stretches.next() {
                    #expect(block == Array(bytes[place..<(place + block.count)]))
                    found.append(block.count)
                } else {
                    break
                }
                place += found[found.count - 1]
                #expect(stretches.sourceBytes >= place)
            }
            #expect(found == expected && place == bytes.count && found.count > 3)
            // Little is read to tell where they end.
            #expect(source.ranges.count >= found.count - 2)
            #expect(source.ranges.reduce(0) { $0 + $1.count } <= source.ranges.count * 12 << 10)
        }
    }

    @Test func whatHasNoPlacesIsHandedOutInBlocks() throws {
        final class Pipe: PlacedSource {
            private let base = BytesSource(Array("a\nb\n".utf8), name: "pipe")
            var name: String { "pipe" }
            var lengthBytes: Int? { nil }
            func read(into span: inout MutableSpan<UInt8>) throws(StorageError) -> Int { try base.read(into: &span) }
            func read(into span: inout MutableSpan<UInt8>, at offset: Int) throws(StorageError) -> Int { 0 }
            func skip(to offset: Int) {}
        }
        var reader = LineBlocks(Pipe(), blockBytes: 2)
        #expect(try reader.nextStretch() == nil)
        #expect(try reader.next() == Array("a\nb\n".utf8))
    }

    // MARK: Imports

    /// Events in lines that blanks make long: some to a block.
    private static func longLines(_ count: Int, bytes: Int) -> [UInt8] {
        let time = RFC3339.render(WorkloadConfiguration.defaultStart)
        return (0..<count).flatMap { number -> [UInt8] in
            let line =
                #"{"specversion":"1.0","id":"e\#(number)","source":"s","type":"tool.call","time":"\#(time)","#
                + #""data":{"tool":"t","duration_ns":\#(number)}}"#
            return Array(line.utf8) + [UInt8](repeating: 0x20, count: bytes - line.utf8.count - 1) + [10]
        }
    }

    private func importing(_ source: any ByteSource, into store: EventStore, workers: any Workers) throws
        -> ImportSummary
    {
        let clock = SystemClock()
        var bulk = BulkImport(
            store: store, workers: workers, clock: clock, progress: ProgressLine(clock: clock, form: .none))
        return try bulk.run([source])
    }

    @Test func aFileIsDecodedInSmallPieces() throws {
        let bytes = Self.longLines(160, bytes: 100_000)
        let source = NotedSource(bytes)
        let store = try MovingTests.Place(311).open()
        #expect(try importing(source, into: store, workers: ThreadWorkers(parallelism: 2)).accepted == 160)
        #expect(source.ranges.allSatisfy { $0.count <= LinePieces.standardBytes })
        // What the first block has and the last was read as a whole.
        let atPlaces = source.ranges.reduce(0) { $0 + $1.count }
        #expect(atPlaces > bytes.count / 3 && atPlaces < bytes.count)
        try store.close()
    }

    /// What others read behind a place that cannot be read is not taken: an import that is done again goes on there.
    @Test(arguments: [1, 2]) func nothingBehindAPlaceThatCannotBeReadIsTaken(threads: Int) throws {
        let bytes = Self.longLines(200, bytes: 100_000)
        // In the third block; the two before have 41 lines each.
        let source = NotedSource(bytes, damaged: 9_000_000..<9_000_010)
        let store = try MovingTests.Place(312).open()
        #expect(throws: StorageError.self) {
            _ = try importing(source, into: store, workers: ThreadWorkers(parallelism: threads))
        }
        let again = try importing(BytesSource(bytes, name: "bytes"), into: store, workers: InlineWorkers())
        #expect(again.duplicates == 82 && again.accepted == 118)
        try store.close()
    }
}
