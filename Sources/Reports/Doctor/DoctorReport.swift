import Bytes
import Dialects
import Domain

/// First aid for whoever sends: what came in a period, what of it answers lack, and for each the line to change.
struct DoctorReport {
    let runner: ReportRunner
    /// By the time of receipt.
    let period: ReportPeriod
    /// nil: nobody serves the store, so that nobody knows what waits and what was refused.
    let live: LiveFigures?
    /// What has a price.
    let book: PriceBook

    /// A name that nothing reads.
    struct StrangeName {
        var service: String?
        var name: String
        var spans: Int128
        /// Whether it is of a member that JSON does not name so, and of no attribute.
        var isMember = false
    }

    func report() throws -> Report {
        let queries = DoctorQueries(runner: runner, period: period)
        var services = try queries.services()
        var totals = try queries.totals()
        let prices = try queries.prices()
        let (names, values) = try unread(queries)
        let usage = values.filter { $0.form.matter == .usage }.map(\.name)
        if services.contains(where: { $0.withoutUsage > 0 }) {
            totals.withoutUsage -= Self.setApart(
                try queries.callsOfUnreadUsage(Self.distinct(usage)), in: &services)
        }
        let letters = try queries.deadLetters()
        // Who sends events of ours needs no spans.
        let senders = services.isEmpty ? try queries.eventSenders() : []
        var findings = incoming(services, totals, senders) + refused(letters)
        findings += lacking(services, prices, totals) + unread(values)
        findings += try queries.callsWithoutOperation().map {
            DoctorFinding(
                kind: .withoutOperation, service: $0.service, what: $0.model, count: $0.calls,
                changes: DoctorAdvice.operation)
        }
        findings += try outcomes(queries)
        findings += names.compactMap { name in
            let changes =
                name.isMember
                ? DoctorAdvice.refusal(.misnamedMember, at: .spans)
                : DoctorAdvice.change(ofName: name.name).map { [$0] }
            return changes.map {
                DoctorFinding(
                    kind: .unreadNames, service: name.service, what: name.name, count: name.spans, changes: $0)
            }
        }
        findings += try queries.misspeltMembers().map { slip in
            DoctorFinding(
                kind: .unreadNames, service: slip.sender, what: "\(slip.type) \(slip.name)", count: slip.events,
                changes: [DoctorAdvice.change(of: slip)])
        }
        findings += try times(queries)
        let byKind = DoctorFinding.Kind.allCases.flatMap { kind in findings.filter { $0.kind == kind } }
        let sorted = addressed(byKind.filter { !$0.isOfQuestion } + byKind.filter(\.isOfQuestion))
        return Report(
            name: "doctor", title: "First aid",
            basis: runner.basis(period, exactness: Self.exactness(services, totals)),
            sections: [
                findingsSection(sorted), changesSection(sorted), servicesSection(services), pricesSection(prices),
                valuesSection(values), namesSection(names), refusalsSection(letters), waitingSection(),
            ].map { VisibleText.of($0) }, main: "findings", definitions: Self.definitions)
    }

    private static func exactness(_ services: [DoctorQueries.Service], _ totals: DoctorQueries.Totals) -> String {
        let (spans, calls) = services.reduce((totals.spans, totals.calls)) { ($0.0 - $1.spans, $0.1 - $1.calls) }
        let others =
            spans > 0 || calls > 0
            ? "; \(others) have \(max(0, spans)) spans and \(max(0, calls)) calls" : ""
        return "exact: counts of what was received in the period\(others)"
    }

    private func addressed(_ findings: [DoctorFinding]) -> [DoctorFinding] {
        findings.map { finding in
            var finding = finding
            finding.changes = finding.changes.map { DoctorAdvice.addressed($0, live?.address) }
            return finding
        }
    }

    // MARK: What is found

    private static func distinct(_ names: [String]) -> [String] {
        var seen: Set<ExactText> = []
        return names.filter { seen.insert(ExactText($0)).inserted }
    }

