import Compression
import Testing

/// Text that compresses, noise that does not, and the edges.
let samples: [[UInt8]] = [
    [], [7], Array("hello hello hello hello".utf8), [UInt8](repeating: 0, count: 100_000),
    (0..<70_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) },
]

@Suite struct BlockTests {
    @Test(arguments: samples.indices) func lz4RoundTrip(sample: Int) throws {
        let bytes = samples[sample]
        let packed = LZ4Block.compress(bytes)
        #expect(packed.count <= bytes.count + bytes.count / 255 + 16)
        #expect(try LZ4Block.decompress(packed, count: bytes.count) == bytes)
        #expect(throws: CompressionError.self) { try LZ4Block.decompress(packed, count: bytes.count + 1) }
    }

    @Test(arguments: samples.indices) func zstandardRoundTrip(sample: Int) throws {
        let bytes = samples[sample]
        for level in [1, 3, 9] {
            let packed = Zstandard.compress(bytes, level: level)
            #expect(try Zstandard.decompress(packed, count: bytes.count) == bytes)
            #expect(throws: CompressionError.self) { try Zstandard.decompress(packed, count: bytes.count + 1) }
        }
    }

    @Test func damagedBlocksAreTyped() {
        let bytes = Array("the quick brown fox jumps over the lazy dog, the quick brown fox".utf8)
        let packed = LZ4Block.compress(bytes)
        for length in 0..<packed.count {
            #expect(throws: CompressionError.self) { try LZ4Block.decompress(packed[..<length], count: bytes.count) }
        }
        let frame = Zstandard.compress(bytes)
        for length in 0..<frame.count {
            #expect(throws: CompressionError.self) { try Zstandard.decompress(frame[..<length], count: bytes.count) }
        }
    }

    @Test func impossibleSizesAllocateNothing() {
        #expect(throws: CompressionError.self) { try LZ4Block.decompress([1, 2, 3], count: 1 << 30) }
        #expect(throws: CompressionError.self) { try LZ4Block.decompress([1, 2, 3], count: -1) }
        #expect(throws: CompressionError.self) { try Zstandard.decompress([1, 2, 3], count: 10) }
        #expect(throws: CompressionError.self) { try Zstandard.decompress(Zstandard.compress([1, 2, 3]), count: -1) }
    }

    @Test func flippedBytesNeverCrash() {
        let bytes = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let blocks = (LZ4Block.compress(bytes), Zstandard.compress(bytes))
        var seed: UInt64 = 0x5EED
        for _ in 0..<2_000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1
            var (left, right) = blocks
            left[Int(seed >> 33) % left.count] ^= UInt8(truncatingIfNeeded: seed >> 20) | 1
            right[Int(seed >> 33) % right.count] ^= UInt8(truncatingIfNeeded: seed >> 20) | 1
            if let output = try? LZ4Block.decompress(left, count: bytes.count) { #expect(output.count == bytes.count) }
            if let output = try? Zstandard.decompress(right, count: bytes.count) {
                #expect(output.count == bytes.count)
            }
        }
    }
}
