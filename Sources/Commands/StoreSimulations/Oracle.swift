import Domain
import EventStores

/// What the store must hold, in plain lists: a model of it that knows neither files nor columns.
struct Oracle {
    /// An event that is in the store.
    struct Kept: Equatable {
        var event: PlainEvent
        var position: Int64
    }

    /// A deliberate correction that is in the store.
    struct Correction: Equatable {
        var model: String
        var times: Range<Int64>
        var lastPosition: Int64
    }

    /// What was sent and neither acknowledged nor known to be refused: a start may find it.
    private enum Unsure {
        case batch([PlainEvent])
        case replacement(PlainEvent)
        case correction(Correction)
    }

    /// By id.
    private(set) var kept: [String: Kept] = [:]
    /// Events that retention has let go of, by id: they still count in all that was made of them.
    private(set) var dropped: [String: Kept] = [:]
    /// What the calls among them cost exactly when they went, which they cost ever after, in pico-USD.
    private(set) var droppedCost: Int128 = 0
    /// When events were received, or before, by id (ns).
    private var receivedTimes: [String: Int64] = [:]
    private(set) var corrections: [Correction] = []
    /// Ids of events of which another row stands for the one that came: what is sent once more is a repeat of either.
    private(set) var replaced: Set<String> = []
    private var unsure: [Unsure] = []
    /// A flush has said that it was done and was not: what is lost then is nobody's fault but the disk's.
    var mayLose = false
    private let clock: History.ClockHabit

    init(clock: History.ClockHabit) { self.clock = clock }

    /// When the clock stands, its time: then it is known what the store will say of each event.
    private var standingTime: Int64? { clock == .stands ? History.start : nil }

    var lastPosition: Int64 { Int64(kept.count + dropped.count) }

    /// In the order of their positions.
    var inOrder: [Kept] { kept.values.sorted { $0.position < $1.position } }

    /// The same with those that have gone.
    var allInOrder: [Kept] { (inOrder + dropped.values).sorted { $0.position < $1.position } }

    /// Whether it is known of all that was sent what the store has of it.
    var isSure: Bool { unsure.isEmpty }

    /// Up to which time events may be refused, since they may be repeats of some that have gone; nil: none has.
    var horizon: Int64? { dropped.values.compactMap(\.event.time).max() }

    // MARK: What is sent

    /// What the store will say of a batch's events; nil where that is the clock's to say.
    func expectedVerdicts(_ batch: [PlainEvent]) -> [EventVerdict?] {
        var fresh: [String: PlainEvent] = [:]
        var next = lastPosition
        let horizon = horizon
        return batch.map { event in
            if let horizon, let time = event.time, time <= horizon { return nil }
            if let known = kept[event.id]?.event ?? fresh[event.id] {
                if replaced.contains(event.id) { return nil }
                return known == event ? .duplicate : .conflict
            }
            // What failed only after it was durable is there.
            guard let now = standingTime, !isUnsure(event) else { return nil }
            if let time = event.time, time - now > Limits.futureNanosecondsMax { return .tooNew }
            fresh[event.id] = event
            next += 1
            return .accepted(position: next)
        }
    }

    /// Takes up what the store said of a batch.
    /// - Returns: how many events are in the store that were not.
    mutating func acknowledge(_ batch: [PlainEvent], _ verdicts: [EventVerdict]) throws(Violation) -> Int {
        let expected = expectedVerdicts(batch)
        guard verdicts.count == batch.count else {
            throw Violation(.wholeBatches, "\(verdicts.count) verdicts of \(batch.count) events")
        }
        var accepted = 0
        for (index, (event, verdict)) in zip(batch, verdicts).enumerated() {
            if let wanted = expected[index], wanted != verdict {
                throw Violation(.nothingInvented, "\(event.id) is \(verdict) where it must be \(wanted)")
            }
            switch verdict {
            case .accepted(let position):
                guard position == lastPosition + 1 else {
                    throw Violation(.positionsGrow, "\(event.id) has position \(position) after \(lastPosition)")
                }
                guard kept[event.id] == nil, dropped[event.id] == nil else {
                    throw Violation(.nothingInvented, "\(event.id) is taken for new the second time")
                }
                kept[event.id] = Kept(event: event, position: position)
                accepted += 1
            case .duplicate, .conflict:
                guard kept[event.id] != nil || isUnsure(event) else {
                    throw Violation(.nothingLost, "\(event.id) is \(verdict), and nothing of its id is there")
                }
            case .tooNew: break
            case .tooOld where horizon.map { event.time ?? .max <= $0 } ?? false: break
            case .tooOld, .unreadable: throw Violation(.nothingLost, "\(event.id) is \(verdict)")
            }
        }
        return accepted
    }

    /// To be told before a batch is sent.
    mutating func note(sent batch: [PlainEvent], at time: Int64) {
        for event in batch where kept[event.id] == nil && dropped[event.id] == nil {
            // What may have been taken in before was received then.
            if receivedTimes[event.id] == nil || !isUnsure(event) { receivedTimes[event.id] = time }
        }
    }

    mutating func acknowledge(replacement event: PlainEvent) {
        kept[event.id]?.event = event
        replaced.insert(event.id)
    }

    mutating func acknowledge(_ correction: Correction) { corrections.append(correction) }

    // MARK: What fails

    mutating func failed(_ batch: [PlainEvent]) { unsure.append(.batch(batch.filter { kept[$0.id] == nil })) }
    mutating func failed(replacement event: PlainEvent) {
        unsure.append(.replacement(event))
        replaced.insert(event.id)
    }
    mutating func failed(_ correction: Correction) { unsure.append(.correction(correction)) }

