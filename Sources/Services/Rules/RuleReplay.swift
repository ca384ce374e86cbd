import AlertRules
package import Asking
package import Bytes
import EventStores
import JSONTexts
package import PromQLEvaluation
package import PromQLText
import RuleFiles

/// What rules would have said of the past: their groups evaluated over stored history, at the times at which a server
/// would have evaluated them.
package struct RuleReplay: Sendable {
    // tests: what a replay says is read as values, not out of a rendering.
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

    /// How far a replay is.
    package struct Progress: Hashable, Sendable {
        /// Evaluations that were made.
        package let evaluations: Int
        /// How many there are, those that cannot be made among them.
        package let total: Int
        /// ms since 1970: the time of the last one.
        package let reached: Int64
    }

    /// By the times of firing, then by labels.
    package private(set) var firings: [Firing] = []
    /// Why groups could not be evaluated, and which rules failed, each once.
    package private(set) var complaints: [String] = []
    /// How many evaluations there were.
    package private(set) var evaluations = 0
    /// ms since 1970: from then on evaluations are missing, since the work had to end; nil: none is.
    package private(set) var endedAt: Int64?
    /// Whether that was since the time was over.
    private(set) var ranOutOfTime = false

    /// ms since 1970: the first evaluations are not later.
    let start: Int64
    /// ms since 1970: no evaluation is later.
    let end: Int64
    /// ms since 1970: the last time that was looked at.
    var reached: Int64 { min(end, endedAt ?? end) }
    /// Where people reach the installation; nil where nobody knows.
    let origin: String?
    /// What alerts are about, by their names.
    let subjects: [ByteText: ReplaySubject]

    /// More alerts are not followed.
    private static let firingsMax = 10_000
    /// More reasons are not told.
    private static let complaintsMax = 100

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

    /// What is evaluated, and within what.
    private struct Course {
        let manager: RuleManager
        let ahead: AnswersAhead?
        let budget: any QuestionBudget
        /// What became of alerts, where rules look at that; nil: nobody asks for it.
        let notes: NoteLog?
        let alert: ByteText?
        /// ms since 1970 of the first evaluations.
        let first: Int64
        /// ms; each time of an evaluation is a multiple of it.
        let step: Int64
        /// Of all evaluations.
        let total: Int
    }

    /// Evaluates.
    /// - Parameters:
    ///   - start: ms since 1970: the first evaluation of a group is at a multiple of its interval, this or the one
    ///     before.
    ///   - end: ms since 1970; no evaluation is later.
    ///   - alert: alerts of this name alone; nil: all.
    ///   - budget: bounds all of it together.
    ///   - keepsPart: whether what was found is the answer where the budget says that the work is to end; it is not
    ///     complete then (``endedAt``).
    ///   - tell: hears after each evaluation how far it is.
    /// - Throws: where the budget says that the work is to end.
    /// - Complexity: as the questions of all rules at all times. What is held is bounded and booked: alerts that would
    ///   have fired, and, where rules look at alerts, what became of these.
    package init(
        _ set: RuleSet, from start: Int64, through end: Int64, only alert: ByteText? = nil,
        over source: any SeriesSource, within budget: any QuestionBudget = UnboundedBudget(),
        keepsPart: Bool = false, telling tell: (Progress) -> Void = { _ in }
    ) throws(EvaluationError) {
        // One state of things at all times: rules are asked about many of them at once.
        let ahead = AnswersAhead(set, over: source, through: end, within: budget)
        try self.init(
            set, from: start, through: end, only: alert, within: budget, ahead: ahead, opening: { _ in source },
            keepsPart: keepsPart, telling: tell)
    }

    /// Evaluates over other series at each time, such as were known then.
    /// - Parameters:
    ///   - start: as of the other initialiser, and so are `end`, `alert`, `budget`, `keepsPart` and `tell`.
    ///   - open: the series for an evaluation at a time (ms since 1970); the times ascend.
    /// - Throws: as the other one. What `open` throws is a complaint.
    package init(
        _ set: RuleSet, from start: Int64, through end: Int64, only alert: ByteText? = nil,
        within budget: any QuestionBudget, opening open: (Int64) throws -> any SeriesSource,
        keepsPart: Bool = false, telling tell: (Progress) -> Void = { _ in }
    ) throws(EvaluationError) {
        try self.init(
            set, from: start, through: end, only: alert, within: budget, ahead: nil, opening: open,
            keepsPart: keepsPart, telling: tell)
    }

    private init(
        _ set: RuleSet, from start: Int64, through end: Int64, only alert: ByteText?,
        within budget: any QuestionBudget, ahead: AnswersAhead?, opening open: (Int64) throws -> any SeriesSource,
        keepsPart: Bool, telling tell: (Progress) -> Void
    ) throws(EvaluationError) {
        (self.start, self.end, origin) = (start, end, ReplayLink.origin(set.options))
        let recorded = RecordedRules(set)
        var (subjects, areBelow): ([ByteText: ReplaySubject], [RuleKey: Bool]) = ([:], [:])
        var readsAlerts = false
        for place in set.places(with: alert) {
            for rule in place.group.rules {
                let selectors = recorded.selected(from: rule.expression.root)
                readsAlerts = readsAlerts || rule.mayAskInTexts
                    || selectors.contains { AlertHistory.names.contains(where: $0.passesName) }
                if rule.kind == .record { continue }
                if subjects[rule.name] == nil { subjects[rule.name] = ReplaySubject(of: selectors) }
                let key = RuleKey(group: place.key, name: rule.name)
                areBelow[key] = (areBelow[key] ?? true) && rule.expression.root.isBelow
            }
        }
        (self.subjects, self.areBelow) = (subjects, areBelow)
        let intervals = set.places(with: alert).map { set.interval(of: $0.group) }
        let step = intervals.reduce(Int64(0)) { Self.commonDivisor($0, $1) }
        guard step > 0, start <= end else { return }
        let notes = readsAlerts ? NoteLog(within: budget) : nil
        let manager = RuleManager(set, from: [], only: alert, within: budget) { notes?.texts ?? [] }
        // From one multiple to the next, so that none up to the end is left out, wherever between two the start lies.
        let first = floorDivide(start, step).saturatingMultiply(by: step)
        let course = Course(
            manager: manager, ahead: ahead, budget: budget, notes: notes, alert: alert, first: first, step: step,
            total: Self.count(of: intervals, from: first, through: end))
        do throws(EvaluationError) {
            try evaluate(course, tell, open)
        } catch {
            guard keepsPart else { throw error }
            ranOutOfTime = error == .timedOut
            // Who ended it knows why.
            if error != .cancelled, error != .timedOut { complain("rules: \(error)") }
        }
        firings.sort { ($0.firedAt, $0.labels) < ($1.firedAt, $1.labels) }
    }

    /// How many evaluations groups have: of each at the multiple of its interval before the first time, and at each
    /// one behind that.
    private static func count(of intervals: [Int64], from first: Int64, through end: Int64) -> Int {
        let counts = intervals.map {
            floorDivide(end, $0).saturatingSubtract(floorDivide(first, $0)).saturatingAdd(1)
        }
        return Int(counts.reduce(Int64(0)) { $0.saturatingAdd($1) })
    }

    /// - Throws: where the budget says that the work is to end: what was found until then stands, and ``endedAt``.
    private mutating func evaluate(
        _ course: Course, _ tell: (Progress) -> Void, _ open: (Int64) throws -> any SeriesSource
    ) throws(EvaluationError) {
        let (manager, budget) = (course.manager, course.budget)
        var failed: [Failed] = []
        defer { complain(of: failed) }
        var now = course.first
        while now <= end {
            let time = now
            endedAt = time
            try budget.lookAtClock()
            let clock = time.saturatingMultiply(by: 1_000_000)
            while let step = manager.step(
                at: time, monotonic: { clock }, ahead: course.ahead, { (try open($0), budget) })
            {
                try budget.lookAtClock()
                if let complaint = step.complaint { complain(complaint) } else { evaluations += 1 }
                let texts = step.batch?.notes.filter(\.isOfAlert).map(\.data) ?? []
                try course.notes?.append(texts)
                manager.committed(step)
                Self.count(step.failures, at: time, in: &failed)
                let changes = texts.compactMap(AlertNote.init(data:))
                take(changes.filter { course.alert == nil || $0.labels["alertname"] == course.alert }, manager)
                tell(Progress(evaluations: evaluations, total: course.total, reached: time))
            }
            let (next, isBeyond) = now.addingReportingOverflow(course.step)
            if isBeyond || next > end { break }
            now = next
            if firings.count >= Self.firingsMax {
                endedAt = now
                complain("rules: more than \(Self.firingsMax) alerts would have fired; the first are shown")
                return
            }
        }
        endedAt = nil
    }

    private mutating func complain(_ complaint: String) {
        if complaints.count < Self.complaintsMax, !complaints.contains(complaint) { complaints.append(complaint) }
    }

    private mutating func complain(of failed: [Failed]) {
        complaints += failed.map { one in
            let time = RFC3339.render(one.firstAt.saturatingMultiply(by: 1_000_000))
            return "rules: \(one.first.name) of group \(one.first.group.text) failed "
                + "\(one.count == 1 ? "once" : "\(one.count) times"), first at \(time): \(one.first.reason)"
        }
    }

    /// The same for whoever asks for it as a question about series.
    /// - Parameter keepsPart: as of the initialisers.
    /// - Throws: where the budget says that the work is to end, in the words of such questions.
    package static func answer(
        _ set: RuleSet, from start: Int64, through end: Int64, only alert: ByteText?, over source: any SeriesSource,
        within budget: any QuestionBudget, keepsPart: Bool = false
    ) throws(SeriesRefusal) -> RuleReplay {
        do throws(EvaluationError) {
            return try RuleReplay(
                set, from: start, through: end, only: alert, over: source, within: budget, keepsPart: keepsPart)
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

extension Rule {
    /// Whether one of its texts may ask a question of its own, which nobody knows before it is filled in.
    fileprivate var mayAskInTexts: Bool {
        guard case .alert(let terms) = kind else { return false }
        return (labels + terms.annotations).contains { $0.text.description.contains("query") }
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
