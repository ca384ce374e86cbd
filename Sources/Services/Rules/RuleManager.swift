package import AlertRules
package import Bytes
import Domain
package import EventStores
package import PromQLEvaluation
package import PromQLText
import RuleFiles
import Synchronization

/// Evaluates groups of rules at multiples of their intervals, and knows how they stand. It has no clock and no thread:
/// whoever drives it says what time it is, hands in the series, and has what it says made durable.
///
/// Series follow from events, so that what was missed is caught up: a start goes on from the state that was logged
/// last, and evaluates each time in between in its order. What comes of it is what would have come of it without the
/// end in between. Only after a long silence (``Bounds``) it begins anew, as Prometheus does after an outage.
/// What is forgotten then, and what has no rule any more, is over: an ``AlertEnding``.
///
/// Stepped from one thread at a time; how rules stand may be asked from anywhere.
package final class RuleManager: Sendable {
    /// How much is caught up.
    enum Bounds {
        /// Evaluations of a group.
        static let evaluations: Int64 = 240
        /// ms.
        static let silence: Int64 = 3_600_000
        /// ms between states that are logged though no alert has changed.
        static let record: Int64 = 300_000
        /// Notes that wait for a store that takes nothing; then the oldest go.
        static let notes = 10_000
        /// Notes of before the start that may be worked out again.
        static let noted = 1000
        /// ns for which groups of one time share the series that the first of them opened.
        static let shared: Int64 = 10_000_000_000
    }

    // tests: evaluations are stepped through, and what they say is kept or lost.
    /// What an evaluation came to.
    package struct Step: Sendable {
        // tests: as `Step`.
        /// To be made durable; nil: nothing has to be.
        package var batch: IngestBatch?
        // tests: as `Step`.
        /// To be told, once it is durable.
        package var messages: [AlertMessage]
        /// How many notes of the batch are no longer to be kept once it is durable.
        var notes: Int
        /// For the log: why a group could not be evaluated at all.
        var complaint: String?
        /// Up to when evaluations of groups are noted in the batch: ms since 1970 of the last one, by the group.
        var noted: [ExactText: Int64] = [:]
        /// Its group's rules that failed.
        var failures: [RuleFailing] = []
        // tests: as `Step`.
        /// For the log: which alerts are over though no rule says so.
        package var endings: [String] = []
    }

    struct Group: Sendable {
        let place: RuleSet.Place
        let interval: Int64
        /// The names of its alerts, each once, in their order.
        let alerts: [ByteText]
        var state: RuleGroupState
        /// ms since 1970 of the evaluation whose state was logged last.
        var recordedAt: Int64?
        /// Whether there are notes of changes that the state which was logged last does not know.
        var isUnsaved = false
        /// Evaluations that were made, and are to be noted with the state that knows of them.
        var unnoted: [EvaluationNote] = []
        /// ns that the last evaluation took.
        var duration: Int64 = 0
        /// ns that each rule took of it; empty: there was none since the process began, or the rules are others.
        var ruleDurations: [Int64] = []
        /// On the monotonic clock, ns: no attempt before, since the last one failed.
        var notBefore: Int64 = .min
        /// Whether it had caught up since the process began: what it misses now it has no time for.
        var wasUpToDate = false
        /// Why the last attempt came to nothing.
        var failure: String?
        /// What was to be told while evaluations were caught up.
        var held: [AlertMessage] = []

        /// What is still to be logged and told of it is so under other rules, too.
        mutating func goOn(from before: Group) {
            (recordedAt, isUnsaved, held) = (before.recordedAt, before.isUnsaved, before.held)
            unnoted = before.unnoted
            wasUpToDate = before.wasUpToDate
        }
    }

    struct State: Sendable {
        var set: RuleSet
        var recorded: RecordedRules
        var groups: [Group]
        var pace = RulePace()
        /// States of groups that are no more: to be ended.
        var orphans: [ExactText]
        /// Alerts that are over though no rule says so: to be noted.
        var endings: [AlertEnding] = []
        /// Those that were noted and are to be told.
        var untold: [AlertEnding] = []
        /// Notes that are not durable yet.
        var notes: [SystemNote] = []
        /// The last that were, before the start: in a log of before they stood in one record with the state that knows
        /// of them a crash may have kept them without it.
        var noted: Set<ExactText>
    }

    /// The series of a cycle: groups that are due at one time see one state of things, and what rules said of it.
    private struct Cycle: Sendable {
        /// ms since 1970.
        let time: Int64
        /// ns, on the monotonic clock.
        let openedAt: Int64
        let series: RuledSeries
        let budget: any QuestionBudget
    }

    let state: Mutex<State>
    /// Nil between cycles, so that no snapshot is held while nothing is to be done.
    private let cycle = Mutex<Cycle?>(nil)
    private let noteTexts: @Sendable () throws -> [String]
    /// Of one set of rules after the other.
    private let freshPast: @Sendable () -> RecordedPast

    /// - Parameters:
    ///   - records: states that were logged; one that cannot be read is none.
    ///   - alert: only groups with an alert of this name are evaluated; nil: all.
    ///   - keptBytesMax: bytes of what recording rules said of times that are past, half of them to who evaluates and
    ///     half to who asks; nil: as many as are ever kept.
    ///   - budget: bounds what is kept of that as well.
    ///   - notes: the data of the rows `alert.changed`, in their order.
    package init(
        _ set: RuleSet, from records: [RuleStateRecord], only alert: ByteText? = nil,
        keeping keptBytesMax: Int? = nil, within budget: any QuestionBudget = UnboundedBudget(),
        notes: @escaping @Sendable () throws -> [String]
    ) {
        noteTexts = notes
        let keptBytesMax = keptBytesMax ?? ServerLimits.recordedBytesMost
        let freshPast = { @Sendable in RecordedPast(bytesMax: keptBytesMax / 2, within: budget) }
        self.freshPast = freshPast
        var known: [ExactText: RuleGroupState] = [:]
        for record in records { known[record.group] = try? RuleGroupState(record.state[...]) }
        let groups = Self.groups(set, carrying: known, only: alert)
        let names = Set(groups.map(\.place.key))
        var first = State(
            set: set, recorded: RecordedRules(set, past: freshPast(), asked: freshPast()), groups: groups,
            orphans: records.map(\.group).filter { !names.contains($0) },
            noted: Set(((try? notes()) ?? []).suffix(Bounds.noted).map { ExactText($0) }))
        for record in records {
            guard let known = known[record.group] else { continue }
            // How often a group was evaluated that is no more, nobody knows.
            let interval = groups.first { $0.place.key == record.group }?.interval ?? max(1, set.options.interval)
            first.end(AlertEnding.left(known, record.group, interval: interval, by: groups))
        }
        state = Mutex(first)
    }

    /// The rules that are evaluated.
    package var rules: RuleSet { state.withLock { $0.set } }

    /// Other rules from now on; a rule of the same group, name and labels goes on where it stood.
    package func replace(by set: RuleSet) {
        state.withLock { state in
            var known: [ExactText: Group] = [:]
            for group in state.groups { known[group.place.key] = group }
            var groups = Self.groups(set, carrying: known.mapValues(\.state))
            for index in groups.indices {
                if let before = known[groups[index].place.key] { groups[index].goOn(from: before) }
            }
            let names = Set(groups.map(\.place.key))
            state.orphans += state.groups.map(\.place.key).filter { !names.contains($0) }
            // What a group that goes has evaluated is noted without it.
            state.notes += state.groups.filter { !names.contains($0.place.key) }.flatMap(\.unnoted).map(\.note)
            let endings = state.groups.flatMap {
                AlertEnding.left($0.state, $0.place.key, interval: $0.interval, by: groups)
            }
            state.recorded = RecordedRules(set, past: freshPast(), asked: freshPast())
            (state.set, state.groups) = (set, groups)
            state.end(endings)
        }
        endCycle()
    }

    private static func groups(
        _ set: RuleSet, carrying known: [ExactText: RuleGroupState], only alert: ByteText? = nil
    ) -> [Group] {
        set.places(with: alert).map { place in
            let state = known[place.key]?.carried(to: place.group).withoutSeries() ?? RuleGroupState(place.group)
            return Group(
                place: place, interval: set.interval(of: place.group), alerts: EvaluationNote.alerts(of: place.group),
                state: state, recordedAt: state.evaluatedAt)
        }
    }

    // MARK: Stepping

    /// Whether an evaluation is due; where none is, the cycle is over.
    /// - Parameters:
    ///   - now: ms since 1970.
    ///   - monotonic: ns.
    func isDue(at now: Int64, monotonic: Int64) -> Bool {
        let isDue = due(at: now, monotonic: monotonic) != nil || state.withLock(\.hasLeftovers)
        if !isDue { endCycle() }
        return isDue
    }

    private func endCycle() { cycle.withLock { $0 = nil } }

    /// Evaluates the group whose time has come first; nil: none has.
    /// - Parameters:
    ///   - now: ms since 1970.
    ///   - monotonic: ns.
    ///   - clock: the monotonic clock, to see how long it takes.
    ///   - open: the series up to a time (ms since 1970), and what bounds questions about them; asked once for groups
    ///     that are evaluated one after the other at one time.
    package func step(
        at now: Int64, monotonic clock: () -> Int64,
        _ open: (Int64) throws -> (source: any SeriesSource, budget: any QuestionBudget)
    ) -> Step? {
        step(at: now, monotonic: clock, ahead: nil, open)
    }

    /// - Parameter ahead: what rules say over the same series, where many times are asked about at once.
    func step(
        at now: Int64, monotonic clock: () -> Int64, ahead: AnswersAhead?,
        _ open: (Int64) throws -> (source: any SeriesSource, budget: any QuestionBudget)
    ) -> Step? {
        let began = clock()
        guard let due = due(at: now, monotonic: began) else {
            endCycle()
            return leftovers(at: now)
        }
        let (set, recorded, group) = state.withLock { ($0.set, $0.recorded, $0.groups[due.index]) }
        do {
            var before = group.state
            if due.isAnew { before = before.resumed(group.place.group, set.options, at: due.time) }
            let cycle = try openedCycle(at: due.time, recorded, began, ahead, open)
            let evaluation = try Self.evaluate(
                before, group.place.group, set, cycle.series, due.time, cycle.budget, clock)
            return taken(evaluation, from: before, due, set, now, nanoseconds: clock() - began, at: clock())
        } catch {
            endCycle()
            let isStopped = error as? EvaluationError == .cancelled
            return failed(isStopped ? nil : "\(error)", due, nanoseconds: clock() - began, at: clock())
        }
    }

    /// The cycle under way where it is of the time and young, otherwise another one.
    private func openedCycle(
        at time: Int64, _ recorded: RecordedRules, _ began: Int64, _ ahead: AnswersAhead?,
        _ open: (Int64) throws -> (source: any SeriesSource, budget: any QuestionBudget)
    ) throws -> Cycle {
        let known = cycle.withLock { $0 }
        if let known, known.time == time, began.saturatingSubtract(known.openedAt) < Bounds.shared { return known }
        // What was looked at before is not held beside what is looked at now.
        endCycle()
        let (source, budget) = try open(time)
        var series = RuledSeries(source, recorded, history(), reached: time, within: budget).forEvaluation
        series.ahead = ahead
        let fresh = Cycle(time: time, openedAt: began, series: series, budget: budget)
        cycle.withLock { $0 = fresh }
        return fresh
    }

    /// With what bounds questions as what it is.
    private static func evaluate(
        _ before: RuleGroupState, _ group: RuleGroup, _ set: RuleSet, _ series: RuledSeries, _ time: Int64,
        _ budget: some QuestionBudget, _ clock: () -> Int64
    ) throws(EvaluationError) -> RuleEvaluation {
        do throws(EvaluationError) {
            return try GroupEvaluator(group, set.options)
                .evaluate(before, over: series, at: time, within: budget, timedBy: clock)
        } catch {
            // A source that gives up does not say whether there was no time left.
            if error == .cancelled { try budget.lookAtClock() }
            throw error
        }
    }

    private func taken(
        _ evaluation: RuleEvaluation, from before: RuleGroupState, _ due: Due, _ set: RuleSet, _ now: Int64,
        nanoseconds: Int64, at monotonic: Int64
    ) -> Step? {
        state.withLock { state in
            guard let index = state.groups.firstIndex(where: { $0.place.key == due.key }),
                state.groups[index].place.group.rules.count == before.rules.count
            else { return Step(messages: [], notes: 0) }
            let place = state.groups[index].place
            let sending = evaluation.state.sending(place.group, set.options, at: due.time)
            let next = sending.state.withoutSeries()
            let known = state.groups[index].state
            if due.isAnew {
                state.end(
                    AlertEnding.all(
                        known.forgotten(by: before), of: place.key, lastSeen: known.evaluatedAt,
                        interval: state.groups[index].interval, .outage))
            }
            let endings = state.noteEndings()
            let notes = evaluation.notes(from: before, place.key, at: due.time)
                + (due.isAnew ? evaluation.state.delays(since: known, before, place.key, at: due.time) : [])
            if !notes.isEmpty { state.groups[index].isUnsaved = true }
            state.notes += notes.filter { !state.noted.contains(ExactText($0.data)) }
            if state.notes.count > Bounds.notes { state.notes.removeFirst(state.notes.count - Bounds.notes) }
            state.groups[index].state = next
            (state.groups[index].duration, state.groups[index].failure) = (nanoseconds, nil)
            state.groups[index].ruleDurations = evaluation.nanoseconds
            let isFree = due.isBehind && !state.groups[index].wasUpToDate
            state.pace.took(nanoseconds, for: due.time, until: monotonic, isFree: isFree)
            if !due.isBehind { state.groups[index].wasUpToDate = true }
            // What is caught up is told at its end: on the way it would be news of yesterday.
            let messages = sending.messages.map { $0.linked(to: place.group.rules, set.options) }
            state.groups[index].held = Self.merged(state.groups[index].held, messages)
            var step = Step(messages: [], notes: state.notes.count)
            step.failures = RuleFailing.all(in: place, next)
            state.groups[index].evaluated(at: due.time, step.failures)
            step.endings = endings
            if !due.isBehind {
                swap(&step.messages, &state.groups[index].held)
                step.messages += state.takeUntold(at: now)
            }
            let recordedAt = state.groups[index].recordedAt
            let isOld = recordedAt.map { due.time.saturatingSubtract($0) >= Bounds.record } ?? true
            let isUnsaved = state.groups.contains(where: \.isUnsaved)
            if isUnsaved || !state.notes.isEmpty || !state.orphans.isEmpty || isOld {
                state.groups[index].recordedAt = due.time
                // Notes and the states that know of them go together: what is done again is not noted again.
                let changed = state.groups.filter { $0.isUnsaved || $0.place.key == place.key }
                for group in changed { step.noted[group.place.key] = group.unnoted.last?.last }
                step.batch = IngestBatch(
                    notes: state.notes + changed.flatMap(\.unnoted).map(\.note),
                    rules: state.orphans.map { RuleStateRecord(group: $0, state: []) }
                        + changed.map { RuleStateRecord(group: $0.place.key, state: $0.state.bytes) })
            }
            return step
        }
    }

    /// - Parameter reason: nil: it was not waited for.
    private func failed(_ reason: String?, _ due: Due, nanoseconds: Int64, at monotonic: Int64) -> Step? {
        state.withLock { state in
            guard let index = state.groups.firstIndex(where: { $0.place.key == due.key }) else { return nil }
            let isNews = state.groups[index].failure != reason
            (state.groups[index].duration, state.groups[index].failure) = (nanoseconds, reason)
            let pause = state.groups[index].interval.saturatingMultiply(by: 1_000_000)
            state.pace.took(nanoseconds, for: due.time, until: monotonic, isFree: false)
            state.groups[index].notBefore = monotonic.saturatingAdd(max(nanoseconds, pause))
            var step = Step(messages: [], notes: 0)
            if isNews, let reason { step.complaint = "rules: group \(due.key) was not evaluated: \(reason)" }
            return step
        }
    }

    // tests: as `Step`.
    /// What a step said is durable.
    package func committed(_ step: Step) {
        state.withLock { state in
            state.notes.removeFirst(min(step.notes, state.notes.count))
            let ended = Set(step.batch?.rules.filter(\.state.isEmpty).map(\.group) ?? [])
            state.orphans.removeAll { ended.contains($0) }
            if step.batch != nil { for index in state.groups.indices { state.groups[index].isUnsaved = false } }
            for index in state.groups.indices {
                guard let last = step.noted[state.groups[index].place.key] else { continue }
                state.groups[index].unnoted.removeAll { $0.last <= last }
            }
        }
    }

    /// Of an alert the newer message; what is over is not told to fire by an older one.
    private static func merged(_ held: [AlertMessage], _ fresh: [AlertMessage]) -> [AlertMessage] {
        if held.isEmpty { return fresh }
        let newer = Set(fresh.map(\.labels))
        return held.filter { !newer.contains($0.labels) } + fresh
    }

    // MARK: Series

    private func history(_ texts: (@Sendable () throws -> [String])? = nil) -> AlertHistory {
        let paces = state.withLock { state in
            Dictionary(
                state.groups.map { group in
                    let offset = state.set.queryOffset(of: group.place.group)
                    return (group.place.key, AlertHistory.Pace(interval: group.interval, offset: offset))
                }) { first, _ in first }
        }
        let noteTexts = texts ?? noteTexts
        return AlertHistory(paces: paces) { try noteTexts().compactMap(AlertNote.init(data:)) }
    }

    /// Another one for other rules: what they make of series may be other series.
    package var number: UInt64 { state.withLock { $0.recorded.number } }

    /// A source with what the rules make of it.
    /// - Parameters:
    ///   - reached: ms since 1970; nothing is later.
    ///   - budget: bounds what is evaluated for it.
    ///   - notes: the rows `alert.changed` where they are others than those of now.
    ///   - remark: hears of rules that were asked for and have no samples; perhaps several times of one.
    package func series(
        over source: any SeriesSource, reached: Int64, within budget: any QuestionBudget,
        notes: (@Sendable () throws -> [String])? = nil, remark: (@Sendable (String) -> Void)? = nil
    ) -> any SeriesSource {
        let recorded = state.withLock { $0.recorded }
        var series = RuledSeries(source, recorded, history(notes), reached: reached, within: budget)
        series.remark = remark
        return series
    }
}
