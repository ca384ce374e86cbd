import Access
import Asking
import Bytes
import Domain
import Exporting
import Reports

/// Every address of the server, in the order in which people are told of them. `Routes` registers these and no others.
package enum RouteTable {
    /// One of each name.
    package static let routes: [Route] =
        asking + vocabulary + series + alertmanager + sending + money + operating + runbooks + pages + figures
        + dashboards + exploring + sessions

    // tests: the table is held against a running server, row by row.
    /// The entry of a name.
    package static func route(_ name: RouteName) -> Route {
        guard let route = routes.first(where: { $0.name == name }) else {
            preconditionFailure("\(name) stands in no row of the table")
        }
        return route
    }

    /// The methods that a path has; none where there is nothing at it. Slashes at its ends count as little as for the
    /// router.
    static func methods(at path: String) -> Set<RouteMethod> {
        let parts = path.split(separator: "/")
        return Set(routes.filter { $0.matches(parts) }.map(\.method))
    }

    /// What each address asks of whoever comes.
    package static let scopes = RouteScopes(routes.map { (method: $0.method.rawValue, path: $0.path, scope: $0.scope) })

    /// A line each for `plimsoll serve --help`.
    package static var listing: String {
        let rows = routes.filter(\.isListed).map { route in
            let method = route.method.rawValue
            return [method + String(repeating: " ", count: max(1, 5 - method.count)) + route.path, route.summary]
        }
        return String(renderAligned(rows).dropLast())
    }

    static let table = RouteContent("text/plain", .text)
    private static let csv = RouteContent("text/csv", .text)
    private static let lines = RouteContent("application/x-ndjson", .text)
    /// How a time is written.
    static let timeForms =
        "RFC 3339, seconds since 1970, a day such as 2026-08-01, now-7d, or now-1d/d for a whole day of the zone"
    private static let period = timeForms
}

// MARK: The rows

extension RouteTable {
    private static let sending: [Route] = {
        var events = Route(.sendEvents, .post, "/v1/events", needs: .ingest, .send, "send events")
        events.detail =
            "CloudEvents 1.0, structured, in batches, in binary mode (attributes in ce- header fields), or one a line. "
            + "Answered once they are on the disk; one bad event is a rejection in the answer, not the end of its body."
        events.parameters = [
            .query(
                "export", .choice(["as-new"]),
                "the lines are an export, its events to be taken as if they were sent now"),
            encoding,
        ]
        events.bodies = [
            RouteContent("application/cloudevents+json", .event),
            RouteContent("application/cloudevents-batch+json", .list(.reference(.event))), lines,
            RouteContent("application/json", .any),
        ]
        events.answers = [RouteContent("application/json", .ingestAnswer)]
        events.otherStatuses = [400, 408, 409, 413, 415, 429, 503]

        var spans = Route(.sendSpans, .post, "/v1/traces", needs: .ingest, .send, "send spans: OTLP over HTTP")
        spans.detail =
            "The export request of OpenTelemetry's protocol. The answer is in the request's encoding, a refusal, too."
        spans.parameters = [encoding]
        spans.bodies = [RouteContent("application/x-protobuf"), RouteContent("application/json", .spans)]
        spans.answers = [RouteContent("application/x-protobuf"), RouteContent("application/json", .spansAnswer)]
        spans.refusals = [RouteContent("application/x-protobuf"), RouteContent("application/json", .rpcStatus)]
        spans.isOTLP = true
        spans.otherStatuses = [400, 408, 413, 415, 429, 503]
        // Where senders made for another product put it.
        return [events, spans, spans.elsewhere(.sendSpansElsewhere, at: "/api/public/otel/v1/traces")]
    }()

    private static let encoding = RouteParameter.header(
        "Content-Encoding", .choice(["gzip", "zstd", "deflate", "identity"]),
        "how the body is compressed; not at all without it")

    static let timeZone = RouteParameter.query(
        "timezone", .text, "an IANA name, by which days begin; UTC without it")

