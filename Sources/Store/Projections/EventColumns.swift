import Bytes
package import Columnar
import Domain

/// Some rows of a table of events as a fold reads them. No event's row is made of them: what stands in columns lies
/// here as words, those of one event side by side, a text as its place in one run of bytes.
///
/// A class: many events are read out of it, and of a value each of them would count the references to what it holds.
package final class EventColumns: Sendable {
    /// What a word means.
    private enum Kind: UInt8 {
        case integer, boolean, text, json
    }

    /// One column of those that have a value in any row.
    private struct Field {
        let column: UInt16
        let kind: Kind
    }

    /// Index into `SchemaRegistry.types`.
    let type: UInt16
    /// How many events.
    package let count: Int
    /// UTF-8 of all texts. Who folds has them among its buffers.
    package let texts: [UInt8]
    /// Of each event, ns since 1970 UTC.
    let times: [Int64]
    /// Of each event.
    let positions: [Int64]
    /// Events that came without a time; nil where all have one.
    private let isTimeAbsent: [Bool]?
    /// Ascending by column.
    private let fields: [Field]
    /// As many for each event as there are fields: a number as it is, a truth as 0 or 1, of a text where it begins in
    /// ``texts`` above, its length below.
    private let words: [UInt64]
    /// For each event a bit for each field that it has.
    let present: [UInt64]
    /// Bits of the fields of which an event means something to the fold itself, not to a row that it makes alone.
    let folded: UInt64
    /// Those of them that mean nothing once an event before has them: who it is about, and context but the trace.
    let settled: UInt64
    /// A bit for each context column among these, by its place in `ReadModelColumns.context`.
    let contextOrdinals: UInt32
    /// How long the texts of each event are together.
    private let textBytes: [UInt64]

    /// Words of so many events are written column by column before the next ones': they stay close to the processor.
    private static let rowsAtOnce = 256

    /// Takes some rows out of columns.
    /// - Parameters:
    ///   - type: index into `SchemaRegistry.types`.
    ///   - rows: where the events stand in the columns.
    ///   - times: of the columns' events, ns since 1970 UTC.
    ///   - positions: likewise.
    ///   - isTimeAbsent: likewise, which of them came without a time; nil where all have one.
    ///   - values: by registry column, which ascend, the columns that the fold reads and no others, ids or no ids:
    ///     who leaves them out gives them where they are asked for (``FoldColumns/needsIDs(_:eventsMax:bytesMax:)``).
    ///   - textBytesMax: of the texts together.
    /// - Returns: nil where the texts are longer than that, unless it is one event.
    /// - Precondition: at most 64 columns.
    /// - Complexity: O(rows · columns + bytes of their texts).
    package init?(
        type: UInt16, rows: [Int], times: Vector, positions: Vector, isTimeAbsent: Vector?,
        values: [(column: UInt16, vector: Vector)], for columns: FoldColumns, textBytesMax: Int
    ) {
        precondition(values.count <= UInt64.bitWidth, "a bit for each column")
        assert(zip(values, values.dropFirst()).allSatisfy { $0.column < $1.column }, "columns ascend")
        var texts: [UInt8] = []
        var sources: [(field: Field, source: Source)] = []
        for value in values {
            guard let kind = Self.kind(of: value.vector), let source = Source(value.vector, rows, &texts) else {
                continue
            }
            sources.append((Field(column: value.column, kind: kind), source))
            if texts.count > textBytesMax, rows.count > 1 { return nil }
        }
        let (fields, width) = (sources.map(\.field), sources.count)
        var words = [UInt64](repeating: 0, count: rows.count * width)
        var present = [UInt64](repeating: 0, count: rows.count)
        var textBytes = present
        for first in stride(from: 0, to: rows.count, by: Self.rowsAtOnce) {
            let block = first..<min(first + Self.rowsAtOnce, rows.count)
            for (slot, source) in sources.enumerated() {
                source.source.put(rows, block, slot, of: width, words: &words, present: &present)
                guard source.field.kind == .text else { continue }
                for place in block { textBytes[place] &+= words[place &* width &+ slot] & Self.lengthMask }
            }
        }
        self.type = type
        count = rows.count
        (self.texts, self.fields, self.words, self.present, self.textBytes) = (texts, fields, words, present, textBytes)
        self.times = times.wholeNumbers(at: rows)
        self.positions = positions.wholeNumbers(at: rows)
        self.isTimeAbsent = isTimeAbsent.flatMap { absent in
            absent.isAllNull ? nil : rows.map { absent.scalar(at: $0).isTrue }
        }
        var folded: UInt64 = 0
        for (slot, field) in fields.enumerated() where columns.roles[Int(field.column)] != .none {
            folded |= 1 << UInt64(slot)
        }
        self.folded = folded
        (settled, contextOrdinals) = Self.settled(fields, columns)
    }

    fileprivate static let lengthMask: UInt64 = 0xFFFF_FFFF

    private static func settled(_ fields: [Field], _ columns: FoldColumns) -> (slots: UInt64, ordinals: UInt32) {
        var (slots, ordinals): (UInt64, UInt32) = (0, 0)
        for (slot, field) in fields.enumerated() where field.kind == .text {
            let ordinal = columns.ordinals[Int(field.column)]
            switch columns.roles[Int(field.column)] {
            case .conversation: slots |= 1 << UInt64(slot)
            case .context where Int(ordinal) != columns.traceOrdinal:
                slots |= 1 << UInt64(slot)
                ordinals |= 1 << UInt32(ordinal)
            default: break
            }
        }
        return (slots, ordinals)
    }

    /// nil for columns that no fold has a use for.
    private static func kind(of vector: Vector) -> Kind? {
        switch vector.type {
        case .integer, .timestamptz, .timestamp, .date, .numeric: .integer
        case .boolean: .boolean
        case .text: .text
        case .json: .json
        case .double, .interval, .array, .null: nil
        }
    }

    // MARK: One event

    /// Moves to the next field of an event and takes it out of the bits.
    /// - Parameter bits: fields of the event that are wanted; not none.
    @inline(__always) func next(_ event: Int, _ bits: inout UInt64) -> (column: Int, value: EventRowCursor.Value) {
        let slot = bits.trailingZeroBitCount
        bits &= bits &- 1
        let (field, word) = (fields[slot], words[event &* fields.count &+ slot])
        let value: EventRowCursor.Value =
            switch field.kind {
            case .integer: .integer(Int64(bitPattern: word))
            case .boolean: .boolean(word != 0)
            case .text: .text(Self.range(word))
            case .json: .json(Self.range(word))
            }
        return (Int(field.column), value)
    }

    @inline(__always) private static func range(_ word: UInt64) -> Range<Int> {
        let start = Int(word >> 32)
        return start..<(start &+ Int(word & lengthMask))
    }

    /// Where a text column stands in each event, for ``text(inSlot:_:)``; nil where no event has a text of it.
    /// - Complexity: O(columns).
    package func slot(ofTexts column: UInt16) -> Int? {
        guard let slot = fields.firstIndex(where: { $0.column == column }), fields[slot].kind == .text else {
            return nil
        }
        return slot
    }

    /// The bytes of a text column among ``texts``; nil for null.
    func text(inSlot slot: Int, _ event: Int) -> Range<Int>? {
        guard present[event] & 1 << UInt64(slot) != 0 else { return nil }
        return Self.range(words[event * fields.count + slot])
    }

    /// The bytes of a text column among ``texts``; nil for null and for other kinds.
    /// - Complexity: O(columns).
    package func text(of column: UInt16, _ event: Int) -> Range<Int>? {
        slot(ofTexts: column).flatMap { text(inSlot: $0, event) }
    }

    /// References to all events, in order.
    /// - Parameters:
    ///   - buffer: where their texts are.
    ///   - cost: of each an index into the costs beside the buffer; −1 for events that cost nothing.
    /// - Complexity: O(events).
    package func references(buffer: Int32, cost: (_ event: Int) -> Int32) -> [EventReference] {
        (0..<count).map { EventReference(self, $0, buffer: buffer, cost: cost($0)) }
    }

    /// Where the texts of a column stand in ``texts``, by event: words of which two that are equal are of one text, for
    /// ``range(ofPlace:)``; ``noPlace`` for null. Plain numbers, since who goes through them is in another room.
    /// - Parameter slot: of ``slot(ofTexts:)``.
    /// - Complexity: O(events).
    package func places(inSlot slot: Int) -> [UInt64] {
        let bit: UInt64 = 1 << UInt64(slot)
        let (words, width) = (words, fields.count)
        return present.enumerated().map { $1 & bit == 0 ? Self.noPlace : words[$0 &* width &+ slot] }
    }

    /// No text stands there: texts are shorter together.
    package static let noPlace = UInt64.max

    /// The bytes of the text at a place among ``texts``.
    package static func range(ofPlace place: UInt64) -> Range<Int> { range(place) }

    /// How long the texts are of which an event has each as a text.
    func textByteCount(_ event: Int) -> Int32 { Int32(clamping: textBytes[event]) }

    /// Has memory give an event that is read soon; what it returns means nothing.
    @inline(__always) func touched(_ event: Int) -> UInt8 {
        var (sum, place, end) = (present[event], event &* fields.count, (event &+ 1) &* fields.count)
        while place < end {
            sum &+= words[place]
            place &+= 8
        }
        return UInt8(truncatingIfNeeded: sum)
    }

    /// Whether an event came without a time.
    func isTimeAbsent(_ event: Int) -> Bool { isTimeAbsent?[event] ?? false }

    /// A row of the event's first fields, which are its identity: rows alone say how one is hashed.
    /// - Parameter ids: those of the events, where they are not here.
    func identityRow(_ event: Int, _ ids: EventColumns?) -> [UInt8] {
        var writer = EventRowWriter()
        writer.begin(type: type, time: times[event], isTimeAbsent: isTimeAbsent(event))
        ids?.write(first: 1, of: event, into: &writer)
        write(first: ids == nil ? 3 : 2, of: event, into: &writer)
        writer.end()
        return writer.take()
    }

    private func write(first count: Int, of event: Int, into writer: inout EventRowWriter) {
        let texts = texts
        var bits = present[event]
        for _ in 0..<count where bits != 0 {
            let (column, value) = next(event, &bits)
            switch value {
            case .integer(let value): writer.add(UInt16(column), integer: value)
            case .boolean(let value): writer.add(UInt16(column), boolean: value)
            case .text(let range): writer.add(UInt16(column), utf8: texts.span.extracting(range), isJSON: false)
            case .json(let range): writer.add(UInt16(column), utf8: texts.span.extracting(range), isJSON: true)
            case .double: break
            }
        }
    }
}

