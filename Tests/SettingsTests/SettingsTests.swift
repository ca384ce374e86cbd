import Access
import Domain
import Exporting
import OperatorLogs
import Platform
import Sending
import Settings
import Shipping
import Testing

/// Names that are twice as many values from line to line.
private let doubling =
    "k0: &k0 [1, 2]\n" + (1...40).map { "k\($0): &k\($0) {? [*k\($0 - 1), *k\($0 - 1)] : 1}\n" }.joined()

@Suite struct SettingsTests {
    private let full = """
        # comments are welcome
        data: /srv/plimsoll
        listen: "[::1]:9000"
        insecure: false
        limits:
          body_size: 8MiB
          ingest_events: 1000
          query_time: 5m
        """

    @Test func aFileSetsWhatItNames() {
        let file = SettingsFile(full)
        #expect(file.findings == [] && file.count == 6)
        let settings = file.applied(to: ServeSettings())
        #expect(settings.data == "/srv/plimsoll" && settings.listen == ListenAddress(host: "::1", port: 9000))
        #expect(settings.limits.bodyBytesMax == 8 << 20 && settings.limits.ingestEventsMax == 1000)
        #expect(settings.limits.queryTimeLimit == .seconds(300))
        #expect(settings.limits.connectionsMax == ServerLimits().connectionsMax)
        #expect(SettingsFile("").findings == [] && SettingsFile("# nothing\n").count == 0)
    }

    @Test(arguments: [
        ("data: x\ncolour: red\n", 2, "there is no setting colour"),
        ("limits:\n  body_size: 8MB\n", 2, "limits.body_size: expected a size"),
        ("limits:\n  speed: 3\n", 2, "there is no setting limits.speed"),
        ("listn: 127.0.0.1:1\n", 1, "there is no setting listn of this kind; did you mean listen? known: "),
        ("alert: {x: 1}\n", 1, "there is no setting alert of this kind; did you mean alerts? known: "),
        ("limit:\n", 1, "there is no setting limit of this kind; did you mean limits? known: "),
        ("answer_limit: {x: 5m}\n", 1, "no setting answer_limit of this kind; did you mean answer_limits? known: "),
        ("limits: 3\n", 1, "limits: expected settings below it"),
        ("listen: 8910\n", 1, "listen: expected an address"), ("- data\n", 1, "expected settings as"),
        ("limits:\n  query_time: 0s\n", 2, "limits.query_time: expected a duration"),
        ("insecure: maybe\n", 1, "insecure: expected true"),
        ("names: http://a.example\n", 1, "names: expected host names such as plimsoll.example.org"),
        ("names: a.example,,b.example\n", 1, "names: expected host names such as plimsoll.example.org"),
        ("runbooks: ops.example\n", 1, "runbooks: expected an address such as https://ops.example.org"),
        ("runbooks: https:///a\n", 1, "runbooks: expected an address such as https://ops.example.org"),
        ("runbooks: 'http://a/{{ .x }}'\n", 1, "runbooks: expected an address such as https://ops.example.org"),
        ("trace_link_template: https://a.example/\n", 1, "trace_link_template: expected an address with {trace_id}"),
        ("proxies: 10.0.0.0/8,lan\n", 1, "proxies: expected addresses such as"),
        ("proxy_header: x-real-ip\n", 1, "proxy_header: expected one of x-forwarded-for, forwarded"),
        ("data: x\nlog_format: xml\n", 2, "log_format: expected one of text, json"),
        ("\ndata: [a]\n", 2, "there is no setting data of this kind; known: "),
        ("limits:\n  connections: -1\n", 2, "at least 1"),
        ("data: {\n", 2, "no YAML"), ("memory: 512MiB\n", 1, "memory must be at least 864MiB"),
        ("limits:\n  body_size: 900GiB\n", 2, "limits.ingest_size must be at least"),
        (doubling, 16, "more values than are read, with what aliases stand for"),
    ])
    func mistakesAreNamedWithTheirLine(text: String, line: Int, message: String) throws {
        let finding = try #require(SettingsFile(text).findings.first)
        #expect(finding.line == line && finding.message.contains(message), "\(finding)")
    }

