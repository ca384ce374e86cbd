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
import Transfers

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

                Long ones say on stderr how far they are. Ctrl-C, or --time-limit, ends them with what was found so \
                far: it says from when on evaluations are missing, and the exit status is 130, or 1. After Ctrl-C \
                conversations are not looked up any more. No evaluation is more than a day before the first event: \
                there is nothing to be known.

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

        /// Not read: other commands have it, so that whoever gives it is told what to do instead.
        @Option(help: .hidden)
        var server: String?

        @Option(help: ArgumentHelp("A settings file whose rules are meant.", valueName: "file"))
        var config: String?

        @Option(
            help: ArgumentHelp(
                "End the evaluations after so many seconds.", discussion: "Default: when they are done.",
                valueName: "seconds"))
        var timeLimit: Int?

        @Option(help: "How to print: table or json.")
        var format = Format.table

        func validate() throws {
            guard (1...Self.timeLimitMax).contains(timeLimit ?? 1) else {
                throw ValidationError("--time-limit must be from 1 to \(Self.timeLimitMax) seconds")
            }
        }

        /// A week.
        private static let timeLimitMax = 604_800

        func run() throws {
            InterruptSignal.watch()
            returnMemoryEarly()
            let isOfServer = data.data == nil && Environment.value("PLIMSOLL_DATA") == nil
                && Environment.value("PLIMSOLL_SERVER") != nil
            if server != nil || isOfServer {
                let name = server == nil ? "PLIMSOLL_SERVER" : "--server"
                throw CommandFailure(
                    .badInput, "alerts replay works on a directory, and \(name) names a server",
                    advice: "name the directory with --data DIR, or ask the server: GET /v1/alerts/replay")
            }
            let machine = Machine()
            let (text, isWhole) = try machine.reading(data.directory, isRepeatable: true, asksServers: false) { store in
                try answer(store, machine)
            }
            try StandardStream.output.show(Array(text.utf8))
            if InterruptSignal.isRequested {
                throw ExitStatus.Ending(status: InterruptSignal.isTermination ? .terminated : .interrupted)
            }
            if !isWhole { throw ExitStatus.Ending(status: .checkFailed) }
        }

        private func answer(_ store: EventStore, _ machine: Machine) throws -> (text: String, isWhole: Bool) {
            let snapshot = store.snapshot()
            var settings = try SettingsReading.serve(config: config, in: machine.fileSystem)
            if !files.isEmpty { settings.alerts.ruleFiles = files }
            let set = try RuleSetup.rules(settings, objectives: snapshot.objectives.current.set, on: machine)
            let (start, end) = try period(snapshot, machine)
            var options = QueryOptions()
            // Nobody else waits for this machine, and a month has many evaluations.
            options.timeLimitNanoseconds = timeLimit.map { Int64($0) * 1_000_000_000 }
            // What was known then is held in memory beside what is asked of it.
            if asKnownThen { options.memoryPool = MemoryPool(limitBytes: 4 << 30) }
            options = options.cancelled(by: QueryCancellation { InterruptSignal.isRequested })
                .startingClock { [clock = machine.clock] in clock.monotonicNanoseconds() }
            let seriesEnd = snapshot.seriesEnd(asked: end)
            let pinned = snapshot.series(upTo: seriesEnd, within: options)
            let (first, last) = (start / 1_000_000, end / 1_000_000)
            let replay =
                asKnownThen
                ? try replayKnown(set, from: first, through: last, of: store, machine, within: options)
                : try watched(machine) { tell in
                    try RuleReplay(
                        set, from: first, through: last, over: pinned.source, within: SeriesBudget(options),
                        keepsPart: true, telling: tell)
                }
            for notice in pinned.notices.lines { SourceOptions.tellNotice(notice) }
            if to == nil, end < snapshot.now {
                SourceOptions.tellNotice("evaluated up to what was received last; --to now goes on")
            }
            // That nothing would have fired proves nothing of a rule that never says anything.
            for warning in set.firstWarnings {
                if replay.complaints.contains(where: { $0.hasSuffix(warning.reason) }) { continue }
                SourceOptions.tellNotice("\(warning)")
            }
            // The table says them itself.
            if format == .json { for complaint in replay.complaints { SourceOptions.tellNotice(complaint) } }
            if let ended = replay.endedAt {
                let time = RFC3339.render(ended.saturatingMultiply(by: 1_000_000))
                SourceOptions.tellNotice("incomplete: evaluations from \(time) on are missing")
            }
            let limits = snapshot.objectives.current.set.answerLimits
            var (looking, lookedUp) = (ProgressLine(clock: machine.clock), 0)
            defer { looking.clear() }
            let shown = try ReplayText(replay, limits: limits) { sql in
                if InterruptSignal.isRequested { return nil }
                let count = replay.firings.count
                looking.update(done: lookedUp, total: count, count: lookedUp, unit: "of \(count) alerts looked up")
                lookedUp += 1
                return try StatementRunner(engine: machine.engine)
                    .run(sql, over: snapshot, options: machine.reportOptions).firstTexts
            }
            if InterruptSignal.isRequested, lookedUp < replay.firings.count {
                SourceOptions.tellNotice("conversations were not looked up any more")
            }
            return (format == .json ? shown.json : shown.table, replay.endedAt == nil)
        }

        /// Says on stderr how far a replay is.
        private func watched<Result>(
            _ machine: Machine, _ body: (_ tell: (RuleReplay.Progress) -> Void) throws -> Result
        ) rethrows -> Result {
            var line = ProgressLine(clock: machine.clock)
            defer { line.clear() }
            return try body { progress in
                let time = RFC3339.render(progress.reached.saturatingMultiply(by: 1_000_000))
                line.update(
                    done: progress.evaluations, total: progress.total, count: progress.evaluations,
                    unit: "of \(progress.total) evaluations, up to \(time)")
            }
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
            func opened(_ time: Int64) throws -> any SeriesSource {
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
            let replay = try watched(machine) { tell in
                try RuleReplay(
                    set, from: first, through: last, within: SeriesBudget(options), opening: opened, keepsPart: true,
                    telling: tell)
            }
            // An end that somebody asked for is told as such.
            if let refusal, replay.endedAt == nil { throw refusal }
            return replay
        }

        /// ns since 1970 UTC. What is ahead has no samples, and any number of evaluations.
        private func period(_ snapshot: StoreSnapshot, _ machine: Machine) throws -> (start: Int64, end: Int64) {
            let wanted =
                try to.map { try PeriodText.parse($0, now: snapshot.now, isEnd: true) } ?? snapshot.seriesEnd()
            let end = min(wanted, max(snapshot.now, snapshot.seriesEnd()))
            let start = try from.map { try PeriodText.parse($0, now: snapshot.now) }
                ?? end.saturatingSubtract(Nanoseconds.day)
            let last = RFC3339.render(end)
            guard start <= end else {
                throw CommandFailure(
                    .badInput, "--from lies behind --to", advice: "no evaluation is later than \(last)")
            }
            if wanted > end { SourceOptions.tellNotice("--to lies ahead: rules are evaluated up to now, \(last)") }
            guard from != nil else { return (start, end) }
            let first = try firstEvent(snapshot, machine) ?? end
            let least = min(end, first.saturatingSubtract(Nanoseconds.day))
            if start < least {
                SourceOptions.tellNotice(
                    "--from lies long before the first event: rules are evaluated from \(RFC3339.render(least)) on")
            }
            return (max(start, least), end)
        }

        /// ns since 1970 UTC, in whole seconds; nil where there is no event.
        private func firstEvent(_ snapshot: StoreSnapshot, _ machine: Machine) throws -> Int64? {
            let found = try StatementRunner(engine: machine.engine).run(
                "select floor(extract(epoch from min(time)))::bigint::text from events", over: snapshot,
                options: machine.reportOptions)
            return found.firstTexts.first.flatMap { Int64($0) }?.saturatingMultiply(by: 1_000_000_000)
        }
    }
}