    /// Calls that told their usage, though nobody can read it, do not lack it.
    /// - Returns: how many they are.
    private static func setApart(
        _ unread: [(service: String?, calls: Int128)], in services: inout [DoctorQueries.Service]
    ) -> Int128 {
        var all: Int128 = 0
        for (service, calls) in unread {
            guard let place = DoctorQueries.place(of: service, in: services) else {
                all += calls
                continue
            }
            services[place].unreadUsage = min(calls, services[place].withoutUsage)
            services[place].withoutUsage -= services[place].unreadUsage
            all += services[place].unreadUsage
        }
        return all
    }

    private static let others = "services that are not listed"

    /// The worst of a kind, and in one row what all others have.
    /// - Parameters:
    ///   - total: what all of them have.
    ///   - of: what that is a part of.
    ///   - changes: for whoever is not named.
    private static func worst(
        _ kind: DoctorFinding.Kind, _ findings: [DoctorFinding], total: Int128, of whole: Int128, changes: [String]
    ) -> [DoctorFinding] {
        let named = findings.enumerated().sorted { one, other in
            (one.element.count, other.offset) > (other.element.count, one.offset)
        }.prefix(DoctorQueries.rowsMax).map(\.element)
        let rest = named.reduce(total) { $0 - $1.count }
        guard rest > 0 else { return named }
        return named + [DoctorFinding(kind: kind, what: others, count: rest, of: whole, changes: changes)]
    }

    /// What spans say under names that nobody reads, and what they say in a form that nobody reads.
    private func unread(
        _ queries: DoctorQueries
    ) throws -> (names: [StrangeName], values: [DoctorQueries.UnreadValue]) {
        // Many services may have the same names.
        var forms: [ExactText: AttributeForm?] = [:]
        func form(_ name: ExactText) -> AttributeForm? {
            if let known = forms[name] { return known }
            let form = DialectBook.builtIn.form(of: name.text)
            forms.updateValue(form, forKey: name)
            return form
        }
        let all = try queries.unreadNames().map { name in
            let isMember = name.key.type.text == ValueFault.misnamed.rawValue
            return (key: name.key, spans: name.spans, form: isMember ? nil : form(name.key.name), isMember: isMember)
        }
        var names: [StrangeName] = []
        var seen: Set<[ExactText?]> = []
        for (key, spans, form, isMember) in all where form == nil && names.count < DoctorQueries.rowsMax {
            // Its values may be of several types.
            guard seen.insert([key.service, key.name, isMember ? key.type : nil]).inserted else { continue }
            names.append(
                StrangeName(service: key.service?.text, name: key.name.text, spans: spans, isMember: isMember))
        }
        let known = all.compactMap { name in
            name.form.map { (key: name.key, spans: name.spans, form: $0) }
        }.prefix(DoctorQueries.rowsMax)
        return (
            names, try queries.unknownKinds() + queries.unreadValues(Array(known)) + queries.mistypedNames()
        )
    }

    private func unread(_ values: [DoctorQueries.UnreadValue]) -> [DoctorFinding] {
        // All values of an attribute are listed once.
        var listed: Set<ExactText> = []
        return values.map { value in
            let kind: DoctorFinding.Kind =
                switch value.form.matter {
                case .usage: .unreadUsage
                case .kind: .unknownOperation
                case .outcome: .unreadOutcome
                case .other: .unreadValues
                }
            var changes: [String] = []
            if let word = value.word, !value.form.values.isEmpty {
                changes += [DoctorAdvice.word(value.name, word, among: value.form.values)].compactMap { $0 }
                if listed.insert(ExactText(value.name)).inserted || changes.isEmpty {
                    changes.append("\(value.name): \(value.form.wanted)")
                }
            } else {
                changes.append(DoctorAdvice.value(value.name, value.form, found: value.example ?? value.found))
            }
            return DoctorFinding(
                kind: kind, service: value.service, what: "\(value.name): \(value.found)", count: value.count,
                changes: changes)
        }
    }

