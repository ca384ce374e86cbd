import ArgumentParser
import Asking
import Bytes
import Columnar
import Domain
import EventStores
import JSONTexts
import Plans
import Platform
import PromQLText
import Reports
import Rules
import Settings

extension AlertsCommand {
    struct Replay: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "replay", abstract: "Which alerts would have fired in the past, by what a directory holds.",
            discussion: """
                Evaluates groups of rules over stored history at the times at which `plimsoll serve` does. Nothing is \
                changed, nobody is told. The rules are those of the files, else those of --config FILE, else those of \
                the objectives in force. Metrics that only a running server knows have the past that it noted.

                Beside an alert that has a tenant, a channel or a model among its labels stand up to \
                \(ReplayCauses.countMax) conversations: those with these labels whose answers, or calls of the model, \
                took longest from when it was pending until it was over.

                Example: plimsoll alerts replay rules.yaml --from now-7d
                """)

        enum Format: String, CaseIterable, ExpressibleByArgument { case table, json }

        @Argument(help: ArgumentHelp("Rule files, YAML.", valueName: "file"))
        var files: [String] = []

        @Option(
            help: ArgumentHelp(
                "The first evaluation: RFC 3339, a date, now, or now-2h.", discussion: "Default: a day before --to.",
                valueName: "time"))
        var from: String?

        @Option(
            help: ArgumentHelp(
                "No evaluation is later.", discussion: "Default: what the directory received last.",
                valueName: "time"))
        var to: String?

        @Flag(
            help: ArgumentHelp(
                "Evaluate each time as the store was known then.",
                discussion: "Without it events that came late count at their own time."))
        var asKnownThen = false

        @OptionGroup var data: DataOptions

        @Option(help: ArgumentHelp("A settings file whose rules are meant.", valueName: "file"))
        var config: String?

        @Option(help: "How to print: table or json.")
        var format = Format.table

        func run() throws {
            returnMemoryEarly()
            let machine = Machine(asksServers: false)
            let text = try machine.reading(data.directory, isRepeatable: true) { store in
                try answer(store, machine)
            }
            try StandardStream.output.show(Array(text.utf8))
        }

        private func answer(_ store: EventStore, _ machine: Machine) throws -> String {
            let snapshot = store.snapshot()
            var settings = try SettingsReading.serve(config: config, in: machine.fileSystem)
            if !files.isEmpty { settings.alerts.ruleFiles = files }
            let set = try RuleSetup.rules(settings, objectives: snapshot.objectives.current.set, on: machine)
            let end = try to.map { try PeriodText.parse($0, now: snapshot.now) } ?? snapshot.watermark
            let start = try from.map { try PeriodText.parse($0, now: snapshot.now) } ?? end - Nanoseconds.day
            guard start <= end else { throw CommandFailure(.badInput, "--from lies behind --to") }
            // Nobody else waits for this machine, and a month has many evaluations.
            var options = QueryOptions()
            options.timeLimitNanoseconds = nil
            let pinned = snapshot.series(isServed: false, within: options)
            let (first, last) = (start / 1_000_000, end / 1_000_000)
            let replay: RuleReplay
            if asKnownThen {
                var earlier = try EarlierStore(
                    store.exportReader(in: .min ..< .max), of: store.registry,
                    now: machine.clock.wallNanoseconds(), workers: machine.context.workers)
                replay = try RuleReplay(set, from: first, through: last, within: SeriesBudget(options)) { time in
                    let moment = time * 1_000_000
                    try earlier.advance(to: .received(moment))
                    return earlier.snapshot.series(isServed: true, upTo: moment, within: options).source
                }
            } else {
                replay = try RuleReplay(
                    set, from: first, through: last, over: pinned.source, within: SeriesBudget(options))
            }
            for notice in pinned.notices.lines { SourceOptions.tellNotice(notice) }
            for complaint in replay.complaints { SourceOptions.tellNotice(complaint) }
            let causes = ReplayCauses(snapshot: snapshot, machine: machine, end: end / 1_000_000)
            let firings = try replay.firings.map { ($0, try causes.conversations(of: $0)) }
            return format == .json ? Self.json(firings) : Self.table(firings, replay)
        }

        // MARK: Shown

        private static func time(_ milliseconds: Int64) -> String {
            let (nanoseconds, isBeyond) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
            return isBeyond ? "\(milliseconds)" : RFC3339.render(nanoseconds)
        }

        private static func table(_ firings: [(RuleReplay.Firing, [String])], _ replay: RuleReplay) -> String {
            if firings.isEmpty { return "\(replay.evaluations) evaluations, nothing would have fired\n" }
            let head = ["alert", "pending since", "fired at", "resolved at", "highest", "labels"]
            let rows = firings.map { firing, conversations in
                let labels = firing.labels.labels.filter { $0.name != "alertname" }
                    .map { "\($0.name)=\($0.value)" }.joined(separator: " ")
                let causes = conversations.isEmpty ? "" : "  conversations: " + conversations.joined(separator: " ")
                return [
                    "\(firing.labels["alertname"])", time(firing.pendingSince), time(firing.firedAt),
                    firing.resolvedAt.map(time) ?? "still fires", WrittenNumber.general(firing.highest),
                    labels + causes,
                ]
            }
            return renderAligned([head] + rows)
        }

        private static func json(_ firings: [(RuleReplay.Firing, [String])]) -> String {
            JSONWriter.object { json in
                json.key("alerts")
                json.array(firings) { pair, json in
                    let (firing, conversations) = pair
                    json.object { json in
                        json.member("alert", "\(firing.labels["alertname"])")
                        json.member("group", firing.group.text)
                        json.key("labels")
                        SeriesJSON.write(firing.labels, to: &json)
                        json.member("pending_since", time(firing.pendingSince))
                        json.member("fired_at", time(firing.firedAt))
                        json.key("resolved_at")
                        if let end = firing.resolvedAt { json.value(time(end)) } else { json.null() }
                        json.member("highest", WrittenNumber.general(firing.highest))
                        json.key("conversations")
                        json.array(conversations) { $1.value($0) }
                    }
                }
            } + "\n"
        }
    }
}

