import Compression
import Testing

@Suite struct StreamDecoderTests {
    static func pack(_ bytes: [UInt8], _ coding: ContentCoding) -> [UInt8] {
        switch coding {
        case .gzip: Gzip.compress(bytes)
        case .zstd: Zstandard.compress(bytes)
        case .identity: bytes
        // "hello" as `python3 -c "import zlib; print(zlib.compress(b'hello').hex())"` prints it.
        case .deflate: [0x78, 0x9C, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x06, 0x2C, 0x02, 0x15]
        }
    }

    @Test(arguments: [ContentCoding.gzip, .zstd, .identity], samples.indices)
    func roundTripInPieces(coding: ContentCoding, sample: Int) throws {
        let bytes = samples[sample]
        let packed = Self.pack(bytes, coding)
        for pieceBytes in [1, 7, 4_096, 1 << 20] where packed.count / pieceBytes < 80_000 {
            var decoder = StreamDecoder(coding, outputBytesMax: bytes.count)
            var output: [UInt8] = []
            for start in stride(from: 0, to: packed.count, by: pieceBytes) {
                try decoder.decode(packed[start..<min(start + pieceBytes, packed.count)].span, into: &output)
            }
            try decoder.finish()
            #expect(output == bytes)
        }
    }

    @Test func deflateIsTheZlibForm() throws {
        let packed = Self.pack([], .deflate)
        #expect(try StreamDecoder.decode(packed[...], coding: .deflate, outputBytesMax: 5) == Array("hello".utf8))
        #expect(throws: CompressionError.self) {
            try StreamDecoder.decode((packed + [0])[...], coding: .deflate, outputBytesMax: 9)
        }
    }

    @Test(arguments: [ContentCoding.gzip, .zstd]) func membersMayFollowEachOther(coding: ContentCoding) throws {
        let packed = Self.pack([1, 2], coding) + Self.pack([3], coding)
        #expect(try StreamDecoder.decode(packed[...], coding: coding, outputBytesMax: 3) == [1, 2, 3])
        #expect(throws: CompressionError.self) {
            try StreamDecoder.decode((packed + [9, 9, 9, 9, 9])[...], coding: coding, outputBytesMax: 3)
        }
    }

    @Test(arguments: [ContentCoding.gzip, .zstd]) func everyTruncationIsRefused(coding: ContentCoding) {
        let packed = Self.pack(Array("some text, some text, some text".utf8), coding)
        for length in 0..<packed.count {
            #expect(throws: CompressionError.self, "length \(length)") {
                try StreamDecoder.decode(packed[..<length], coding: coding, outputBytesMax: 1_000)
            }
        }
    }

    @Test(arguments: [ContentCoding.gzip, .zstd]) func bombsStopAtTheLimit(coding: ContentCoding) {
        var bomb = Self.pack([UInt8](repeating: 0, count: 64 << 20), coding)
        // Many members make a gigabyte and more of it.
        let member = bomb
        for _ in 0..<15 { bomb += member }
        var decoder = StreamDecoder(coding, outputBytesMax: 1 << 20)
        var output: [UInt8] = []
        #expect(throws: CompressionError.limitExceeded(outputBytesMax: 1 << 20)) {
            try decoder.decode(bomb.span, into: &output)
        }
        #expect(output.count <= 1 << 20)
        #expect(output.capacity < 4 << 20)
    }

    @Test func largeWindowsAreRefused() {
        // A frame header that asks for a window of 1 GiB (descriptor 0, window byte 20 << 3), then nothing of use.
        let frame: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 20 << 3, 0x01, 0x00, 0x00]
        #expect(throws: CompressionError.self) {
            try StreamDecoder.decode(frame[...], coding: .zstd, outputBytesMax: 1 << 20)
        }
    }

    @Test func damageNamesItsOffset() throws {
        var packed = Gzip.compress(Array("text text text text".utf8))
        packed[packed.count - 5] ^= 1
        #expect(throws: CompressionError.self) {
            try StreamDecoder.decode(packed[...], coding: .gzip, outputBytesMax: 100)
        }
        #expect(throws: CompressionError.damaged(format: "gzip", offset: 2, detail: "incorrect header check")) {
            try StreamDecoder.decode([1, 2, 3, 4][...], coding: .gzip, outputBytesMax: 100)
        }
    }

    @Test func codingsAreDetected() {
        #expect(ContentCoding.detect(Gzip.compress([1])[...]) == .gzip)
        #expect(ContentCoding.detect(Zstandard.compress([1])[...]) == .zstd)
        #expect(ContentCoding.detect([0x7B, 0x22][...]) == .identity)
    }
}

extension StreamDecoder {
    /// Decompresses a body at hand.
    fileprivate static func decode(
        _ bytes: ArraySlice<UInt8>, coding: ContentCoding, outputBytesMax: Int
    ) throws(CompressionError) -> [UInt8] {
        var decoder = StreamDecoder(coding, outputBytesMax: outputBytesMax)
        var output: [UInt8] = []
        try decoder.decode(bytes.span, into: &output)
        try decoder.finish()
        return output
    }
}