    private func outcomes(_ queries: DoctorQueries) throws -> [DoctorFinding] {
        try queries.eventsWithoutConversation().map { lost in
            DoctorFinding(
                kind: DoctorQueries.messages.contains(lost.type) ? .lostMessage : .lostOutcome,
                service: lost.sender, what: lost.type, count: lost.events,
                changes: DoctorAdvice.outcome(lost.type, isOfSpan: lost.isOfSpan))
        } + queries.unlistedWords().map { word in
            let meant = word.meant.map { "\(word.field): \($0) instead of \"\(word.said)\"" }
            let known = word.type.map { "\(word.field) of \($0): one of \(word.known.joined(separator: ", "))" }
            return DoctorFinding(
                kind: word.isOfOutcome ? .unreadOutcome : .unreadValues, service: word.sender,
                what: "\(word.type.map { "\($0) " } ?? "")\(word.field): \"\(word.said)\"", count: word.events,
                changes: [meant, known].compactMap { $0 })
        } + queries.authorsWithoutQuestion().map { author, events in
            DoctorFinding(
                kind: .unreadValues, what: "\(QuestionRule.question.eventType) author: \"\(author)\"", count: events,
                changes: [DoctorAdvice.question])
        }
    }

    /// - Parameter senders: who sent events where nobody told a span or a call.
    private func incoming(
        _ services: [DoctorQueries.Service], _ totals: DoctorQueries.Totals,
        _ senders: [(sender: String?, events: Int128)]
    ) -> [DoctorFinding] {
        var findings = senders.map {
            DoctorFinding(kind: .noCalls, service: $0.sender, count: $0.events, changes: DoctorAdvice.calls)
        }
        if services.isEmpty, senders.isEmpty {
            findings.append(DoctorFinding(kind: .noSpans, count: 0, changes: DoctorAdvice.endpoint))
        }
        if let live, live.spansWaiting > 0 {
            findings.append(
                DoctorFinding(
                    kind: .spansWaiting, count: Int128(live.spansWaiting), changes: DoctorAdvice.waiting))
        }
        // Without time for all of them what was counted one by one is what there is.
        let spans = max(totals.spans, services.reduce(0) { $0 + $1.spans })
        let unnamed = services.filter { $0.spans > 0 && !$0.isNamed }.map {
            DoctorFinding(
                kind: .unnamedService, service: $0.name, count: $0.spans, of: spans, changes: DoctorAdvice.service)
        }
        return findings
            + Self.worst(
                .unnamedService, unnamed, total: totals.unnamedSpans, of: spans, changes: DoctorAdvice.service)
    }

    private func refused(_ letters: [DoctorQueries.DeadLetters]) -> [DoctorFinding] {
        guard let live else {
            return letters.map {
                DoctorFinding(
                    kind: .refused, service: $0.source,
                    what: "\(RefusalDoor.events.rawValue): \(RefusalName.unknownType.rawValue) \($0.type)",
                    count: $0.events, changes: DoctorAdvice.refusal(.unknownType, at: .events))
            }
        }
        return live.refusals.filter { $0.count > 0 }.map {
            DoctorFinding(
                kind: .refused, service: $0.service, what: "\($0.door.rawValue): \($0.reason.rawValue)",
                count: Int128($0.count),
                changes: DoctorAdvice.refusal($0.reason, at: $0.door, by: live.troubles),
                isOfQuestion: $0.door == .questions)
        } + live.troubles.map {
            DoctorFinding(kind: .trouble, what: $0.line, count: 1, changes: DoctorAdvice.trouble($0.remedy))
        }
    }