/// Which conversations an alert was about.
struct ReplayCauses {
    /// More nobody reads.
    static let countMax = 10

    let snapshot: StoreSnapshot
    let machine: Machine
    /// ms since 1970: the end of alerts that still fire.
    let end: Int64

    /// Those that took longest; none where no label tells which are meant.
    func conversations(of firing: RuleReplay.Firing) throws -> [String] {
        let model = firing.labels["model"]
        var conditions: [String] = []
        for name: ByteText in ["tenant", "channel"] where !firing.labels[name].isEmpty {
            conditions.append("\(name) = \(Self.quoted(firing.labels[name]))")
        }
        if !model.isEmpty { conditions.append("coalesce(response_model, request_model) = \(Self.quoted(model))") }
        if conditions.isEmpty { return [] }
        let times = [firing.pendingSince, firing.resolvedAt ?? end].map {
            Self.quoted(ByteText(RFC3339.render($0.saturatingMultiply(by: 1_000_000)).utf8))
        }
        conditions += [
            "time >= timestamptz \(times[0])", "time <= timestamptz \(times[1])", "conversation_id is not null",
        ]
        let sql = """
            select conversation_id from \(model.isEmpty ? "message_sent" : "llm_call")
            where \(conditions.joined(separator: " and "))
            group by 1 order by max(duration_ns) desc nulls last, 1 limit \(Self.countMax)
            """
        let rows = try StatementRunner(engine: machine.engine).run(
            sql, over: snapshot, options: machine.reportOptions)
        return rows.chunks.flatMap { chunk in
            (0..<chunk.rowCount).compactMap { row in
                if case .text(let id) = chunk.columns[0].scalar(at: row) { id } else { nil }
            }
        }
    }

    /// As a literal of SQL: what stands in it ends it nowhere.
    private static func quoted(_ text: ByteText) -> String {
        "'" + text.description.replacing("'", with: "''") + "'"
    }
}

extension Int64 {
    fileprivate func saturatingMultiply(by factor: Int64) -> Int64 {
        let (product, isBeyond) = multipliedReportingOverflow(by: factor)
        return isBeyond ? ((self < 0) == (factor < 0) ? .max : .min) : product
    }
}