    @Test func linksOfAlertsLeadWhereTheSettingSays() throws {
        #expect(ServeSettings().runbooks == nil)
        let file = SettingsFile("runbooks: https://ops.example.org:8443/run-books/\n")
        #expect(file.findings == [])
        #expect(file.applied(to: ServeSettings()).runbooks == "https://ops.example.org:8443/run-books")
        let layered = try ServeSettings.layered(file: file) { name in
            name == "PLIMSOLL_RUNBOOKS" ? "http://[::1]:8910/runbooks" : nil
        }
        #expect(layered.runbooks == "http://[::1]:8910/runbooks")
    }

    @Test(arguments: [
        "https://jaeger.example.org/trace/{trace_id}", "http://[::1]:16686/trace/{trace_id}?x=%7Ba%7D&uiFind=1#top",
        "https://g.example.org/explore?q={trace_id}&again={trace_id}", "http://localhost/#/t/{trace_id}",
    ]) func tracesAreLinkedToWhereTheSettingSays(link: String) throws {
        #expect(ServeSettings().traceLink == nil)
        let file = SettingsFile("trace_link_template: '\(link)'\n")
        #expect(file.findings == [], "\(link)")
        #expect(file.applied(to: ServeSettings()).traceLink == link)
        let layered = try ServeSettings.layered(file: SettingsFile("")) { name in
            name == "PLIMSOLL_TRACE_LINK_TEMPLATE" ? link : nil
        }
        #expect(layered.traceLink == link)
    }

    /// An id stays where it is put, and nothing else is put there.
    @Test(arguments: [
        "https://jaeger.example.org/trace", "https://{trace_id}.example.org/", "https://a.example:{trace_id}/",
        "https://example.org{trace_id}", "javascript:alert('{trace_id}')", "//example.org/{trace_id}",
        "/trace/{trace_id}", "https:///{trace_id}", "https://user:pass@example.org/{trace_id}",
        "https://{trace_id}@example.org/", "https://a.example/%{trace_id}", "https://a.example/%2{trace_id}",
        "https://a.example/{trace_id}%2", "https://a.example/{trace_id}/{span_id}", "https://a.example/{trace_id",
        "https://a.example/{trace_id}\"x", "https://a.example/ {trace_id}", "https://a.example/\\{trace_id}",
        "https://a.example/ü/{trace_id}", "", "https://a.example/{trace_id}/" + String(repeating: "x", count: 2_000),
    ]) func anAddressThatAnIdCouldLeaveIsRefused(link: String) throws {
        var settings = ServeSettings()
        #expect(throws: (any Error).self, "\(link)") { try settings.set("trace_link_template", to: link) }
        #expect(settings.traceLink == nil)
    }

    /// Refusals name the variable.
    @Test func namesAreSetByFileAndVariable() throws {
        let file = SettingsFile("names: a.example.org, B.example.org.\n")
        #expect(file.findings == [])
        #expect(file.applied(to: ServeSettings()).names == ["a.example.org", "B.example.org."])
        let layered = try ServeSettings.layered(file: file) { $0 == "PLIMSOLL_NAMES" ? "c.example.org" : nil }
        #expect(layered.names == ["c.example.org"])
    }

    @Test func proxiesAndTheFormOfTheLogAreSettings() throws {
        let file = SettingsFile("proxies: 127.0.0.1, 10.0.0.0/8\nproxy_header: Forwarded\nlog_format: json\n")
        #expect(file.findings == [])
        let settings = file.applied(to: ServeSettings())
        #expect(settings.logFormat == .json && settings.proxies.field == .forwarded)
        #expect(settings.proxies.client(peer: "10.1.2.3") { "for=203.0.113.9" } == "203.0.113.9")
        #expect(settings.proxies.client(peer: "11.1.2.3") { "for=203.0.113.9" } == "11.1.2.3")
        let standard = ServeSettings()
        #expect(standard.logFormat == .text && standard.proxies.field == .forwardedFor)
        #expect(standard.proxies.client(peer: "127.0.0.1") { "203.0.113.9" } == "127.0.0.1", "nobody is believed")
        #expect(try ServeSettings.layered(file: file) { $0 == "PLIMSOLL_LOG_FORMAT" ? "text" : nil }.logFormat == .text)
    }