/// A column whose shape was looked at once.
private struct Source {
    private enum Values {
        case integers([Int64])
        case booleans([Bool])
        /// Texts by code.
        case codes([UInt32], words: [UInt64])
        /// By place among the rows: of a few rows of many no more is made than these have.
        case words([UInt64])
        case same(UInt64)
    }

    private let values: Values
    /// nil where all rows have a value.
    private let validity: Validity?

    /// - Parameter texts: what the column's texts are added to.
    /// - Returns: nil for a column without any value.
    init?(_ vector: Vector, _ rows: [Int], _ texts: inout [UInt8]) {
        switch vector.storage {
        case .constant(.null): return nil
        case .int64(let integers): (values, validity) = (.integers(integers), vector.validity)
        case .boolean(let booleans): (values, validity) = (.booleans(booleans), vector.validity)
        case .text(let codes, let dictionary):
            values = Self.values(codes, dictionary, vector.validity, rows, &texts)
            validity = vector.validity
        case .constant(let value):
            guard let word = Self.word(value, &texts) else { return nil }
            (values, validity) = (.same(word), nil)
        default:
            var words = [UInt64](repeating: 0, count: rows.count)
            var present = Validity(count: vector.count, allValid: false)
            for (place, row) in rows.enumerated() {
                guard let word = Self.word(vector.scalar(at: row), &texts) else { continue }
                words[place] = word
                present[row] = true
            }
            (values, validity) = (.words(words), present)
        }
    }

