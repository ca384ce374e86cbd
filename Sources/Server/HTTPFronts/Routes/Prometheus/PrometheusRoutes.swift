import Asking
import Bytes
import Columnar
import Domain
import EventStores
import Exporting
import Hummingbird
import Intakes
import JSONTexts
import Plans
import Platform
import Projections
import PromQLText
import RequestFields
import Rules

/// The HTTP API of Prometheus: a form is read, a question asked, and its answer said as Prometheus says it.
extension Routes {
    /// - Parameter part: what stands in the address, as it is written there.
    func prometheus(_ name: RouteName, _ part: String, _ request: Request) async throws -> Response {
        let form = try await form(of: request)
        switch name {
        case .instantQuery, .instantQueryForm: return try await instantAnswer(form)
        case .expressionLink: return try await linkedAnswer(form)
        case .rangeQuery, .rangeQueryForm: return try await rangeAnswer(form)
        case .queryExemplars, .queryExemplarsForm: return try await exemplars(form)
        case .formatQuery, .formatQueryForm:
            return try await queries.run { _ in
                let text = try SeriesQuestion.expression(form.bytes("query") ?? []).formatted
                return PrometheusReply.response { $0.value(text) }
            }
        case .parseQuery, .parseQueryForm:
            return try await queries.run { _ in
                let root = try SeriesQuestion.expression(form.bytes("query") ?? []).root
                return PrometheusReply.response { ExpressionTree.write(root, to: &$0) }
            }
        case .seriesList, .seriesListForm: return try await seriesList(form)
        case .labelNames, .labelNamesForm: return try await labelNames(form)
        case .labelValues: return try await labelValues(part, form)
        case .metricMetadata: return try metadata(form)
        case .seriesStatistics: return try await seriesStatistics(form)
        default: return try await state(name, form, request)
        }
    }

    // MARK: Questions

    private func instantAnswer(_ form: FormParameters) async throws -> Response {
        let now = clock.wallNanoseconds() / 1_000_000
        let time = try form["time"].map { text throws(SeriesRefusal) in
            try SeriesTimeText.optionalTime(text, "time")
        } ?? now
        let question = SeriesQuestion(form.bytes("query") ?? [], at: time)
        return try await answer(question, form, hasTime: form["time"] != nil)
    }

    /// What a link of an alert names, now.
    private func linkedAnswer(_ form: FormParameters) async throws -> Response {
        let question = SeriesQuestion(form.bytes("g0.expr") ?? [], at: clock.wallNanoseconds() / 1_000_000)
        return try await answer(question, FormParameters(query: nil))
    }

    private func rangeAnswer(_ form: FormParameters) async throws -> Response {
        let start = try SeriesTimeText.time(form["start"] ?? "", "start")
        let end = try SeriesTimeText.time(form["end"] ?? "", "end")
        let step = try SeriesTimeText.duration(form["step"] ?? "", "step")
        let text = form.bytes("query") ?? []
        return try await answer(SeriesQuestion(text, from: start, through: end, step: step), form)
    }

