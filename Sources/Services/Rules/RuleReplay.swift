import AlertRules
package import Asking
package import Bytes
import EventStores
import JSONTexts
package import PromQLEvaluation
package import PromQLText
import RuleFiles

// tests: what a replay says is read as values, not out of a rendering.
/// What rules would have said of the past: their groups evaluated over stored history, at the times at which a server
/// would have evaluated them.
package struct RuleReplay: Sendable {
    // tests: as `RuleReplay`.
    /// An alert that would have fired.
    package struct Firing: Hashable, Sendable {
        /// Its rule's file and group.
        package let group: ExactText
        /// `alertname` among them.
        package let labels: LabelSet
        /// ms since 1970.
        package let pendingSince: Int64
        /// ms since 1970.
        package let firedAt: Int64
        /// ms since 1970; nil: it fires at the end.
        package fileprivate(set) var resolvedAt: Int64?
        /// Whether its rule is about values that lie below something, so that the lowest is the worst.
        package let isBelow: Bool
        /// The lowest value while it was pending or fired where ``isBelow`` says so, else the highest; what is no
        /// number is never worse than another.
        package fileprivate(set) var worst: Double
    }

    /// By the times of firing, then by labels.
    package private(set) var firings: [Firing] = []
    /// Why groups could not be evaluated, and which rules failed, each once.
    package private(set) var complaints: [String] = []
    /// How many evaluations there were.
    package private(set) var evaluations = 0

    /// ms since 1970: the first evaluations are not later.
    let start: Int64
    /// ms since 1970: no evaluation is later.
    let end: Int64
    /// What alerts are about, by their names.
    let subjects: [ByteText: ReplaySubject]

    /// More alerts are not followed.
    private static let firingsMax = 10_000

    private struct Key: Hashable {
        let group: ExactText
        let labels: LabelSet
    }

    /// How often a rule failed.
    private struct Failed {
        let first: RuleFailing
        let firstAt: Int64
        var count = 1
    }

    /// The rules of alerts: those of a name in a group.
    private struct RuleKey: Hashable {
        let group: ExactText
        let name: ByteText
    }

    /// Whether all that are of the name say that it is lower values that are worse.
    private let areBelow: [RuleKey: Bool]
    private var open: [Key: Int] = [:]
    private var worst: [Key: Double] = [:]

    /// Evaluates.
    /// - Parameters:
    ///   - start: ms since 1970: the first evaluation of a group is at a multiple of its interval, this or the one
    ///     before.
    ///   - end: ms since 1970; no evaluation is later.
    ///   - alert: alerts of this name alone; nil: all.
    ///   - budget: bounds all of it together.
    /// - Throws: where the budget says that the work is to end.
    /// - Complexity: as the questions of all rules at all times.
    package init(
        _ set: RuleSet, from start: Int64, through end: Int64, only alert: ByteText? = nil,
        over source: any SeriesSource, within budget: any QuestionBudget = UnboundedBudget()
    ) throws(EvaluationError) {
        // One state of things at all times: rules are asked about many of them at once.
        let ahead = AnswersAhead(set, over: source, through: end, within: budget)
        try self.init(set, from: start, through: end, only: alert, within: budget, ahead: ahead) { _ in source }
    }

    /// Evaluates over other series at each time, such as were known then.
    /// - Parameters:
    ///   - start: as of the other initialiser, and so are `end`, `alert` and `budget`.
    ///   - open: the series for an evaluation at a time (ms since 1970); the times ascend.
    /// - Throws: as the other one. What `open` throws is a complaint.
    package init(
        _ set: RuleSet, from start: Int64, through end: Int64, only alert: ByteText? = nil,
        within budget: any QuestionBudget, opening open: (Int64) throws -> any SeriesSource
    ) throws(EvaluationError) {
        try self.init(set, from: start, through: end, only: alert, within: budget, ahead: nil, opening: open)
    }

    private init(
        _ set: RuleSet, from start: Int64, through end: Int64, only alert: ByteText?,
        within budget: any QuestionBudget, ahead: AnswersAhead?, opening open: (Int64) throws -> any SeriesSource
    ) throws(EvaluationError) {
        (self.start, self.end) = (start, end)
        let recorded = RecordedRules(set)
        var (subjects, areBelow): ([ByteText: ReplaySubject], [RuleKey: Bool]) = ([:], [:])
        for place in set.places(with: alert) {
            for rule in place.group.rules where rule.kind != .record {
                if subjects[rule.name] == nil {
                    subjects[rule.name] = ReplaySubject(of: recorded.selected(from: rule.expression.root))
                }
                let key = RuleKey(group: place.key, name: rule.name)
                areBelow[key] = (areBelow[key] ?? true) && rule.expression.root.isBelow
            }
        }
        (self.subjects, self.areBelow) = (subjects, areBelow)
        let notes = NoteLog()
        let manager = RuleManager(set, from: [], only: alert, within: budget) { notes.texts }
        let step = set.places(with: alert).reduce(Int64(0)) { Self.commonDivisor($0, set.interval(of: $1.group)) }
        guard step > 0, start <= end else { return }
        var failed: [Failed] = []
        // From one multiple to the next, so that none up to the end is left out, wherever between two the start lies.
        var now = floorDivide(start, step).saturatingMultiply(by: step)
        while now <= end {
            try budget.lookAtClock()
            let time = now
            let clock = time.saturatingMultiply(by: 1_000_000)
            while let step = manager.step(
                at: time, monotonic: { clock }, ahead: ahead, { (try open($0), budget) })
            {
                try budget.lookAtClock()
                if let complaint = step.complaint { complaints.append(complaint) } else { evaluations += 1 }
                let texts = step.batch?.notes.map(\.data) ?? []
                notes.append(texts)
                manager.committed(step)
                Self.count(step.failures, at: time, in: &failed)
                let changes = texts.compactMap(AlertNote.init(data:))
                take(changes.filter { alert == nil || $0.labels["alertname"] == alert }, manager)
            }
            if firings.count >= Self.firingsMax {
                complaints.append("rules: more than \(Self.firingsMax) alerts would have fired; the first are shown")
                break
            }
            let (next, isBeyond) = now.addingReportingOverflow(step)
            if isBeyond { break }
            now = next
        }
        complaints += failed.map { one in
            let time = RFC3339.render(one.firstAt.saturatingMultiply(by: 1_000_000))
            return "rules: \(one.first.name) of group \(one.first.group.text) failed "
                + "\(one.count == 1 ? "once" : "\(one.count) times"), first at \(time): \(one.first.reason)"
        }
        firings.sort { ($0.firedAt, $0.labels) < ($1.firedAt, $1.labels) }
    }

    /// The same for whoever asks for it as a question about series.
    /// - Throws: where the budget says that the work is to end, in the words of such questions.
    package static func answer(
        _ set: RuleSet, from start: Int64, through end: Int64, only alert: ByteText?, over source: any SeriesSource,
        within budget: any QuestionBudget
    ) throws(SeriesRefusal) -> RuleReplay {
        do throws(EvaluationError) {
            return try RuleReplay(set, from: start, through: end, only: alert, over: source, within: budget)
        } catch {
            throw SeriesRefusal(error)
        }
    }

    /// - Complexity: O(rules that failed before) each; those of one evaluation are few.
    private static func count(_ failures: [RuleFailing], at time: Int64, in failed: inout [Failed]) {
        for failing in failures {
            let known = failed.firstIndex { $0.first.group == failing.group && $0.first.rule == failing.rule }
            if let known { failed[known].count += 1 } else { failed.append(Failed(first: failing, firstAt: time)) }
        }
    }

    private mutating func take(_ notes: [AlertNote], _ manager: RuleManager) {
        for (group, alert) in manager.liveAlerts {
            let key = Key(group: group, labels: alert.labels)
            let value = Self.worse(worst[key], alert.value, isBelow: isBelow(key))
            worst[key] = value
            if let index = open[key] { firings[index].worst = value }
        }
        for note in notes {
            let key = Key(group: note.group, labels: note.labels)
            switch note.after {
            case .firing:
                open[key] = firings.count
                firings.append(
                    Firing(
                        group: note.group, labels: note.labels, pendingSince: note.activeAt, firedAt: note.time,
                        isBelow: isBelow(key), worst: worst[key] ?? note.value ?? 0))
            case .resolved, nil:
                if let index = open.removeValue(forKey: key) { firings[index].resolvedAt = note.time }
                worst[key] = nil
            case .pending:
                if let index = open.removeValue(forKey: key) { firings[index].resolvedAt = note.time }
            }
        }
    }

    private func isBelow(_ key: Key) -> Bool {
        areBelow[RuleKey(group: key.group, name: key.labels["alertname"])] ?? false
    }

    private static func worse(_ known: Double?, _ value: Double, isBelow: Bool) -> Double {
        let least = isBelow ? Double.infinity : -.infinity
        let value = value.isNaN ? least : value
        return isBelow ? min(known ?? least, value) : max(known ?? least, value)
    }

    private static func commonDivisor(_ one: Int64, _ other: Int64) -> Int64 {
        var (one, other) = (one, other)
        while other != 0 { (one, other) = (other, one % other) }
        return one
    }
}

extension Expression {
    /// Whether it says values that lie below something: where that is compared with series, these stay, on whichever
    /// side they stand.
    fileprivate var isBelow: Bool {
        switch self {
        case .parentheses(let node): return node.inner.isBelow
        case .binary(let node):
            switch node.operation {
            case .and, .unless: return node.left.isBelow
            case .or: return node.left.isBelow && node.right.isBelow
            case .less, .lessOrEqual: return !node.returnsBool && !node.left.isScalar
            case .greater, .greaterOrEqual: return !node.returnsBool && node.left.isScalar
            default: return false
            }
        case .number, .string, .selector, .range, .subquery, .unary, .call, .aggregation: return false
        }
    }

    /// Whether it says one number rather than series.
    private var isScalar: Bool {
        switch self {
        case .number: true
        case .parentheses(let node): node.inner.isScalar
        case .unary(let node): node.operand.isScalar
        case .binary(let node): node.left.isScalar && node.right.isScalar
        case .call(let node): node.function.result == .scalar
        case .string, .selector, .range, .subquery, .aggregation: false
        }
    }
}