    /// All texts of a dictionary of which many are wanted, by code; else those of the rows alone.
    private static func values(
        _ codes: [UInt32], _ dictionary: TextDictionary, _ validity: Validity?, _ rows: [Int], _ texts: inout [UInt8]
    ) -> Values {
        if dictionary.count <= 2 * rows.count {
            let start = texts.count
            texts.append(contentsOf: dictionary.bytes)
            return .codes(codes, words: (0..<dictionary.count).map { word(dictionary.range($0), after: start) })
        }
        var words = [UInt64](repeating: 0, count: rows.count)
        let bytes = dictionary.bytes
        for (place, row) in rows.enumerated() where validity?[row] ?? true {
            let range = dictionary.range(Int(codes[row]))
            words[place] = word(0..<range.count, after: texts.count)
            texts.append(contentsOf: bytes.span.extracting(range))
        }
        return .words(words)
    }

    private static func word(_ range: Range<Int>, after start: Int) -> UInt64 {
        UInt64(start + range.lowerBound) << 32 | UInt64(range.count) & EventColumns.lengthMask
    }

    /// nil for what no fold has a use for.
    private static func word(_ value: Scalar, _ texts: inout [UInt8]) -> UInt64? {
        switch value {
        case .boolean(let value): return value ? 1 : 0
        case .text(let text), .json(let text):
            let start = texts.count
            texts.append(contentsOf: text.utf8)
            return word(0..<(texts.count - start), after: start)
        default: return value.wholeNumber.map { UInt64(bitPattern: $0) }
        }
    }

