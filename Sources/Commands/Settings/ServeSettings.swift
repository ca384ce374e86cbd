package import Access
package import Domain
import Exporting
package import OperatorLogs
package import Platform
package import Sending

/// What `plimsoll serve` can be told: by flag, by environment, by file. A flag beats its variable, which beats the
/// file, which beats the default.
package struct ServeSettings: Sendable {
    /// The data directory.
    package var data = "plimsoll-data"
    /// Where to listen.
    package var listen = ListenAddress(host: "127.0.0.1", port: 8910)
    /// Where to take spans besides: an address, or `none`; nil where nobody said.
    package var otlpHTTPListen: String?
    /// Listen on an address that other machines reach, although nobody has to prove who he is.
    package var isInsecure = false
    /// Nobody is let in without a token, also while none was ever made.
    package var isTokenRequired = false
    /// Host names under which it is asked, besides those of its addresses.
    package var names: [String] = []
    /// Where links of alerts to runbooks lead; nil: to the server's own pages.
    package var runbooks: String?
    /// Where pages link to a trace, `{trace_id}` standing for its id; nil: nowhere.
    package var traceLink: String?
    /// Who is believed when he says for whom he asks.
    package var proxies = TrustedProxies()
    /// How the lines of the server's log are written.
    package var logFormat = LogFormat.text
    /// What strangers can make the server hold or do.
    package var limits = ServerLimits()
    /// What is promised, and when somebody is woken.
    package var objectives = ObjectiveSettings()
    /// Where traces of answers are sent, and which.
    package var traces = TraceExportConfiguration()

    /// What is shipped to a PostgreSQL database; nil: nothing is.
    package var postgresShipping: PostgresShippingSettings?
    /// Somebody said where that is.
    var isShippingNamed = false
    /// What is shipped to a ClickHouse server; nil: nothing is.
    package var clickHouseShipping: ClickHouseShippingSettings?

    /// Where dashboards lie that pages show beside the program's own; nil: nowhere.
    package var dashboardFolder: String?

    /// Which rules are evaluated, and who is told of alerts.
    package var alerts = AlertSettings()

    /// After how much silence conversations are closed, and by which rule reports count.
    package var outcomes = OutcomeSettings.standard

    /// What goes by its age.
    package var retention = RetentionLimits()
    /// Bytes that the files in the data directory may come to; nil: as many as the volume holds.
    var maxDiskBytes: Int?
    /// ns during which an event stays, however little room there is; nil where nobody said.
    var keptNanoseconds: Int64?

    /// What is archived, when and where.
    package var archive = ArchiveLimits()

    /// The defaults.
    package init() {}

    /// Over how many days error budgets run.
    private var budgetDays: Int { objectives.budgetDays ?? ObjectiveSet.builtIn.budgetDays }
    private var budgetNanoseconds: Int64 { RetentionLimits.nanoseconds(days: budgetDays) }

    /// What goes, and when: for want of room nothing that rules count over the time of error budgets, unless somebody
    /// keeps even more.
    package var retentionLimits: RetentionLimits {
        var limits = retention
        let kept = keptNanoseconds ?? max(RetentionLimits.nanosecondsMin, budgetNanoseconds)
        limits.budget = maxDiskBytes.map { DiskBudget(bytes: $0, keptNanoseconds: kept) }
        return limits
    }

    /// What several settings together make impossible, with their keys, the one to change first.
    var contradictions: [(keys: [String], message: String)] {
        var contradictions: [(keys: [String], message: String)] = []
        if limits.ingestBytesMax < limits.bodyBytesMax {
            contradictions.append(
                (
                    ["limits.ingest_size", "limits.body_size"],
                    "limits.ingest_size must be at least limits.body_size, else no large request could enter"
                ))
        }
        if limits.memoryBytesMax < limits.memoryBytesMin {
            contradictions.append(
                (
                    ["memory", "limits.ingest_size"],
                    "memory must be at least \(limits.memoryBytesMin >> 20)MiB: twice limits.ingest_size, 384MiB for "
                        + "the program and 96MiB for questions"
                ))
        }
        let periods = [
            ("retention.events", retention.covers(days: budgetDays)),
            ("retention.tenants", retention.coversTenants(days: budgetDays)),
            ("retention.types", retention.coversTypes(days: budgetDays)),
            ("retention.keep_at_least", keptNanoseconds.map { $0 >= budgetNanoseconds } ?? true),
        ]
        for (key, isEnough) in periods where !isEnough {
            contradictions.append(
                (
                    [key, "error_budget"],
                    "\(key) must be at least error_budget, \(budgetDays)d, else rules would count events over a time "
                        + "of which some are gone"
                ))
        }
        if let type = retention.typesOfNoUse.first {
            contradictions.append(
                (
                    ["retention.types", "retention.events"],
                    "retention.types must be less than retention.events for \(type.name), since an event goes by the "
                        + "first period that ends: to keep a type longer than others name the others"
                ))
        }
        if let kept = keptNanoseconds, let period = retention.eventsNanoseconds, kept > period {
            contradictions.append(
                (
                    ["retention.keep_at_least", "retention.events"],
                    "retention.keep_at_least must be no longer than retention.events, by which events go in any case"
                ))
        }
        if let kept = retention.eventsNanoseconds, let active = archive.afterNanoseconds, active >= kept {
            contradictions.append(
                (
                    ["retention.archive_after", "retention.events"],
                    "retention.archive_after must be less than retention.events, else events would go before they are "
                        + "archived"
                ))
        }
        if traces.endpoints.count > 1, !traces.headers.isEmpty {
            contradictions.append(
                (
                    ["traces.headers", "traces.endpoint"],
                    "traces.headers would be sent to every one of several endpoints; name one endpoint"
                ))
        }
        if let shipping = postgresShipping, shipping.connection.isEmpty, !isShippingNamed {
            contradictions.append(
                (
                    ["ship.postgresql.connection", "ship.postgresql.schema"],
                    "ship.postgresql.connection says where to ship to; environment where PG* variables do"
                ))
        }
        return contradictions + (clickHouseShipping?.contradictions ?? []) + alerts.contradictions
    }

    /// The first thing that settings make impossible together; nil when all is well.
    var contradiction: String? { contradictions.first?.message ?? objectives.findings.first?.message }
}

