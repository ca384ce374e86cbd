import Bytes
import Domain
import Hashing

// Silence, as drawn at the top of `MetricCounters+Serialisation.swift`.

extension MetricCounters {
    /// The part of ``serialised`` that tells of silence.
    func appendSilence(to sink: inout ByteSink) {
        sink.append(varint: totals.untrackedConversations)
        sink.append(zigzag: conversations.judged)
        append(conversations.waiting, to: &sink)
        for remembered in [conversations.done, conversations.late] {
            let forgotten = remembered.forgotten
            sink.append(varint: forgotten.idle)
            sink.append(varint: forgotten.open)
            if forgotten.idle > 0 { sink.append(littleEndian: forgotten.latest) }
            for generation in [remembered.young, remembered.old] { append(generation, to: &sink) }
            Self.append(forgotten.names, to: &sink)
        }
    }

    private func append(_ generation: OpenConversations.Generation, to sink: inout ByteSink) {
        guard let placement = program.closings else { return sink.append(varint: 0) }
        sink.append(varint: UInt64(generation.count))
        for (key, conversation) in generation.sortedByKey {
            sink.append(littleEndian: key.high)
            sink.append(littleEndian: key.low)
            // An import writes ten thousands of them each time: nothing is allocated for one.
            var flags: UInt8 = conversation.isCounted ? 1 : 0
            if conversation.isLive { flags |= 2 }
            if conversation.lastActivity != .min { flags |= 4 }
            if conversation.lastReturn != .unknown { flags |= 8 }
            if conversation.told != .unknown { flags |= 16 }
            if conversation.labelOrder != .afterAll { flags |= 32 }
            sink.append(flags)
            if conversation.lastActivity != .min { sink.append(littleEndian: conversation.lastActivity) }
            Self.append(conversation.lastReturn, to: &sink)
            Self.append(conversation.told, to: &sink)
            if conversation.labelOrder != .afterAll { Self.append(conversation.labelOrder, to: &sink) }
            append(Int(conversation.set), of: totals.tables[placement.table], to: &sink)
        }
    }

    /// Nothing where it is not known.
    private static func append(_ instant: ConversationInstant, to sink: inout ByteSink) {
        guard instant != .unknown else { return }
        sink.append(littleEndian: instant.time)
        append(rank: instant.rank, to: &sink)
    }

    /// The top bit is put last: what has it is a small number otherwise.
    private static func append(rank: UInt64, to sink: inout ByteSink) { sink.append(varint: rank << 1 | rank >> 63) }

    private static func readRank(_ cursor: inout ByteCursor) throws(DecodingError) -> UInt64 {
        let turned = try cursor.readVarint()
        return turned >> 1 | turned << 63
    }

    static func append(_ order: EventOrder, to sink: inout ByteSink) {
        sink.append(littleEndian: order.time)
        append(rank: order.rank, to: &sink)
        sink.append(littleEndian: order.prefix)
        sink.append(littleEndian: order.hash)
    }

    static func readOrder(_ cursor: inout ByteCursor) throws(DecodingError) -> EventOrder {
        let time = try cursor.read(littleEndian: Int64.self)
        let rank = try readRank(&cursor)
        let prefix = try cursor.read(littleEndian: UInt64.self)
        return EventOrder(time: time, rank: rank, prefix: prefix, hash: try cursor.read(littleEndian: UInt64.self))
    }

    /// Reads what ``appendSilence(to:)`` wrote.
    mutating func readSilence(_ cursor: inout ByteCursor) throws(DecodingError) {
        totals.untrackedConversations = try cursor.readVarint()
        let judged = try cursor.readZigzag()
        conversations.restore(waiting: try readOpenGeneration(&cursor), judged: judged)
        for isLate in [false, true] {
            var forgotten = EvictedConversations()
            (forgotten.idle, forgotten.open) = (try cursor.readVarint(), try cursor.readVarint())
            if forgotten.idle > 0 { forgotten.latest = try cursor.read(littleEndian: Int64.self) }
            let young = try readOpenGeneration(&cursor)
            let old = try readOpenGeneration(&cursor)
            forgotten.names = try Self.readNames(&cursor)
            conversations.restore(isLate: isLate, young: young, old: old, forgotten)
        }
    }

