package import Bytes

/// Builds rows end to end without an allocation per event: begin, add fields in ascending column order, end.
@usableFromInline package struct EventRowWriter: Sendable {
    /// Bytes of a row before its fields.
    @inlinable package static var headerBytes: Int { 16 }
    /// All rows so far; the last one is whole only after ``end()``.
    package private(set) var sink: PaddedSink
    private var rowStart = 0
    private var fieldCount: UInt8 = 0
    private var lastColumn = -1

    /// A writer with room for so many bytes.
    package init(capacity: Int = 0) { sink = PaddedSink(capacity: capacity) }

    /// Hands over all rows; the writer is empty afterwards.
    package mutating func take() -> [UInt8] { sink.take() }

    /// Forgets all rows and keeps the memory.
    package mutating func removeAll() { sink.removeAll() }

    /// Begins a row.
    /// - Parameters:
    ///   - type: index into `SchemaRegistry.types`.
    ///   - time: ns since 1970 UTC.
    package mutating func begin(type: UInt16, time: Int64, isTimeAbsent: Bool) {
        rowStart = sink.count
        fieldCount = 0
        lastColumn = -1
        // Length and field count stay open until the end.
        sink.append(word: UInt64(type) << 32 | (isTimeAbsent ? 1 << 48 : 0), count: 8)
        sink.append(word: UInt64(bitPattern: time), count: 8)
    }

    private mutating func count(_ column: UInt16) {
        precondition(Int(column) > lastColumn, "fields ascend by column")
        lastColumn = Int(column)
        fieldCount &+= 1
    }

    private mutating func open(_ column: UInt16, _ kind: EventFieldKind) {
        count(column)
        sink.append(word: UInt64(column) | UInt64(kind.rawValue) << 16, count: 3)
    }

    /// Column, kind and a varint; in one step where the varint has at most five bytes.
    private mutating func open(_ column: UInt16, _ kind: EventFieldKind, varint value: UInt64) {
        guard value < Self.headVarintEnd else {
            open(column, kind)
            return sink.append(varint: value)
        }
        count(column)
        let head = Self.head(column, kind, value)
        sink.append(word: head.word, count: head.count)
    }

    /// Varints below it have at most five bytes.
    private static let headVarintEnd: UInt64 = 1 << 35

    /// Column, kind and a short varint as one word, and how many of its bytes count.
    private static func head(_ column: UInt16, _ kind: EventFieldKind, _ value: UInt64) -> (word: UInt64, count: Int) {
        var word = UInt64(column) | UInt64(kind.rawValue) << 16
        if value < 0x80 { return (word | value << 24, 4) }
        var (rest, shift) = (value, 24)
        while rest >= 0x80 {
            word |= (rest & 0x7F | 0x80) << UInt64(shift)
            rest >>= 7
            shift += 8
        }
        assert(shift <= 56, "column, kind and varint fit a word")
        return (word | rest << UInt64(shift), (shift >> 3) + 1)
    }

    /// Adds an integer, also for durations, timestamps (ns) and prices (pico-USD per token).
    /// - Precondition: columns ascend within a row.
    package mutating func add(_ column: UInt16, integer value: Int64) {
        open(column, .integer, varint: UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// Adds a double.
    /// - Precondition: columns ascend within a row.
    package mutating func add(_ column: UInt16, double value: Double) {
        open(column, .double)
        sink.append(word: value.bitPattern, count: 8)
    }

    /// Adds a boolean.
    /// - Precondition: columns ascend within a row.
    package mutating func add(_ column: UInt16, boolean value: Bool) {
        open(column, .boolean)
        sink.append(word: value ? 1 : 0, count: 1)
    }

    /// UTF-8 that the caller has checked.
    package mutating func add(_ column: UInt16, utf8 value: some Collection<UInt8>, isJSON: Bool = false) {
        add(column, utf8: Array(value).span, isJSON: isJSON)
    }

    /// UTF-8 that the caller has checked; the decoder's way, without a generic call.
    package mutating func add(_ column: UInt16, utf8 value: Span<UInt8>, isJSON: Bool) {
        let kind: EventFieldKind = isJSON ? .json : .text
        guard value.count < Self.headVarintEnd else {
            open(column, kind, varint: UInt64(value.count))
            return sink.append(contentsOf: value)
        }
        count(column)
        let head = Self.head(column, kind, UInt64(value.count))
        sink.append(head: head.word, head.count, contentsOf: value)
    }

    /// Adds a value of any kind.
    /// - Precondition: columns ascend within a row.
    package mutating func add(_ column: UInt16, _ value: EventValue) {
        switch value {
        case .integer(let value): add(column, integer: value)
        case .double(let value): add(column, double: value)
        case .boolean(let value): add(column, boolean: value)
        case .text(let value): add(column, utf8: value.utf8)
        case .json(let value): add(column, utf8: value.utf8, isJSON: true)
        }
    }

    /// Ends the row: its length and number of fields are known now.
    package mutating func end() {
        assert(sink.count - rowStart >= Self.headerBytes, "a row was begun")
        sink.patch(word: UInt32(sink.count - rowStart), at: rowStart)
        sink.patch(byte: fieldCount, at: rowStart + 7)
    }
}