/// One setting: its place in the file, its variable, and how its text is read.
package struct Setting: Sendable {
    /// Path in the file, parts joined by points.
    package var key: String
    /// Whether the file has names with a value each below it, which are one text as `name=value`, separated by commas.
    var isOfNames = false
    /// One line for people.
    package var purpose: String
    /// Takes the text over; throws nothing but ``SettingProblem``.
    var take: @Sendable (inout ServeSettings, String) throws -> Void

    /// Takes the text over.
    /// - Throws: ``SettingProblem`` saying what was expected.
    func apply(_ text: String, to settings: inout ServeSettings) throws(SettingProblem) {
        do {
            try take(&settings, text)
        } catch {
            throw error as? SettingProblem ?? SettingProblem(expected: "something else: \(error)")
        }
    }

    /// Whether it says something to a server of made-up events, too.
    var isOfDemo: Bool { key.hasPrefix("alerts.") || ["runbooks", "dashboards.folder"].contains(key) }

    /// The variable of the environment: `limits.query_time` is `PLIMSOLL_LIMITS_QUERY_TIME`.
    var variable: String { "PLIMSOLL_" + key.uppercased().split(separator: ".").joined(separator: "_") }
}

/// What the text of a setting should have been.
struct SettingProblem: Error {
    var expected: String
}

