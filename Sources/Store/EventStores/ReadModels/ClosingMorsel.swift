import Bytes
import Columnar
import Domain
import Projections
import Segments
import Synchronization

/// What silence makes of conversations, as readers see them: a pure function of the rows, the setting in force and the
/// time that the log has reached, or another one that a reader names. Rows keep what events say, so nothing is folded
/// again because time passes or the setting changes.
struct ClosingRule: Sendable {
    var settings: OutcomeSettings
    /// Up to when time is known to have passed.
    var reached: Int64

    /// Where the columns stand that follow from silence, and those that they follow from.
    struct Places: Sendable {
        let closedTime, closedReason, lastActivityTime, lastTime, outcome, outcomeFin, outcomeSilence, lastMessage: Int
        let cutAfter: Int

        init(_ columns: [TableColumn]) {
            func place(_ name: String) -> Int {
                guard let index = columns.firstIndex(where: { $0.name == name }) else {
                    preconditionFailure("no column \(name)")
                }
                return index
            }
            closedTime = place("closed_time")
            closedReason = place("closed_reason")
            lastActivityTime = place("last_activity_time")
            lastTime = place("last_time")
            outcome = place("outcome")
            outcomeFin = place("outcome_intercom_fin")
            outcomeSilence = place("outcome_silence_resolves")
            lastMessage = place("last_message")
            cutAfter = place("cut_after")
        }

        var derived: Set<Int> { [closedTime, closedReason, outcome, outcomeFin, outcomeSilence] }
    }

    static let places = Places(ReadModelColumns.conversations)

    /// Those of some predicates that what pages say may refute: it does not hold of derived columns.
    func stored(_ predicates: [ColumnPredicate]) -> [ColumnPredicate] {
        predicates.filter { !Self.places.derived.contains($0.column) }
    }

    /// Whether no row of a group can satisfy all predicates, by what bounds `closed_time`, of derived columns alone.
    func refutes(_ predicates: [ColumnPredicate], of group: RowGroup) -> Bool {
        guard predicates.contains(where: { $0.column == Self.places.closedTime }), let bounds = closedBounds(group)
        else { return false }
        return predicates.contains { predicate in
            guard predicate.column == Self.places.closedTime else { return false }
            switch predicate.comparison {
            case .equal, .oneOf, .less, .lessOrEqual, .greater, .greaterOrEqual:
                return predicate.comparison.isRefuted(by: bounds, rowCount: group.rowCount)
            case .notEqual, .isNull, .isNotNull: return false
            }
        }
    }

    /// Bounds of what `closed_time` can be in a group; nil where nothing is known.
    private func closedBounds(_ group: RowGroup) -> ColumnSummary? {
        func bounds(_ name: String, later nanoseconds: Int64) -> (Int64, Int64)? {
            guard let summary = group.summary(named: name), case .timestamptz(let first) = summary.minimum,
                case .timestamptz(let last) = summary.maximum
            else { return nil }
            return (first.saturatingAdd(nanoseconds), last.saturatingAdd(nanoseconds))
        }
        var ranges: [(Int64, Int64)] = []
        if let told = bounds("closed_time", later: 0) { ranges.append(told) }
        if let silence = settings.idleAfterNanoseconds {
            // Segments of before have no time of activity; their last times are no earlier.
            let name = group.columnIndex(named: "last_activity_time") == nil ? "last_time" : "last_activity_time"
            if let idle = bounds(name, later: silence) { ranges.append(idle) }
        }
        guard let first = ranges.map(\.0).min(), let last = ranges.map(\.1).max() else { return nil }
        return ColumnSummary(minimum: .timestamptz(first), maximum: .timestamptz(last), nullCount: 0)
    }
}

/// Rows of `conversations`, closed where silence closed them.
struct ClosingMorsel: Morsel {
    /// The rows as events say them, without those that others stand for.
    let base: any Morsel
    let rule: ClosingRule
    /// Written before rows said when somebody last acted: their last event stands in, and a closing that they tell of
    /// stands.
    let isOldForm: Bool
    /// The rows with those that others stand for, whose pages tell of bounds; nil: none are left out.
    var whole: (any Morsel)?
    /// Where it is kept when silence closes the next one; nil: nowhere.
    var ends: SilenceEnds?
    /// What several columns follow from, for who reads them; nil: each is read by itself.
    var shared: Shared?

