import Bytes
import Domain
import Hashing

// Questions and answers that are remembered, as drawn at the top of `MetricCounters+Serialisation.swift`.

extension MetricCounters {
    func appendTracked(to sink: inout ByteSink) {
        let scalars = tracked.scalars
        sink.append(littleEndian: scalars.reached)
        sink.append(littleEndian: scalars.began)
        sink.append(varint: UInt64(scalars.youngMessages))
        sink.append(varint: scalars.forgottenAnswers)
        append(tracked.sorted, to: &sink)
    }

    /// The part of ``serialised`` that tells of answers which came late and before their questions.
    func appendLateAnswers(to sink: inout ByteSink) { append(tracked.sortedLate, to: &sink) }

    private func append(_ generations: [[(key: Hash128, value: TrackedConversation)]], to sink: inout ByteSink) {
        for generation in generations {
            sink.append(varint: UInt64(generation.count))
            for (key, conversation) in generation {
                sink.append(littleEndian: key.high)
                sink.append(littleEndian: key.low)
                sink.append(UInt8(conversation.forgotten == nil ? 0 : 1))
                if let forgotten = conversation.forgotten { Self.append(forgotten, to: &sink) }
                sink.append(varint: UInt64(conversation.forgottenQuestions))
                sink.append(varint: UInt64(conversation.messages.count))
                for message in conversation.messages { append(message, to: &sink) }
            }
        }
    }

    private func append(_ message: TrackedMessage, to sink: inout ByteSink) {
        sink.append(littleEndian: message.order.time)
        sink.append(littleEndian: message.order.rank)
        sink.append(littleEndian: message.order.prefix)
        sink.append(littleEndian: message.order.hash)
        var flags = message.counted.rawValue << 5
        if message.isQuestion { flags |= 1 }
        if message.isError { flags |= 2 }
        if message.turn != nil { flags |= 4 }
        if message.trace != nil { flags |= 8 }
        if message.isWaiting { flags |= 16 }
        sink.append(flags)
        if let turn = message.turn { sink.append(littleEndian: turn) }
        if let trace = message.trace {
            sink.append(littleEndian: trace.high)
            sink.append(littleEndian: trace.low)
        }
        guard message.isQuestion, let table = questionTable else { return }
        sink.append(littleEndian: message.goodUntil)
        sink.append(littleEndian: message.deadline)
        append(message.set, of: totals.tables[table], to: &sink)
    }

    mutating func readTracked(_ cursor: inout ByteCursor, _ version: MetricStateVersion) throws(DecodingError) {
        var scalars = TrackedConversations.Scalars()
        scalars.reached = try cursor.read(littleEndian: Int64.self)
        scalars.began = try cursor.read(littleEndian: Int64.self)
        scalars.youngMessages = try cursor.readCount(max: TrackedConversations.generationMessagesMax)
        scalars.forgottenAnswers = try cursor.readVarint()
        totals.forgottenAnswers = scalars.forgottenAnswers
        let young = try readGeneration(&cursor, version)
        let old = try readGeneration(&cursor, version)
        tracked = TrackedConversations(scalars: scalars, young: young, old: old)
    }

    /// Reads what ``appendLateAnswers(to:)`` wrote.
    mutating func readLateAnswers(_ cursor: inout ByteCursor, _ version: MetricStateVersion) throws(DecodingError) {
        let young = try readGeneration(&cursor, version)
        tracked.restore(lateYoung: young, lateOld: try readGeneration(&cursor, version))
    }

    private mutating func readGeneration(
        _ cursor: inout ByteCursor, _ version: MetricStateVersion
    ) throws(DecodingError) -> TrackedConversations.Generation {
        var generation: TrackedConversations.Generation = [:]
        for _ in 0..<(try cursor.readCount(max: cursor.remaining / 19)) {
            let key = try Self.readHash(&cursor)
            let forgotten = try Self.readForgotten(&cursor, version)
            let questions = try cursor.readVarint()
            var messages: [TrackedMessage] = []
            for _ in 0..<(try cursor.readCount(max: cursor.remaining / 33)) {
                messages.append(try readMessage(&cursor))
            }
            generation[key] = TrackedConversation(
                messages: messages, forgotten: forgotten, forgottenQuestions: Int64(clamping: questions))
        }
        return generation
    }

