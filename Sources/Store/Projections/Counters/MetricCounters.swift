package import Domain
import Hashing

/// The counters of `/metrics`: a pure fold over accepted events in the order of their positions and over the passing of time.
///
/// An event counts when it was received within ``Limits/liveNanosecondsMax`` of its time; older ones are counted by type as backfill and
/// nowhere else. All words are integers, so the fold of any split is the fold of the whole.
package struct MetricCounters: Sendable {
    /// What is shown; cheap to copy.
    package internal(set) var totals: MetricTotals
    var pending = PendingQuestions()
    let program: MetricProgram
    private var slots: [Slot]
    private var key: [UInt8] = []

    /// A field of the event at hand.
    private struct Slot: Sendable {
        var kind: Kind = .absent
        var number: Int64 = 0
        var text = 0..<0

        enum Kind: UInt8, Sendable { case absent, number, boolean, text }
    }

    /// Counters at zero.
    package init(registry: SchemaRegistry, definitions: [MetricDefinition] = MetricCatalogue.all) {
        program = MetricProgram(definitions, registry: registry)
        totals = MetricTotals(program)
        slots = Array(repeating: Slot(), count: program.types.map(\.slotCount).max() ?? 1)
        key.reserveCapacity(1024)
    }

    // MARK: Events

    /// Counts one accepted event. `cost` is what a call was booked at.
    /// - Precondition: a sound row at `start`, of a type of the registry.
    package mutating func fold(_ bytes: [UInt8], at start: Int, receivedTime: Int64, cost: CallCost?) {
        let type = Int(EventRowCursor.type(bytes, at: start))
        totals.accepted[type] &+= 1
        guard Self.isLive(bytes, at: start, receivedTime: receivedTime) else {
            totals.backfilled[type] &+= 1
            return
        }
        let entry = program.types[type]
        guard !entry.steps.isEmpty else { return }
        read(bytes, start, entry)
        for step in entry.steps { apply(program.steps[step], entry, bytes, start, receivedTime, cost) }
    }

    /// Whether an event counts in `/metrics`, as opposed to backfill.
    package static func isLive(_ bytes: [UInt8], at start: Int, receivedTime: Int64) -> Bool {
        EventRowCursor.time(bytes, at: start) >= receivedTime &- Limits.liveNanosecondsMax
    }

    private mutating func read(_ bytes: [UInt8], _ start: Int, _ entry: MetricProgram.TypeProgram) {
        for slot in 0..<entry.slotCount { slots[slot].kind = .absent }
        var cursor = EventRowCursor(bytes, at: start)
        while cursor.advance(in: bytes), cursor.column <= entry.lastColumn {
            let slot = Int(program.roles[entry.firstRole + Int(cursor.column)])
            guard slot != 0 else { continue }
            switch cursor.value {
            case .integer(let value): (slots[slot].kind, slots[slot].number) = (.number, value)
            case .boolean(let value): (slots[slot].kind, slots[slot].number) = (.boolean, value ? 1 : 0)
            case .text(let range): (slots[slot].kind, slots[slot].text) = (.text, range)
            case .double, .json: break
            }
        }
    }

    private mutating func apply(
        _ step: MetricProgram.Step, _ entry: MetricProgram.TypeProgram, _ bytes: [UInt8], _ start: Int, _ receivedTime: Int64,
        _ cost: CallCost?
    ) {
        // The key is made for the first metric that counts the event: a set that nothing counts takes no place.
        var known = -1
        for index in step.actions {
            let action = program.actions[index]
            guard holds(action.conditions, bytes), adds(action, cost) else { continue }
            if action.kind == .answer {
                answer(entry, bytes, start, step.table, action.word)
                continue
            }
            if known < 0 {
                makeKey(step.labels, bytes)
                known = totals.tables[step.table].set(of: key)
            }
            let set = known
            switch action.kind {
            case .count, .unpriced: totals.tables[step.table].count(action.word, of: set)
            case .sum:
                totals.tables[step.table].count(action.word, of: set)
                totals.tables[step.table].add(Int128(slots[Int(action.slot)].number), at: action.word + 1, of: set)
            case .observe: observe(slots[Int(action.slot)].number, step.table, action, set)
            case .cost:
                totals.tables[step.table].count(action.word, of: set)
                totals.tables[step.table].add(cost?.costPicoUSD ?? 0, at: action.word + 1, of: set)
            case .question: ask(entry, bytes, start, receivedTime, set)
            case .answer: break
            }
        }
    }

    private func holds(_ conditions: Range<Int>, _ bytes: [UInt8]) -> Bool {
        for index in conditions {
            let condition = program.conditions[index]
            let slot = slots[Int(condition.slot)]
            if slot.kind == .absent {
                guard condition.acceptsNull else { return false }
            } else if !condition.texts.isEmpty {
                guard slot.kind == .text, condition.texts.contains(where: { isEqual(program.texts[$0], bytes, slot.text) }) else {
                    return false
                }
            }
        }
        return true
    }

    private func isEqual(_ text: [UInt8], _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        guard text.count == range.count else { return false }
        for index in text.indices where text[index] != bytes[range.lowerBound + index] { return false }
        return true
    }

    /// Whether the event has something for the metric.
    private func adds(_ action: MetricProgram.Action, _ cost: CallCost?) -> Bool {
        switch action.kind {
        case .count, .question, .answer: true
        case .sum, .observe: slots[Int(action.slot)].kind == .number
        case .cost: cost?.costPicoUSD != nil
        case .unpriced: cost.map { $0.state != .priced } ?? false
        }
    }

    private mutating func observe(_ nanoseconds: Int64, _ table: Int, _ action: MetricProgram.Action, _ set: Int) {
        let word = action.word
        var bucket = 0
        while bucket < program.bounds.count, nanoseconds > program.bounds[bucket] { bucket += 1 }
        totals.tables[table].count(word + bucket, of: set)
        totals.tables[table].add(Int128(nanoseconds), at: word + program.bounds.count + 1, of: set)
        totals.exponential.add(
            1, histogram: action.histogram, set: set, bucket: ExponentialBuckets.index(nanoseconds: nanoseconds))
    }

    // MARK: Keys

    private mutating func makeKey(_ labels: Range<Int>, _ bytes: [UInt8]) {
        key.removeAll(keepingCapacity: true)
        for index in labels {
            let label = program.labels[index]
            var slot = slots[Int(label.slot)]
            switch label.kind {
            case .constant:
                append(program.texts[Int(label.text)])
                continue
            case .boolean where slot.kind == .boolean:
                append(program.texts[Int(label.text) + (slot.number != 0 ? 0 : 1)])
                continue
            case .eitherField where slot.kind == .absent: slot = slots[Int(label.otherSlot)]
            default: break
            }
            switch slot.kind {
            case .text: append(bytes[slot.text])
            case .number: append(Array(String(slot.number).utf8))
            case .absent, .boolean: key.append(0)
            }
        }
    }

    /// Appends a label's value, too long ones as `other`.
    private mutating func append(_ value: some RandomAccessCollection<UInt8>) {
        guard value.count <= Limits.labelBytesMax else {
            append(Array(MetricCatalogue.otherLabel.utf8))
            return
        }
        key.append(UInt8(value.count))
        key.append(contentsOf: value)
    }

    // MARK: Late prices

    /// Adds what a call costs that was counted without a cost and has got its first prices now.
    /// - Precondition: the call was live when it came; a sound row at `start`.
    package mutating func addLateCost(_ picoUSD: Int128, _ bytes: [UInt8], at start: Int) {
        guard let placement = program.cost else { return }
        let entry = program.types[Int(EventRowCursor.type(bytes, at: start))]
        guard let step = entry.steps.first(where: { program.steps[$0].table == placement.table }) else { return }
        read(bytes, start, entry)
        makeKey(program.steps[step].labels, bytes)
        addLateCost(picoUSD, placement)
    }

    /// The same for a call whose row is in a segment: its labels in the metric's order, empty text for null.
    package mutating func addLateCost(_ picoUSD: Int128, labels: [String]) {
        guard let placement = program.cost else { return }
        key.removeAll(keepingCapacity: true)
        for label in labels { append(Array(label.utf8)) }
        addLateCost(picoUSD, placement)
    }

    private mutating func addLateCost(_ picoUSD: Int128, _ placement: MetricProgram.Placement) {
        let set = totals.tables[placement.table].set(of: key)
        totals.tables[placement.table].count(placement.words.lowerBound, of: set)
        totals.tables[placement.table].add(picoUSD, at: placement.words.lowerBound + 1, of: set)
    }

    // MARK: Questions

    /// Time to answer runs from the question; the wait for the answer to arrive, from when the question did, so that what was on its way
    /// for a while is still judged by its own times.
    private mutating func ask(_ entry: MetricProgram.TypeProgram, _ bytes: [UInt8], _ start: Int, _ receivedTime: Int64, _ set: Int) {
        guard let key = questionKey(entry, bytes) else { return }
        let asked = EventRowCursor.time(bytes, at: start)
        let deadline = max(asked, receivedTime) &+ ServiceLevels.answerLimitNanoseconds
        let question = PendingQuestion(askedTime: asked, deadline: deadline, set: set)
        if !pending.add(question, key: key) { totals.untracked &+= 1 }
    }

    private mutating func answer(_ entry: MetricProgram.TypeProgram, _ bytes: [UInt8], _ start: Int, _ table: Int, _ word: Int) {
        guard let key = questionKey(entry, bytes) else { return }
        let time = EventRowCursor.time(bytes, at: start)
        let status = slots[Int(entry.status)]
        let isOK = status.kind != .text || isEqual(Array("ok".utf8), bytes, status.text)
        for question in pending.answer(key, time: time, hasTurn: slots[Int(entry.turn)].kind == .number) {
            let isGood = isOK && time <= question.askedTime &+ ServiceLevels.answerLimitNanoseconds
            totals.tables[table].count(word + (isGood ? 0 : 1), of: question.set)
        }
    }

    /// What a question and its answer have in common; nil outside of conversations.
    private mutating func questionKey(_ entry: MetricProgram.TypeProgram, _ bytes: [UInt8]) -> Hash128? {
        let (tenant, conversation, turn) = (slots[Int(entry.tenant)], slots[Int(entry.conversation)], slots[Int(entry.turn)])
        guard conversation.kind == .text else { return nil }
        var name: [UInt8] = []
        name.reserveCapacity(64)
        for slot in [tenant, conversation] {
            let count = slot.kind == .text ? slot.text.count : 0
            name.append(UInt8(truncatingIfNeeded: count))
            name.append(UInt8(truncatingIfNeeded: count >> 8))
            if count > 0 { name.append(contentsOf: bytes[slot.text]) }
        }
        if turn.kind == .number { for shift in 0..<8 { name.append(UInt8(truncatingIfNeeded: turn.number >> (8 * shift))) } }
        return xxh3Wide(name.span)
    }

    // MARK: Time

    /// The first time at which a question fails for want of an answer; nil while none waits.
    /// - Complexity: O(waiting questions).
    package var nextDeadline: Int64? { pending.nextDeadline }

    /// Whether ``reach(_:)`` would change something; cheap when called often.
    package mutating func isDue(at time: Int64) -> Bool { pending.isAnyExpired(before: time) }

    /// Time has reached `time`: questions whose limit lies before it have failed.
    package mutating func reach(_ time: Int64) {
        guard let index = program.definitions.firstIndex(where: { $0.source == .questions }), let placement = program.placements[index]
        else { return }
        for question in pending.expire(before: time) {
            totals.tables[placement.table].count(placement.words.lowerBound + 1, of: question.set)
        }
    }

    // MARK: Steps

    /// Begins what ``rollBack(to:)`` can take back.
    package mutating func beginStep() { pending.beginStep() }

    /// Returns to where the step began.
    package mutating func rollBack(to totals: MetricTotals) {
        self.totals = totals
        pending.rollBack()
    }
}