    /// When rows were closed, once somebody has found it out.
    final class Shared: Sendable { fileprivate let closings = Mutex<Closings?>(nil) }

    /// When rows were closed.
    fileprivate struct Closings: Sendable {
        /// By events.
        let told: Vector
        /// By silence, by row: ``never`` where it is open or an event closed it. Empty where silence closed none.
        let idle: [Int64]
        /// No silence ends so early.
        static let never = Int64.min

        /// The rows that anything closed.
        func closedRows(_ count: Int) -> Validity {
            var closed = Validity(count: count, allValid: told.hasNoNulls)
            if let validity = told.validity {
                closed = validity
            } else if !told.hasNoNulls, !told.isAllNull {
                for row in 0..<count where told.integer(at: row) != nil { closed[row] = true }
            }
            for row in idle.indices where idle[row] != Self.never { closed[row] = true }
            return closed
        }
    }

    var reading: any Morsel {
        if shared != nil { return self }
        var morsel = self
        morsel.shared = Shared()
        return morsel
    }

    var rowCount: Int { base.rowCount }

    private var activityPlace: Int {
        isOldForm ? ClosingRule.places.lastTime : ClosingRule.places.lastActivityTime
    }

    /// Time changes it when silence closes one of the rows, and then alone; but a piece of which silence closes none
    /// may change once.
    /// - Complexity: O(1) where pages or ``SilenceEnds`` tell that nothing was closed, otherwise O(rows).
    var identity: MorselIdentity? {
        guard let rows = base.identity else { return nil }
        guard let silence = rule.settings.idleAfterNanoseconds else { return rows.read(through: [-1, 0]) }
        return rows.read(through: [silence, lastClose(of: rows, silence)])
    }

    /// See ``SilenceEnds``. Where rows cannot be read any time makes others of them: whoever reads them is told.
    private func lastClose(of rows: MorselIdentity, _ silence: Int64) -> Int64 {
        let whole = whole ?? base
        if whole.summary(ClosingRule.places.closedTime)?.nullCount == 0 { return .max }
        if let summary = whole.summary(activityPlace) {
            if summary.nullCount == whole.rowCount { return .max }
            if case .timestamptz(let last) = summary.maximum, last.saturatingAdd(silence) <= rule.reached {
                return .max
            }
            if case .timestamptz(let first) = summary.minimum, first.saturatingAdd(silence) > rule.reached {
                return .min
            }
        }
        guard let ends, let piece = whole.identity else { return rule.reached }
        let last = try? ends.last(by: rule.reached, of: piece, rows: rows, silence: silence, look: silenceEnds)
        return last ?? rule.reached
    }

    /// When silence closes the rows that it closes at some time.
    private func silenceEnds() throws -> [Int64] { try closings(by: .max).idle.filter { $0 != Closings.never } }

    func column(_ index: Int) throws -> Vector {
        let places = ClosingRule.places
        switch index {
        case places.closedTime: return try closedTimes()
        case places.closedReason: return try closedReasons()
        case places.outcome, places.outcomeFin: return try outcomes(index)
        case places.outcomeSilence: return try silenceOutcomes()
        default: return try base.column(index)
        }
    }

    func keys(_ index: Int) throws -> Vector {
        try ClosingRule.places.derived.contains(index) ? column(index) : base.keys(index)
    }

    /// What follows from silence follows row by row.
    func column(_ index: Int, rows: [UInt32]) throws -> Vector {
        try ClosingMorsel(base: PickedRowsMorsel(base: base, rows: rows), rule: rule, isOldForm: isOldForm)
            .column(index)
    }

    func keys(_ index: Int, rows: [UInt32]) throws -> Vector {
        try ClosingRule.places.derived.contains(index) ? column(index, rows: rows) : base.keys(index, rows: rows)
    }

    func texts(_ index: Int) throws -> Vector? {
        try ClosingRule.places.derived.contains(index) ? nil : base.texts(index)
    }

    func rows(_ index: Int, ofTexts texts: [[UInt8]]) throws -> [UInt32]? {
        try ClosingRule.places.derived.contains(index) ? nil : base.rows(index, ofTexts: texts)
    }

