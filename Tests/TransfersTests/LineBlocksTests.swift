import Compression
import Platform
import Synchronization
import Testing
import Transfers

/// Bytes in memory, handed out in pieces of a chosen size, as a pipe would.
private final class MemorySource: ByteSource {
    let bytes: [UInt8]
    let pieceBytes: Int
    private let offset = Mutex(0)

    init(_ bytes: [UInt8], pieceBytes: Int) {
        self.bytes = bytes
        self.pieceBytes = pieceBytes
    }

    var name: String { "memory" }
    var lengthBytes: Int? { bytes.count }

    func read(into span: inout MutableSpan<UInt8>) throws(StorageError) -> Int {
        let start = offset.withLock { $0 }
        let count = min(pieceBytes, span.count, bytes.count - start)
        for index in 0..<count { span[index] = bytes[start + index] }
        offset.withLock { $0 += count }
        return count
    }
}

@Suite struct LineBlocksTests {
    private func blocks(_ bytes: [UInt8], pieceBytes: Int = 10_000) throws -> [[UInt8]] {
        var reader = LineBlocks(MemorySource(bytes, pieceBytes: pieceBytes))
        var blocks: [[UInt8]] = []
        while let block = try reader.next() { blocks.append(block) }
        #expect(reader.sourceBytes == bytes.count)
        return blocks
    }

    private var lines: [UInt8] {
        var text: [UInt8] = []
        for number in 0..<60_000 {
            text.append(
                contentsOf: #"{"n":\#(number),"pad":"\#(String(repeating: "x", count: number % 300))"}"#.utf8 + [10])
        }
        return text
    }

    @Test func blocksAreWholeLinesAndNothingIsLost() throws {
        let lines = lines
        let found = try blocks(lines)
        #expect(found.count > 2)
        #expect(found.allSatisfy { $0.last == 10 })
        #expect(found.flatMap { $0 } == lines)
    }

    @Test func blocksThatComeBackHoldTheNext() throws {
        let all = lines
        let end = try #require(all[..<3_000_000].lastIndex(of: 10))
        let lines = Array(all[...end])
        // In pieces, so that reads fill less than they might.
        for (blockBytes, pieceBytes) in [(300_000, 10_000_000), (1000, 70_001), (2_000_000, 999)] {
            var reader = LineBlocks(MemorySource(lines, pieceBytes: pieceBytes), blockBytes: blockBytes)
            var (found, kept, next): ([UInt8], [[UInt8]], Int) = ([], [], 0)
            while let block = try reader.next() {
                found += block
                // Each third is kept besides, and each fifth is not given back.
                if next % 3 == 0 { kept.append(block) }
                if next % 5 != 0 { reader.giveBack(block) }
                next += 1
            }
            #expect(found == lines && next > 1)
            #expect(kept.allSatisfy { $0.last == 10 } && kept.first.map { lines.starts(with: $0) } == true)
        }
    }

    @Test func compressedInputReadsTheSame() throws {
        let lines = lines
        for compressed in [Gzip.compress(lines), Zstandard.compress(lines)] {
            #expect(try blocks(compressed, pieceBytes: 777).flatMap { $0 } == lines)
        }
    }

    @Test func aLastLineWithoutItsEndCounts() throws {
        #expect(try blocks(Array("a\nb".utf8)) == [Array("a\nb".utf8)])
        #expect(try blocks([]).isEmpty)
    }

    /// What is empty is no pipe: it can be read again.
    @Test func anEmptyFileHasALength() throws {
        let disk = SimulatedFileSystem()
        try disk.createDirectories("/in")
        for bytes in [[], Array("a\n".utf8)] {
            try disk.replace("/in/a", with: bytes)
            let source = try FileSource("/in/a", fileSystem: disk)
            #expect(source.lengthBytes == bytes.count)
            var reader = LineBlocks(source)
            #expect(try reader.next() == (bytes.isEmpty ? nil : bytes))
        }
    }

    @Test func cutCompressionIsAnError() throws {
        let compressed = Gzip.compress(lines)
        #expect(throws: ImportError.self) { try blocks(Array(compressed.dropLast(20))) }
        // The whole lines before the cut are handed out first.
        var reader = LineBlocks(MemorySource(Array(compressed.dropLast(20)), pieceBytes: 10_000))
        var found: [UInt8] = []
        do {
            while let block = try reader.next() { found += block }
            Issue.record("a cut was not told")
        } catch is ImportError {}
        #expect(!found.isEmpty && found.last == 10 && lines.starts(with: found))
    }
}
