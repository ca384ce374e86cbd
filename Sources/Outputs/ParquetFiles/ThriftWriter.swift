import Bytes

/// Appends a structure in Thrift's compact protocol, as far as Parquet's own words need it
/// (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
///
/// A field is written as how far its number is from the one before it, so numbers ascend; one of a number that is
/// skipped is absent.
struct ThriftWriter: Sendable {
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
    var bytes: [UInt8] { sink.bytes }

    mutating func field(_ number: Int, bool value: Bool) { head(number, value ? .yes : .no) }

    mutating func field(_ number: Int, byte value: Int8) {
        head(number, .byte)
        sink.append(UInt8(bitPattern: value))
    }

    mutating func field(_ number: Int, int16 value: Int16) {
        head(number, .int16)
        sink.append(zigzag: Int64(value))
    }

    mutating func field(_ number: Int, int32 value: Int32) {
        head(number, .int32)
        sink.append(zigzag: Int64(value))
    }

    mutating func field(_ number: Int, int64 value: Int64) {
        head(number, .int64)
        sink.append(zigzag: value)
    }

    mutating func field(_ number: Int, bytes value: [UInt8]) {
        head(number, .bytes)
        sink.append(varint: UInt64(value.count))
        sink.append(contentsOf: value.span)
    }

    mutating func field(_ number: Int, text value: String) {
        head(number, .bytes)
        sink.append(text: value)
    }

    mutating func field(_ number: Int, int32s values: [Int32]) {
        list(number, .int32, values.count)
        for value in values { sink.append(zigzag: Int64(value)) }
    }

    mutating func field(_ number: Int, texts values: [String]) {
        list(number, .bytes, values.count)
        for value in values { sink.append(text: value) }
    }

    /// A structure as a field; without a body an empty one, as unions have them.
    mutating func structure(_ number: Int, _ body: (inout ThriftWriter) -> Void = { _ in }) {
        head(number, .structure)
        element(body)
    }

    mutating func structures<Element>(
        _ number: Int, _ elements: [Element], _ body: (Element, inout ThriftWriter) -> Void
    ) {
        list(number, .structure, elements.count)
        for value in elements { element { body(value, &$0) } }
    }

    /// Ends the outermost structure.
    mutating func end() { sink.append(UInt8(0)) }

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