    func rows(_ index: Int, withText text: [UInt8]) throws -> [UInt32]? {
        try ClosingRule.places.derived.contains(index) ? nil : base.rows(index, withText: text)
    }

    func rows(_ index: Int, within times: ClosedRange<Int64>) throws -> [UInt32]? {
        try ClosingRule.places.derived.contains(index) ? nil : base.rows(index, within: times)
    }

    func runs(_ index: Int, in buckets: TimeBuckets) throws -> RunColumn? {
        try ClosingRule.places.derived.contains(index) ? nil : base.runs(index, in: buckets)
    }

    /// What pages say of derived columns does not hold.
    func summary(_ index: Int) -> ColumnSummary? {
        ClosingRule.places.derived.contains(index) ? nil : base.summary(index)
    }

    /// When the rows were closed, as far as the rule knows.
    private func closings() throws -> Closings {
        guard let shared else { return try closings(by: rule.reached) }
        return try shared.closings.withLock { known in
            let found = try known ?? closings(by: rule.reached)
            known = found
            return found
        }
    }

    private func closings(by reached: Int64) throws -> Closings {
        let told = try base.column(ClosingRule.places.closedTime)
        let nobody = Closings(told: told, idle: [])
        if rule.settings.idleAfterNanoseconds == nil || told.hasNoNulls { return nobody }
        // Rows of which a part of the events was left out have no last activity, so that silence closes none of them.
        let activity = try base.column(activityPlace)
        if activity.isAllNull { return nobody }
        var idle: [Int64] = []
        func look(_ row: Int) {
            guard let last = activity.integer(at: row),
                let end = rule.settings.idleClose(after: last, reached: reached)
            else { return }
            if idle.isEmpty { idle = [Int64](repeating: Closings.never, count: rowCount) }
            idle[row] = end
        }
        if let validity = told.validity {
            // Events close most: a word of bits tells of sixty-four rows.
            for (place, word) in validity.words.enumerated() where word != ~0 {
                for row in place * 64..<min(place * 64 + 64, rowCount) where !validity[row] { look(row) }
            }
        } else {
            for row in 0..<rowCount where told.isNull(row) { look(row) }
        }
        return Closings(told: told, idle: idle)
    }

    private func closedTimes() throws -> Vector {
        let closings = try closings()
        let (told, idle) = (closings.told, closings.idle)
        if idle.isEmpty { return told }
        var times = [Int64](repeating: 0, count: rowCount)
        var closed = Validity(count: rowCount, allValid: false)
        if case .int64(let known) = told.storage, let validity = told.validity {
            (times, closed) = (known, validity)
        } else if !told.isAllNull {
            for row in 0..<rowCount {
                guard let time = told.integer(at: row) else { continue }
                times[row] = time
                closed[row] = true
            }
        }
        for row in idle.indices where idle[row] != Closings.never {
            times[row] = idle[row]
            closed[row] = true
        }
        let isFull = closed.nullCount == 0
        return Vector(type: .timestamptz, count: rowCount, storage: .int64(times), validity: isFull ? nil : closed)
    }

    private func closedReasons() throws -> Vector {
        let told = try base.column(ClosingRule.places.closedReason)
        let idle = try closings().idle
        if idle.isEmpty { return told }
        var texts: [String] = []
        var codes: [UInt32] = []
        switch told.storage {
        case .text(let known, let dictionary):
            texts = (0..<dictionary.count).map { String(decoding: dictionary.utf8($0), as: UTF8.self) }
            codes = known
        case .constant(.text(let text)): texts = [text]
        default: break
        }
        let idleCode = UInt32(texts.count)
        var validity = Validity(count: 0, allValid: true)
        var merged = [UInt32](repeating: 0, count: rowCount)
        for row in 0..<rowCount {
            let isIdle = idle[row] != Closings.never
            let isTold = !isIdle && !texts.isEmpty && told.validity?[row] ?? true
            if isTold {
                merged[row] = codes.isEmpty ? 0 : codes[row]
            } else if isIdle {
                merged[row] = idleCode
            }
            validity.append(isTold || isIdle)
        }
        let dictionary = TextDictionary(texts + [OutcomeSettings.idleReason])
        return Vector(
            type: .text, count: rowCount, storage: .text(codes: merged, dictionary: dictionary), validity: validity)
    }