    private func lacking(
        _ services: [DoctorQueries.Service], _ prices: [DoctorQueries.PriceGap], _ totals: DoctorQueries.Totals
    ) -> [DoctorFinding] {
        let lost = services.filter { $0.withoutConversation > 0 }.map { service in
            DoctorFinding(
                kind: .withoutConversation, service: service.name, count: service.withoutConversation,
                of: service.calls,
                changes: DoctorAdvice.lack(
                    service.withoutConversation, service.eventsWithoutConversation,
                    ofSpan: DoctorAdvice.conversation, ofEvent: DoctorAdvice.conversation(ofEvent:)))
        }
        let mute = services.filter { $0.withoutUsage > 0 }.map { service in
            DoctorFinding(
                kind: .withoutUsage, service: service.name, count: service.withoutUsage, of: service.calls,
                changes: DoctorAdvice.lack(
                    service.withoutUsage, service.eventsWithoutUsage, ofSpan: DoctorAdvice.usage,
                    ofEvent: DoctorAdvice.usage(ofEvent:)))
        }
        let advice = PriceAdvice(prices.isEmpty ? PriceBook() : book)
        let dear = prices.map { price in
            DoctorFinding(
                kind: .withoutPrice, service: price.service,
                what: "\(price.provider) \(price.model)\(price.tier.isEmpty ? "" : " of tier \(price.tier)")",
                count: price.calls, changes: advice.lines(for: price))
        }
        return Self.worst(
            .withoutConversation, lost, total: totals.withoutConversation, of: totals.calls,
            changes: DoctorAdvice.conversation + [DoctorAdvice.conversation(ofEvent: DoctorQueries.callTypes[0])])
            + Self.worst(
                .withoutUsage, mute, total: totals.withoutUsage, of: totals.calls,
                changes: DoctorAdvice.usage + DoctorAdvice.usageOfEvents)
            + Self.worst(
                .withoutPrice, dear, total: totals.withoutPrice, of: totals.calls, changes: DoctorAdvice.allPrices)
    }

    private func times(_ queries: DoctorQueries) throws -> [DoctorFinding] {
        var findings = try queries.shifted(ahead: true).map {
            DoctorFinding(
                kind: .clockAhead, service: $0.sender, what: "by up to \($0.seconds) s", count: $0.events,
                changes: DoctorAdvice.ahead)
        }
        findings += try queries.shifted(ahead: false).map {
            DoctorFinding(
                kind: .late, service: $0.sender, what: "by up to \($0.seconds) s", count: $0.events,
                changes: DoctorAdvice.late)
        }
        findings += try queries.doubted().map {
            DoctorFinding(
                kind: .doubtedTimes, service: $0.service, what: $0.reason, count: $0.spans,
                changes: DoctorAdvice.times($0.reason))
        }
        let steps = try queries.steps()
        if steps > 0 {
            findings.append(DoctorFinding(kind: .clockStepped, count: steps, changes: DoctorAdvice.stepped))
        }
        return findings
    }

    private static let definitions = [
        ReportDefinition("period", "by the time of receipt, not by the time that events tell"),
        ReportDefinition(
            "service", "the name that it gives itself, else the source of its events; none where spans name none"),
        ReportDefinition("calls", "model and embedding calls, told by spans or as events"),
        ReportDefinition(
            "no_calls", "events of agents came and no call did, so that nobody knows what answers cost"),
        ReportDefinition(
            "no_usage", "calls that went well and did not tell their tokens, so that nobody knows what they cost"),
        ReportDefinition("unread_usage", "usage that was told in a form that nobody can read: no price mends it"),
        ReportDefinition("unknown_operation", "spans whose kind has a name that nobody knows: no calls, no cost"),
        ReportDefinition(
            "no_operation", "calls without an operation name, read as calls since they tell a model and its usage"),
        ReportDefinition("lost_message", "messages, sent as events, that name no conversation: no report counts them"),
        ReportDefinition("lost_outcome", "what became of a conversation, without its name"),
        ReportDefinition(
            "late", "told more than an hour after its time, and not lost: reports count it, /metrics does not"),
        ReportDefinition("clock_ahead", "told of a time more than 5 s after its receipt"),
        ReportDefinition(
            "refused",
            "with a server: by the way on which it came, in the period as far as the server remembers, which is "
                + "\(Limits.refusalsKeptText) and not beyond its start; on a directory: unknown types, as no other is "
                + "kept"),
    ]
}
