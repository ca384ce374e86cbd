import Bytes
import Domain
import JSONTexts

/// First aid for whoever sends: what came in a period, what of it answers lack, and for each the line to change.
struct DoctorReport {
    let runner: ReportRunner
    /// By the time of receipt.
    let period: ReportPeriod
    /// nil: nobody serves the store, so that nobody knows what waits and what was refused.
    let live: LiveFigures?

    func report() throws -> Report {
        let queries = DoctorQueries(runner: runner, period: period)
        let (services, prices, names) = (try queries.services(), try queries.prices(), try queries.unreadNames())
        let letters = try queries.deadLetters()
        var findings = incoming(services) + refused(letters) + lacking(services, prices)
        findings += names.filter { DoctorAdvice.name($0.name) != nil }.map {
            DoctorFinding(
                kind: .unreadNames, what: $0.name, count: $0.spans,
                changes: ["say it as " + (DoctorAdvice.name($0.name) ?? "")])
        }
        findings += try times(queries)
        let sorted = DoctorFinding.Kind.allCases.flatMap { kind in findings.filter { $0.kind == kind } }
        return Report(
            name: "doctor", title: "First aid",
            basis: runner.basis(period, exactness: "exact: counts of what was received in the period"),
            sections: [
                findingsSection(sorted), changesSection(sorted), servicesSection(services), pricesSection(prices),
                namesSection(names), refusalsSection(letters), waitingSection(),
            ], main: "findings", definitions: Self.definitions)
    }

    // MARK: What is found

