internal import Bytes

/// Scalars in page headers: integers as zig-zag varints, numerics as two varints, doubles as their bit pattern,
/// booleans as a byte, texts as a varint length and UTF-8.
enum SummaryCoding {
    static func write(_ value: Scalar, type: ColumnType, into sink: inout ByteSink) {
        switch value {
        case .integer(let value), .timestamptz(let value), .timestamp(let value), .date(let value):
            sink.append(zigzag: value)
        case .numeric(let value, _): write(wide: value, into: &sink)
        case .double(let value): sink.append(value)
        case .boolean(let value): sink.append(UInt8(value ? 1 : 0))
        case .text(let value), .json(let value): sink.append(text: value)
        case .null, .interval, .array: preconditionFailure("not a value that pages summarise")
        }
    }

    static func read(type: ColumnType, from cursor: inout ByteCursor) throws(DecodingError) -> Scalar {
        switch type {
        case .integer: return .integer(try cursor.readZigzag())
        case .timestamptz: return .timestamptz(try cursor.readZigzag())
        case .timestamp: return .timestamp(try cursor.readZigzag())
        case .date: return .date(try cursor.readZigzag())
        case .numeric(let scale): return .numeric(try readWide(from: &cursor), scale: scale)
        case .double: return .double(try cursor.readDouble())
        case .boolean: return .boolean(try cursor.readByte() != 0)
        case .text: return .text(try cursor.readText(max: PageLimits.constantTextBytesMax))
        case .json: return .json(try cursor.readText(max: PageLimits.constantTextBytesMax))
        case .interval, .array, .null: throw cursor.failure("a column type that pages summarise")
        }
    }

    static func write(wide value: Int128, into sink: inout ByteSink) {
        let zigzag = UInt128(bitPattern: (value << 1) ^ (value >> 127))
        sink.append(varint: UInt64(truncatingIfNeeded: zigzag))
        sink.append(varint: UInt64(truncatingIfNeeded: zigzag >> 64))
    }

    static func readWide(from cursor: inout ByteCursor) throws(DecodingError) -> Int128 {
        let low = try cursor.readVarint()
        let zigzag = UInt128(try cursor.readVarint()) << 64 | UInt128(low)
        return Int128(bitPattern: zigzag >> 1) ^ -Int128(bitPattern: zigzag & 1)
    }
}
