package import Platform
internal import Synchronization

/// The first call fails, then the second of another run, and so on, until a run comes to its end without having met the
/// call: so every way out of every call is taken once, those of a start among them.
package struct FailingCalls: Sendable {
    /// How the call fails.
    package enum Kind: Hashable, Sendable, CaseIterable {
        /// With an error of the system.
        case error(ErrorKind)
        /// It moves a part and says so.
        case short
        /// It moves a part, and what comes next finds no room.
        case shortAndFull
        /// A flush fails, and what it was to make durable is lost.
        case lostFlush
        /// Power goes.
        case powerCut

        /// Errors first.
        package static let allCases: [Kind] =
            ErrorKind.allCases.map { .error($0) } + [.short, .shortAndFull, .lostFlush, .powerCut]

        fileprivate var effect: SimulatedFault.Effect {
            switch self {
            case .error(let kind): .failure(kind.code)
            case .short: .shortTransfer
            case .shortAndFull: .partialWrite(ErrorKind.ENOSPC.code)
            case .lostFlush: .lostFlush
            case .powerCut: .powerCut
            }
        }
    }

    /// Runs that were done.
    package private(set) var runs = 0
    /// The most calls of one life.
    package private(set) var callsMost = 0
    /// What went wrong, with the kind, the life and the call.
    package private(set) var failures: [String] = []

    /// Lets each call of a workload fail.
    /// - Parameters:
    ///   - events: of the workload, at least.
    ///   - step: only each so-manieth call fails, beginning with `first`: for who has little time.
    package static func all(
        events: Int, kinds: [Kind] = Kind.allCases, first: Int = 1, step: Int = 1, workers: any Workers
    ) -> FailingCalls {
        let history = workload(events: events)
        // Lives before the one that is hit happen once.
        var beginnings = [SimulationRun(history)]
        let result = Mutex(FailingCalls())
        for life in history.lives.dropLast() {
            var next = SimulationRun(copying: beginnings[beginnings.count - 1])
            if let violation = next.go(on: life, concludes: false) {
                result.withLock { $0.failures.append("where no call fails: \(violation)") }
            }
            beginnings.append(next)
        }
        let (lives, starts) = (history.lives, beginnings)
        try? workers.run(count: kinds.count * lives.count) { index in
            let (kind, life) = (kinds[index / lives.count], index % lives.count)
            var (call, isHit) = (first, true)
            while isHit {
                var run = SimulationRun(copying: starts[life])
                var hit = lives[life]
                let operations: Set<StorageError.Operation>? = kind == .lostFlush ? [.flush] : nil
                hit.faults = [SimulatedFault(kind.effect, atCall: call, of: operations)]
                let violation = run.go(on: hit, concludes: true)
                isHit = run.report.faults > 0
                result.withLock { result in
                    result.runs += 1
                    result.callsMost = max(result.callsMost, call)
                    if let violation {
                        result.failures.append("\(kind) at call \(call) of life \(life + 1): \(violation)")
                    }
                }
                call += step
            }
        }
        return result.withLock { $0 }
    }

    /// Steps of a life.
    private static let lifeSteps = 16

    /// Short lives of a store, with all kinds of steps, that end in all ways.
    static func workload(events: Int) -> History {
        var history = History(seed: 14)
        // Steps of drawn histories end to end, until there are events enough.
        var steps: [History.Step] = []
        var seed: UInt64 = 0
        while history.batches.joined().count < events {
            seed += 1
            let more = HistoryGenerator.plainHistory(seed: seed)
            guard more.clock == .stands else { continue }
            let base = history.batches.count
            history.batches += more.batches.map { $0.map { $0.renamed(seed) } }
            steps += more.lives.flatMap(\.steps).map { $0.moved(byBatches: base) }
        }
        for (number, start) in stride(from: 0, to: steps.count, by: lifeSteps).enumerated() {
            var life = History.Life()
            life.options.holdsJobs = number.isMultiple(of: 2)
            life.steps = Array(steps[start..<min(start + lifeSteps, steps.count)])
            life.ending = History.Ending.allCases[number % History.Ending.allCases.count]
            history.lives.append(life)
        }
        return history
    }
}

extension PlainEvent {
    /// An event of its own in a longer history.
    fileprivate func renamed(_ seed: UInt64) -> PlainEvent {
        var event = self
        event.id = "s\(seed)/\(id)"
        return event
    }
}

extension History.Step {
    fileprivate func moved(byBatches count: Int) -> History.Step {
        switch self {
        case .send(let batch, let isBulk): .send(batch: batch + count, isBulk: isBulk)
        case .replace(let batch, let event): .replace(batch: batch + count, event: event)
        default: self
        }
    }
}
