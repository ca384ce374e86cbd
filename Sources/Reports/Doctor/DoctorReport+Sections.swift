import Bytes
import Domain

/// How it is shown: whose a row is stands first in each table, so that tables can be joined.
extension DoctorReport {
    private static let service = ReportColumn("service", "service", isKey: true)

    func findingsSection(_ findings: [DoctorFinding]) -> ReportSection {
        ReportSection(
            name: "findings", title: findings.isEmpty ? "Nothing to mend" : "What to mend, what hides most first",
            columns: [
                Self.service, ReportColumn("finding", "finding", isKey: true),
                ReportColumn("what", "of what", isKey: true), ReportColumn("count", "count"), ReportColumn("of", "of"),
            ],
            rows: findings.isEmpty
                ? [[.none, .text("all is well"), .none, .none, .none]]
                : findings.map { finding in
                    [
                        .optional(finding.service), .text(finding.kind.rawValue), .optional(finding.what),
                        .count(finding.count), finding.of.map { .count($0) } ?? .none,
                    ]
                })
    }

    /// Each finding's, so that whoever joins both tables has them; of equal ones the first.
    func changesSection(_ findings: [DoctorFinding]) -> ReportSection {
        var seen: Set<[ExactText?]> = []
        let distinct = findings.flatMap { finding in
            finding.changes.filter { change in
                let key = [finding.service, finding.kind.rawValue, finding.what, change]
                return seen.insert(key.map { $0.map(ExactText.init(_:)) }).inserted
            }.map { (finding: finding, change: $0) }
        }
        return ReportSection(
            name: "changes", title: "The line to change",
            columns: [
                Self.service, ReportColumn("finding", "finding", isKey: true),
                ReportColumn("what", "of what", isKey: true), ReportColumn("change", "change", isBelow: true),
            ],
            rows: distinct.map { finding, change in
                [
                    .optional(finding.service), .text(finding.kind.rawValue), .optional(finding.what), .text(change),
                ]
            })
    }

    func servicesSection(_ services: [DoctorQueries.Service]) -> ReportSection {
        ReportSection(
            name: "services", title: "Services and their model calls",
            columns: [
                Self.service, ReportColumn("spans", "spans"), ReportColumn("calls", "calls"),
                ReportColumn("without_conversation", "no conversation"), ReportColumn("unread_usage", "unread usage"),
                ReportColumn("without_usage", "no usage"), ReportColumn("without_price", "no price"),
            ],
            rows: services.map { service in
                [
                    .optional(service.name), .count(service.spans), .count(service.calls),
                    .count(service.withoutConversation), .count(service.unreadUsage), .count(service.withoutUsage),
                    .count(service.withoutPrice),
                ]
            })
    }

    func pricesSection(_ prices: [DoctorQueries.PriceGap]) -> ReportSection {
        ReportSection(
            name: "prices", title: "Models without a price",
            columns: [
                Self.service, ReportColumn("provider", "provider"), ReportColumn("model", "model"),
                ReportColumn("service_tier", "tier"), ReportColumn("price_gaps", "missing"),
                ReportColumn("calls", "calls"), ReportColumn("since", "since"),
            ],
            rows: prices.map { price in
                [
                    .optional(price.service), .text(price.provider), .text(price.model),
                    .optional(price.tier.isEmpty ? nil : price.tier), .text(price.gaps), .count(price.calls),
                    price.since.map { .time($0) } ?? .none,
                ]
            })
    }

    func valuesSection(_ values: [DoctorQueries.UnreadValue]) -> ReportSection {
        ReportSection(
            name: "values", title: "Attributes told in a form that nothing reads",
            columns: [
                Self.service, ReportColumn("name", "name"), ReportColumn("found", "found"),
                ReportColumn("spans", "spans"),
            ],
            rows: values.map { [.optional($0.service), .text($0.name), .text($0.found), .count($0.count)] })
    }

    func namesSection(_ names: [StrangeName]) -> ReportSection {
        ReportSection(
            name: "unread", title: "Attribute names that nothing reads",
            columns: [
                Self.service, ReportColumn("name", "name"), ReportColumn("spans", "spans"),
                ReportColumn("instead", "say it as"),
            ],
            rows: names.map {
                [
                    .optional($0.service), .text($0.name), .count($0.spans),
                    .optional($0.isMember ? nil : DoctorAdvice.name($0.name)),
                ]
            })
    }

    /// Those that are kept, and those that are only counted, of the period as far as the server remembers.
    func refusalsSection(_ letters: [DoctorQueries.DeadLetters]) -> ReportSection {
        ReportSection(
            name: "refusals", title: "What was refused",
            columns: [
                Self.service, ReportColumn("door", "sent as"), ReportColumn("reason", "reason"),
                ReportColumn("count", "count"), ReportColumn("since", "since"), ReportColumn("last", "last"),
            ],
            rows: letters.map { letter in
                [
                    .text(letter.source), .text(RefusalDoor.events.rawValue),
                    .text("\(RefusalName.unknownType.rawValue) \(letter.type)"), .count(letter.events),
                    letter.since.map { .time($0) } ?? .none, letter.last.map { .time($0) } ?? .none,
                ]
            }
                + (live?.refusals.filter { $0.count > 0 } ?? []).map { refusal in
                    [
                        .optional(refusal.service), .text(refusal.door.rawValue), .text(refusal.reason.rawValue),
                        .count(Int128(refusal.count)), refusal.since.map { .time($0) } ?? .none,
                        refusal.last.map { .time($0) } ?? .none,
                    ]
                })
    }

    func waitingSection() -> ReportSection {
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
}