    private static let asking: [Route] = {
        var sql = Route(.askSQL, .post, "/v1/sql", needs: .read, .ask, "ask in PostgreSQL's SQL; answers by Accept")
        sql.detail =
            "One statement over one state of the store. The first media type of Accept that is known decides the form."
        sql.bodies = [
            RouteContent("application/json", .sqlRequest), RouteContent("application/sql", .text),
            RouteContent("text/plain", .text),
        ]
        sql.parameters = [encoding]
        sql.answers = [RouteContent("application/json", .sqlAnswer), csv, lines, table]
        sql.otherStatuses = [400, 406, 408, 413, 415, 429, 503]

        let format = RouteParameter.query("format", .choice(ReportFormat.allCases.map(\.rawValue)), "json without it")
        let section = RouteParameter.query(
            "section", .text, "one section alone; all: each as a file of its own, where format is csv")
        let end = RouteParameter.query("to", .text, "end of the period, not included: \(period); now without it")
        var report = Route(.report, .get, "/v1/reports/{kind}", needs: .read, .ask, "service levels, cost, outcomes")
        report.detail = "Every figure says what it means and up to which event it holds."
        report.parameters = [
            .path("kind", .choice(ReportKind.allCases.map(\.rawValue)), "which report"),
            .query("from", .text, "start of the period: \(period); 30 days before its end without it"), end,
            .query("by", .list(.text), "what to break down by, several times or with commas between"),
            .query(
                "where", .list(.text),
                "of which rows, such as team=billing; several of one name are alternatives, nothing behind = stands "
                    + "for rows that say nothing"),
            .query(
                "rule", .choice(OutcomeRule.allCases.map(\.rawValue)),
                "what counts as resolved; that of the settings without it"),
            timeZone,
            .query(
                "objectives", .integer, "version that judges; the one in force at the end of the period without it"),
            format, section,
        ]
        report.answers = [
            RouteContent("application/json", .report), csv, table, RouteContent("text/html", .text),
            RouteContent(MediaType.cells, .reportCells), RouteContent("multipart/mixed"),
        ]
        report.otherStatuses = [400, 404, 429, 503]

        var status = Route(
            .statusReport, .get, "/v1/reports/status", needs: .read, .ask, "now, beside the same hour last week")
        status.parameters = [end, format, section]
        (status.answers, status.otherStatuses) = (report.answers, [400, 429, 503])

        var doctor = Route(
            .doctorReport, .get, "/v1/reports/doctor", needs: .read, .ask, "what came, what it lacks, what to change")
        doctor.detail = "By the time of receipt. Of what was refused the server remembers "
            + "\(Limits.refusalsKeptText)."
        doctor.parameters = [
            .query("from", .text, "start of the period: \(period); an hour before its end without it"), end, format,
            section,
        ]
        (doctor.answers, doctor.otherStatuses) = (report.answers, [400, 429, 503])

        var budgets = Route(.budgets, .get, "/v1/slos", needs: .read, .ask, "error budgets: left, burn rates, burners")
        budgets.detail =
            "Of the objectives in force, counted exactly in events, with how much of each window is on record."
        budgets.parameters = [
            .query("to", .text, "end of the windows: \(period); now without it"), timeZone, format, section,
        ]
        (budgets.answers, budgets.otherStatuses) = (report.answers, [400, 429, 503])

        var history = Route(.budgetHistory, .get, "/v1/slos/history", needs: .read, .ask, "error budgets over time")
        history.detail = "How much of each was left when earlier windows ended, by the objectives in force then."
        history.parameters = [
            .query(
                "at", .list(.text),
                "end of a window: \(period); of at most \(ReportRunner.budgetEndsMax) windows, each said for itself; "
                    + "now without it"),
            timeZone, format, section,
        ]
        (history.answers, history.otherStatuses) = (report.answers, [400, 429, 503])

        var replay = Route(
            .alertReplay, .get, "/v1/alerts/replay", needs: .read, .ask, "which alerts would have fired when")
        replay.detail =
            "The rules that are evaluated now, over the past: when each alert would have fired, for how long, its "
            + "worst value (highest, or lowest of what the rule wants to be higher), and in which conversations: by "
            + "its labels tenant, channel and model and by what its rule's metrics tell of; null where they were not "
            + "looked up. Metrics that only a running server knows have the past that a server with rules noted."
        replay.parameters = [
            .query("rule", .text, "alerts of this name; all without it"),
            .query("from", .text, "from when on: \(period); a day before the last without it"),
            .query("to", .text, "no evaluation is later: \(period); a day after from, and now at the latest"),
            .query(
                "part", .flag,
                "where the time that a question may take is over, the answer is what was evaluated until then, and "
                    + "ended_at says from when on evaluations are missing; without it that is refused"),
            .query("format", .choice(["json", "table"]), "json without it"),
        ]
        replay.answers = [RouteContent("application/json", .map(.any)), table]
        replay.otherStatuses = [400, 404, 422, 429, 503]

        var evaluations = Route(
            .alertEvaluations, .get, "/v1/alerts/evaluated", needs: .read, .ask, "when rules of alerts were evaluated")
        evaluations.detail =
            "Of each alert of the rules that are evaluated now: when its rules were evaluated, and when not, as while "
            + "no server ran, the rule was not yet there or failed. From what is noted with how rules stand (rows "
            + "alerts.evaluated of system_events) and what the server has evaluated since; what versions that noted "
            + "nothing evaluated shows as not evaluated. Where an alert was not evaluated it was not quiet: ask what "
            + "it would have said at /v1/alerts/replay."
        evaluations.parameters = [
            .query("rule", .text, "of this alert; of all without it"),
            .query("from", .text, "from when on: \(period); a day before the last without it"),
            .query("to", .text, "up to then: \(period); a day after from, and now at the latest"),
        ]
        evaluations.answers = [RouteContent("application/json", .map(.any))]
        evaluations.otherStatuses = [400, 404, 429, 503]

        var events = Route(.exportEvents, .get, "/v1/events", needs: .read, .ask, "events as they were accepted")
        events.detail =
            "Streamed in the order of acceptance. As lines it is an export, with what happened in between and "
            + "checksums."
        events.parameters = [
            .query("from", .text, "of this time or later: \(period); from the first without it"),
            .query("to", .text, "of an earlier time: \(period); to the last without it"),
            .query("format", .choice(ExportFormat.allCases.map(\.rawValue)), "ndjson without it"),
        ]
        (events.answers, events.otherStatuses) = ([lines, csv], [400, 429, 503])

        var objectives = Route(
            .objectives, .get, "/v1/objectives", needs: .read, .ask, "every version of the objectives")
        objectives.detail = "Ascending, the one in force last."
        objectives.answers = [RouteContent("application/json", .list(.reference(.objectiveVersion)))]
        objectives.otherStatuses = [400]
        return [report, status, doctor, budgets, history] + conversations
            + [replay, evaluations, sql, events, objectives]
    }()