    static func append(_ names: EvictedKeys, to sink: inout ByteSink) {
        for generation in [names.young, names.old] {
            sink.append(varint: UInt64(generation.count))
            for name in generation.sorted() { sink.append(littleEndian: name) }
        }
    }

    static func readNames(_ cursor: inout ByteCursor) throws(DecodingError) -> EvictedKeys {
        let young = try readNameGeneration(&cursor)
        return EvictedKeys(young: young, old: try readNameGeneration(&cursor))
    }

    private static func readNameGeneration(_ cursor: inout ByteCursor) throws(DecodingError) -> Set<UInt64> {
        var names: Set<UInt64> = []
        for _ in 0..<(try cursor.readCount(max: cursor.remaining / 8)) {
            names.insert(try cursor.read(littleEndian: UInt64.self))
        }
        return names
    }

    private mutating func readOpenGeneration(_ cursor: inout ByteCursor) throws(DecodingError)
        -> OpenConversations.Generation
    {
        var generation: OpenConversations.Generation = [:]
        for _ in 0..<(try cursor.readCount(max: cursor.remaining / 19)) {
            let high = try cursor.read(littleEndian: UInt64.self)
            let key = Hash128(high: high, low: try cursor.read(littleEndian: UInt64.self))
            let flags = try cursor.readByte()
            var conversation = OpenConversation()
            (conversation.isCounted, conversation.isLive) = (flags & 1 != 0, flags & 2 != 0)
            if flags & 4 != 0 { conversation.lastActivity = try cursor.read(littleEndian: Int64.self) }
            if flags & 8 != 0 { conversation.lastReturn = try Self.readInstant(&cursor) }
            if flags & 16 != 0 { conversation.told = try Self.readInstant(&cursor) }
            if flags & 32 != 0 { conversation.labelOrder = try Self.readOrder(&cursor) }
            conversation.set = try readIdleSet(&cursor)
            if program.closings != nil { generation[key] = conversation }
        }
        return generation
    }

    private static func readInstant(_ cursor: inout ByteCursor) throws(DecodingError) -> ConversationInstant {
        let time = try cursor.read(littleEndian: Int64.self)
        return ConversationInstant(time: time, rank: try readRank(&cursor))
    }

    private mutating func readIdleSet(_ cursor: inout ByteCursor) throws(DecodingError) -> Int32 {
        guard let labels = try Self.readKey(&cursor), let placement = program.closings else { return 0 }
        return Int32(truncatingIfNeeded: totals.tables[placement.table].set(of: labels))
    }

    /// Reads what versions 4 and 5 wrote: all in one, with bare times. Which setting they were judged by is not known,
    /// so they are judged anew when time is next reached.
    mutating func readSilenceOfTimes(_ cursor: inout ByteCursor) throws(DecodingError) {
        totals.untrackedConversations = try cursor.readVarint()
        var waiting: OpenConversations.Generation = [:]
        // Of what has one time, these versions had a return before a closing; a reopening stood a nanosecond later.
        let (returned, closed) = (1 as UInt64, 2 as UInt64)
        for _ in 0..<(try cursor.readCount(max: cursor.remaining / 51)) {
            let high = try cursor.read(littleEndian: UInt64.self)
            let key = Hash128(high: high, low: try cursor.read(littleEndian: UInt64.self))
            var conversation = OpenConversation()
            conversation.lastActivity = try cursor.read(littleEndian: Int64.self)
            let (lastReturn, told) = (
                try cursor.read(littleEndian: Int64.self), try cursor.read(littleEndian: Int64.self)
            )
            if lastReturn != .min {
                conversation.lastReturn = ConversationInstant(time: lastReturn, rank: 1 << 63 | returned)
            }
            if told != .min { conversation.told = ConversationInstant(time: told, rank: 1 << 63 | closed) }
            conversation.isLive = true
            conversation.isCounted = try cursor.readByte() != 0
            let labelTime = try cursor.read(littleEndian: Int64.self)
            if labelTime != .max { conversation.labelOrder = EventOrder(time: labelTime, rank: 0, prefix: 0, hash: 0) }
            conversation.set = try readIdleSet(&cursor)
            if program.closings != nil { waiting[key] = conversation }
        }
        conversations.restore(
            waiting: waiting, judged: waiting.isEmpty ? OpenConversations.never : OpenConversations.unknown)
    }
}