    private func incoming(_ services: [DoctorQueries.Service]) -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        let spans = services.reduce(0) { $0 + $1.spans }
        // Who sends events of ours needs no spans.
        if spans == 0, services.isEmpty {
            findings.append(DoctorFinding(kind: .noSpans, count: 0, changes: DoctorAdvice.endpoint))
        }
        if let live, live.spansWaiting > 0 {
            findings.append(
                DoctorFinding(
                    kind: .spansWaiting, count: Int128(live.spansWaiting), changes: DoctorAdvice.waiting))
        }
        for service in services where service.spans > 0 && !service.isNamed {
            findings.append(
                DoctorFinding(
                    kind: .unnamedService, what: service.name, count: service.spans, of: spans,
                    changes: DoctorAdvice.service))
        }
        return findings
    }

    private func refused(_ letters: [(type: String, source: String, events: Int128)]) -> [DoctorFinding] {
        guard let live else {
            return letters.map {
                DoctorFinding(
                    kind: .refused, what: "\($0.type) of \($0.source)", count: $0.events,
                    changes: DoctorAdvice.refusal("unknown_type"))
            }
        }
        return live.refusals.filter { $0.count > 0 }.map {
            DoctorFinding(
                kind: .refused, what: "\($0.what): \($0.reason)", count: Int128($0.count),
                changes: DoctorAdvice.refusal($0.reason))
        } + live.troubles.map { DoctorFinding(kind: .trouble, what: $0, count: 1, changes: DoctorAdvice.trouble) }
    }

    private func lacking(
        _ services: [DoctorQueries.Service],
        _ prices: [DoctorQueries.PriceGap]
    ) -> [DoctorFinding] {
        var findings: [DoctorFinding] = []
        for service in services {
            if service.withoutConversation > 0 {
                findings.append(
                    DoctorFinding(
                        kind: .withoutConversation, what: service.name, count: service.withoutConversation,
                        of: service.calls,
                        changes: DoctorAdvice.conversation))
            }
            if service.withoutUsage > 0 {
                findings.append(
                    DoctorFinding(
                        kind: .withoutUsage, what: service.name, count: service.withoutUsage, of: service.calls,
                        changes: DoctorAdvice.usage))
            }
        }
        for price in prices {
            findings.append(
                DoctorFinding(
                    kind: .withoutPrice, what: "\(price.provider) \(price.model)", count: price.calls,
                    changes: advice(price)))
        }
        return findings
    }

    /// Of what is missing, the first that a price would mend.
    private func advice(_ price: DoctorQueries.PriceGap) -> [String] {
        let gap = String(price.gaps.prefix { $0 != "," })
        if gap == "reading" { return DoctorAdvice.reading }
        if price.provider.isEmpty || price.model.isEmpty { return DoctorAdvice.call }
        let since = price.since.map { "\(RFC3339.render($0).prefix(10))T00:00:00Z" } ?? ""
        return DoctorAdvice.price(provider: price.provider, model: price.model, tokenClass: gap, from: since)
    }

    private func times(_ queries: DoctorQueries) throws -> [DoctorFinding] {
        var findings = try queries.shifted(ahead: true).map {
            DoctorFinding(
                kind: .clockAhead, what: "\($0.sender), by up to \($0.seconds) s", count: $0.events,
                changes: DoctorAdvice.ahead)
        }
        findings += try queries.shifted(ahead: false).map {
            DoctorFinding(
                kind: .late, what: "\($0.sender), by up to \($0.seconds) s", count: $0.events,
                changes: DoctorAdvice.late)
        }
        findings += try queries.doubted().map {
            DoctorFinding(
                kind: .doubtedTimes, what: "\($0.service): \($0.reason)", count: $0.spans, changes: DoctorAdvice.times)
        }
        let steps = try queries.steps()
        if steps > 0 {
            findings.append(DoctorFinding(kind: .clockStepped, count: steps, changes: DoctorAdvice.stepped))
        }
        return findings
    }

    // MARK: How it is shown

    private func findingsSection(_ findings: [DoctorFinding]) -> ReportSection {
        ReportSection(
            name: "findings", title: findings.isEmpty ? "Nothing to mend" : "What to mend, what hides most first",
            columns: [
                ReportColumn("finding", "finding", isKey: true), ReportColumn("what", "of what"),
                ReportColumn("count", "count"), ReportColumn("of", "of"),
            ],
            rows: findings.isEmpty
                ? [[.text("all is well"), .none, .none, .none]]
                : findings.map { finding in
                    [
                        .text(finding.kind.rawValue), .optional(finding.what), .count(finding.count),
                        finding.of.map { .count($0) } ?? .none,
                    ]
                })
    }

    /// Each line once, however many it mends.
    private func changesSection(_ findings: [DoctorFinding]) -> ReportSection {
        var seen: [DoctorFinding.Kind: Set<ExactText>] = [:]
        let distinct = findings.flatMap { finding in
            finding.changes.filter { seen[finding.kind, default: []].insert(ExactText($0)).inserted }
                .map { (kind: finding.kind, change: $0) }
        }
        return ReportSection(
            name: "changes", title: "The line to change",
            columns: [ReportColumn("finding", "finding", isKey: true), ReportColumn("change", "change")],
            rows: distinct.map { [.text($0.kind.rawValue), .text($0.change)] })
    }

    private func servicesSection(_ services: [DoctorQueries.Service]) -> ReportSection {
        ReportSection(
            name: "services", title: "Services and their model calls",
            columns: [
                ReportColumn("service", "service", isKey: true), ReportColumn("spans", "spans"),
                ReportColumn("calls", "calls"), ReportColumn("without_conversation", "no conversation"),
                ReportColumn("without_usage", "no usage"), ReportColumn("without_price", "no price"),
            ],
            rows: services.map { service in
                [
                    .optional(service.name), .count(service.spans), .count(service.calls),
                    .count(service.withoutConversation), .count(service.withoutUsage), .count(service.withoutPrice),
                ]
            })
    }

    private func pricesSection(
        _ prices: [DoctorQueries.PriceGap]
    ) -> ReportSection {
        ReportSection(
            name: "prices", title: "Models without a price",
            columns: [
                ReportColumn("provider", "provider"), ReportColumn("model", "model"),
                ReportColumn("price_gaps", "missing"), ReportColumn("calls", "calls"), ReportColumn("since", "since"),
            ],
            rows: prices.map { price in
                [
                    .text(price.provider), .text(price.model), .text(price.gaps), .count(price.calls),
                    price.since.map { .time($0) } ?? .none,
                ]
            })
    }

    private func namesSection(_ names: [(name: String, spans: Int128)]) -> ReportSection {
        ReportSection(
            name: "unread", title: "Attribute names that nothing reads",
            columns: [
                ReportColumn("name", "name"), ReportColumn("spans", "spans"), ReportColumn("instead", "say it as"),
            ],
            rows: names.map { [.text($0.name), .count($0.spans), .optional(DoctorAdvice.name($0.name))] })
    }

    /// Those that are kept, of the period; those that are only counted, since the server started.
    private func refusalsSection(_ letters: [(type: String, source: String, events: Int128)]) -> ReportSection {
        ReportSection(
            name: "refusals", title: "What was refused",
            columns: [
                ReportColumn("what", "what"), ReportColumn("reason", "reason"), ReportColumn("count", "count"),
                ReportColumn("since", "since"),
            ],
            rows: letters.map { letter in
                [
                    .text("events of \(letter.source)"), .text("unknown type \(letter.type)"), .count(letter.events),
                    .time(period.from),
                ]
            }
                + (live?.refusals.filter { $0.count > 0 } ?? []).map { refusal in
                    [
                        .text(refusal.what), .text(refusal.reason), .count(Int128(refusal.count)),
                        .time(live?.started ?? 0),
                    ]
                })
    }

    private func waitingSection() -> ReportSection {
        ReportSection(
            name: "waiting", title: "Spans that have not settled yet",
            columns: [
                ReportColumn("spans", "spans"), ReportColumn("traces", "traces"),
                ReportColumn("seconds", "settle within, seconds"),
            ],
            rows: live.map { live in
                [[
                    .count(Int128(live.spansWaiting)), .count(Int128(live.tracesWaiting)),
                    .count(Int128(live.spansWaiting > 0 ? live.secondsToSettle : 0)),
                ]]
            } ?? [])
    }

    private static let definitions = [
        ReportDefinition("period", "by the time of receipt, not by the time that events tell"),
        ReportDefinition(
            "calls", "model and embedding calls, told by spans or as events; of a service, else of their source"),
        ReportDefinition(
            "no_usage", "calls that went well and told no tokens, so that nobody knows what they cost"),
        ReportDefinition("late", "told more than an hour after its time: in reports, not in /metrics"),
        ReportDefinition("clock_ahead", "told of a time more than 5 s after its receipt"),
        ReportDefinition(
            "refused",
            "with a server: since it started; on a directory: unknown types of the period, as no other is kept"),
    ]
}
