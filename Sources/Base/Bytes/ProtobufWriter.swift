/// Appends fields in the protocol buffers wire format (https://protobuf.dev/programming-guides/encoding/).
///
/// Scalar fields are written also when they are zero: whoever calls decides what an absent field means.
package struct ProtobufWriter: Sendable {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []

    /// Last three bits of a tag.
    private enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case fixed32 = 5
    }

    /// An empty message.
    package init() {}

    /// Empties the writer and keeps its storage.
    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// `uint32`, `uint64`, an `enum`, and, by its two's complement, `int32` or `int64`.
    package mutating func field(_ number: Int, varint value: UInt64) {
        tag(number, .varint)
        append(varint: value)
    }

    /// `bool`.
    package mutating func field(_ number: Int, bool value: Bool) { field(number, varint: value ? 1 : 0) }

    /// `sint32` and `sint64`: zig-zag, so that small magnitudes of either sign stay short.
    package mutating func field(_ number: Int, zigzag value: Int64) { field(number, varint: Self.zigzag(value)) }

    /// `double`.
    package mutating func field(_ number: Int, double value: Double) { field(number, fixed64: value.bitPattern) }

    /// `fixed64` and `sfixed64`.
    package mutating func field(_ number: Int, fixed64 value: UInt64) {
        tag(number, .fixed64)
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    /// `fixed32` and `sfixed32`.
    package mutating func field(_ number: Int, fixed32 value: UInt32) {
        tag(number, .fixed32)
        for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    /// `string`.
    package mutating func field(_ number: Int, text value: String) {
        tag(number, .lengthDelimited)
        append(varint: UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    /// `bytes`.
    package mutating func field(_ number: Int, bytes value: some Collection<UInt8>) {
        tag(number, .lengthDelimited)
        append(varint: UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// A packed `repeated` field of varints; nothing for no values.
    package mutating func field(_ number: Int, packedVarints values: [UInt64]) {
        guard !values.isEmpty else { return }
        message(number) { for value in values { $0.append(varint: value) } }
    }

    /// A packed `repeated` field of `sint32` or `sint64`; nothing for no values.
    package mutating func field(_ number: Int, packedZigzags values: [Int64]) {
        guard !values.isEmpty else { return }
        message(number) { for value in values { $0.append(varint: Self.zigzag(value)) } }
    }

    /// A message as a field.
    /// - Complexity: O(bytes of the message) beyond what `body` takes: its length goes ahead of it once it is known.
    package mutating func message<Failure: Error>(
        _ number: Int, _ body: (inout ProtobufWriter) throws(Failure) -> Void
    ) throws(Failure) {
        tag(number, .lengthDelimited)
        try delimited(body)
    }

    /// A message with its length ahead, as streams of messages have it.
    /// - Complexity: as ``message(_:_:)``.
    package mutating func delimited<Failure: Error>(_ body: (inout ProtobufWriter) throws(Failure) -> Void)
        throws(Failure)
    {
        let start = bytes.count
        // Room for the length of a short message; a longer one moves.
        bytes.append(0)
        try body(&self)
        assert(bytes.count > start, "the body of a message only appends")
        var length = UInt64(bytes.count - start - 1)
        if length < 0x80 {
            bytes[start] = UInt8(length)
            return
        }
        var prefix: [UInt8] = []
        while length >= 0x80 {
            prefix.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        prefix.append(UInt8(length))
        bytes.replaceSubrange(start...start, with: prefix)
    }

    /// One value of a packed field, within the body of ``message(_:_:)``.
    package mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func tag(_ number: Int, _ type: WireType) {
        precondition(number > 0 && number < 1 << 29, "field numbers run from 1 to 2^29 - 1")
        append(varint: UInt64(number) << 3 | type.rawValue)
    }

    private static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }
}
