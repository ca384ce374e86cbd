import Bytes
import ParquetFiles
import Platform
import Testing

/// Bytes of the encodings, by the descriptions of Thrift and Parquet.
@Suite struct EncodingTests {
    private static func thrift(_ body: (inout ThriftWriter) -> Void) -> [UInt8] {
        var thrift = ThriftWriter()
        body(&thrift)
        thrift.end()
        return thrift.bytes
    }

    @Test func fieldsSayHowFarTheirNumbersAre() {
        #expect(Self.thrift { _ in } == [0])
        #expect(Self.thrift { $0.field(1, int32: 1) } == [0x15, 0x02, 0])
        #expect(Self.thrift { $0.field(3, int32: -1) } == [0x35, 0x01, 0])
        #expect(Self.thrift { $0.field(15, int64: 300) } == [0xF6, 0xD8, 0x04, 0])
        // Too far for half a byte: the number itself.
        #expect(Self.thrift { $0.field(16, int16: 1) } == [0x04, 0x20, 0x02, 0])
        let flags = Self.thrift { thrift in
            thrift.field(2, bool: true)
            thrift.field(4, bool: false)
        }
        #expect(flags == [0x21, 0x22, 0])
        #expect(Self.thrift { $0.field(1, byte: 64) } == [0x13, 64, 0])
        #expect(Self.thrift { $0.field(1, text: "ä") } == [0x18, 2, 0xC3, 0xA4, 0])
        #expect(Self.thrift { $0.field(1, bytes: [7, 0]) } == [0x18, 2, 7, 0, 0])
        let extreme = Self.thrift { $0.field(1, int64: .min) }
        #expect(extreme == [0x16] + [UInt8](repeating: 0xFF, count: 9) + [0x01, 0])
    }

    @Test func structuresCountTheirFieldsAnew() {
        let nested = Self.thrift { thrift in
            thrift.structure(2) { $0.field(1, int32: 0) }
            thrift.structure(3)
            thrift.field(4, int32: 5)
        }
        #expect(nested == [0x2C, 0x15, 0, 0, 0x1C, 0, 0x15, 10, 0])
        let few = Self.thrift { $0.field(1, int32s: [1, -1]) }
        #expect(few == [0x19, 0x25, 2, 1, 0])
        let many = Self.thrift { $0.field(1, texts: [String](repeating: "", count: 15)) }
        #expect(many == [0x19, 0xF8, 15] + [UInt8](repeating: 0, count: 15) + [0])
        let lists = Self.thrift { thrift in
            thrift.structures(1, [7, 8]) { $1.field(2, int32: $0) }
        }
        #expect(lists == [0x19, 0x2C, 0x25, 14, 0, 0x25, 16, 0, 0])
    }

    private static func runs(_ values: [UInt32], width: Int) -> [UInt8] {
        var sink = ByteSink()
        RunLengths.append(values.span, width: width, to: &sink)
        return sink.bytes
    }

    @Test func numbersAreRunsAndGroupsOfEight() {
        #expect(Self.runs([], width: 1) == [])
        // Levels of ten rows that all have a value.
        #expect(Self.runs([UInt32](repeating: 1, count: 10), width: 1) == [0x14, 0x01])
        #expect(Self.runs([0, 1, 2, 3, 4, 5, 6, 7], width: 3) == [0x03, 0x88, 0xC6, 0xFA])
        // The run gives what the group before it lacks.
        let levels: [UInt32] = [0, 1, 0] + [UInt32](repeating: 1, count: 16)
        #expect(Self.runs(levels, width: 1) == [0x03, 0xFA, 0x16, 0x01])
        let codes = [UInt32](repeating: 5, count: 8) + [1, 2]
        #expect(Self.runs(codes, width: 3) == [0x10, 0x05, 0x03, 0x11, 0x00, 0x00])
        let wide: [UInt32] = [1, 2, 3] + [UInt32](repeating: 300, count: 20)
        let bytes: [UInt8] = [0x03, 0x01, 0x04, 0x0C, 0x60, 0xC9, 0x92, 0x25, 0x4B, 0x96, 0x1E, 0x2C, 0x01]
        #expect(Self.runs(wide, width: 9) == bytes)
    }

    @Test(arguments: [1, 2, 7, 8, 13, 32]) func whatIsWrittenAsRunsIsRead(width: Int) throws {
        var generator = SeededGenerator(seed: UInt64(width))
        let greatest = UInt32(truncatingIfNeeded: UInt64(1) << UInt64(width) - 1)
        for _ in 0..<200 {
            var values: [UInt32] = []
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                let value = UInt32.random(in: 0...greatest, using: &generator)
                values += [UInt32](repeating: value, count: Int.random(in: 1...20, using: &generator))
            }
            let bytes = Self.runs(values, width: width)
            #expect(try ParquetReading.runs(bytes[...], width: width, count: values.count) == values)
        }
    }

    private static func deltas(_ values: [Int64]) -> [UInt8] {
        var sink = ByteSink()
        DeltaIntegers.append(values, to: &sink)
        return sink.bytes
    }

    @Test func integersAreDifferences() {
        // Blocks of 128 in four parts, five numbers, the first one; least difference 1, and nothing above it.
        #expect(Self.deltas([1, 2, 3, 4, 5]) == [0x80, 0x01, 4, 5, 2, 2, 0, 0, 0, 0])
        #expect(
            Self.deltas([7, 5, 3, 1, 2, 3, 4, 5])
                == [0x80, 0x01, 4, 8, 14, 3, 2, 0, 0, 0, 0xC0, 0x3F, 0, 0, 0, 0, 0, 0])
        #expect(Self.deltas([-3]) == [0x80, 0x01, 4, 1, 5])
    }

    @Test func whatIsWrittenAsDifferencesIsRead() throws {
        var generator = SeededGenerator(seed: 7)
        for bits in [0, 1, 5, 31, 32, 33, 47, 63] {
            for count in [1, 2, 32, 33, 128, 129, 130, 161, 400] {
                let most = Int64(truncatingIfNeeded: UInt64.max >> UInt64(64 - max(1, bits)))
                let values = (0..<count).map { _ in Int64.random(in: -most...most, using: &generator) }
                #expect(try ParquetReading.deltas(Self.deltas(values)[...]) == values)
            }
        }
        // Differences that no number holds wrap around.
        let far: [Int64] = [.min, .max, .min, 0, .max, -1, .min]
        #expect(try ParquetReading.deltas(Self.deltas(far)[...]) == far)
    }
}
