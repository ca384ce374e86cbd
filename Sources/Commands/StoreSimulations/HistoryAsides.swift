import Bytes
import Domain
import Platform

/// What is drawn on top of a history: backups, and days in which events become old enough to go. From a generator of
/// its own, so that histories without them are what they were before there were any.
struct HistoryAsides {
    private var generator: SeededGenerator
    /// Likewise, of what was there later.
    private var typesGenerator: SeededGenerator
    /// Days that have passed.
    private var days: Int64 = 0
    /// On which day an event is sent first, by its id.
    private var firstDays: [String: Int64] = [:]

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed ^ 0x6173_6964_6573)
        typesGenerator = SeededGenerator(seed: seed ^ 0x7479_7065_73)
    }

    mutating func add(to history: inout History) {
        // A disk that lies may bring back what has gone.
        let lies = history.lives.contains { $0.faults.contains { $0.effect == .lyingFlush } }
        if history.clock == .runs, !lies, generator.oneIn(2) { addDays(to: &history) }
        if generator.oneIn(4) { addBackups(to: &history) }
        if history.retains, generator.oneIn(2) { addTenant(to: &history) }
        if history.retains, typesGenerator.oneIn(2) { addTypes(to: &history) }
    }

    // MARK: Retention

    /// Has days pass in each life, behind a seal, and at the end of most of them retention begin. What is sent first
    /// later is of later.
    private mutating func addDays(to history: inout History) {
        for life in history.lives.indices {
            history.lives[life].options.retains = true
            history.lives[life].beginsAfter = days * Nanoseconds.day
            let old = history.lives[life].steps
            let place = generator.next(below: old.count + 1)
            var steps: [History.Step] = []
            for (number, step) in old.enumerated() {
                if number == place { pass(5, &steps) }
                note(step, history.batches)
                steps.append(moved(step))
            }
            if place == old.count { pass(5, &steps) }
            if !generator.oneIn(4) {
                pass(4, &steps)
                steps += [.tick, .retain, .runJob, .tick]
            }
            history.lives[life].steps = steps
        }
        for batch in history.batches.indices {
            for event in history.batches[batch].indices { move(&history.batches[batch][event]) }
        }
    }

    private mutating func pass(_ count: Int64, _ steps: inout [History.Step]) {
        steps += [.seal, .letTimePass(nanoseconds: count * Nanoseconds.day)]
        days += count
    }

    private mutating func note(_ step: History.Step, _ batches: [[PlainEvent]]) {
        guard case .send(let batch, _) = step else { return }
        for event in batches[batch] where firstDays[event.id] == nil { firstDays[event.id] = days }
    }

    /// A correction of the calls of these days.
    private func moved(_ step: History.Step) -> History.Step {
        guard case .rebook(let model, let times) = step, times.upperBound != .max else { return step }
        let nanoseconds = days * Nanoseconds.day
        return .rebook(model: model, times: (times.lowerBound + nanoseconds)..<(times.upperBound + nanoseconds))
    }

    /// An event is of the day on which it is sent first. Most conversations of a day end with it: one that goes on
    /// keeps its events.
    private func move(_ event: inout PlainEvent) {
        guard let day = firstDays[event.id], day > 0 else { return }
        if let time = event.time { event.time = time + day * Nanoseconds.day }
        if let conversation = event.text("conversation_id"), conversation != "c0", conversation != "c1" {
            event.fields["conversation_id"] = .text("\(conversation)/\(day)")
        }
    }

    /// Has some events be of another tenant, which has a period of its own in some lives: that of all others, or a
    /// longer one.
    private mutating func addTenant(to history: inout History) {
        let periods = [nil, LifeOptions.retainedNanoseconds, 2 * LifeOptions.retainedNanoseconds]
        let usual = periods[1 + generator.next(below: 2)]
        for life in history.lives.indices {
            let another = periods[generator.next(below: 3)]
            history.lives[life].options.otherNanoseconds = generator.oneIn(4) ? another : usual
        }
        for batch in history.batches.indices {
            for event in history.batches[batch].indices {
                // Of all that is sent under one id alike, and mostly of a turn as a whole.
                let number = Int(history.batches[batch][event].id.filter(\.isNumber)) ?? 0
                if number / 4 % 2 == 1 { history.batches[batch][event].tenant = PlainEvent.otherTenant }
            }
        }
    }

    /// Has some types go before others, in most lives. What was dropped beside an event leaves no other row stand for
    /// it.
    private mutating func addTypes(to history: inout History) {
        // What a repair says of positions that are lost is of segments as they were sealed.
        guard !history.replaces, history.damage == nil else { return }
        for life in history.lives.indices {
            history.lives[life].options.typesGoFirst = !typesGenerator.oneIn(4)
        }
    }

    // MARK: Backups

    private mutating func addBackups(to history: inout History) {
        for _ in 0...generator.next(below: 2) {
            let life = generator.next(below: history.lives.count)
            let place = generator.next(below: history.lives[life].steps.count + 1)
            let share = generator.oneIn(3) ? generator.next(below: 101) : nil
            history.lives[life].steps.insert(.backUp(links: generator.oneIn(2), upToShare: share), at: place)
        }
    }
}
