import Bytes
import Domain
import EventLogs

// What the store must know of its sealed past besides the segments themselves, published with them at one position: a
// file `state-<id>` beside the segments. Little-endian.
//
//     offset  size  field
//     0       1     version        StateVersion
//     1       8     position       the last sealed position
//     9       8     receivedTime   the last received_time given out
//     17      …     schemas        varint length + SchemaRegistry.serialised: what ids in files mean
//             …     book           varint length + PriceBook.serialised
//             …     absentTimes    varint count, then 8 hash + 8 time each
//             …     counters       varint length + MetricCounters.serialised (from version 2 on)
//             …     rebookings     varint count, then varint length + data of the record each (from version 3 on)
//             …     marks          varint count, then varint length + data of the record each (from version 4 on)
//             …     leads          varint count, then 8 position + 8 lead each (from version 5 on)
//             …     objectives     varint count, then 8 since + varint length + data of the record each (from version 6 on)
//             …     outcomes       varint length + data of the record, empty where the store never said (from version 7 on)
//             …     unfolded       varint count, then tenant and conversation, each a text (from version 8 on)
//             …     cut            varint count, then tenant and conversation of each, as above (from version 10 on; in
//                                  version 9 a varint number stands before it, and it names some of them)
//             …     losses         varint count, then varint length + data of the record each (from version 11 on)
//             …     rules          likewise (from version 12 on)
//             28    replayFrom     LogPlace: where the log goes on
//
// Compressed (version 14), which it is where that saves a tenth:
//
//     0       1     version        StateVersion.compressed
//     1       1     version        StateVersion of what is compressed: as drawn above
//     2       …     length         varint: of that, without its version; at most 256 times what follows
//             …     content        that, a frame of Zstandard

/// The ladder of the state's format; numbers are never used again.
enum StateVersion: UInt8, Comparable {
    /// Without counters: they begin at zero.
    case first = 1
    /// Without corrections of costs: there are none.
    case second = 2
    /// Without marks of deliveries: every destination begins at the end.
    case third = 3
    /// Without leads: the clock never ran away.
    case fourth = 4
    /// Without versions of objectives: the built-in ones are in force.
    case fifth = 5
    /// Without how conversations are judged: silence means nothing.
    case sixth = 6
    /// Without conversations that wait to be folded: there are none.
    case seventh = 7
    /// Without conversations that were cut: no row says so yet, either.
    case eighth = 8
    /// Naming at most a hundred conversations that were cut.
    case ninth = 9
    /// Without stretches of the log that were set aside: there are none.
    case tenth = 10
    /// Without states of rules: none is known.
    case eleventh = 11
    /// With rows of `turns` in segments that have the place of the answer, where it says one, and not the question's.
    case twelfth = 12
    /// As drawn above, which is as before; rows of `turns` have the place of their question. A program of before would
    /// write others, so it must not open the store.
    case thirteenth = 13
    /// One of the versions before, compressed.
    case compressed = 14

    static func < (left: StateVersion, right: StateVersion) -> Bool { left.rawValue < right.rawValue }
}

/// The state file: the ledger at a sealed position, and what goes with it.
struct StateFile: Sendable {
    /// `SchemaRegistry.serialised`.
    var schemas: [UInt8]
    var ledger: Ledger
    /// `MetricCounters.serialised`; empty where they begin at zero.
    var counters: [UInt8]
    /// Conversations whose sealed rows no longer hold, since they could not be read.
    var unfolded: Set<ConversationGrouping.Key>
    /// Conversations whose sealed rows are made of a part of their events.
    var cut: Set<ConversationGrouping.Key>
    var replayFrom: LogPlace
    /// Rows of `turns` in segments may have the place of the answer: an earlier version wrote them.
    private(set) var mayPlaceTurnsByAnswers = false

    /// As it is written: compressed where that pays.
    var serialised: [UInt8] { Self.compressed(plain) }

