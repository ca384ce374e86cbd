import Asking
import Bytes
import Domain
import EventStores
import Plans
import Platform
import PromQLText
import Synchronization
import Testing

/// Questions in PromQL without a wire: their bounds, and how answers look.
@Suite struct SeriesTests {
    /// Gives up after a while, as a source does that has no time left.
    private struct Tired: SeriesSource {
        let clock: SimulatedClock

        func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
            clock.advance(nanoseconds: 10)
            throw .cancelled
        }
    }

    private static let runner = SeriesRunner { 0 }
    private static let ones = SeriesQuestion(Array("vector(1)".utf8), from: 0, through: 1_000_000, step: 1000)

    private static func options(_ pool: MemoryPool) -> QueryOptions {
        var options = QueryOptions()
        (options.memoryBudgetBytes, options.memoryPool) = (1 << 20, pool)
        return options
    }

    @Test func memoryIsTakenOfAllAndGivenBack() throws {
        let (large, small) = (MemoryPool(limitBytes: 1 << 20), MemoryPool(limitBytes: 1000))
        _ = try Self.runner.answer(Self.ones, over: MemorySeries(), within: Self.options(large))
        #expect(large.usedBytes == 0)
        let refusal = #expect(throws: SeriesRefusal.self) {
            try Self.runner.answer(Self.ones, over: MemorySeries(), within: Self.options(small))
        }
        #expect(refusal?.kind == .unavailable && small.usedBytes == 0)
    }

    /// Some series, and how often somebody asked for them.
    private final class Listed: SeriesSource {
        private let sets: [LabelSet]
        private let asked = Mutex(0)

        init(_ sets: [LabelSet]) { self.sets = sets }

        var askedCount: Int { asked.withLock { $0 } }

        func series(_ request: SeriesRequest) throws(SeriesSourceError) -> [Series] {
            asked.withLock { $0 += 1 }
            var run = SampleRun()
            run.append(0, .float(1))
            let samples = run
            return sets.filter { request.matchers.passes($0) }.map { Series(labels: $0, samples: samples) }
        }
    }

    /// Selectors are asked once each, and names and values take the memory of what is told alone.
    @Test func whatIsToldOfLabelsIsHeldAlone() throws {
        let sets = (0..<500).map { number in
            let model: ByteText = number % 2 == 0 ? "a" : "b"
            return LabelSet([("__name__", "calls"), ("i", ByteText("\(number)".utf8)), ("model", model)])
        }
        let (source, pool) = (Listed(sets), MemoryPool(limitBytes: 80_000))
        let options = Self.options(pool)
        let selectors = [[UInt8]](repeating: Array("calls".utf8), count: 1000) + [Array("{model=\"a\"}".utf8)]
        let values = try Self.runner.labelValues(
            of: "model", selectors, in: 0...1, over: source, within: options)
        #expect(values == ["a", "b"] && source.askedCount == 2)
        let unknown = try Self.runner.labelValues(of: "unknown", [], in: 0...1, over: source, within: options)
        #expect(unknown == [])
        let names = try Self.runner.labelNames([], in: 0...1, over: source, within: options)
        #expect(names == ["__name__", "i", "model"])
        let refusal = #expect(throws: SeriesRefusal.self) {
            try Self.runner.labels([], in: 0...1, over: source, within: options)
        }
        #expect(refusal?.kind == .unavailable && pool.usedBytes == 0)
    }

    @Test func whoeverGivesUpSaysWhy() throws {
        let (clock, cancellation) = (SimulatedClock(), QueryCancellation())
        let runner = SeriesRunner { clock.monotonicNanoseconds() }
        let question = SeriesQuestion(Array("up".utf8), at: 0)
        var options = QueryOptions()
        options.timeLimitNanoseconds = 5
        let late = #expect(throws: SeriesRefusal.self) {
            try runner.answer(question, over: Tired(clock: clock), within: options)
        }
        #expect(late?.kind == .timeout)
        let listed = #expect(throws: SeriesRefusal.self) {
            try runner.labels([], in: 0...1, over: Tired(clock: clock), within: options)
        }
        #expect(listed?.kind == .timeout)
        cancellation.cancel()
        let gone = #expect(throws: SeriesRefusal.self) {
            try runner.answer(question, over: MemorySeries(), within: QueryOptions().cancelled(by: cancellation))
        }
        #expect(gone?.kind == .canceled)
    }

    /// No event tells when a question, an answer or a conversation could not be followed: the present alone is known.
    @Test func whatCouldNotBeFollowedIsTheLastSample() throws {
        let clock = SimulatedClock(wallNanoseconds: 1_785_574_801_000_000_000)
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 77), clock: clock, randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers())
        let store = try EventStore.open(at: "/data", context: context)
        let pinned = store.snapshot().series(within: QueryOptions())
        let matchers = try SeriesMatchers(selector: Array("{__name__=~\"plimsoll_(untracked|forgotten).*\"}".utf8))
        let now: Int64 = 1_785_574_800_000
        let found = try pinned.source.series(
            SeriesRequest(matchers, after: now - 60_000, through: now + 60_000, samplesMax: 100))
        let names: [ByteText] = [
            "plimsoll_forgotten_answers_total", "plimsoll_untracked_conversation_events_total",
            "plimsoll_untracked_questions_total",
        ]
        #expect(found.map { $0.labels["__name__"] } == names)
        for series in found { #expect(series.samples.times == [now] && series.samples[0] == .float(0)) }
        try store.close()
    }

    /// A counter does not grow behind what was received last, as one of a target that has gone is made to.
    @Test func aDirectoryGoesOnAsItsServerDoes() throws {
        let start = RollupEvents.start
        let clock = SimulatedClock(wallNanoseconds: start + 84_000_000_000)
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 78), clock: clock, randomness: SeededRandomness(seed: 1),
            workers: InlineWorkers())
        let store = try EventStore.open(at: "/data", context: context)
        var events = RollupEvents()
        for number in 0..<6 {
            let fields: [String: EventValue] = ["tenant": .text("default"), "tool": .text("t")]
            events.add("tool.call", id: "\(number)", time: start + 64_000_000_000, fields)
        }
        _ = try store.append([events.batch])
        clock.advance(nanoseconds: 600_000_000_000)
        let snapshot = store.snapshot()
        #expect(snapshot.seriesEnd() == start + 90_000_000_000)
        #expect(snapshot.seriesEnd(asked: .max) == start + 684_000_000_000, "nothing is ahead")
        for seconds in [Int64(90), 120, 600] {
            let time = start + seconds * 1_000_000_000
            let expression = Array("sum(increase(support_tool_calls_total[10m]))".utf8)
            for (who, end) in [("directory", snapshot.seriesEnd(asked: time)), ("server", snapshot.now)] {
                let source = snapshot.series(upTo: end, within: QueryOptions()).source
                let answer = try Self.runner.answer(
                    SeriesQuestion(expression, at: time / 1_000_000), over: source, within: QueryOptions())
                let said = String(decoding: SeriesAnswerText(answer).next() ?? [], as: UTF8.self)
                #expect(said.contains(#","6"]"#), "the \(who) at \(seconds) s: \(said)")
            }
        }
        try store.close()
    }

    // MARK: Texts

    /// A number that comes again, others between, is written as one that comes alone; pieces are one text.
    @Test func numbersThatComeAgainAreWrittenAlike() throws {
        let expression = Array("vector((time() % 11 - 5) / 3 * 10 ^ (time() % 37 - 30))".utf8)
        func text(_ question: SeriesQuestion, pieceBytes: Int = 1 << 20) throws -> String {
            let answer = try Self.runner.answer(question, over: MemorySeries(), within: QueryOptions())
            let pieces = SeriesAnswerText(answer, pieceBytes: pieceBytes)
            var bytes: [UInt8] = []
            while let piece = pieces.next() { bytes += piece }
            #expect(pieces.isEnded)
            return String(decoding: bytes, as: UTF8.self)
        }
        for start in [-3_000, 0, 1_785_574_800_000, 1_785_574_800_007, 999_999_500_250, 9_999_999_600_000] as [Int64] {
            let alone = try (0..<700).map { second in
                let said = try text(SeriesQuestion(expression, at: start + Int64(second) * 1_000))
                return try #require(said.split(separator: "\"value\":").last?.dropLast(4))
            }
            let question = SeriesQuestion(expression, from: start, through: start + 699_000, step: 1_000)
            let (whole, parts) = (try text(question), try text(question, pieceBytes: 100))
            #expect(whole.contains("\"values\":[" + alone.joined(separator: ",") + "]"), "\(start)")
            #expect(whole == parts)
            #expect(Set(alone.map { $0.split(separator: ",")[1] }).count > 300)
        }
    }

    @Test(arguments: [
        ("1.5", 1500), ("1435781451.781", 1_435_781_451_781), ("2015-07-01T20:10:51.781Z", 1_435_781_451_781),
        ("-0.001", -1), ("1969-12-31T23:59:59.9995Z", -1), ("1e3", 1_000_000),
        // Of four digits any year, and of a number what is behind its point by itself.
        ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("9999-12-31T23:59:59.999999999Z", 253_402_300_799_999),
        ("0000-02-29T00:00:00Z", -62_162_121_600_000), ("2100-03-01T00:00:00+01:00", 4_107_538_800_000),
        ("1.0005", 1000), ("-1.9996", -2000),
    ])
    func timesAreReadToTheMillisecond(text: String, time: Int64) throws {
        #expect(try SeriesTimeText.time(text, "time") == time)
    }

    @Test(arguments: [
        "", "now", "NaN", "Inf", "0x10", "1e300", "2015-07-01", "2026-01-01T00:00:60Z", "2026-01-01t00:00:00Z",
        "2026-01-01T00:00:00z", "2026-01-01 00:00:00Z", "2100-02-29T00:00:00Z", "10000-01-01T00:00:00Z",
    ])
    func otherTextsAreNoTimes(text: String) {
        let refusal = #expect(throws: SeriesRefusal.self) { try SeriesTimeText.time(text, "time") }
        #expect(refusal?.message == "invalid parameter \"time\": cannot parse \"\(text)\" to a valid timestamp")
    }

    @Test func lengthsAreSecondsOrWords() throws {
        for (text, length) in [("5m", 300_000), ("0.25", 250), ("1h30m", 5_400_000), ("15", 15_000), ("250ms", 250)] {
            #expect(try SeriesTimeText.duration(text, "step") == Int64(length), "\(text)")
        }
    }

    @Test func peopleAreShownTables() throws {
        let vector =
            #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"calls","model":"a"},"#
            + #""value":[60,"40"]},{"metric":{"a.b":"v"},"histogram":[60,{"count":"4","sum":"5","#
            + #""buckets":[[3,"-0.5","0.5","1"],[0,"0.5","1","2"]]}]}]},"warnings":["w"],"infos":["i"]}"#
        let shown = [
            #"series            value"#, #"calls{model="a"}  40"#,
            #"{"a.b"="v"}       {count:4, sum:5, [-0.5,0.5]:1, (0.5,1]:2}"#,
        ]
        let table = try SeriesTable(Array(vector.utf8))
        #expect(table.text == shown.joined(separator: "\n") + "\n")
        #expect(table.remarks == ["w", "i"])
        func text(_ type: String, _ result: String) throws -> String {
            try SeriesTable(Array(#"{"data":{"resultType":"\#(type)","result":\#(result)}}"#.utf8)).text
        }
        let rows = [
            "series  time                      value", "{}      1970-01-01T00:00:00Z      1",
            "{}      1970-01-01T00:00:15.500Z  2",
        ]
        #expect(
            try text("matrix", #"[{"metric":{},"values":[[0,"1"],[15.500,"2"]]}]"#)
                == rows.joined(separator: "\n") + "\n")
        #expect(try text("scalar", #"[4,"2"]"#) == "2\n")
        #expect(try text("vector", "[]") == "no series\n")
        let results = [("vector", "[]", true), ("matrix", "[]", true), ("scalar", #"[4,"2"]"#, false)]
        for (type, result, isEmpty) in results {
            let table = try SeriesTable(Array(#"{"data":{"resultType":"\#(type)","result":\#(result)}}"#.utf8))
            #expect(table.isEmpty == isEmpty)
        }
        #expect(!table.isEmpty)
    }

    // MARK: Rules

    private struct Rules: RuleStatuses { var groups: [RuleGroupStatus] }

    @Test func rulesAndAlertsAreWrittenAsPrometheusDoes() {
        var alert = AlertStatus(labels: [("alertname", "A")], isFiring: true, activeAt: 0, value: 0.5)
        (alert.annotations, alert.keepFiringSince) = ([("summary", "s")], 2_000_000_000)
        let kind = RuleStatus.Kind.alerting(
            holdNanoseconds: 300_000_000_000, keepNanoseconds: 0, annotations: [("summary", "s")])
        var alerting = RuleStatus(kind, name: "A", query: "up == 0")
        (alerting.labels, alerting.health, alerting.lastError) = ([("severity", "page")], "err", "none")
        (alerting.evaluationNanoseconds, alerting.evaluatedAt) = (2_000_000, 1_500_000_000)
        alerting.alerts = [alert]
        let recording = RuleStatus(.recording, name: "r", query: "1")
        var group = RuleGroupStatus(
            name: "g", file: "f", rules: [alerting, recording], intervalNanoseconds: 60_000_000_000)
        (group.limit, group.evaluationNanoseconds, group.evaluatedAt) = (3, 1_000_000_000, 0)
        let rules = Rules(groups: [group])
        let told =
            #"{"labels":{"alertname":"A"},"annotations":{"summary":"s"},"state":"firing","#
            + #""activeAt":"1970-01-01T00:00:00Z","keepFiringSince":"1970-01-01T00:00:02Z","value":"5e-01"}"#
        #expect(RulesJSON.alerts(rules) == #"{"alerts":[\#(told)]}"#)
        func listed(_ rules: String) -> String {
            #"{"groups":[{"name":"g","file":"f","rules":[\#(rules)],"interval":60,"limit":3,"evaluationTime":1,"#
                + #""lastEvaluation":"1970-01-01T00:00:00Z"}]}"#
        }
        var filter = RulesJSON.Filter()
        filter.type = "alert"
        #expect(
            RulesJSON.groups(rules, filter)
                == listed(
                    #"{"state":"firing","name":"A","query":"up == 0","duration":300,"keepFiringFor":0,"#
                        + #""labels":{"severity":"page"},"annotations":{"summary":"s"},"alerts":[\#(told)],"#
                        + #""health":"err","lastError":"none","evaluationTime":0.002,"#
                        + #""lastEvaluation":"1970-01-01T00:00:01.500Z","type":"alerting"}"#))
        filter.type = "record"
        #expect(
            RulesJSON.groups(rules, filter)
                == listed(
                    #"{"name":"r","query":"1","health":"unknown","evaluationTime":0,"#
                        + #""lastEvaluation":"1970-01-01T00:00:00Z","type":"recording"}"#))
        filter.names = ["other"]
        #expect(RulesJSON.groups(rules, filter) == #"{"groups":[]}"#)
    }
}
