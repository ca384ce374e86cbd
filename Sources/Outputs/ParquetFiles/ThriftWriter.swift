import Bytes

// tests: bytes of the protocol are looked at one by one.
/// Appends a structure in Thrift's compact protocol, as far as Parquet's own words need it
/// (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
///
/// A field is written as how far its number is from the one before it, so numbers ascend; one of a number that is
/// skipped is absent.
package struct ThriftWriter: Sendable {
    private var sink = ByteSink()
    /// The number of the last field of the structure that is open.
    private var last = 0

    /// Last four bits of a field's head.
    private enum Kind: UInt8 {
        case yes = 1
        case no = 2
        case byte = 3
        case int16 = 4
        case int32 = 5
        case int64 = 6
        case bytes = 8
        case list = 9
        case structure = 12
    }

    /// What was written so far.
    package var bytes: [UInt8] { sink.bytes }

    /// Nothing is written yet.
    package init() {}

    /// A truth value, which its head holds.
    package mutating func field(_ number: Int, bool value: Bool) { head(number, value ? .yes : .no) }

    /// A number of eight bits, as it is.
    package mutating func field(_ number: Int, byte value: Int8) {
        head(number, .byte)
        sink.append(UInt8(bitPattern: value))
    }

    /// A number of 16 bits, by zig-zag and as a varint.
    package mutating func field(_ number: Int, int16 value: Int16) {
        head(number, .int16)
        sink.append(zigzag: Int64(value))
    }

    /// The same of 32 bits.
    package mutating func field(_ number: Int, int32 value: Int32) {
        head(number, .int32)
        sink.append(zigzag: Int64(value))
    }

    /// The same of 64 bits.
    package mutating func field(_ number: Int, int64 value: Int64) {
        head(number, .int64)
        sink.append(zigzag: value)
    }

    /// Bytes, with their number ahead.
    package mutating func field(_ number: Int, bytes value: [UInt8]) {
        head(number, .bytes)
        sink.append(varint: UInt64(value.count))
        sink.append(contentsOf: value.span)
    }

    /// A text as its bytes.
    package mutating func field(_ number: Int, text value: String) {
        head(number, .bytes)
        sink.append(text: value)
    }

    /// A list of numbers of 32 bits.
    package mutating func field(_ number: Int, int32s values: [Int32]) {
        list(number, .int32, values.count)
        for value in values { sink.append(zigzag: Int64(value)) }
    }

    /// A list of texts.
    package mutating func field(_ number: Int, texts values: [String]) {
        list(number, .bytes, values.count)
        for value in values { sink.append(text: value) }
    }

    /// A structure as a field; without a body an empty one, as unions have them.
    package mutating func structure(_ number: Int, _ body: (inout ThriftWriter) -> Void = { _ in }) {
        head(number, .structure)
        element(body)
    }

    /// A list of structures, each of which `body` writes.
    package mutating func structures<Element>(
        _ number: Int, _ elements: [Element], _ body: (Element, inout ThriftWriter) -> Void
    ) {
        list(number, .structure, elements.count)
        for value in elements { element { body(value, &$0) } }
    }

    /// Ends the outermost structure.
    package mutating func end() { sink.append(UInt8(0)) }

    private mutating func element(_ body: (inout ThriftWriter) -> Void) {
        let outer = last
        last = 0
        body(&self)
        end()
        last = outer
    }

    private mutating func list(_ number: Int, _ kind: Kind, _ count: Int) {
        head(number, .list)
        if count < 15 { return sink.append(UInt8(count) << 4 | kind.rawValue) }
        sink.append(0xF0 | kind.rawValue)
        sink.append(varint: UInt64(count))
    }

    private mutating func head(_ number: Int, _ kind: Kind) {
        precondition(number > last && number <= Int(Int16.max), "numbers of fields ascend")
        let step = number - last
        if step <= 15 {
            sink.append(UInt8(step) << 4 | kind.rawValue)
        } else {
            sink.append(kind.rawValue)
            sink.append(zigzag: Int64(number))
        }
        last = number
    }
}