    private static func readForgotten(
        _ cursor: inout ByteCursor, _ version: MetricStateVersion
    ) throws(DecodingError) -> EventOrder? {
        if version.rawValue >= MetricStateVersion.silenceByOrder.rawValue {
            let isForgotten = try cursor.readByte() != 0
            guard isForgotten else { return nil }
            return try readOrder(&cursor)
        }
        // A time: all that lies at it is forgotten.
        let time = try cursor.read(littleEndian: Int64.self)
        return time == .min ? nil : EventOrder(time: time, rank: .max, prefix: .max, hash: .max)
    }

    private static func readHash(_ cursor: inout ByteCursor) throws(DecodingError) -> Hash128 {
        let high = try cursor.read(littleEndian: UInt64.self)
        return Hash128(high: high, low: try cursor.read(littleEndian: UInt64.self))
    }

    private mutating func readMessage(_ cursor: inout ByteCursor) throws(DecodingError) -> TrackedMessage {
        let time = try cursor.read(littleEndian: Int64.self)
        let (rank, prefix) = (try cursor.read(littleEndian: UInt64.self), try cursor.read(littleEndian: UInt64.self))
        let order = EventOrder(time: time, rank: rank, prefix: prefix, hash: try cursor.read(littleEndian: UInt64.self))
        let flags = try cursor.readByte()
        guard let verdict = QuestionVerdict(rawValue: flags >> 5) else {
            throw cursor.newerForm("a verdict on a question", found: flags >> 5)
        }
        var message = TrackedMessage(
            order: order, isQuestion: flags & 1 != 0, isError: flags & 2 != 0, counted: verdict,
            isWaiting: flags & 16 != 0)
        if flags & 4 != 0 { message.turn = try cursor.read(littleEndian: Int64.self) }
        if flags & 8 != 0 { message.trace = try Self.readHash(&cursor) }
        guard message.isQuestion else { return message }
        message.goodUntil = try cursor.read(littleEndian: Int64.self)
        message.deadline = try cursor.read(littleEndian: Int64.self)
        message.set = try readQuestionSet(&cursor)
        return message
    }

    private mutating func readQuestionSet(_ cursor: inout ByteCursor) throws(DecodingError) -> Int {
        let labels = try Self.readKey(&cursor)
        guard let table = questionTable, let labels else { return 0 }
        return totals.tables[table].set(of: labels)
    }

    /// The questions of versions that remembered only those that wait, each under a hash of its turn; they move to
    /// their conversation when something comes for the turn.
    mutating func readWaitingQuestions(_ cursor: inout ByteCursor) throws(DecodingError) {
        var waiting: TrackedConversations.Generation = [:]
        for _ in 0..<(try cursor.readCount(max: cursor.remaining / 34)) {
            let key = try Self.readHash(&cursor)
            let asked = try cursor.read(littleEndian: Int64.self)
            let deadline = try cursor.read(littleEndian: Int64.self)
            // Earlier than an answer of the same time.
            let order = EventOrder(time: asked, rank: 0, prefix: 0, hash: 0)
            let message = TrackedMessage(
                order: order, isQuestion: true, set: try readQuestionSet(&cursor),
                goodUntil: asked &+ ServiceLevels.answerLimitNanoseconds, deadline: deadline)
            var conversation = waiting[key] ?? TrackedConversation()
            _ = conversation.add(message)
            waiting[key] = conversation
        }
        tracked = TrackedConversations(scalars: TrackedConversations.Scalars(), young: waiting, old: [:])
    }
}