extension Setting {
    /// Every setting, in the order in which they are listed.
    package static let all: [Setting] =
        [
            Setting(key: "data", purpose: "the data directory") { $0.data = try SettingText.name($1) },
            Setting(key: "listen", purpose: "where to listen, such as 127.0.0.1:8910") {
                $0.listen = try SettingText.address($1)
            },
            Setting(
                key: "otlp_http_listen", purpose: "where to take spans besides, as OTLP over HTTP; none for nowhere"
            ) {
                $0.otlpHTTPListen = try SettingText.value($1, or: "none", SettingText.address)?.description ?? "none"
            },
            Setting(key: "insecure", purpose: "true: serve addresses that strangers reach") {
                $0.isInsecure = try SettingText.flag($1)
            },
            Setting(
                key: "require_tokens", purpose: "true: let nobody in without a token, also while none was ever made"
            ) {
                $0.isTokenRequired = try SettingText.flag($1)
            },
            Setting(
                key: "names",
                purpose:
                    "host names under which it may be asked while there are no tokens, besides addresses, localhost "
                    + "and names without a dot; several separated by commas"
            ) {
                $0.names = try SettingText.hostNames($1)
            },
            Setting(
                key: "runbooks",
                purpose: "where links of alerts to runbooks lead, such as https://ops.example.org/runbooks; without it "
                    + "to /runbooks of the server"
            ) {
                $0.runbooks = try SettingText.webAddress($1)
            },
            Setting(
                key: "trace_link_template",
                purpose: "where pages of conversations link to a trace, such as "
                    + "https://jaeger.example.org/trace/{trace_id}; without it nowhere"
            ) {
                $0.traceLink = try SettingText.traceLink($1)
            },
            Setting(
                key: "proxies",
                purpose:
                    "proxies in front, as addresses such as 127.0.0.1 or 10.0.0.0/8, several separated by commas: the "
                    + "log then names the client for whom they ask"
            ) {
                $0.proxies.ranges = try SettingText.addressRanges($1)
            },
            Setting(
                key: "proxy_header",
                purpose: "the header in which the proxies name it: x-forwarded-for, which is the default, or forwarded"
            ) {
                $0.proxies.field = try SettingText.oneOf($1.lowercased())
            },
            Setting(key: "log_format", purpose: "how the log on stderr is written: text or json, an object a line") {
                $0.logFormat = try SettingText.oneOf($1)
            },
            Setting(key: "limits.body_size", purpose: "a request body on the wire") {
                $0.limits.bodyBytesMax = try SettingText.size($1)
            },
            Setting(key: "limits.decoded_body_size", purpose: "the same decompressed") {
                $0.limits.decodedBodyBytesMax = try SettingText.size($1)
            },
            Setting(key: "limits.ingest_size", purpose: "all bodies on their way to the disk") {
                $0.limits.ingestBytesMax = try SettingText.size($1)
            },
            Setting(key: "limits.ingest_events", purpose: "all events on their way to the disk") {
                $0.limits.ingestEventsMax = try SettingText.count($1)
            },
            Setting(key: "limits.header_size", purpose: "request line and header fields of a request") {
                $0.limits.headerBytesMax = try SettingText.size($1)
            },
            Setting(
                key: "limits.connections",
                purpose: "open connections at all addresses together, as far as the limit on open files allows"
            ) {
                $0.limits.connectionsMax = try SettingText.count($1)
            },
            Setting(key: "limits.queries_running", purpose: "questions answered at the same time") {
                $0.limits.queriesRunningMax = try SettingText.count($1)
            },
            Setting(key: "limits.queries_waiting", purpose: "questions that wait for their turn") {
                $0.limits.queriesWaitingMax = try SettingText.count($1)
            },
            Setting(
                key: "memory",
                purpose: "what the process is to hold in all: questions and answers share what the rest leaves"
            ) {
                $0.limits.memoryBytesMax = try SettingText.size($1)
            },
            Setting(
                key: "limits.query_memory",
                purpose: "what one question may hold, no more than all of them have and than 1984MiB"
            ) {
                $0.limits.queryMemoryBytesMax = try SettingText.size($1)
            },
            Setting(key: "limits.query_time", purpose: "how long one question may run, or all of a report together") {
                $0.limits.queryTimeLimit = try SettingText.duration($1)
            },
            Setting(key: "limits.body_time", purpose: "how long a body may take to arrive") {
                $0.limits.bodyTimeout = try SettingText.duration($1)
            },
            Setting(key: "limits.idle_time", purpose: "the longest silence on a connection") {
                $0.limits.idleTimeout = try SettingText.duration($1)
            },
            Setting(key: "limits.drain_time", purpose: "how long requests under way may take once a stop was asked for")
            {
                $0.limits.drainTimeout = try SettingText.duration($1)
            },
            Setting(key: "answer_limit", purpose: "within which time a question must be answered ok to be a good one") {
                $0.objectives.answerLimitNanoseconds = try SettingText.answerLimit($1)
            },
            Setting(key: "error_budget", purpose: "over how many days error budgets run, such as 30d") {
                $0.objectives.budgetDays = try SettingText.days($1)
            },
            Setting(
                key: "dashboards.folder",
                purpose: "a folder of Grafana's dashboard files (.json) that pages show beside the program's own; read "
                    + "at the start, on SIGHUP and by POST /-/reload"
            ) {
                $0.dashboardFolder = try SettingText.name($1)
            },
        ] + retention + archive + outcomes + traces + shipping + clickHouse + alerts

