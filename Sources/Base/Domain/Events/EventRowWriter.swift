package import Bytes

// One event as bytes: the form in which it travels from the decoder through the writer into the log, and back.
// Little-endian.
//
//     offset  size  field
//     0       4     rowBytes      whole row, this field included
//     4       2     type          index into SchemaRegistry.types
//     6       1     flags         bit 0: the event came without `time`; others zero
//     7       1     fieldCount    number of fields modulo 256: a check, not a limit
//     8       8     time          ns since 1970 UTC; of an event without `time` the received_time, set by the writer
//     16      …     fields        ascending by column, each column at most once:
//                                   2  column   index into SchemaRegistry.columns
//                                   1  kind     see EventField.Kind
//                                   …  value    integer: zig-zag varint · double: 8 · boolean: 1 · text, json: varint length + UTF-8
//
// Absent means null. `id`, `source` and `tenant` are always present. Equal events have equal bytes (identity and
// conflict checks compare them). Derived values (position, received_time, costs) are never in a row.

/// A value of an event's field. Integers also carry durations, timestamps (ns), and prices (pico-USD per token).
package enum EventValue: Hashable, Sendable {
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    case text(String)
    /// Canonical JSON (sorted keys, no white space): `attributes` and other maps.
    case json(String)
}

/// How a field's value is written in a row.
package enum EventFieldKind: UInt8, Sendable {
    case integer = 1, double = 2, boolean = 3, text = 4, json = 5
}

/// Builds rows end to end without an allocation per event: begin, add fields in ascending column order, end.
package struct EventRowWriter: Sendable {
    /// Bytes of a row before its fields.
    package static let headerBytes = 16
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
        guard value < 1 << 35 else {
            open(column, kind)
            return sink.append(varint: value)
        }
        count(column)
        var word = UInt64(column) | UInt64(kind.rawValue) << 16
        var (rest, shift) = (value, 24)
        while rest >= 0x80 {
            word |= (rest & 0x7F | 0x80) << UInt64(shift)
            rest >>= 7
            shift += 8
        }
        assert(shift <= 56, "column, kind and varint fit a word")
        sink.append(word: word | rest << UInt64(shift), count: (shift >> 3) + 1)
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
        open(column, isJSON ? .json : .text, varint: UInt64(value.count))
        sink.append(contentsOf: value)
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

/// Many rows end to end, in the order in which the events came.
package struct EventBatch: Sendable {
    /// The rows.
    package var bytes: [UInt8]
    /// Where each row begins in `bytes`.
    package var offsets: [UInt32]

    package init(bytes: [UInt8] = [], offsets: [UInt32] = []) {
        self.bytes = bytes
        self.offsets = offsets
    }

    /// How many events.
    package var count: Int { offsets.count }
}