    /// Writes the words of a block of rows.
    func put(
        _ rows: [Int], _ block: Range<Int>, _ slot: Int, of width: Int, words: inout [UInt64], present: inout [UInt64]
    ) {
        /// - Parameter value: by place among the rows.
        @inline(__always) func put(_ value: (Int) -> UInt64) {
            Self.put(rows, block, slot, of: width, validity, words: &words, present: &present, value)
        }
        switch values {
        case .integers(let integers): put { UInt64(bitPattern: integers[rows[$0]]) }
        case .booleans(let booleans): put { booleans[rows[$0]] ? 1 : 0 }
        case .codes(let codes, let byCode): put { byCode[Int(codes[rows[$0]])] }
        case .words(let byPlace): put { byPlace[$0] }
        case .same(let word): put { _ in word }
        }
    }

    @inline(__always)
    private static func put(
        _ rows: [Int], _ block: Range<Int>, _ slot: Int, of width: Int, _ validity: Validity?, words: inout [UInt64],
        present: inout [UInt64], _ value: (Int) -> UInt64
    ) {
        let bit: UInt64 = 1 << UInt64(slot)
        var words = words.mutableSpan
        var present = present.mutableSpan
        guard let validity else {
            for place in block {
                words[place &* width &+ slot] = value(place)
                present[place] |= bit
            }
            return
        }
        for place in block where validity[rows[place]] {
            words[place &* width &+ slot] = value(place)
            present[place] |= bit
        }
    }
}

extension Scalar {
    /// What a column of whole numbers holds, of whatever type; nil for null, for what is no number and for one that 64
    /// bits do not hold.
    fileprivate var wholeNumber: Int64? {
        switch self {
        case .integer(let value), .timestamptz(let value), .timestamp(let value), .date(let value): value
        case .numeric(let value, _): Int64(exactly: value)
        default: nil
        }
    }

    fileprivate var isTrue: Bool { if case .boolean(true) = self { true } else { false } }
}

extension Vector {
    /// The numbers of some rows; 0 for null, as null rows hold it.
    fileprivate func wholeNumbers(at rows: [Int]) -> [Int64] {
        if case .int64(let values) = storage { return rows.map { values[$0] } }
        return rows.map { scalar(at: $0).wholeNumber ?? 0 }
    }
}