    /// The answer to an expression. As of one in SQL, what is longer than a piece is sent piece by piece.
    /// - Parameter hasTime: false: it is asked at the last time of all where that is an earlier one.
    private func answer(
        _ question: SeriesQuestion, _ form: FormParameters, hasTime: Bool = true
    ) async throws -> Response {
        var asked = question
        if let text = form["lookback_delta"] {
            let lookback = try SeriesTimeText.duration(text, "lookback_delta")
            if lookback > 0 { asked.lookback = lookback }
        }
        asked.seriesMax = try Self.count(form, "limit")
        let (timeLimit, moment) = (try Self.timeLimit(form), try Self.moment(form))
        // What is no expression waits for nobody.
        try asked.check()
        let (question, hasStatistics) = (asked, form["stats"] != nil)
        let present = try await presentFamilies()
        let (text, waiting, notices, clock, first) = try await queries.run { [self] cancellation throws in
            let options = questionOptions(cancellation, within: queries.memory, timeLimit: timeLimit)
            let waiting = settlement.waiting
            return try overSeries(at: moment, present: present, within: options) { pinned, earlier in
                let remarks = Notices()
                let source = ruled(pinned.source, as: earlier, noting: remarks, within: options)
                var asked = question
                if !hasTime, let earlier { asked = question.moved(to: floorDivide(earlier.reached, 1_000_000)) }
                var answer = try seriesRunner.answer(asked, over: source, within: options)
                let notices = missing(pinned)
                answer.warnings += notices + remarks.lines
                if let earlier { answer.infos.append(earlier.remark) }
                answer.booking = try queries.holding(answer.heldBytes + Self.answerBytes)
                let text = SeriesAnswerText(answer, statistics: hasStatistics)
                var first = text.next() ?? []
                if !text.isEnded { first += text.next() ?? [] }
                return (text, waiting, notices, Self.clock(earlier), first)
            }
        }
        if text.isEnded {
            let whole = Response(bytes: first, contentType: MediaType.json)
            return Self.noting(waiting, missing: notices, clock: clock, whole)
        }
        let streamed = Response(first: first, contentType: MediaType.json) { [queries] in
            try await queries.nextPiece { text.next() }
        }
        return Self.noting(waiting, missing: notices, clock: clock, streamed)
    }

    /// Examples of the series that an expression looks at. What rules make of series has none.
    private func exemplars(_ form: FormParameters) async throws -> Response {
        let (text, period, moment) = (form.bytes("query") ?? [], try Self.period(form), try Self.moment(form))
        _ = try SeriesQuestion.expression(text)
        // Where indexes answer with nothing Prometheus refuses exemplars.
        guard !period.isEmpty else {
            throw SeriesRefusal(.badData, "end timestamp must not be before start timestamp")
        }
        return try await queries.run { [self] cancellation in
            let options = questionOptions(cancellation, within: queries.memory)
            return try overSeries(at: moment, within: options) { pinned, earlier in
                let found = try seriesRunner.exemplars(text, in: period.times, over: pinned.source, within: options)
                let booking = try queries.holding(found.reduce(Self.answerBytes) { $0 + 2 * $1.heldBytes })
                defer { withExtendedLifetime(booking) {} }
                let notices = missing(pinned)
                let response = PrometheusReply.response(warnings: notices) { SeriesJSON.write(found, to: &$0) }
                return Self.noting(nil, missing: notices, clock: Self.clock(earlier), response)
            }
        }
    }

    // MARK: What questions have in common

    /// By which clocks an answer goes: samples stand at the times of events, and it is those that are known now, or
    /// that were then.
    static func clock(_ earlier: EarlierSeries?) -> String {
        "event time, " + (earlier?.remark ?? "as it is known now")
    }

    var seriesRunner: SeriesRunner { SeriesRunner { [clock] in clock.monotonicNanoseconds() } }

    /// A source with what rules make of it.
    /// - Parameters:
    ///   - earlier: whose source it is, where that is not the store as it is known now.
    ///   - remarks: has rules that are asked for and have no samples.
    func ruled(
        _ source: any SeriesSource, as earlier: EarlierSeries? = nil, noting remarks: Notices,
        within options: QueryOptions
    ) -> any SeriesSource {
        guard let ruleManager else { return source }
        var notes: (@Sendable () throws -> [String])?
        if let snapshot = earlier?.snapshot {
            notes = { try snapshot.notes(ofType: SystemNote.Kind.alertChanged.rawValue).map(\.data) }
        }
        let reached = (earlier?.end ?? store.now) / 1_000_000
        return ruleManager.series(
            over: source, reached: reached, within: SeriesBudget(options), notes: notes, remark: { remarks.add($0) })
    }

