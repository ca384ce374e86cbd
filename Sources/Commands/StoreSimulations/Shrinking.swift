import Bytes
import Platform

extension History {
    /// As many runs as making a history shorter may take.
    private static let runsMax = 600

    /// A shorter history that ends as badly: without the lives, steps, faults and events that the end does not need.
    func shrunk(keeping invariant: Violation.Invariant) -> History {
        var (best, runs) = (self, 0)
        func fails(_ history: History) -> Bool {
            runs += 1
            var run = SimulationRun(history)
            return runs <= Self.runsMax && run.go()?.invariant == invariant
        }
        var isShorter = true
        while isShorter, runs < Self.runsMax {
            isShorter = false
            for shorter in best.shorter where fails(shorter) {
                (best, isShorter) = (shorter, true)
                break
            }
        }
        return best
    }

    /// Histories that lack a part of this one, those that lack much first.
    private var shorter: [History] {
        var all: [History] = []
        if lives.count > 1 { for life in lives.indices { all.append(without(lives: life...life)) } }
        for life in lives.indices {
            let count = lives[life].steps.count
            var length = count
            while length > 0 {
                for start in stride(from: 0, to: count, by: length) {
                    var history = self
                    history.lives[life].steps.removeSubrange(start..<min(start + length, count))
                    all.append(history)
                }
                length /= 2
            }
            for fault in lives[life].faults.indices {
                var history = self
                history.lives[life].faults.remove(at: fault)
                all.append(history)
            }
            if lives[life].room != nil {
                var history = self
                history.lives[life].room = nil
                all.append(history)
            }
            var plain = LifeOptions()
            plain.retains = lives[life].options.retains
            plain.otherNanoseconds = lives[life].options.otherNanoseconds
            plain.typesGoFirst = lives[life].options.typesGoFirst
            if lives[life].options != plain {
                var history = self
                history.lives[life].options = plain
                all.append(history)
            }
        }
        if damage != nil {
            var history = self
            history.damage = nil
            all.append(history)
        }
        if form != nil {
            var history = self
            history.form = nil
            all.append(history)
        }
        return all + withFewerEvents
    }

    private func without(lives range: ClosedRange<Int>) -> History {
        var history = self
        history.lives.removeSubrange(range)
        return history
    }

    private var withFewerEvents: [History] {
        let used = Set(lives.flatMap(\.steps).compactMap { if case .send(let batch, _) = $0 { batch } else { nil } })
        return used.sorted().flatMap { batch in
            batches[batch].count < 2
                ? []
                : batches[batch].indices.map { event in
                    var history = self
                    history.batches[batch].remove(at: event)
                    return history
                }
        }
    }

    /// The history in words, a line for each thing that happens.
    var lines: [String] {
        var lines = ["clock \(clock), pages \(form.map { "\($0)" } ?? "as they are shortest")"]
        for (number, life) in lives.enumerated() {
            let days = life.beginsAfter / Nanoseconds.day
            let time = days > 0 ? ", not before day \(days)" : ""
            lines.append("life \(number + 1)\(time): \(life.options)")
            lines += life.faults.map { "  fault: \($0.effect) at call \($0.call)" }
            if let room = life.room { lines.append("  room for \(room) bytes, until half of the steps are done") }
            lines += life.steps.map { "  \(words($0))" }
            lines.append("  ends by \(life.ending)")
        }
        if let damage { lines.append("then \(damage.kind), drawn from \(damage.seed)") }
        return lines
    }

    private func words(_ step: Step) -> String {
        switch step {
        case .send(let batch, let isBulk):
            let events = batches[batch].map { "\($0.type) \($0.id)" }.joined(separator: ", ")
            return "\(isBulk ? "import" : "append") of batch \(batch): \(events)"
        case .replace(let batch, let event): return "replace \(batches[batch][event].id)"
        default: return "\(step)"
        }
    }
}
