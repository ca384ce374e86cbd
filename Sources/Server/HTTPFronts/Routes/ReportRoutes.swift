import Asking
import Bytes
import Columnar
import Domain
import HTTPTypes
import Hummingbird
import Intakes
import JSONTexts
import Plans
import Platform
import Reports

/// A report as an address names it.
enum ReportName: Hashable, Sendable {
    case kind(ReportKind)
    case status, doctor, budgets, budgetHistory

    static let all = ReportKind.allCases.map(ReportName.kind) + [.status, .doctor]

    /// - Throws: 404 for what names none.
    init(_ text: String) throws(Refusal) {
        guard let name = Self.all.first(where: { $0.text.hasSameBytes(as: text) }) else {
            throw Refusal(
                .notFound, "there is no report \(text)", hint: nameHint(to: text, known: Self.all.map(\.text)))
        }
        self = name
    }

    var text: String {
        switch self {
        case .kind(let kind): kind.rawValue
        case .status: "status"
        case .doctor: "doctor"
        // They have addresses of their own.
        case .budgets: "slos"
        case .budgetHistory: "slos/history"
        }
    }

    /// Whether it tells of the server as it is now: it does not wait for others' questions, and whoever looks at the
    /// last hour is told that nothing comes in.
    var isOfNow: Bool { self == .status }
}

extension Routes {
    /// A report. A client that goes away takes its questions with it.
    func report(_ name: ReportName, _ query: QueryParameters) async throws -> Response {
        let format = try Self.format(query["format"] ?? "json")
        let section = query["section"]
        let waiting = settlement.waiting
        let lane = name.isOfNow ? statusQueries : queries
        return try await lane.run { [self] cancellation in
            try refusing {
                let pinned = store.pinnedForReports()
                let reports = reports(over: pinned, cancellation, within: lane.memory)
                var report = try report(name, query, by: reports, outcomes: pinned.outcomes, now: pinned.tables.now)
                let missing = report.notices + [name.isOfNow ? health.refusal?.line : nil].compactMap { $0 }
                if section == ReportFiles.all, format == .csv {
                    let (body, boundary) = try reports.multipart(report)
                    let type = "multipart/mixed; boundary=\(boundary)"
                    let response = Response(bytes: Array(body.utf8), contentType: type)
                    return Self.noting(waiting, missing: missing, response)
                }
                // Nobody sees the fields of an answer in a document or on a page.
                if format == .html || format == .cells { report.notices = missing + [waiting?.text].compactMap { $0 } }
                let text = try reports.rendered(report, format, section: section)
                let response = Response(bytes: Array(text.utf8), contentType: format.contentType)
                return Self.noting(waiting, missing: missing, format == .html ? Self.guarded(response) : response)
            }
        }
    }

    /// A document that stands for itself: no page's scripts, and in no page's frame.
    private static func guarded(_ response: Response) -> Response {
        var response = response
        for field in PageGuards.fields { response.headers[field.name] = field.value }
        response.headers[.contentSecurityPolicy] = ReportHTML.policy + "; frame-ancestors 'none'"
        return response
    }

    func reports(
        over pinned: (tables: any TableCatalog, outcomes: OutcomeSettings), _ cancellation: QueryCancellation,
        within memory: MemoryPool
    ) -> ReportRunner {
        // All questions of a report have the time of one.
        let options = questionOptions(cancellation, within: memory)
        return ReportRunner(catalog: pinned.tables, engine: engine, options: options, outcomes: pinned.outcomes)
    }

    /// What a question that brings no options of its own may use, its time running from now on.
    /// - Parameter nanoseconds: how long it may take at most, where that is less than any may.
    func questionOptions(
        _ cancellation: QueryCancellation, within memory: MemoryPool, timeLimit nanoseconds: Int64 = .max
    ) -> QueryOptions {
        var options = QueryOptions().cancelled(by: cancellation)
        options.memoryBudgetBytes = min(limits.questionMemoryBytesMax, memory.limitBytes)
        options.memoryPool = memory
        options.timeLimitNanoseconds = min(limits.queryTimeLimitNanoseconds, nanoseconds)
        return options.startingClock { [clock] in clock.monotonicNanoseconds() }
    }

    private func report(
        _ name: ReportName, _ query: QueryParameters, by reports: ReportRunner, outcomes: OutcomeSettings, now: Int64
    ) throws -> Report {
        func time(_ name: String) throws -> Int64? {
            try query[name].map { try PeriodText.parse($0, now: now, isEnd: name == "to") }
        }
        switch name {
        case .status: return try reports.status(to: time("to"))
        case .budgets:
            let zone = query["timezone"] ?? "UTC"
            let clock = try ReportRequest.clock(zone)
            let to = try query["to"].map { try PeriodText.parse($0, now: now, clock: clock, isEnd: true) }
            return try reports.budgets(to: to, timeZone: zone)
        case .budgetHistory:
            let zone = query["timezone"] ?? "UTC"
            let clock = try ReportRequest.clock(zone)
            let ends = try query.all("at").map { try PeriodText.parse($0, now: now, clock: clock, isEnd: true) }
            return try reports.budgetHistory(endingAt: ends.isEmpty ? [now] : ends, timeZone: zone)
        case .doctor:
            let (from, to) = (try time("from"), try time("to"))
            let live = liveFigures(now: now, from: from)
            return try reports.doctor(from: from, to: to, live: live, prices: store.priceBook)
        case .kind(let kind):
            let request = try ReportRequest(
                kind: kind, from: query["from"], to: query["to"], by: query.all("by"),
                filters: query.all("where"),
                rule: query["rule"] ?? outcomes.rule.rawValue, timeZone: query["timezone"],
                objectives: query["objectives"],
                now: now)
            return try reports.report(kind, request)
        }
    }

    func refusing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as ReportError {
            throw Refusal(error)
        }
    }

    private static func format(_ text: String) throws(Refusal) -> ReportFormat {
        guard let format = ReportFormat(rawValue: text) else {
            throw Refusal(
                .badRequest, "there is no format \(text)",
                hint: nameHint(to: text, known: ReportFormat.allCases.map(\.rawValue)))
        }
        return format
    }
}
