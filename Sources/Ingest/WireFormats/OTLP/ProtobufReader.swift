internal import Bytes

/// The content of one field of a protobuf message.
enum ProtobufContent {
    /// Wire types 0, 1 and 5: varint, 64 bits, 32 bits.
    case number(UInt64)
    /// Wire type 2.
    case bytes(ArraySlice<UInt8>)
}

/// Walks the fields of one message in the protobuf wire format. Unknown fields are the caller's to skip, groups are
/// refused.
struct ProtobufReader {
    private var cursor: ByteCursor
    /// Number of the field that ``next()`` moved to.
    private(set) var field = 0

    init(_ bytes: ArraySlice<UInt8>) { cursor = ByteCursor(bytes) }

    /// Moves to the next field; nil after the last.
    /// - Throws: with the place inside the whole body.
    mutating func next() throws(DecodingError) -> ProtobufContent? {
        guard !cursor.isAtEnd else { return nil }
        let start = cursor.index
        do throws(DecodingError) {
            let tag = try cursor.readVarint()
            guard tag >> 3 > 0, tag >> 3 < 1 << 29 else { throw cursor.failure("a field number") }
            field = Int(tag >> 3)
            switch tag & 7 {
            case 0: return .number(try cursor.readVarint())
            case 1: return .number(try cursor.read(littleEndian: UInt64.self))
            case 2: return .bytes(try cursor.readSlice(try cursor.readCount(max: cursor.remaining)))
            case 5: return .number(UInt64(try cursor.read(littleEndian: UInt32.self)))
            default: throw cursor.failure("a wire type of 0, 1, 2 or 5")
            }
        } catch {
            throw DecodingError(offset: start, expectation: error.expectation)
        }
    }
}