    // MARK: What goes

    /// Takes up that retention has let go of events.
    /// - Parameters:
    ///   - found: all that are there.
    ///   - cutoff: which of an event must not go if it was received later (ns).
    mutating func drop(allBut found: [Kept], receivedUntil cutoff: (PlainEvent) -> Int64) throws(Violation) {
        let (left, prices) = (Set(found.map(\.event.id)), prices)
        for one in inOrder where !left.contains(one.event.id) {
            guard let time = receivedTimes[one.event.id], time <= cutoff(one.event) else {
                throw Violation(.nothingLost, "\(one.event.id) is gone before its time")
            }
            if one.event.isCall { droppedCost += cost(of: one, prices) ?? 0 }
            dropped[one.event.id] = kept.removeValue(forKey: one.event.id)
        }
    }

    // MARK: What a start finds

    /// Holds what is found against what must be, and takes it for what is there from now on.
    /// - Parameter endsDoubt: a start has found it. What a store shows while it is open may hold, too, what was refused
    ///   only since something failed afterwards, and what it does not show may come up at the next start.
    mutating func takeUp(
        _ found: [Kept], _ foundCorrections: [Correction], endsDoubt: Bool
    ) throws(Violation) {
        try compare(found)
        try checkWholeness(found)
        if !mayLose {
            for correction in corrections where !foundCorrections.contains(correction) {
                throw Violation(.nothingLost, "the correction of \(correction.model) is gone")
            }
        }
        for correction in foundCorrections where !corrections.contains(correction) && !isUnsure(correction) {
            throw Violation(.nothingInvented, "the correction of \(correction.model) was never made")
        }
        kept = Dictionary(uniqueKeysWithValues: found.map { ($0.event.id, $0) })
        corrections = foundCorrections
        if endsDoubt { unsure = [] }
    }

    private func compare(_ found: [Kept]) throws(Violation) {
        var seen: Set<String> = []
        var next: Int64 = 1
        let gone = Set(dropped.values.map(\.position))
        for event in found {
            while gone.contains(next) { next += 1 }
            guard dropped[event.event.id] == nil else {
                throw Violation(.nothingInvented, "\(event.event.id) is there, and was dropped")
            }
            guard seen.insert(event.event.id).inserted else {
                throw Violation(.nothingInvented, "\(event.event.id) is there twice")
            }
            guard event.position == next else {
                throw Violation(.noHoles, "position \(event.position) stands where \(next) should")
            }
            next += 1
            if let known = kept[event.event.id] {
                guard mayLose || known.position == event.position else {
                    throw Violation(
                        .positionsGrow, "\(event.event.id) has position \(event.position), it had \(known.position)")
                }
                guard mayLose || event.event == known.event || isUnsure(event.event) else {
                    throw Violation(
                        .nothingLost,
                        "\(event.event.id) is not as it was sent: \(Self.difference(event.event, known.event))")
                }
            } else if !isUnsure(event.event), !mayLose {
                throw Violation(.nothingInvented, "\(event.event.id) is there, and was never acknowledged nor pending")
            }
        }
        guard !mayLose, let lost = inOrder.first(where: { !seen.contains($0.event.id) }) else { return }
        throw Violation(.nothingLost, "\(lost.event.id) at position \(lost.position) is gone")
    }

    static func difference(_ found: PlainEvent, _ wanted: PlainEvent) -> String {
        let names = Set(found.fields.keys).union(wanted.fields.keys).sorted()
        for name in names where found.fields[name] != wanted.fields[name] {
            let (found, wanted) = (found.fields[name], wanted.fields[name])
            return "\(name) is \(found.map { "\($0)" } ?? "null"), not \(wanted.map { "\($0)" } ?? "null")"
        }
        return "time or type"
    }

    private func checkWholeness(_ found: [Kept]) throws(Violation) {
        guard !mayLose else { return }
        let there = Dictionary(uniqueKeysWithValues: found.map { ($0.event.id, $0.event) })
        for case .batch(let events) in unsure {
            // Of what another batch has brought, or may have, nobody knows whether this one did.
            let own = events.filter { event in
                let isElsewhere = unsure.contains { other in
                    guard case .batch(let others) = other, others != events else { return false }
                    return others.contains { $0.id == event.id }
                }
                return isPossible(event) && !isElsewhere && kept[event.id] == nil
                    && there[event.id].map { $0 == event } ?? true
            }
            let count = own.filter { there[$0.id] != nil }.count
            guard count == 0 || count == own.count else {
                throw Violation(.wholeBatches, "\(count) of \(own.count) events of a batch are there")
            }
        }
    }

    /// Whether nothing of its time alone may keep the event out.
    private func isPossible(_ event: PlainEvent) -> Bool {
        guard let time = event.time else { return true }
        if let horizon, time <= horizon { return false }
        switch clock {
        case .stands: return time - History.start <= Limits.futureNanosecondsMax
        case .runs: return time <= History.start
        case .steps: return false
        }
    }

    private func isUnsure(_ event: PlainEvent) -> Bool {
        unsure.contains { one in
            switch one {
            case .batch(let events): events.contains(event)
            case .replacement(let new): new == event
            case .correction: false
            }
        }
    }

    private func isUnsure(_ correction: Correction) -> Bool {
        unsure.contains { if case .correction(let one) = $0 { one == correction } else { false } }
    }
}