    /// Answers over the series as they are known, or were at a moment. What is known of an earlier one is there for as
    /// long as the answer takes, and who has gone is told so.
    /// - Parameter present: what only the running server knows; at an earlier moment it is not looked at.
    func overSeries<Answer>(
        at moment: EarlierStore.Moment?, present: [MetricFamily] = [], within options: QueryOptions,
        _ answer: (PinnedSeries, EarlierSeries?) throws -> Answer
    ) throws -> Answer {
        try Self.ending {
            let earlier = try self.earlier(at: moment, within: options)
            defer { withExtendedLifetime(earlier) {} }
            let pinned =
                earlier?.pinned ?? store.pinnedSeries(present: present, memory: seriesMemory, within: options)
            return try answer(pinned, earlier)
        }
    }

    /// The series as they were known at a moment; nil where none is given. Waits while those of another question are
    /// read.
    func earlier(at moment: EarlierStore.Moment?, within options: QueryOptions) throws -> EarlierSeries? {
        guard let moment else { return nil }
        let known = try earlierStores.store(at: moment, within: options) {
            try KnownStore(
                at: moment, of: store.export(in: .min ..< .max), store.registry, now: clock.wallNanoseconds(),
                workers: workers, within: options)
        }
        return EarlierSeries(known, at: moment, upTo: store.now, within: options)
    }

    /// As it was known when, where the form says so.
    static func moment(_ form: FormParameters) throws(SeriesRefusal) -> EarlierStore.Moment? {
        // No client of Prometheus sends these, and whoever does would take today's answer for that of another day.
        for name in ["asof", "asOf", "as-of"] where form[name] != nil {
            throw SeriesRefusal(parameter: name, "did you mean as_of?")
        }
        guard let text = form["as_of"] else { return nil }
        return try EarlierSeries.moment(text)
    }

    /// Who has gone is told so, in the words that all questions have for it.
    static func ending<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let refusal as SeriesRefusal where refusal.kind == .canceled {
            throw QueryError.cancelled
        }
    }

    /// What answers over some series do not show.
    func missing(_ pinned: PinnedSeries) -> [String] {
        let lines = pinned.notices.lines
        return lines + [store.lossNotice].compactMap { $0 }.filter { !lines.contains($0) }
    }

    /// Metrics that only the running server knows, as they were up to a scrape's distance ago. What was active lately
    /// the events tell.
    func presentFamilies() async throws -> [MetricFamily] {
        try await present.families(at: clock.monotonicNanoseconds()) {
            try await processSamples(countsActivity: false).families
        }
    }

    /// ns that a question may take, where its form says so.
    static func timeLimit(_ form: FormParameters) throws(SeriesRefusal) -> Int64 {
        guard let text = form["timeout"] else { return .max }
        return max(0, try SeriesTimeText.duration(text, "timeout").saturatingMultiply(by: 1_000_000))
    }

    /// A bound of a form; nil: none.
    static func count(_ form: FormParameters, _ name: String) throws(SeriesRefusal) -> Int? {
        guard let text = form[name] else { return nil }
        guard let count = Int(text) else {
            throw SeriesRefusal(parameter: name, "cannot parse \(QuotedText.quoted(Array(text.utf8))) to a number")
        }
        guard count >= 0 else { throw SeriesRefusal(parameter: name, "\(name) must be non-negative") }
        return count == 0 ? nil : count
    }

    /// When the series of an index have samples; where its end lies before its start no series has any.
    struct IndexPeriod: Sendable {
        var times: ClosedRange<Int64>
        var isEmpty = false
    }

    static func period(_ form: FormParameters) throws(SeriesRefusal) -> IndexPeriod {
        var (start, end) = (SeriesTimeText.always.lowerBound, SeriesTimeText.always.upperBound)
        if let text = form["start"] { start = try SeriesTimeText.optionalTime(text, "start") }
        if let text = form["end"] { end = try SeriesTimeText.optionalTime(text, "end") }
        return IndexPeriod(times: start...max(start, end), isEmpty: end < start)
    }
}