    /// Of which time prices and calls are asked for.
    static let priceTimes: [RouteParameter] = [
        .query("from", .text, "of this time or later: \(period); of all before its end without it"),
        .query("to", .text, "of times before: \(period); now without it"), timeZone,
    ]

    private static let money: [Route] = {
        var prices = Route(.prices, .get, "/v1/prices", needs: .read, .prices, "the prices in force")
        prices.parameters = [
            .query("set_only", .flag, "without the built-in ones"), .query("all", .flag, "those of other times, too"),
            .query("format", .choice(PriceListFormat.allCases.map(\.rawValue)), "table without it"),
        ] + priceTimes
        (prices.answers, prices.otherStatuses) = ([table, csv], [400, 429, 503])

        var check = Route(
            .priceCheck, .get, "/v1/prices/check", needs: .read, .prices, "what has no price or no exact cost")
        check.parameters = priceTimes
        (check.answers, check.otherStatuses) = ([table], [400, 429, 503])

        let bounds: [RouteParameter] = [
            .query("provider", .text, "whose calls", isRequired: true),
            .query("model", .text, "of this model; of all without it"),
            .query("from", .time, "calls from then on; from the first without it"),
            .query("to", .time, "calls before; to the last without it"),
        ]
        var preview = Route(
            .rebookingPreview, .get, "/v1/prices/rebook", needs: .read, .prices, "what booking again would change")
        preview.parameters = bounds
        preview.answers = [RouteContent("application/json", .rebookingPreview)]
        preview.otherStatuses = [400, 429, 503]

        var rebook = Route(
            .rebook, .post, "/v1/prices/rebook", needs: .admin, .prices, "book calls again at the prices in force")
        rebook.detail = "A correction is a record of the log: what was counted before stays to be seen."
        rebook.bodies = [RouteContent("application/json", .rebookRequest)]
        rebook.parameters = [encoding]
        (rebook.answers, rebook.otherStatuses) = ([table], [400, 408, 413, 415, 429, 503])
        return [prices, check, preview, rebook]
    }()

    private static let operating: [Route] = {
        var metrics = Route(
            .metrics, .get, "/metrics", needs: .read, .operate, "counters for Prometheus, by Accept or format")
        metrics.parameters = [
            .query(
                "format", .choice(ExpositionFormat.names),
                "by Accept without it; prometheus is text")
        ]
        metrics.answers = [
            table, RouteContent("application/openmetrics-text", .text), RouteContent("application/vnd.google.protobuf"),
        ]
        metrics.otherStatuses = [400]

        var status = Route(.status, .get, "/v1/status", needs: .read, .operate, "the numbers of the status page")
        (status.answers, status.otherStatuses) = ([RouteContent("application/json", .status)], [400])

        var document = Route(
            .openAPI, .get, "/v1/openapi.json", needs: .read, .operate, "these addresses as an OpenAPI document")
        (document.answers, document.otherStatuses) = ([RouteContent("application/json", .map(.any))], [400])

        // Whether the process lives says nothing of what it keeps.
        var health = Route(.health, .get, "/healthz", needs: nil, .operate, "200 while the process lives")
        health.answers = [table]
        var readiness = Route(
            .readiness, .get, "/readyz", needs: nil, .operate, "200 while events are taken, else 503 and why")
        (readiness.answers, readiness.otherStatuses) = ([table], [503])
        // Where tools that write rule files for a Prometheus say so.
        var rules = Route(.readRules, .post, "/-/reload", needs: .admin, .operate, "read rule files again")
        rules.detail = "As SIGHUP does. Files with a mistake are refused whole, and the rules before go on. What "
            + "`plimsoll alerts check` warns of stands in the answer."
        (rules.answers, rules.otherStatuses) = ([table], [400, 422])
        return [
            metrics, status, document, health, health.elsewhere(.healthElsewhere, at: "/-/healthy"), readiness,
            readiness.elsewhere(.readinessElsewhere, at: "/-/ready"), rules,
        ]
    }()
}