    private var plain: [UInt8] {
        var sink = ByteSink()
        // A log that is begun again changes no row of a segment.
        sink.append((mayPlaceTurnsByAnswers ? StateVersion.twelfth : .thirteenth).rawValue)
        sink.append(littleEndian: ledger.position)
        sink.append(littleEndian: ledger.receivedTime)
        for part in [schemas, ledger.prices.book.serialised] { Self.append(part, to: &sink) }
        let absent = ledger.absentTimes.entries
        sink.append(varint: UInt64(absent.count))
        for entry in absent {
            sink.append(littleEndian: entry.hash)
            sink.append(littleEndian: entry.time)
        }
        Self.append(counters, to: &sink)
        for records in [ledger.prices.rebookings.map { $0.data(prices: []) }, ledger.marks.all.map(\.data)] {
            Self.append(records, to: &sink)
        }
        sink.append(varint: UInt64(ledger.leads.entries.count))
        for entry in ledger.leads.entries {
            sink.append(littleEndian: entry.position)
            sink.append(littleEndian: entry.lead)
        }
        let objectives = ledger.objectives.versions.dropFirst()
        sink.append(varint: UInt64(objectives.count))
        for version in objectives {
            sink.append(littleEndian: version.since)
            sink.append(text: version.data)
        }
        sink.append(text: ledger.outcomes?.data ?? "")
        for keys in [unfolded, cut] { Self.append(keys.sorted(), to: &sink) }
        for records in [ledger.losses.map(\.data), ledger.rules.all.map(\.data)] { Self.append(records, to: &sink) }
        replayFrom.append(to: &sink)
        return sink.bytes
    }

    private static func append(_ records: [String], to sink: inout ByteSink) {
        sink.append(varint: UInt64(records.count))
        for data in records { sink.append(text: data) }
    }

    private static func append(_ keys: [ConversationGrouping.Key], to sink: inout ByteSink) {
        sink.append(varint: UInt64(keys.count))
        for key in keys {
            sink.append(text: key.tenant.text)
            sink.append(text: key.conversation.text)
        }
    }

    private static func append(_ part: [UInt8], to sink: inout ByteSink) {
        sink.append(varint: UInt64(part.count))
        sink.append(contentsOf: part)
    }

    init(
        schemas: [UInt8], ledger: Ledger, counters: [UInt8], unfolded: Set<ConversationGrouping.Key>,
        cut: Set<ConversationGrouping.Key>, replayFrom: LogPlace
    ) {
        (self.schemas, self.ledger, self.counters) = (schemas, ledger, counters)
        (self.unfolded, self.cut, self.replayFrom) = (unfolded, cut, replayFrom)
    }

    /// Reads what ``serialised`` of this or an older version wrote.
    /// - Throws: `DecodingError`; of a compressed state its offset counts within what was compressed.
    init(parsing bytes: [UInt8]) throws(DecodingError) {
        var cursor = ByteCursor(bytes)
        var version = try Self.version(&cursor)
        if version == .compressed {
            version = try Self.version(&cursor)
            guard version != .compressed else { throw cursor.failure("a state that is compressed once") }
            cursor = ByteCursor(try Self.decompressed(&cursor))
        }
        func has(_ first: StateVersion) -> Bool { version >= first }
        let position = try cursor.read(littleEndian: Int64.self)
        guard position >= 0 else { throw cursor.failure("a position") }
        let receivedTime = try cursor.read(littleEndian: Int64.self)
        schemas = try Self.part(&cursor)
        let book = try Self.book(&cursor)
        ledger = Ledger(book: book)
        (ledger.position, ledger.receivedTime) = (position, receivedTime)
        ledger.absentTimes.add(
            try Self.list(&cursor, bytesMin: 16) { cursor throws(DecodingError) in
                let hash = try cursor.read(littleEndian: UInt64.self)
                return AbsentTimes.Entry(hash: hash, time: try cursor.read(littleEndian: Int64.self))
            })
        counters = has(.second) ? try Self.part(&cursor) : []
        if has(.third) { try Self.readRebookings(&cursor, into: &ledger) }
        if has(.fourth) { try Self.readMarks(&cursor, into: &ledger) }
        if has(.fifth) {
            ledger.leads = ClockLeads(
                try Self.list(&cursor, bytesMin: 16) { cursor throws(DecodingError) in
                    let position = try cursor.read(littleEndian: Int64.self)
                    return ClockLeads.Entry(position: position, lead: try cursor.read(littleEndian: Int64.self))
                })
        }
        if has(.sixth) { try Self.readObjectives(&cursor, into: &ledger) }
        if has(.seventh) { ledger.outcomes = try Self.outcomes(&cursor) }
        unfolded = has(.eighth) ? Set(try Self.keys(&cursor)) : []
        // Each has more than one event.
        if version == .ninth { _ = try cursor.readCount(max: Int(position / 2)) }
        cut = has(.ninth) ? Set(try Self.keys(&cursor)) : []
        if has(.eleventh) { try Self.readLosses(&cursor, into: &ledger) }
        if has(.twelfth) { try Self.readRules(&cursor, into: &ledger) }
        replayFrom = try LogPlace(parsing: &cursor)
        guard cursor.isAtEnd else { throw cursor.failure("the end of the state") }
        mayPlaceTurnsByAnswers = !has(.thirteenth)
    }

