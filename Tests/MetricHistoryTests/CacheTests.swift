import Bytes
import Domain
import EventStores
import MetricHistory
import Platform
import PromQLText
import Testing

/// What is kept from one request to the next changes no answer, is bounded, and makes later requests cheap.
@Suite struct CacheTests {
    private static let everything = "{__name__=~\".+\"}"

    /// A store at one time, as one is asked about it.
    private struct Moment {
        let snapshot: StoreSnapshot
        let reached: Int64
        let objectives: ObjectiveSet

        func series(_ cache: SeriesCache?) -> StoreSeries {
            StoreSeries(
                catalog: snapshot, reached: reached, objectives: objectives, outcomes: snapshot.outcomes,
                workers: SuccessiveWorkers(2), cache: cache)
        }
    }

    /// Late events, late prices, corrections, replaced rows, seals and what is asked while one is under way, silence
    /// that ends, other objectives, earlier snapshots: whatever is known of before, answers are those of a request that
    /// reads everything.
    @Test(arguments: Array(71...78) as [UInt64]) func whatIsKeptChangesNoAnswer(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let queue = HeldBackgroundQueue()
        var options = StoreOptions()
        options.sealEventsMax = 45
        var history = try HistoryStore(nowSeconds: 2_700, options: options, sideQueue: queue)
        try history.store.judge(by: OutcomeSettings(idleAfterNanoseconds: 900_000_000_000, rule: .house1))
        let limit = [128 << 20, 60_000, 0][Int(seed % 3)]
        let cache = SeriesCache(limitBytes: limit)
        var moments: [Moment] = []
        var marked = Marked()
        var rest = dice.mixed(RandomEvents(seed: seed).events)[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(1 + dice.below(16)))
            rest = rest.dropFirst(batch.count)
            try history.append(batch)
            switch dice.below(7) {
            case 0: try history.store.seal()
            case 1: queue.runNext()
            case 2: try Self.replace(in: history, &dice)
            case 3: _ = try history.store.rebook(provider: "maker", model: "big", times: .min..<Int64.max)
            case 4: history.clock.advance(nanoseconds: 200_000_000_000)
            default: break
            }
            try history.store.tick()
            moments.append(Self.moment(of: history, &dice))
            try Self.compare(moments[moments.count - 1], cache, &dice)
            if dice.below(3) == 0 { try Self.compare(dice.pick(moments), cache, &dice) }
            try marked.look(moments[moments.count - 1].series(cache))
            #expect(cache.memoryBytes <= limit)
        }
        #expect(limit < 128 << 20 || cache.memoryBytes > 1_000)
        #expect(limit < 128 << 20 || marked.again > 0)
        queue.waitUntilIdle()
    }

    /// What marks stood for: the same whenever they are seen again.
    private struct Marked {
        private struct Key: Hashable {
            let selector: String
            let through: Int64
            let mark: SeriesMark
        }

        private var known: [Key: [String]] = [:]
        private(set) var again = 0

        mutating func look(_ series: StoreSeries) throws {
            let selectors = [
                "support_llm_cost_usd_total", "support_questions_total", "support_feedback_total",
                "support_answer_duration_seconds_bucket", "support_tool_calls_total",
                "support_conversations_closed_total",
            ]
            for selector in selectors {
                for seconds in [0, 1_200, 3_600] as [Int64] {
                    let through = HistoryStore.startMilliseconds + seconds * 1_000
                    let matchers = try HistoryStore.matchers(selector)
                    guard let mark = series.mark(matchers, through: through) else { continue }
                    let found = try HistoryStore.samples(series, selector, through: seconds).map(HistoryStore.line)
                    let key = Key(selector: selector, through: through, mark: mark)
                    if let before = known[key] {
                        again += 1
                        #expect(before == found, "\(selector) through \(seconds)")
                    }
                    known[key] = found
                }
            }
        }
    }

    private static func moment(of history: HistoryStore, _ dice: inout Dice) -> Moment {
        var objectives = ObjectiveSet.builtIn
        if dice.below(4) == 0 {
            objectives.answerLimits = AnswerLimits(
                nanoseconds: 40_000_000_000,
                channels: [.init(name: Array("web".utf8), nanoseconds: 2_000_000_000)])
        }
        let reached = HistoryStore.start + Int64(dice.below(6_000_000)) * 1_000_000
        // Every second one knows of silence up to its end, the others as far as the log does.
        let snapshot = history.store.snapshot()
        return Moment(
            snapshot: reached % 2_000_000 == 0 ? snapshot.silent(until: reached) : snapshot, reached: reached,
            objectives: objectives)
    }

    private static func replace(in history: HistoryStore, _ dice: inout Dice) throws {
        let calls = history.events.indices.filter { history.events[$0].type == "llm.call" }
        guard !calls.isEmpty else { return }
        try history.replace(
            dice.pick(calls),
            with: [
                "input_tokens": .integer(Int64(dice.below(500))), "status": .text(dice.pick(["ok", "error", "cut"])),
                "conversation_id": .text(dice.pick(["c1", "c2"])), "request_model": .text(dice.pick(["big", "nobody"])),
            ])
    }

    private static func compare(_ moment: Moment, _ cache: SeriesCache, _ dice: inout Dice) throws {
        let (kept, fresh) = (moment.series(cache), moment.series(nil))
        for _ in 0..<2 {
            let windows = SeriesWindows(
                firstEnd: HistoryStore.startMilliseconds - 5_000_000 + Int64(dice.below(8_000)) * 1000,
                step: dice.pick([1, 15_000, 60_000, 3_600_000, 1 + Int64(dice.below(600_000))]),
                count: 1 + dice.below(40), length: dice.pick([0, 60_000, 3_600_000, Int64(dice.below(400_000))]),
                look: dice.pick([.all, .last, .ends]))
            let selector = dice.pick([
                everything, everything, "{tenant=\"acme\"}", "support_llm_cost_usd_total", "{channel=\"web\"}",
            ])
            let asked = dice.below(4) == 0 ? nil : windows
            let found = try HistoryStore.samples(kept, selector, windows: asked)
            let expected = try HistoryStore.samples(fresh, selector, windows: asked)
            #expect(found.map(\.labels) == expected.map(\.labels), "\(selector)")
            for (one, other) in zip(found, expected)
            where one.samples != other.samples || one.spacing != other.spacing {
                Issue.record("\(one.labels) \(String(describing: asked)): \(one.samples), not \(other.samples)")
                return
            }
        }
        let matchers = try HistoryStore.matchers(everything)
        #expect(
            try kept.labelSets(matchers, after: HistoryStore.startMilliseconds, through: .max)
                == fresh.labelSets(matchers, after: HistoryStore.startMilliseconds, through: .max))
    }

    /// Beyond the most label sets the first ones stay, whether or not they are known from before.
    @Test func labelSetsBeyondTheMostAreOne() throws {
        var history = try HistoryStore(nowSeconds: 3_000)
        let cache = SeriesCache()
        func event(_ tool: Int, at seconds: Double, _ id: String) -> HistoryEvent {
            HistoryStore.event("tool.call", at: seconds, ["tool": .text("t\(tool)")], id: id)
        }
        func compare() throws -> Int {
            let found = try HistoryStore.samples(history.series(reached: 60, cache: cache), "support_tool_calls_total")
            let expected = try HistoryStore.samples(history.series(reached: 60), "support_tool_calls_total")
            #expect(found.map(HistoryStore.line) == expected.map(HistoryStore.line))
            return found.count
        }
        try history.append((0..<999).map { event($0, at: 1, "a\($0)") })
        #expect(try compare() == 999)
        try history.append((990..<1_010).map { event($0, at: 20 + Double($0), "b\($0)") })
        #expect(try compare() == 999)
        // Those that begin earlier push others out.
        try history.append((990..<1_010).map { event($0, at: Double(1_020 - $0) / 1_000, "c\($0)") })
        try history.store.seal()
        #expect(try compare() == 1_001)
    }

    /// The same request over one snapshot is read once, and corrections, which are zeros, look at no cells. After a
    /// late event it is answered anew, and whoever adds other labels to series gets those.
    @Test func theSameRequestIsReadOnceASnapshot() throws {
        var history = try HistoryStore(nowSeconds: 3_000)
        let cache = SeriesCache()
        func lines(_ source: StoreSeries, _ selector: String = "support_tool_calls_total") throws -> [String] {
            let end = HistoryStore.startMilliseconds + 60_000
            let windows = SeriesWindows(firstEnd: end, step: 1, count: 1, length: 30_000, look: .last)
            return try HistoryStore.samples(source, selector, after: 30, through: 60, windows: windows)
                .map(HistoryStore.line)
        }
        func targeted(_ cache: SeriesCache?) -> StoreSeries {
            StoreSeries(
                catalog: history.store.snapshot(), reached: HistoryStore.start + 60_000_000_000,
                target: [("job", "other")], cache: cache)
        }
        try history.append([HistoryStore.event("tool.call", at: 40, ["tool": .text("a")], id: "x")])
        let source = history.series(reached: 60, cache: cache)
        let first = try lines(source)
        var steps = cache.steps
        #expect(try lines(source) == first)
        #expect(first.count == 1 && cache.steps == steps)
        try history.append([HistoryStore.event("tool.call", at: 20, ["tool": .text("a")], id: "y")])
        let late = history.series(reached: 60, cache: cache)
        let second = try lines(late)
        #expect(try second == lines(history.series(reached: 60)))
        #expect(try second != first && lines(source) == first)
        steps = cache.steps
        let corrections = "support_tool_calls_corrected_total"
        #expect(try lines(late, corrections) == lines(history.series(reached: 60), corrections))
        #expect(cache.steps == steps)
        #expect(try lines(targeted(cache)) == lines(targeted(nil)))
    }

    /// Rules ask for few samples of many series: they share them, too.
    @Test func manySeriesAreReadOnceASnapshot() throws {
        var history = try HistoryStore(nowSeconds: 3_000)
        try history.append(
            (0..<450).map { number in
                let fields: [String: EventValue] = [
                    "conversation_id": .text("c\(number)"), "channel": .text("web"), "turn": .integer(1),
                    "status": .text("ok"), "duration_ns": .integer(700_000_000),
                ]
                return HistoryStore.event("message.sent", at: 40, fields, id: "\(number)", tenant: "t\(number)")
            })
        let cache = SeriesCache()
        let source = history.series(reached: 60, cache: cache)
        func read() throws -> Int {
            let end = HistoryStore.startMilliseconds + 60_000
            let windows = SeriesWindows(firstEnd: end, step: 1, count: 1, length: 60_000, look: .ends)
            let selector = "support_answer_duration_seconds_bucket"
            return try HistoryStore.samples(source, selector, after: 0, through: 60, windows: windows).count
        }
        let series = try read()
        let steps = cache.steps
        #expect(try read() == series)
        #expect(series > 4_500 && cache.steps == steps)
    }

    /// Wanted times within many hours of one piece are told apart, whatever lies in the hours between.
    @Test(arguments: [SeriesWindows.Look.all, .last, .ends]) func hoursOfOnePiece(_ look: SeriesWindows.Look) throws {
        var history = try HistoryStore(nowSeconds: 9 * 3_600)
        try history.append(
            [0, 1, 4, 5, 7].flatMap { hour in
                (0..<30).map { (call: Int) -> HistoryEvent in
                    let fields: [String: EventValue] = ["tool": .text(call % 7 == hour % 3 ? "a" : "b")]
                    let seconds = Double(hour * 3_600 + call * 115 + 1)
                    return HistoryStore.event("tool.call", at: seconds, fields, id: "\(hour) \(call)")
                }
            })
        try history.store.seal()
        let reached: Int64 = 9 * 3_600
        let (kept, fresh) = (history.series(reached: reached, cache: SeriesCache()), history.series(reached: reached))
        for minutes in [0, 10, 59] as [Int64] {
            let windows = SeriesWindows(
                firstEnd: HistoryStore.startMilliseconds + minutes * 60_000, step: 3_600_000, count: 10,
                length: 900_000, look: look)
            func samples(_ source: StoreSeries) throws -> [Series] {
                try HistoryStore.samples(source, "support_tool_calls_total", through: reached, windows: windows)
            }
            let (found, expected) = (try samples(kept), try samples(fresh))
            #expect(found.count == 2 && found == expected, "\(minutes)")
        }
    }

    /// What a rule's cycle reads and looks at follows from what has come since the last one, and not from how long the
    /// history is.
    @Test func aCycleIsAsCheapAfterTenTimesTheHistory() throws {
        func steps(hours: Int) throws -> (first: Int, next: Int) {
            var history = try HistoryStore(nowSeconds: Int64(hours) * 3_600 + 120)
            func append(_ seconds: Int, _ id: String) throws {
                let fields: [String: EventValue] = ["tool": .text(seconds % 180 == 0 ? "a" : "b")]
                try history.append([HistoryStore.event("tool.call", at: Double(seconds), fields, id: id)])
            }
            for hour in 0..<hours {
                for call in 0..<40 { try append(hour * 3_600 + call * 90, "\(hour) \(call)") }
                try history.store.seal()
            }
            let cache = SeriesCache()
            func cycle(_ seconds: Int) throws -> Int {
                let before = cache.steps
                let source = history.series(reached: Int64(seconds), cache: cache)
                for length in [300_000, 3_600_000] as [Int64] {
                    let end = HistoryStore.startMilliseconds + Int64(seconds) * 1_000
                    let windows = SeriesWindows(firstEnd: end, step: 1, count: 1, length: length, look: .ends)
                    let found = try HistoryStore.samples(
                        source, "support_tool_calls_total", after: Int64(seconds) - length / 1_000,
                        through: Int64(seconds), windows: windows)
                    #expect(found.count == 2)
                }
                return cache.steps - before
            }
            let first = try cycle(hours * 3_600 + 40)
            try append(hours * 3_600 + 45, "x")
            return (first, try cycle(hours * 3_600 + 55))
        }
        let (short, long) = (try steps(hours: 4), try steps(hours: 40))
        #expect(short.first > 160 && long.first > 1_600)
        #expect(long.next < short.next + 100 && long.next < 300)
    }

    /// A rating that takes an earlier one's place has the hours of both counted anew, and no others.
    @Test func aRatingIsAsCheapAfterTenTimesTheHistory() throws {
        func rating(_ conversation: String, _ score: Int64, at seconds: Int, _ id: String) -> HistoryEvent {
            let fields: [String: EventValue] = [
                "conversation_id": .text(conversation), "channel": .text("web"), "score": .integer(score),
            ]
            return HistoryStore.event("feedback.submitted", at: Double(seconds), fields, id: id)
        }
        func steps(hours: Int) throws -> (first: Int, next: Int) {
            var history = try HistoryStore(nowSeconds: Int64(hours) * 3_600 + 120)
            for hour in 0..<hours {
                try history.append(
                    (0..<30).map { rating("\(hour) \($0)", 5, at: hour * 3_600 + $0 * 100 + 1, "\(hour) \($0)") })
                try history.store.seal()
            }
            let cache = SeriesCache()
            func cycle(_ seconds: Int, series: Int) throws -> Int {
                let end = HistoryStore.startMilliseconds + Int64(seconds) * 1_000
                let windows = SeriesWindows(firstEnd: end, step: 1, count: 1, length: 3_600_000, look: .ends)
                func samples(_ cache: SeriesCache?) throws -> [Series] {
                    try HistoryStore.samples(
                        history.series(reached: Int64(seconds), cache: cache), "support_feedback_total",
                        after: Int64(seconds) - 3_600, through: Int64(seconds), windows: windows)
                }
                let before = cache.steps
                let found = try samples(cache)
                let steps = cache.steps - before
                let expected = try samples(nil)
                #expect(found.count == series && found == expected)
                return steps
            }
            let first = try cycle(hours * 3_600 + 40, series: 1)
            try history.append([rating("0 3", 1, at: hours * 3_600 + 45, "x")])
            return (first, try cycle(hours * 3_600 + 55, series: 2))
        }
        let (short, long) = (try steps(hours: 4), try steps(hours: 40))
        #expect(short.first > 120 && long.first > 1_200)
        #expect(long.next < short.next + 100 && long.next < 300)
    }

    /// A mark outlives what comes after its time, and seals; nothing that comes late.
    @Test func marksOutliveWhatComesLater() throws {
        var history = try HistoryStore(nowSeconds: 20_000)
        let cache = SeriesCache()
        func mark(
            _ selector: String = "support_tool_calls_total", through seconds: Int64 = 3_600
        ) throws -> SeriesMark? {
            history.series(reached: 18_000, cache: cache).mark(
                try HistoryStore.matchers(selector), through: HistoryStore.startMilliseconds + seconds * 1_000)
        }
        func append(_ seconds: Double, _ id: String) throws {
            try history.append([HistoryStore.event("tool.call", at: seconds, ["tool": .text("a")], id: id)])
        }
        try append(100, "x")
        let first = try #require(try mark())
        let later = try #require(try mark(through: 7_400))
        try append(7_300, "y")
        #expect(try mark() == first)
        #expect(try mark(through: 7_400) != later)
        try history.store.seal()
        #expect(try mark() == first)
        try append(3_000, "late")
        #expect(try mark() != first)
        // Not reached yet, and what not only events tell of.
        #expect(try mark(through: 18_001) == nil)
        #expect(try mark("up") == nil && mark("plimsoll_free_bytes") == nil && mark("{tool=\"a\"}") == nil)
    }

    /// Time alone has nothing read again until silence closes a conversation: not while all of them wait, nor between
    /// the one that is closed and the next one.
    @Test func silenceThatClosesNothingReadsNothing() throws {
        var history = try HistoryStore(nowSeconds: 200)
        try history.store.judge(by: OutcomeSettings(idleAfterNanoseconds: 1_800_000_000_000, rule: .house1))
        try history.append(
            (0..<500).map { number in
                let fields: [String: EventValue] = [
                    "conversation_id": .text("c\(number)"), "channel": .text("web"), "turn": .integer(1),
                ]
                return HistoryStore.event("message.received", at: number == 0 ? 0 : 100, fields, id: "\(number)")
            })
        let (cache, snapshot) = (SeriesCache(), history.store.snapshot())
        func ask(_ seconds: Int64) throws -> (lines: [String], steps: Int) {
            let (before, end) = (cache.steps, HistoryStore.start + seconds * 1_000_000_000)
            let source = StoreSeries(
                catalog: snapshot.silent(until: end), reached: end, outcomes: snapshot.outcomes, cache: cache)
            let found = try HistoryStore.samples(
                source, "support_conversations_closed_total", after: seconds - 15, through: seconds)
            return (found.map(HistoryStore.line), cache.steps - before)
        }
        let labels = "support_conversations_closed_total{channel=\"web\", reason=\"idle\", tenant=\"default\"}"
        #expect(try ask(1_700).steps >= 500)
        for seconds in [1_715, 1_500, 1_785] as [Int64] {
            let asked = try ask(seconds)
            #expect(asked.lines == [] && asked.steps == 0, "\(seconds)")
        }
        let first = try ask(1_800)
        #expect(first.lines == [labels + " 1.0@1800"] && first.steps >= 500)
        for seconds in [1_890, 1_800, 1_830] as [Int64] {
            let asked = try ask(seconds)
            #expect(asked.lines == [labels + " 1.0@\(seconds)"] && asked.steps < 100, "\(seconds)")
        }
        let last = try ask(1_905)
        #expect(last.lines == [labels + " 500.0@1905"] && last.steps >= 500)
        #expect(try ask(9_000).steps < 100)
        // Asked about an earlier time it is what it was.
        #expect(try ask(1_800).lines == first.lines)
        try history.store.close()
    }

    /// Series are put in order by the texts of their labels when they are new, and never again, also over later
    /// snapshots and for whoever wants only some of them.
    @Test func seriesAreOrderedByTheirTextsOnce() throws {
        var history = try HistoryStore(nowSeconds: 3_000)
        let cache = SeriesCache()
        func append(_ tools: [String], _ id: String) throws {
            try history.append(
                tools.map { HistoryStore.event("tool.call", at: 1, ["tool": .text($0)], id: "\(id) \($0)") })
        }
        func names(_ selector: String) throws -> [ByteText] {
            let found = try HistoryStore.samples(history.series(reached: 60, cache: cache), selector)
            let expected = try HistoryStore.samples(history.series(reached: 60), selector)
            #expect(found == expected)
            return found.map { $0.labels["tool"] }
        }
        try append(["d", "b", "e"], "x")
        #expect(try names("support_tool_calls_total") == ["b", "d", "e"])
        #expect(cache.ordered == 3)
        try append(["e", "d"], "y")
        #expect(try names("support_tool_calls_total") == ["b", "d", "e"])
        #expect(try names("support_tool_calls_total{tool!=\"d\"}") == ["b", "e"])
        #expect(cache.ordered == 3)
        try append(["c", "a"], "z")
        #expect(try names("support_tool_calls_total") == ["a", "b", "c", "d", "e"])
        #expect(cache.ordered == 8)
    }
}