    private static let retention: [Setting] = [
        Setting(
            key: "retention.events",
            purpose:
                "for how long events are kept after they were received, such as 90d, at least 7d and error_budget; "
                + "never, the default, for ever. What was made of them stays: turns, conversations, rollups, counters"
        ) {
            $0.retention = RetentionLimits(
                eventsNanoseconds: try SettingText.value($1, or: "never", SettingText.retention),
                tenants: $0.retention.tenants
            ).with(types: $0.retention.types)
        },
        Setting(
            key: "retention.tenants", isOfNames: true,
            purpose:
                "the same for single tenants, by name and in place of retention.events, be it shorter or longer, such "
                + "as acme: 60d; in the environment acme=60d, bank=365d; none, the default, for no period of their own"
        ) {
            $0.retention = RetentionLimits(
                eventsNanoseconds: $0.retention.eventsNanoseconds,
                tenants: try SettingText.value($1, or: "none", SettingText.tenantPeriods) ?? []
            ).with(types: $0.retention.types)
        },
        Setting(
            key: "retention.types", isOfNames: true,
            purpose:
                "the same for single event types, whoever an event is of: it goes by the first period that ends, so "
                + "each is less than retention.events, such as message.sent: 30d; in the environment "
                + "message.sent=30d, span.received=45d; none, the default, for no period of their own. Other events "
                + "of the same conversations stay"
        ) {
            $0.retention = $0.retention.with(
                types: try SettingText.value($1, or: "none", SettingText.typePeriods) ?? [])
        },
        Setting(
            key: "max_disk",
            purpose:
                "what the files in the data directory may come to, such as 200GiB, at least 1GiB; none, the default, "
                + "for all of the volume. Above nine tenths the oldest events go, as those of retention.events do"
        ) {
            $0.maxDiskBytes = try SettingText.value($1, or: "none", SettingText.disk)
        },
        Setting(
            key: "retention.keep_at_least",
            purpose:
                "for how long events are kept even where max_disk is reached, such as 60d, at least 7d and "
                + "error_budget, which is the default; where nothing older is left none is taken any more"
        ) {
            $0.keptNanoseconds = try SettingText.retention($1)
        },
    ]

    private static let archive: [Setting] = [
        Setting(
            key: "retention.archive_after",
            purpose:
                "after which time events are archived, such as 90d, at least 7d and less than retention.events: "
                + "written anew as short as can be; never, the default, for not at all. Answers stay the same"
        ) {
            $0.archive.afterNanoseconds = try SettingText.value($1, or: "never", SettingText.retention)
        },
        Setting(
            key: "archive.directory",
            purpose:
                "where archived segments lie, an absolute path, perhaps on another volume; by default where they lay "
                + "so far, at first in the data directory"
        ) {
            $0.archive.directory = try SettingText.absolutePath($1)
        },
    ]

    private static let outcomes: [Setting] = [
        Setting(
            key: "conversations.idle_after",
            purpose:
                "conversations in which nobody has done anything for so long are closed, reason idle; never for no such closing"
        ) {
            $0.outcomes.idleAfterNanoseconds = try SettingText.value($1, or: "never", SettingText.nanoseconds)
        },
        Setting(
            key: "outcomes.rule",
            purpose: "what reports count as resolved: " + OutcomeRule.allCases.map(\.rawValue).joined(separator: ", ")
        ) {
            $0.outcomes.rule = try SettingText.oneOf($1)
        },
    ]

    private static let traces: [Setting] = [
        Setting(
            key: "traces.endpoint",
            purpose: "where to send traces of answers, as OTLP over HTTP; several separated by commas"
        ) {
            $0.traces.endpoints = try SettingText.endpoints($1)
        },
        Setting(key: "traces.headers", purpose: "sent along with traces: name=value, separated by commas") {
            $0.traces.headers = try SettingText.headers($1)
        },
        Setting(
            key: "traces.sample_ratio", purpose: "share of traces sent, 0 to 1; errors and slow answers are always sent"
        ) {
            $0.traces.rule.sampling.ratio = try SettingText.share($1)
        },
        Setting(key: "traces.slow", purpose: "answers that take longer are always sent") {
            $0.traces.rule.sampling.slowNanoseconds = try SettingText.nanoseconds($1)
        },
        Setting(key: "traces.forward_received", purpose: "true: send also traces of answers that came in as spans") {
            $0.traces.rule.forwardsReceived = try SettingText.flag($1)
        },
    ]
}
