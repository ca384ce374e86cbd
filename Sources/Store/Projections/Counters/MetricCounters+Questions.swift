import Domain
import Hashing

// Questions are judged by event time, whatever order they and their answers come in. What was counted stays; a verdict
// that later events change is counted anew under the right result, and taken back under the other.

/// A question or an answer in the row at hand.
struct RowMessage: Hashable {
    var key: Hash128
    var message: TrackedMessage
}

extension MetricCounters {
    private var questions: MetricProgram.Placement? {
        program.definitions.firstIndex { $0.source == .questions }.flatMap { program.placements[$0] }
    }

    /// Follows the question, answer or rating that a live event is.
    mutating func follow(_ event: EventRow, _ position: Int64, _ arrival: EventArrival) {
        if isRating(event) { return followRating(event, position, isLive: true) }
        guard let row = message(event, position, arrival) else { return }
        if tracked.hasEarlierForm, let turn = row.message.turn,
            let earlier = conversationKey(program.types[Int(event.type)], event.bytes, turn: turn)
        {
            tracked.move(from: earlier, turn: turn, to: row.key, receivedTime: arrival.receivedTime)
        }
        take(row, arrival)
        guard row.message.isQuestion else { return }
        for answer in tracked.takeLate(row.key) { take(RowMessage(key: row.key, message: answer), arrival) }
    }

    /// Takes a question or an answer in and counts what it changes.
    private mutating func take(_ row: RowMessage, _ arrival: EventArrival) {
        let changes = tracked.add(row.message, key: row.key, receivedTime: arrival.receivedTime)
        totals.forgottenAnswers = tracked.scalars.forgottenAnswers
        if let changes { count(changes) } else { totals.untracked &+= 1 }
    }

    /// An answer that came too late to be counted itself still decides about a question that was or that will be, as a
    /// rating does about those before it.
    mutating func followLate(_ event: EventRow, _ position: Int64, _ arrival: EventArrival) {
        if isRating(event) { return followRating(event, position, isLive: false) }
        guard program.types[Int(event.type)].isAnswer, let row = message(event, position, arrival) else { return }
        if tracked.hasQuestion(row.key) { take(row, arrival) } else { tracked.keepLate(row.message, key: row.key) }
    }

    /// What the row says as a question or an answer; nil for anything else, outside of conversations, and where its
    /// author has no part in questions.
    mutating func message(_ event: EventRow, _ position: Int64, _ arrival: EventArrival) -> RowMessage? {
        let entry = program.types[Int(event.type)]
        guard let action = entry.message.map({ program.actions[$0.action] }), let step = entry.message?.step else {
            return nil
        }
        read(event, entry)
        guard holds(action.conditions, event.bytes), let key = conversationKey(entry, event.bytes) else { return nil }
        var message = TrackedMessage(
            order: orderer.order(event, position: position), isQuestion: action.kind == .question)
        let (turn, trace) = (slots[Int(entry.turn)], slots[Int(entry.trace)])
        if turn.kind == .number { message.turn = turn.number }
        if trace.kind == .text { message.trace = xxh3Wide(event.bytes[trace.text]) }
        if message.isQuestion {
            let table = program.steps[step].table
            makeKey(program.steps[step].labels, event.bytes)
            message.set = totals.tables[table].set(of: self.key)
            let channel = slots[Int(entry.channel)]
            let limit = answerLimits.nanoseconds(channel: channel.kind == .text ? event.bytes[channel.text] : nil)
            message.goodUntil = message.order.time &+ limit
            // The wait for the answer to arrive runs from when the question did, so that what was on its way for a
            // while is still judged by its own times.
            let ahead = message.order.time > arrival.clockTime ? message.order.time &- arrival.clockTime : 0
            message.deadline = arrival.receivedTime &+ ahead &+ limit
        } else {
            let status = slots[Int(entry.status)]
            message.isError = status.kind == .text && isEqual(Spelling.error, event.bytes, status.text)
        }
        return RowMessage(key: key, message: message)
    }

    /// What a question and its answer have in common, and the ratings of a conversation; nil outside of conversations.
    /// - Parameter turn: as earlier versions put it into the key.
    mutating func conversationKey(
        _ entry: MetricProgram.TypeProgram, _ bytes: [UInt8], turn: Int64? = nil
    ) -> Hash128? {
        let (tenant, conversation) = (slots[Int(entry.tenant)], slots[Int(entry.conversation)])
        guard conversation.kind == .text else { return nil }
        silenceName.removeAll(keepingCapacity: true)
        SilenceColumns.append(tenant.kind == .text ? tenant.text : 0..<0, of: bytes, to: &silenceName)
        SilenceColumns.append(conversation.text, of: bytes, to: &silenceName)
        if let turn { for shift in 0..<8 { silenceName.append(UInt8(truncatingIfNeeded: turn >> (8 * shift))) } }
        return xxh3Wide(silenceName.span)
    }

    /// Counts verdicts that are other ones now: what rises is counted, what falls is taken back, and what does both
    /// stays.
    mutating func count(_ changes: [VerdictChange]) {
        guard !changes.isEmpty, let questions else { return }
        if changes.count == 1, changes[0].from == .none {
            totals.tables[questions.table].count(
                questions.words.lowerBound + Self.word(changes[0].to), of: changes[0].set)
            return
        }
        var net: [Int: [Int]] = [:]
        for change in changes {
            if change.from != .none { net[change.set, default: [0, 0]][Self.word(change.from)] -= 1 }
            if change.to != .none { net[change.set, default: [0, 0]][Self.word(change.to)] += 1 }
        }
        // order: each is counted for itself.
        for (set, words) in net {
            for (word, difference) in words.enumerated() {
                let word = questions.words.lowerBound + word
                if difference > 0 { totals.tables[questions.table].count(word, of: set, times: UInt64(difference)) }
                if difference < 0 {
                    totals.corrections[questions.table].count(word, of: set, times: UInt64(-difference))
                }
            }
        }
    }

    /// Good, failed.
    private static func word(_ verdict: QuestionVerdict) -> Int { verdict == .good ? 0 : 1 }

    // MARK: Time

    /// The first time at which a question fails for want of an answer; nil while none waits.
    /// - Complexity: O(waiting questions).
    package var nextDeadline: Int64? { tracked.nextDeadline }

    /// Whether ``reach(_:)`` would change something; cheap when called often.
    package mutating func isDue(at time: Int64) -> Bool { isSilenceDue(at: time) || tracked.isAnyExpired(before: time) }

    /// Received time has reached `time`: questions whose limit lies before it have failed, and silence that is over has
    /// closed its conversation.
    package mutating func reach(_ time: Int64) {
        reachSilence(time)
        for key in tracked.reach(time) { count(tracked.judge(key)) }
    }
}
