import Bytes
import Testing

/// Expected bytes are those of the format's own guide where it has an example, else worked out by its rules.
struct ProtobufWriterTests {
    private func written(_ body: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var writer = ProtobufWriter()
        body(&writer)
        return writer.bytes
    }

    @Test func scalars() {
        #expect(written { $0.field(1, varint: 150) } == [0x08, 0x96, 0x01])
        #expect(
            written { $0.field(1, varint: UInt64(bitPattern: -2)) } == [0x08, 0xfe] + Array(repeating: 0xff, count: 8)
                + [0x01])
        #expect(written { $0.field(16, bool: true) } == [0x80, 0x01, 0x01])
        #expect(written { $0.field(1, zigzag: -2) } == [0x08, 0x03])
        #expect(written { $0.field(1, zigzag: .min) } == [0x08] + Array(repeating: 0xff, count: 9) + [0x01])
        #expect(written { $0.field(1, double: 1) } == [0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f])
        #expect(written { $0.field(1, fixed32: 0x0102_0304) } == [0x0d, 4, 3, 2, 1])
    }

    @Test func lengthDelimited() {
        #expect(written { $0.field(2, text: "testing") } == [0x12, 0x07] + Array("testing".utf8))
        #expect(written { $0.field(2, bytes: [1, 2] as [UInt8]) } == [0x12, 2, 1, 2])
        #expect(
            written { $0.field(6, packedVarints: [3, 270, 86_942]) } == [
                0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05,
            ])
        #expect(written { $0.field(6, packedZigzags: [0, -1, 1]) } == [0x32, 3, 0, 1, 2])
        #expect(written { $0.field(6, packedVarints: []) } == [])
    }

    @Test func messagesKnowTheirLength() {
        #expect(written { $0.message(3) { $0.field(1, varint: 150) } } == [0x1a, 0x03, 0x08, 0x96, 0x01])
        #expect(written { writer in writer.delimited { _ in } } == [0])
        for length in [0, 1, 123, 124, 125, 126, 127, 128, 16_380, 16_384, 70_000] {
            let inner = Array(repeating: UInt8(7), count: length)
            let nested = written { $0.message(1) { $0.message(1) { $0.field(1, bytes: inner) } } }
            // A length and the bytes, three times over, each without tricks.
            let flat = written { $0.field(1, bytes: inner) }
            let twice = written { $0.field(1, bytes: flat) }
            #expect(nested == written { $0.field(1, bytes: twice) })
        }
    }
}