    private static func version(_ cursor: inout ByteCursor) throws(DecodingError) -> StateVersion {
        let number = try cursor.readByte()
        guard let version = StateVersion(rawValue: number) else {
            throw cursor.newerForm("a known version of the state", found: number)
        }
        return version
    }

    private static func part(_ cursor: inout ByteCursor) throws(DecodingError) -> [UInt8] {
        Array(try cursor.readSlice(try cursor.readCount(max: cursor.remaining)))
    }

    private static func keys(_ cursor: inout ByteCursor) throws(DecodingError) -> [ConversationGrouping.Key] {
        try list(&cursor, bytesMin: 2) { cursor throws(DecodingError) in
            let tenant = try cursor.readText(max: cursor.remaining)
            return ConversationGrouping.Key(tenant: tenant, conversation: try cursor.readText(max: cursor.remaining))
        }
    }

    private static func list<Element>(
        _ cursor: inout ByteCursor, bytesMin: Int, _ read: (inout ByteCursor) throws(DecodingError) -> Element
    ) throws(DecodingError) -> [Element] {
        var list: [Element] = []
        for _ in 0..<(try cursor.readCount(max: cursor.remaining / bytesMin)) { list.append(try read(&cursor)) }
        return list
    }

    private static func book(_ cursor: inout ByteCursor) throws(DecodingError) -> PriceBook {
        let length = try cursor.readCount(max: cursor.remaining)
        let start = cursor.offset
        var inner = ByteCursor(try cursor.readSlice(length))
        do throws(DecodingError) {
            let book = try PriceBook(parsing: &inner)
            guard inner.isAtEnd else { throw inner.failure("its end") }
            return book
        } catch {
            throw DecodingError(
                offset: start + error.offset, expectation: "in the price book: \(error.expectation)",
                isOfNewerForm: error.isOfNewerForm)
        }
    }

    private static func readRebookings(_ cursor: inout ByteCursor, into ledger: inout Ledger) throws(DecodingError) {
        let texts = try list(&cursor, bytesMin: 1) { cursor throws(DecodingError) in
            (offset: cursor.offset, data: try cursor.readText(max: cursor.remaining))
        }
        for (offset, data) in texts {
            do {
                if let rebooking = try Rebooking(data: data) { ledger.prices.add(rebooking) }
            } catch {
                throw DecodingError(offset: offset, expectation: "the data of a correction")
            }
        }
    }

    private static func readMarks(_ cursor: inout ByteCursor, into ledger: inout Ledger) throws(DecodingError) {
        for _ in 0..<(try cursor.readCount(max: cursor.remaining)) {
            let offset = cursor.offset
            guard let mark = DeliveryMark(data: try cursor.readText(max: cursor.remaining)) else {
                throw DecodingError(offset: offset, expectation: "the data of a mark of deliveries")
            }
            ledger.marks.set(mark)
        }
    }

    private static func readObjectives(_ cursor: inout ByteCursor, into ledger: inout Ledger) throws(DecodingError) {
        for _ in 0..<(try cursor.readCount(max: cursor.remaining)) {
            let offset = cursor.offset
            let since = try cursor.read(littleEndian: Int64.self)
            guard let version = ObjectiveVersion(data: try cursor.readText(max: cursor.remaining), since: since),
                ledger.objectives.add(version)
            else { throw DecodingError(offset: offset, expectation: "the data of the next version of objectives") }
        }
    }

    private static func readLosses(_ cursor: inout ByteCursor, into ledger: inout Ledger) throws(DecodingError) {
        for _ in 0..<(try cursor.readCount(max: cursor.remaining)) {
            let offset = cursor.offset
            guard let loss = LogLoss(data: try cursor.readText(max: cursor.remaining)) else {
                throw DecodingError(offset: offset, expectation: "the data of a stretch of the log that was set aside")
            }
            ledger.losses.append(loss)
        }
    }

    private static func readRules(_ cursor: inout ByteCursor, into ledger: inout Ledger) throws(DecodingError) {
        for _ in 0..<(try cursor.readCount(max: cursor.remaining)) {
            let offset = cursor.offset
            guard let state = RuleStateRecord(data: try cursor.readText(max: cursor.remaining)) else {
                throw DecodingError(offset: offset, expectation: "the data of what is known of rules")
            }
            ledger.rules.set(state)
        }
    }

    private static func outcomes(_ cursor: inout ByteCursor) throws(DecodingError) -> OutcomeSettings? {
        let offset = cursor.offset
        let data = try cursor.readText(max: cursor.remaining)
        guard !data.isEmpty else { return nil }
        guard let outcomes = OutcomeSettings(data: data) else {
            throw DecodingError(offset: offset, expectation: "the data of how conversations are judged")
        }
        return outcomes
    }
}
