import ArgumentParser
import Asking
import Bytes
import Columnar
import Domain
import EventStores
import JSONTexts
import Plans
import Platform
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
                the objectives in force. Metrics that only a running server knows have the past that a server with \
                rules noted.

                Beside an alert stand up to \(ReplayText.causesMax) conversations, of its tenant, its channel and \
                its model where it has such labels, from five minutes before it was pending until it was over. Its \
                rule's metrics say which. On questions: what got no answer, by when it was due, then what got an \
                error, then what was answered late. On answers or calls of models with an error: the last ones. On \
                times of answers, of first tokens or of calls: the longest. On cost or tokens: the most. On ratings: \
                the worst. On escalations: the last. Of other metrics those whose answers, or calls of the model, \
                took longest, where the alert has one of these labels; alerts on machines have none.

                Example: plimsoll alerts replay rules.yaml --from now-7d
                """)

        enum Format: String, CaseIterable, ExpressibleByArgument { case table, json }

        @Argument(help: ArgumentHelp("Rule files, YAML.", valueName: "file"))
        var files: [String] = []

        @Option(
            help: ArgumentHelp(
                "From when on: \(TimeArgument.forms).",
                discussion: "A group begins at the multiple of its interval before it. Default: a day before --to.",
                valueName: "time"))
        var from: String?

        @Option(
            help: ArgumentHelp(
                "No evaluation is later; now at the latest. Written likewise.",
                discussion: "Default: up to what the directory received last. What stays away shows only behind that: "
                    + "--to now goes on.", valueName: "time"))
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
            if data.data == nil, Environment.value("PLIMSOLL_DATA") == nil,
                Environment.value("PLIMSOLL_SERVER") != nil
            {
                throw CommandFailure(
                    .badInput, "alerts replay works on a directory, and PLIMSOLL_SERVER names a server",
                    advice: "name the directory with --data DIR, or ask the server: GET /v1/alerts/replay")
            }
            let machine = Machine()
            let text = try machine.reading(data.directory, isRepeatable: true, asksServers: false) { store in
                try answer(store, machine)
            }
            try StandardStream.output.show(Array(text.utf8))
        }

        private func answer(_ store: EventStore, _ machine: Machine) throws -> String {
            let snapshot = store.snapshot()
            var settings = try SettingsReading.serve(config: config, in: machine.fileSystem)
            if !files.isEmpty { settings.alerts.ruleFiles = files }
            let set = try RuleSetup.rules(settings, objectives: snapshot.objectives.current.set, on: machine)
            let (start, end) = try period(snapshot)
            // Nobody else waits for this machine, and a month has many evaluations.
            var options = QueryOptions()
            options.timeLimitNanoseconds = nil
            // What was known then is held in memory beside what is asked of it.
            if asKnownThen { options.memoryPool = MemoryPool(limitBytes: 4 << 30) }
            let seriesEnd = snapshot.seriesEnd(asked: end)
            let pinned = snapshot.series(upTo: seriesEnd, within: options)
            let (first, last) = (start / 1_000_000, end / 1_000_000)
            let replay =
                asKnownThen
                ? try replayKnown(set, from: first, through: last, of: store, machine, within: options)
                : try RuleReplay(set, from: first, through: last, over: pinned.source, within: SeriesBudget(options))
            for notice in pinned.notices.lines { SourceOptions.tellNotice(notice) }
            if to == nil, end < snapshot.now {
                SourceOptions.tellNotice("evaluated up to what was received last; --to now goes on")
            }
            // The table says them itself.
            if format == .json { for complaint in replay.complaints { SourceOptions.tellNotice(complaint) } }
            let limits = snapshot.objectives.current.set.answerLimits
            let shown = try ReplayText(replay, limits: limits) { sql in
                try StatementRunner(engine: machine.engine).run(sql, over: snapshot, options: machine.reportOptions)
                    .firstTexts
            }
            return format == .json ? shown.json : shown.table
        }

        /// Each evaluation over the store as it was known at its time.
        /// - Throws: where that does not fit into memory: then no later evaluation would either.
        private func replayKnown(
            _ set: RuleSet, from first: Int64, through last: Int64, of store: EventStore, _ machine: Machine,
            within options: QueryOptions
        ) throws -> RuleReplay {
            var room = options
            room.memoryBudgetBytes = options.memoryPool?.limitBytes ?? options.memoryBudgetBytes
            var known = try AdvancingStore(
                store.exportReader(in: .min ..< .max), of: store.registry, now: machine.clock.wallNanoseconds(),
                workers: machine.context.workers, within: room,
                advice: "plimsoll alerts replay without --as-known-then holds no store in memory")
            var refusal: SeriesRefusal?
            let replay = try RuleReplay(set, from: first, through: last, within: SeriesBudget(options)) { time in
                if let refusal { throw refusal }
                let moment = time * 1_000_000
                do {
                    try known.advance(to: .received(moment))
                } catch let error as SeriesRefusal {
                    refusal = error
                    throw error
                }
                return known.snapshot.series(upTo: moment, within: options).source
            }
            if let refusal { throw refusal }
            return replay
        }

        /// ns since 1970 UTC. What is ahead has no samples, and any number of evaluations.
        private func period(_ snapshot: StoreSnapshot) throws -> (start: Int64, end: Int64) {
            let wanted = try to.map { try PeriodText.parse($0, now: snapshot.now) } ?? snapshot.seriesEnd()
            let end = min(wanted, max(snapshot.now, snapshot.seriesEnd()))
            let start = try from.map { try PeriodText.parse($0, now: snapshot.now) }
                ?? end.saturatingSubtract(Nanoseconds.day)
            let last = RFC3339.render(end)
            guard start <= end else {
                throw CommandFailure(
                    .badInput, "--from lies behind --to", advice: "no evaluation is later than \(last)")
            }
            if wanted > end { SourceOptions.tellNotice("--to lies ahead: rules are evaluated up to now, \(last)") }
            return (start, end)
        }
    }
}