    /// What no verdict and no escalation decides is abandoned when closed, else open. A row that is made of a part of
    /// the events has no outcome: what decides it may be among the others.
    private func outcomes(_ index: Int) throws -> Vector {
        let closed = try closings().closedRows(rowCount)
        let told = try base.column(index).classes(Self.outcomeNames)
        let (resolved, escalated) = (Self.resolved, Self.escalated)
        let (abandoned, open) = (UInt32(Self.abandoned), UInt32(Self.open))
        var codes = [UInt32](repeating: 0, count: rowCount)
        for row in codes.indices {
            let undecided = closed.words[row >> 6] >> UInt64(row & 63) & 1 != 0 ? abandoned : open
            let outcome = told[row]
            codes[row] = outcome == resolved || outcome == escalated ? UInt32(outcome) : undecided
        }
        let cut = try base.column(ClosingRule.places.cutAfter)
        var validity: Validity?
        if !cut.isAllNull {
            var known = Validity(count: rowCount, allValid: true)
            for row in codes.indices where cut.integer(at: row) != nil {
                known[row] = false
                codes[row] = 0
            }
            if known.nullCount > 0 { validity = known }
        }
        return Vector(
            type: .text, count: rowCount, storage: .text(codes: codes, dictionary: Self.outcomeTexts),
            validity: validity)
    }

    private func silenceOutcomes() throws -> Vector {
        let places = ClosingRule.places
        let outcomes = try outcomes(places.outcome).classes(Self.outcomeNames)
        let words = try base.column(places.lastMessage).classes([LastWord.answer.rawValue])
        let reasons = try closedReasons().classes(OutcomeRule.reasonsOfNoConsent)
        return Self.vector(
            (0..<rowCount).map { row in
                let isConsent = words[row] == 0 && reasons[row] >= OutcomeRule.reasonsOfNoConsent.count
                return outcomes[row] == Self.abandoned && isConsent ? Self.resolved : outcomes[row]
            })
    }

    private static let outcomeNames = Outcome.allCases.map(\.rawValue)
    private static let outcomeTexts = TextDictionary(outcomeNames)
    private static let resolved = code(of: .resolved), escalated = code(of: .escalated)
    private static let abandoned = code(of: .abandoned), open = code(of: .open)
    private static let unknown: UInt8 = 255

    private static func code(of outcome: Outcome) -> UInt8 { UInt8(Outcome.allCases.firstIndex(of: outcome) ?? 0) }

    private static func vector(_ outcomes: [UInt8]) -> Vector {
        var validity: Validity?
        if outcomes.contains(unknown) {
            validity = Validity(count: 0, allValid: true)
            for outcome in outcomes { validity?.append(outcome != unknown) }
        }
        return Vector(
            type: .text, count: outcomes.count,
            storage: .text(codes: outcomes.map { $0 == unknown ? 0 : UInt32($0) }, dictionary: outcomeTexts),
            validity: validity)
    }
}

/// Some rows of a morsel, to be read alone.
private struct PickedRowsMorsel: Morsel {
    let base: any Morsel
    /// Ascending.
    let rows: [UInt32]

    var rowCount: Int { rows.count }
    func column(_ index: Int) throws -> Vector { try base.column(index, rows: rows) }
    /// Nobody asks: whoever picks rows knows them.
    func summary(_ index: Int) -> ColumnSummary? { nil }
}

extension Vector {
    /// By row: the index of its text among some; 254 for another text, 255 for none.
    fileprivate func classes(_ texts: [String]) -> [UInt8] {
        func index(_ utf8: some Sequence<UInt8>) -> UInt8 {
            let utf8 = Array(utf8)
            return texts.firstIndex { $0.utf8.elementsEqual(utf8) }.map { UInt8($0) } ?? 254
        }
        switch storage {
        case .text(let codes, let dictionary):
            let byCode = (0..<dictionary.count).map { index(dictionary.utf8($0)) }
            var classes = codes.map { Int($0) < byCode.count ? byCode[Int($0)] : 255 }
            if let validity {
                for row in classes.indices where !validity[row] { classes[row] = 255 }
            }
            return classes
        case .constant(.text(let text)):
            let code = index(text.utf8)
            return (0..<count).map { validity?[$0] ?? true ? code : 255 }
        default: return [UInt8](repeating: 255, count: count)
        }
    }
}
