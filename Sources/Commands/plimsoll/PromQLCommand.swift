import ArgumentParser
import Asking
import Bytes
import Clients
import Columnar
import EventStores
import Plans
import Platform
import PromQLText
import Reports
import Rules

struct PromQLCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promql",
        abstract: "Ask in PromQL, as Prometheus does.",
        discussion: """
            The metrics are those of /metrics, with the history that the events tell: a sample every 15 s, each event \
            at its own time, also where it came late; with --as-of, as it was known then. With --start the expression \
            is asked again and again, otherwise once. Times are \
            \(TimeArgument.forms); lengths of time are such as \
            5m, or seconds.

            Example: plimsoll promql 'sum by (model) (increase(support_llm_calls_total[1d]))'
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case table, json }

    @OptionGroup var source: SourceOptions

    @Argument(help: ArgumentHelp("The expression.", valueName: "expression"))
    var expression: String

    @Option(
        help: ArgumentHelp(
            "When to ask.",
            discussion: "Default: now; of a directory the time of the first sample that has all that it received. "
                + "Later ones are answered as by a server to which nothing came any more.",
            valueName: "time"))
    var time: String?

    @Option(help: ArgumentHelp("The first time to ask at.", valueName: "time"))
    var start: String?

    @Option(help: ArgumentHelp("No time is later. Default: as that of --time.", valueName: "time"))
    var end: String?

    @Option(
        help: ArgumentHelp(
            "From one time to the next.", discussion: "Default: a hundredth of the whole, at least 15s.",
            valueName: "length"))
    var step: String?

    @Option(
        help: ArgumentHelp(
            "As the store was known then.",
            discussion: "A time as that of --time, or position: and the position of an event. Default: as it is known "
                + "now, events that came late at their own time.", valueName: "moment"))
    var asOf: String?

    @Option(help: "How to print: table or json, which is what Prometheus' HTTP API says.")
    var format = Format.table

    func validate() throws {
        if time != nil, start != nil {
            throw ValidationError("--time asks once, --start again and again: leave one out")
        }
        if start == nil, end != nil || step != nil { throw ValidationError("--end and --step go with --start") }
    }

    func run() async throws {
        let answer: [UInt8]
        switch try source.resolve() {
        case .directory(let directory):
            if (try? PromQLExpression(Array(expression.utf8)))?.asksForRules == true {
                SourceOptions.tellNotice(
                    "no rules are evaluated here: ask the server of the directory (--server URL) for ALERTS and for "
                        + "what rules record, or see what would have fired with `plimsoll alerts replay`")
            }
            returnMemoryEarly()
            let machine = Machine()
            answer = try machine.reading(directory, isRepeatable: true) { store in
                try self.answer(over: store, on: machine)
            }
        case .server(let address):
            let now = SystemClock().wallNanoseconds() / 1_000_000
            answer = try await RemoteSeries(server: address, onNotice: SourceOptions.tellNotice).run(
                try form(now), isRange: start != nil)
        }
        var output = OutputBuffer()
        switch format {
        case .json: output.bytes = answer + (answer.last == UInt8(ascii: "\n") ? [] : [UInt8(ascii: "\n")])
        case .table:
            let table = try SeriesTable(answer)
            table.remarks.forEach(SourceOptions.tellNotice)
            if table.isEmpty { reasonsForSilence.forEach(SourceOptions.tellNotice) }
            output.bytes = Array(table.text.utf8)
        }
        try output.flush()
    }

    /// Why there is nothing, where the expression alone says it.
    private var reasonsForSilence: [String] {
        (try? PromQLExpression(Array(expression.utf8)))?.reasonsForSilence ?? []
    }

    // MARK: What is asked

    /// When: ms since 1970, and ms.
    private enum Times {
        case once(Int64)
        case range(start: Int64, end: Int64, step: Int64)
    }

    /// - Parameter last: what is meant where nobody says when: ms since 1970.
    private func times(_ last: Int64) throws -> Times {
        guard let start else { return .once(try time.map { try Self.time($0, "time") } ?? last) }
        let first = try Self.time(start, "start")
        let end = try end.map { try Self.time($0, "end") } ?? last
        let (span, isBeyond) = end.subtractingReportingOverflow(first)
        let shortest = PinnedSeries.stepNanoseconds / 1_000_000
        let usual = max(shortest, isBeyond ? shortest : span / 100)
        let length = try step.map { try SeriesTimeText.duration($0, "step") } ?? usual
        let points = SeriesQuestion.pointsMax
        if length > 0, !isBeyond, span / length > points {
            throw CommandFailure(
                .badInput,
                "there are \(span / length) steps from --start to the end, and no more than \(points) are answered",
                advice: "take a --step of \((span - 1) / (points * 1000) + 1)s or more, or a later --start")
        }
        return .range(start: first, end: end, step: length)
    }

    private func question(_ last: Int64) throws -> SeriesQuestion {
        let text = Array(expression.utf8)
        switch try times(last) {
        case .once(let time): return SeriesQuestion(text, at: time)
        case .range(let start, let end, let step):
            return SeriesQuestion(text, from: start, through: end, step: step)
        }
    }

    private func form(_ last: Int64) throws -> [(name: String, value: String?)] {
        let asked: (name: String, value: String?) = ("as_of", try moment)
        switch try times(last) {
        case .once(let time):
            let isLast = self.time == nil && asOf != nil
            return [("query", expression), ("time", isLast ? nil : Self.seconds(time)), asked]
        case .range(let start, let end, let step):
            return [
                ("query", expression), ("start", Self.seconds(start)), ("end", Self.seconds(end)),
                ("step", Self.seconds(step)), asked,
            ]
        }
    }

    /// The last time that is named: ns since 1970; nil: none is.
    private var lastNamed: Int64? {
        get throws {
            let named = try start == nil ? time.map { try Self.time($0, "time") } : end.map { try Self.time($0, "end") }
            return named?.saturatingMultiply(by: 1_000_000)
        }
    }

    /// The moment as the API takes it; nil: now.
    private var moment: String? {
        get throws {
            try asOf.map { $0.hasPrefix("position:") ? $0 : Self.seconds(try Self.time($0, "as-of")) }
        }
    }

    /// ms since 1970; what the API reads, too, as it does.
    private static func time(_ text: String, _ option: String) throws -> Int64 {
        if let time = try? SeriesTimeText.time(text, option) { return time }
        return floorDivide(try TimeArgument.parse(text), 1_000_000)
    }

    /// ms as seconds with decimals.
    private static func seconds(_ milliseconds: Int64) -> String {
        let (whole, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
        return (milliseconds < 0 ? "-" : "") + "\(whole)." + String(1000 + rest).dropFirst()
    }

    // MARK: Here

    /// The answer as a server gives it.
    private func answer(over store: EventStore, on machine: Machine) throws -> [UInt8] {
        let snapshot = store.snapshot()
        let options = machine.reportOptions
        // Nobody else waits for this machine, and what was known then is held in memory.
        var room = options
        room.memoryBudgetBytes = 4 << 30
        let end = snapshot.seriesEnd(asked: try lastNamed)
        let earlier = try moment.map {
            try EarlierSeries(
                at: EarlierSeries.moment($0), of: store.exportReader(in: .min ..< .max), store.registry,
                now: machine.clock.wallNanoseconds(), upTo: end, workers: machine.context.workers,
                within: room)
        }
        let question = try self.question((earlier?.reached ?? snapshot.seriesEnd()) / 1_000_000)
        let pinned = earlier?.pinned ?? snapshot.series(upTo: end, within: options)
        let runner = SeriesRunner { [clock = machine.clock] in clock.monotonicNanoseconds() }
        var answer = try runner.answer(question, over: pinned.source, within: options)
        let notices = pinned.notices.lines
        answer.warnings += notices + [snapshot.lossNotice].compactMap { $0 }.filter { !notices.contains($0) }
        if let earlier { answer.infos.append(earlier.remark) }
        let text = SeriesAnswerText(answer)
        var bytes: [UInt8] = []
        while let piece = text.next() { bytes += piece }
        return bytes
    }
}