    @Test func requiredTokensAndHeadersAreSettings() throws {
        let file = SettingsFile("require_tokens: true\nlimits:\n  header_size: 8KiB\n")
        #expect(file.findings == [])
        let settings = file.applied(to: ServeSettings())
        #expect(settings.isTokenRequired && settings.limits.headerBytesMax == 8 << 10)
        #expect(!ServeSettings().isTokenRequired)
        #expect(
            try ServeSettings.layered(file: file) { $0 == "PLIMSOLL_REQUIRE_TOKENS" ? "false" : nil }.isTokenRequired
                == false)
    }

    @Test func allMistakesAreFoundAtOnce() {
        let findings = SettingsFile("a: 1\nlimits:\n  b: 2\nc: 3\n").findings
        #expect(findings.map(\.line) == [1, 3, 4])
    }

    /// Names, values, bounds of a line and what settings say together: one kind of mistake hides none of another.
    @Test func mistakesOfAllKindsAreFoundAtOnce() {
        let text = """
            colour: red
            limits:
              body_size: 900GiB
              connections: none
            conversations:
              idle_after: none
            answer_limits: {"": 4s}
            objectives:
              availability: {target: 100%, alert: 101%}
              answer_p50:
                target: 9s
              answer_p99: {target: soon, alert: 2h}
              speed: none
              satisfaction:
                target: high
                alert: low
            """
        let findings = SettingsFile(text).findings
        #expect(findings.map { $0.line ?? 0 } == [1, 3, 4, 6, 7, 9, 9, 10, 12, 12, 13, 15, 16], "\(findings)")
    }

    /// What nobody could read contradicts nothing.
    @Test func unreadValuesContradictNothing() {
        #expect(SettingsFile("limits:\n  ingest_size: much\n  body_size: 900GiB\n").findings.map(\.line) == [2])
        #expect(SettingsFile("objectives:\n  answer_p99: {target: soon, alert: 9s}\n").findings.map(\.line) == [2])
    }

    /// All settings read durations alike, be they limits, silences or objectives.
    @Test(
        arguments: [
            ("1.5h", 5_400_000_000_000), ("7d", 604_800_000_000_000), ("90m", 5_400_000_000_000),
            ("0.25d", 21_600_000_000_000),
            ("1500ms", 1_500_000_000), ("30 s", 30_000_000_000), ("1000000h", 3_600_000_000_000_000_000),
        ] as [(String, Int64)])
    func durationsAreReadAlike(text: String, nanoseconds: Int64) throws {
        let file = SettingsFile(
            """
            limits:
              query_time: \(text)
            conversations:
              idle_after: \(text)
            traces:
              endpoint: http://127.0.0.1:4318
              slow: \(text)
            """)
        #expect(file.findings == [])
        let settings = file.applied(to: ServeSettings())
        #expect(settings.limits.queryTimeLimit == .nanoseconds(nanoseconds))
        #expect(settings.outcomes.idleAfterNanoseconds == nanoseconds)
        #expect(settings.traces.rule.sampling.slowNanoseconds == nanoseconds)
    }

    @Test(arguments: ["", "1", "-1s", "0d", "1w", "h", "1.5", "1,5h", "1000001h", "99999999999d", "0.0000000001s"])
    func whatIsNoDurationIsRefusedAlike(text: String) {
        let file = SettingsFile("limits:\n  query_time: '\(text)'\nconversations:\n  idle_after: '\(text)'\n")
        #expect(file.findings.map(\.line) == [2, 4])
        #expect(file.findings.allSatisfy { $0.message.contains("expected a duration") })
    }

    @Test(arguments: [("conversations:\n  idle_after: none\n", "or never"), ("otlp_http_listen: never\n", "or none")])
    func wordsForNoneAreNamed(text: String, word: String) throws {
        let finding = try #require(SettingsFile(text).findings.first)
        #expect(finding.message.hasSuffix(word), "\(finding)")
    }

    /// What is dropped cannot be had back: a slip of the pen drops nothing.
    @Test func eventsAreKeptForDaysAtLeast() throws {
        func kept(_ text: String) -> RetentionLimits? {
            let file = SettingsFile("error_budget: 7d\nretention:\n  events: '\(text)'\n")
            return file.findings.isEmpty ? file.applied(to: ServeSettings()).retention : nil
        }
        let ninetyDays: Int64? = 90 * 86_400_000_000_000
        #expect(kept("90d")?.eventsNanoseconds == ninetyDays)
        #expect(kept("168h") == RetentionLimits(eventsNanoseconds: RetentionLimits.nanosecondsMin))
        #expect(kept("never") == RetentionLimits() && ServeSettings().retention == RetentionLimits())
        for text in ["6d", "90", "0d", "-90d", "90ms", "soon"] { #expect(kept(text) == nil, "\(text)") }
        #expect(
            try ServeSettings.layered(file: nil) { $0 == "PLIMSOLL_RETENTION_EVENTS" ? "30d" : nil }.retention
                .eventsNanoseconds == 30 * 86_400_000_000_000)
    }

    /// A tenant's own period stands beside that of all, in whatever order the two are said.
    @Test func tenantsMayHavePeriodsOfTheirOwn() throws {
        func limits(_ text: String) -> RetentionLimits? {
            let file = SettingsFile(text)
            return file.findings.isEmpty ? file.applied(to: ServeSettings()).retention : nil
        }
        let day: Int64 = 86_400_000_000_000
        let wanted = RetentionLimits(
            eventsNanoseconds: 90 * day,
            tenants: [
                RetentionLimits.TenantPeriod("acme", nanoseconds: 30 * day),
                RetentionLimits.TenantPeriod("bank", nanoseconds: 365 * day),
            ])
        #expect(limits("retention: {events: 90d, tenants: {bank: 365d, acme: 30d}}\n") == wanted)
        #expect(limits("retention:\n  tenants:\n    acme: 30d\n    bank: 365d\n  events: 90d\n") == wanted)
        #expect(limits("retention: {events: 90d, tenants: 'acme=30d, bank = 365d'}\n") == wanted)
        let variables = ["PLIMSOLL_RETENTION_TENANTS": "acme=30d,bank=365d", "PLIMSOLL_RETENTION_EVENTS": "90d"]
        #expect(try ServeSettings.layered(file: nil) { variables[$0] }.retention == wanted)
        #expect(limits("retention: {tenants: none}\n") == RetentionLimits())
        let alone = try #require(limits("retention: {tenants: {acme: 30d}}\n"))
        #expect(alone.eventsNanoseconds == nil && alone.tenants.count == 1 && alone.isSet)
        for text in [
            "{acme: 6d}", "{acme: 29d}", "{acme: soon}", "{acme: [30d]}", "{'a=b': 30d}", "{'a,b': 30d}", "acme",
            "'acme=30d,acme=31d'", "'=30d'", "never", "{' acme': 30d}", "{'acme ': 30d}", "{acme: '30d,bank=60d'}",
        ] { #expect(limits("retention: {tenants: \(text)}\n") == nil, "\(text)") }
        let many = (30...38).map { "t\($0): \($0)d" }.joined(separator: ", ")
        #expect(limits("retention: {tenants: {\(many)}}\n") == nil)
    }

    /// What goes before it is archived never is.
    @Test func eventsAreArchivedBeforeTheyGo() throws {
        let file = SettingsFile(
            "retention: {archive_after: 90d, events: 365d}\narchive: {directory: /archive/plimsoll}\n")
        #expect(file.findings == [])
        let archive = file.applied(to: ServeSettings()).archive
        #expect(archive.afterNanoseconds == 90 * 86_400_000_000_000 && archive.directory == "/archive/plimsoll")
        let never = SettingsFile("retention: {archive_after: never}\n")
        #expect(never.applied(to: ServeSettings()).archive == ArchiveLimits())
        for text in [
            "retention: {archive_after: 90d, events: 90d}\n", "retention: {archive_after: 6d}\n",
            "archive: {directory: cold}\n", "archive: {directory: /}\n",
        ] { #expect(!SettingsFile(text).findings.isEmpty, "\(text)") }
        let variables = ["PLIMSOLL_RETENTION_ARCHIVE_AFTER": "30d", "PLIMSOLL_ARCHIVE_DIRECTORY": "/cold"]
        let settings = try ServeSettings.layered(file: nil) { variables[$0] }
        #expect(settings.archive.directory == "/cold" && settings.archive.afterNanoseconds == 30 * 86_400_000_000_000)
    }

    /// Rules count events over the time of the budget: none of that may be gone.
    @Test func eventsAreKeptForTheBudget() throws {
        for (text, isRight) in [("retention: {events: 29d}\n", false), ("retention: {events: 30d}\n", true)] {
            let findings = SettingsFile(text).findings
            #expect(findings.isEmpty == isRight, "\(findings)")
            #expect(isRight || findings[0].message.contains("at least error_budget, 30d"))
        }
        var settings = ServeSettings()
        #expect(throws: SettingsFinding.self) { try settings.set("retention.events", to: "7d") }
    }

    /// Off until it is said; what is younger than the budget of errors is long stays, or more where somebody says so.
    @Test func aBudgetForTheDiskLeavesWhatRulesCount() throws {
        let day: Int64 = 86_400_000_000_000
        func limits(_ text: String) -> RetentionLimits? {
            let file = SettingsFile(text)
            return file.findings.isEmpty ? file.applied(to: ServeSettings()).retentionLimits : nil
        }
        #expect(ServeSettings().retentionLimits == RetentionLimits())
        #expect(limits("max_disk: none\n")?.isSet == false)
        #expect(limits("max_disk: 2GiB\n")?.budget == DiskBudget(bytes: 2 << 30, keptNanoseconds: 30 * day))
        #expect(limits("max_disk: 2GiB\nerror_budget: 3d\n")?.budget?.keptNanoseconds == 7 * day)
        let both = limits("max_disk: 1GiB\nretention: {events: 90d, keep_at_least: 60d}\n")
        #expect(both?.eventsNanoseconds == 90 * day && both?.budget?.keptNanoseconds == 60 * day)
        for text in [
            "max_disk: 512MiB\n", "max_disk: 0\n", "max_disk: much\n", "retention: {keep_at_least: 6d}\n",
            "retention: {keep_at_least: 29d}\n", "retention: {events: 40d, keep_at_least: 50d}\n",
            "retention: {keep_at_least: never}\n",
        ] { #expect(limits(text) == nil, "\(text)") }
        let variables = ["PLIMSOLL_MAX_DISK": "3GiB", "PLIMSOLL_RETENTION_KEEP_AT_LEAST": "45d"]
        #expect(
            try ServeSettings.layered(file: nil) { variables[$0] }.retentionLimits.budget
                == DiskBudget(bytes: 3 << 30, keptNanoseconds: 45 * day))
    }

    @Test func aSettingGivenTwiceIsAMistake() {
        #expect(!SettingsFile("data: a\ndata: b\n").findings.isEmpty)
    }

    @Test func theEnvironmentBeatsTheFileWhichBeatsTheDefault() throws {
        let variables = ["PLIMSOLL_DATA": "/from/environment", "PLIMSOLL_LIMITS_QUERY_TIME": "7s"]
        let settings = try ServeSettings.layered(file: SettingsFile(full)) { variables[$0] }
        #expect(settings.data == "/from/environment" && settings.limits.queryTimeLimit == .seconds(7))
        #expect(settings.listen.port == 9000 && settings.limits.drainTimeout == ServerLimits().drainTimeout)
        #expect(throws: SettingsFinding.self) {
            try ServeSettings.layered(file: nil) { $0 == "PLIMSOLL_LISTEN" ? "nowhere" : nil }
        }
        #expect(throws: SettingsFinding.self) {
            try ServeSettings.layered(file: nil) { $0 == "PLIMSOLL_LIMITS_BODY_SIZE" ? "900GiB" : nil }
        }
    }

    @Test func tracesAreToldWhereToGo() throws {
        let text = """
            traces:
              endpoint: http://tempo:4318
              headers: authorization=Bearer abc, x-scope-orgid=support
              sample_ratio: 25%
              slow: 5s
              forward_received: true
            """
        #expect(SettingsFile(text).findings == [])
        let traces = SettingsFile(text).applied(to: ServeSettings()).traces
        #expect(traces.endpoints.map(\.description) == ["http://tempo:4318/v1/traces"])
        #expect(traces.headers == ["authorization: Bearer abc", "x-scope-orgid: support"])
        #expect(
            traces.rule.sampling.ratio == 0.25 && traces.rule.sampling.slowNanoseconds == 5_000_000_000
                && traces.rule.forwardsReceived)
        var settings = try ServeSettings.layered(file: nil) {
            $0 == "PLIMSOLL_TRACES_ENDPOINT" ? "http://a, http://b:1/x" : nil
        }
        #expect(settings.traces.endpoints.map(\.description) == ["http://a/v1/traces", "http://b:1/x"])
        #expect((try? settings.set("traces.headers", to: "a=b")) == nil)
        #expect((try? settings.set("traces.sample_ratio", to: "2")) == nil)
        #expect(SettingsFile("traces:\n  endpoint: tempo\n").findings.first?.line == 2)
        // One destination with two keys, and no key in what is said of it.
        let twice = SettingsFile("traces:\n  endpoint: http://a?key=canary1,http://a?key=canary2\n").findings
        #expect(twice.count == 1 && !"\(twice)".contains("canary"))
    }

    @Test func shippingIsSaidByFileAndEnvironment() throws {
        let text = """
            ship:
              postgresql:
                connection: host=db.example.org dbname=figures password=canary
                schema: figures
                tables: turns, rollups
                batch_events: 500
                batch_age: 2s
                hypertables: false
            """
        #expect(SettingsFile(text).findings == [])
        let shipping = try #require(SettingsFile(text).applied(to: ServeSettings()).postgresShipping)
        #expect(shipping.connection.hasPrefix("host=db.example.org") && shipping.schema == "figures")
        #expect(shipping.configuration.tables == ["turns", "rollups"] && !shipping.usesHypertables)
        #expect(shipping.configuration.batchEvents == 500)
        #expect(shipping.configuration.batchNanoseconds == 2_000_000_000)
        // By its name nobody is let in.
        #expect(shipping.target.destination.name == "postgresql figures")
        let fromVariables = try ServeSettings.layered(file: nil) {
            $0 == "PLIMSOLL_SHIP_POSTGRESQL_CONNECTION" ? "environment" : nil
        }
        #expect(fromVariables.postgresShipping?.connection == "")
        #expect(fromVariables.postgresShipping?.schema == "plimsoll")
        #expect(try ServeSettings.layered(file: nil) { _ in nil }.postgresShipping == nil)
        for (key, value) in [("schema", "Figures"), ("batch_events", "0"), ("batch_age", "soon"), ("tables", "a,,b")] {
            let said = "ship:\n  postgresql:\n    connection: environment\n    \(key): \"\(value)\"\n"
            #expect(SettingsFile(said).findings.map(\.line) == [4], "\(key)")
        }
        // What is shipped without where to is nothing.
        let nowhere = SettingsFile("ship:\n  postgresql:\n    schema: figures\n").findings
        #expect(nowhere.count == 1 && "\(nowhere)".contains("ship.postgresql.connection"))
    }

    @Test func shippingToClickHouseIsSaidByFileAndEnvironment() throws {
        let text = """
            ship:
              clickhouse:
                url: https://db.example.org:8443/
                user: shipper
                password_file: /etc/plimsoll/clickhouse
                database: figures
                tables: turns, rollups
                batch_events: 500
                batch_age: 2s
                storage_policy: tiered
                cold_volume: cold
            """
        #expect(SettingsFile(text).findings == [])
        let shipping = try #require(SettingsFile(text).applied(to: ServeSettings()).clickHouseShipping)
        #expect(shipping.place.url == "https://db.example.org:8443" && shipping.place.user == "shipper")
        #expect(shipping.configuration.tables == ["turns", "rollups"] && shipping.configuration.batchEvents == 500)
        #expect(shipping.tiers == ClickHouseTiers(policy: "tiered", volume: "cold", days: 90))
        let destination = shipping.destination(
            in: SimulatedFileSystem(seed: 1), randomness: SeededRandomness(seed: 1))
        #expect(destination.name == "clickhouse figures")
        // A file that is not there is told before anything is sent, with what it is for.
        do throws(ShippingFailure) {
            _ = try destination.connect(isAbandoned: { false })
            Issue.record("it goes without a password")
        } catch {
            #expect(error.reason == "login" && error.advice?.contains("password_file") == true)
        }
        let fromVariables = try ServeSettings.layered(file: nil) { name in
            ["PLIMSOLL_SHIP_CLICKHOUSE_URL": "http://a:8123", "PLIMSOLL_SHIP_CLICKHOUSE_PASSWORD": "canary"][name]
        }
        #expect(fromVariables.clickHouseShipping?.place.database == "plimsoll")
        for (key, value) in [
            ("database", "Figures"), ("url", "db:8123"), ("url", "http://me:canary@db:8123"), ("node", "0"),
            ("batch_age", "soon"), ("cold_volume", "cold"), ("cold_days", "never"),
        ] {
            let said = "ship:\n  clickhouse:\n    url: http://a:8123\n    \(key): \"\(value)\"\n"
            let found = SettingsFile(key == "url" ? "ship:\n  clickhouse:\n    url: \"\(value)\"\n" : said).findings
            #expect(found.count == 1 && !"\(found)".contains("canary"), "\(key) \(value): \(found)")
        }
        let nowhere = SettingsFile("ship:\n  clickhouse:\n    database: figures\n").findings
        #expect(nowhere.count == 1 && "\(nowhere)".contains("ship.clickhouse.url"))
    }

    private static let promises = """
        answer_limit: 20s
        answer_limits:
          email: 5m
          voice: 1.5s
        error_budget: 28d
        objectives:
          availability: {target: 99.95%, alert: 99.5%}
          answer_p90:
            target: 4s
            alert: 6500ms
          answer_p95: none
          satisfaction: {alert: none}
          cost_per_answer: {target: $0.01, alert: 0.03 USD}
          error_rate: {target: 0.02, alert: 0.05}
        """

    @Test func objectivesAreChangesOfTheBuiltInOnes() throws {
        let file = SettingsFile(Self.promises)
        #expect(file.findings == [] && file.count == 10)
        let set = try #require(file.applied(to: ServeSettings()).objectives.set)
        let names = [
            "availability", "answer_p50", "answer_p90", "error_rate", "cost_per_answer", "satisfaction",
            "first_token_p50",
        ]
        #expect(set.objectives.map(\.name) == names)
        #expect(set.answerLimits.text == "20 s; email 300 s; voice 1.5 s" && set.budgetDays == 28)
        #expect(set.objectives[0].target == .share(partsPerMillion: 999_500))
        #expect(set.objectives[2].alertLimit == .duration(nanoseconds: 6_500_000_000))
        #expect(set.objectives[3].target == .share(partsPerMillion: 20_000))
        #expect(set.objectives[3].alertLimit == .share(partsPerMillion: 50_000))
        #expect(set.objectives[4].alertLimit == .costPerAnswer(picoUSD: 30_000_000_000))
        #expect(set.objectives[5].isSilent && !set.objectives[6].isSilent && set.objectives[6].alertLimit == nil)
        #expect(set.objectives[5].alertLimit == nil && set.objectives[5].target == .share(partsPerMillion: 850_000))
        #expect(SettingsFile("data: x\n").applied(to: ServeSettings()).objectives.set == nil)
        #expect(SettingsFile("objectives: default\n").applied(to: ServeSettings()).objectives.set == .builtIn)
        let limits = SettingsFile("answer_limits:\n  email: 5m\n")
        let variables = try ServeSettings.layered(file: limits) { $0 == "PLIMSOLL_ANSWER_LIMIT" ? "7s" : nil }
        #expect(variables.objectives.set?.answerLimits.text == "7 s; email 300 s")
    }

    @Test func linesMayBeAboutCertainChannels() throws {
        let file = SettingsFile(
            """
            objectives:
              satisfaction: {channels: [email, chat]}
              answer_p90: {target: 4s, channels: voice}
            """)
        #expect(file.findings == [])
        let set = try #require(file.applied(to: ServeSettings()).objectives.set)
        #expect(set.objective(.satisfaction)?.channelsText == "chat, email")
        #expect(set.objective(.satisfaction)?.target == .share(partsPerMillion: 850_000))
        #expect(set.objectives.first { $0.name == "answer_p90" }?.channelsText == "voice")
        #expect(set.objective(.availability)?.channels == [])
    }

    /// Events may name any channel: what misses a known one is told, and holds.
    @Test func channelsThatMissAKnownOneAreTold() throws {
        let file = SettingsFile(
            """
            answer_limits:
              emial: 5m
              fax: 1h
            objectives:
              satisfaction:
                channels: [chatt, chat]
              answer_p90:
                target: 4s
                channels: Voice
            """)
        #expect(file.findings == [])
        func rest(_ name: String) -> String { "What is said of \(name) holds for events that name this channel" }
        #expect(
            file.remarks.map(\.description) == [
                "line 2: answer_limits: did you mean email? " + rest("emial"),
                "line 6: objectives.satisfaction.channels: did you mean chat? " + rest("chatt"),
                "line 9: objectives.answer_p90.channels: did you mean voice? " + rest("Voice"),
            ])
        let set = try #require(file.applied(to: ServeSettings()).objectives.set)
        #expect(set.answerLimits.channels.map(\.name).contains(Array("emial".utf8)))
        #expect(SettingsFile(Self.promises).remarks == [])
    }

    @Test(arguments: [
        (
            "objectives:\n  cost_per_answer:\n    channels: [email]\n", 2,
            "objectives.cost_per_answer: expected no channels"
        ),
        ("objectives:\n  error_rate:\n    channels: [a, a]\n", 2, "objectives.error_rate: expected each channel once"),
        (
            "objectives:\n  error_rate:\n    channels: []\n", 3,
            "objectives.error_rate.channels: expected a list of channels"
        ),
        (
            "objectives:\n  error_rate:\n    channels: {a: b}\n", 3,
            "objectives.error_rate.channels: expected a list of channels"
        ),
        ("objectives:\n  speed: {target: 2s}\n", 2, "there is no objective speed"),
        ("objectives:\n  availabilty: {target: 99%}\n", 2, "availabilty; did you mean availability? known: "),
        ("objectives:\n  answer_p95: {target: 9s}\n", 2, "objectives.answer_p95: expected an alert limit"),
        ("objectives:\n  answer_p99:\n    alert: 9s\n", 2, "objectives.answer_p99: expected a target"),
        ("objectives:\n  answer_p99:\n    target: fast\n", 3, "objectives.answer_p99.target: expected a duration"),
        ("objectives:\n  availability:\n    target: 100%\n    alert: 99%\n", 2, "below 100 %"),
        ("objectives:\n  availability:\n    goal: 99%\n", 3, "there is no objectives.availability.goal"),
        ("objectives:\n  cost_per_answer: 3\n", 2, "objectives.cost_per_answer: expected {target"),
        ("objectives:\n  cost_per_answer:\n    target: cheap\n", 3, "expected an amount"),
        ("objectives: 3\n", 1, "objectives: expected names"),
        ("answer_limits:\n  email: soon\n", 2, "answer_limits.email: expected a duration"),
        ("answer_limits: 30s\n", 1, "answer_limits: expected names"),
        ("answer_limits: {\"\": 4s}\n", 1, "channels with a limit"),
        ("answer_limits:\n  1: 4s\n  \"1\": 4s\n", 3, "given twice: answer_limits.1"),
        ("answer_limits:\n  web: 30s\n  email: 8d\n", 3, "answer_limits.email: expected answer limits"),
        ("answer_limits:\n  web: 30s\n  email: 8000h\n", 3, "answer limits from 1 ms to 7 days"),
        ("objectives:\n  error_rate:\n    alert: never\n", 3, "or none"),
        ("answer_limits:\n  web: 30s\n  'e\"mail': 30s\n", 3, "channels with a limit"),
        ("answer_limit: 0s\n", 1, "answer_limit: expected a duration"),
        ("error_budget: 30\n", 1, "error_budget: expected days"),
        ("answer_limit: 8000h\n", 1, "answer limits from 1 ms to 7 days"),
    ])
    func mistakesInObjectivesAreNamedWithTheirLine(text: String, line: Int, message: String) throws {
        let finding = try #require(SettingsFile(text).findings.first)
        #expect((finding.line ?? 1) == line && finding.message.contains(message), "\(finding)")
    }
}
