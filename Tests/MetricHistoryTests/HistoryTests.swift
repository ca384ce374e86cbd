import Bytes
import Domain
import EventStores
import MetricHistory
import Platform
import PromQLText
import Projections
import Testing

/// Series of stores against what their events come to one by one, and against `/metrics`.
@Suite struct HistoryTests {
    /// Whatever order the events come in, whether they come twice, and wherever they stand.
    static func filled(_ seed: UInt64, hasLate: Bool = true, nowSeconds: Int64 = 2_700) throws -> HistoryStore {
        var dice = Dice(seed: seed &+ 1000)
        var history = try HistoryStore(nowSeconds: nowSeconds)
        var rest = dice.mixed(RandomEvents(seed: seed, hasLate: hasLate).events)[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(1 + dice.below(40)))
            rest = rest.dropFirst(batch.count)
            try history.append(batch)
            if dice.below(3) == 0 { try history.append(Array(batch.prefix(3))) }
            if dice.below(3) == 0 { try history.store.seal() }
        }
        return history
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64]) func everySampleIsWhatTheEventsComeTo(seed: UInt64) throws {
        let history = try Self.filled(seed)
        let source = history.series(reached: 2_707, workers: SuccessiveWorkers(Int(seed % 4) + 1))
        let found = try HistoryStore.samples(source, "{__name__=~\".+\"}", after: -5_000)
        let naive = NaiveHistory(
            events: history.events, reached: HistoryStore.start + 2_707_000_000_000,
            first: HistoryStore.start - 4_999_000_000_000, received: HistoryStore.start + 2_700_000_000_000)
        let expected = naive.expected
        #expect(found.map(\.labels) == expected.keys.sorted())
        for series in found {
            let wanted = try #require(expected[series.labels], "\(series.labels)")
            #expect(series.samples.times == wanted.map(\.time), "\(series.labels)")
            for (place, sample) in wanted.enumerated() where place < series.samples.times.count {
                let value = series.samples[place]
                guard value != sample.value else { continue }
                Issue.record("\(series.labels) at \(sample.time): \(value), not \(sample.value)")
                break
            }
        }
    }

    /// Where nothing came late, the last sample is what `/metrics` counts, less what it took back.
    @Test(arguments: [11, 12, 13] as [UInt64]) func theLastSamplesAreWhatIsCounted(seed: UInt64) throws {
        var history = try HistoryStore(nowSeconds: 2_400)
        let events = RandomEvents(seed: seed, hasLate: false).events.sorted { $0.time < $1.time }
        for begin in stride(from: 0, to: events.count, by: 30) {
            try history.append(Array(events[begin..<min(begin + 30, events.count)]))
            if begin % 90 == 0 { try history.store.seal() }
        }
        history.clock.advance(nanoseconds: 300_000_000_000)
        try history.store.tick()
        let snapshot = history.store.snapshot()
        var expected: [LabelSet: SampleValue] = [:]
        for family in snapshot.counters.families where !family.series.isEmpty {
            let definition = family.definition
            if case .corrections = definition.source { continue }
            if definition.source == .process, !MetricCatalogue.countedByType.contains(definition.name) { continue }
            let corrections = snapshot.counters.families.first {
                $0.definition.source == .corrections(of: definition.name)
            }
            for series in family.series {
                let back = corrections?.series.first { $0.labels == series.labels }?.value
                guard let value = Self.value(series, less: back) else { continue }
                let pairs = zip(definition.labels, series.labels).map {
                    (name: ByteText($0.name.utf8), value: ByteText($1.utf8))
                }
                expected[LabelSet(pairs + [("__name__", ByteText(definition.name.utf8))])] = value
            }
        }
        #expect(expected.count > 20)
        let source = StoreSeries(catalog: snapshot, reached: HistoryStore.start + 2_700_000_000_000)
        let names = Set(expected.keys.map { $0["__name__"] })
        var found: [LabelSet: SampleValue] = [:]
        for series in try HistoryStore.samples(source, "{__name__=~\".+\"}", after: 2_685, through: 2_700)
        where names.contains(series.labels["__name__"]) && series.samples[0] != .float(0) {
            #expect(series.samples.times == [HistoryStore.startMilliseconds + 2_700_000])
            found[series.labels] = series.samples[0]
        }
        #expect(found == expected)
    }

    /// What was counted and not taken back; nil for zero.
    private static func value(_ series: MetricSeries, less back: MetricValue?) -> SampleValue? {
        switch (series.value, back) {
        case (.number(let counted), let back):
            var left = counted
            if case .number(let taken)? = back { left -= taken }
            return left == 0 ? nil : .float(Double(left))
        case (.picoUSD(let money), _): return money == 0 ? nil : .float(Double(money) / 1e12)
        case (.histogram(_, let sum), _):
            guard let buckets = series.exponential else { return nil }
            var histogram = NativeHistogram()
            histogram.schema = 3
            (histogram.count, histogram.sum) = (Double(buckets.count), Double(sum) / 1e9)
            histogram.zeroCount = Double(buckets.zeroCount)
            for bucket in buckets.buckets { histogram.positive.append(bucket.index, Double(bucket.count)) }
            return .histogram(histogram)
        }
    }

    /// A counter is zero a step before its first event, so that a rate has that one, too; what comes late stands where
    /// it belongs.
    @Test func samplesBeginWithAZero() throws {
        var history = try HistoryStore(nowSeconds: 30)
        let tool: [String: EventValue] = ["tool": .text("t")]
        try history.append([
            HistoryStore.event("tool.call", at: 7, tool, id: "a"),
            HistoryStore.event("tool.call", at: 15, tool, id: "b"),
        ])
        func lines(_ selector: String, after: Int64 = -200) throws -> [String] {
            try HistoryStore.samples(history.series(reached: 44), selector, after: after).map(HistoryStore.line)
        }
        let series = "support_tool_calls_total{tenant=\"default\", tool=\"t\"}"
        #expect(try lines("support_tool_calls_total") == [series + " 0.0@0 2.0@15 2.0@30"])
        try history.append([HistoryStore.event("tool.call", at: -100, tool, id: "late")])
        #expect(
            try lines("{__name__=\"support_tool_calls_total\", tool=\"t\"}") == [
                series + " 0.0@-105 1.0@-90 1.0@-75 1.0@-60 1.0@-45 1.0@-30 1.0@-15 1.0@0 3.0@15 3.0@30"
            ])
        #expect(try lines("support_tool_calls_total", after: 15) == [series + " 3.0@30"])
        #expect(try lines("support_tool_calls_total{tool=\"u\"}").isEmpty)
        #expect(
            try lines("{__name__=~\"support_tool_calls_corrected.*\"}", after: 15) == [
                "support_tool_calls_corrected_total{tenant=\"default\", tool=\"t\"} 0.0@30"
            ])
    }

    /// What is counted less what was taken back, and what corrections changed added, is one figure here and in
    /// `/metrics`: where costs are told as they are now, nothing is to be added.
    @Test func costsThatAreBookedAgainAreToldOnce() throws {
        var history = try HistoryStore(nowSeconds: 60)
        let names: [String: EventValue] = ["provider": .text("maker")]
        func price(_ picoUSD: Int64, at seconds: Double) -> HistoryEvent {
            let price: [String: EventValue] = [
                "model": .text("big"), "token_class": .text("input"), "usd_per_million_tokens": .integer(picoUSD),
            ]
            return HistoryStore.event("price.set", at: seconds, names.merging(price) { $1 }, id: "price \(seconds)")
        }
        let call: [String: EventValue] = [
            "request_model": .text("big"), "status": .text("ok"), "input_tokens": .integer(1_000),
            "output_tokens": .integer(0),
        ]
        try history.append([
            price(1_000_000, at: -20), HistoryStore.event("llm.call", at: 7, names.merging(call) { $1 }, id: "call"),
        ])
        try history.append([price(3_000_000, at: -10)])
        _ = try history.store.rebook(provider: "maker", model: nil, times: .min ..< .max)

        let (snapshot, rebooked) = (history.store.snapshot(), history.store.status.rebookedPicoUSD)
        let counted = snapshot.counters.families.first { $0.definition.name == "support_llm_cost_usd_total" }
        #expect(counted?.series.map(\.value) == [.picoUSD(1_000_000_000)] && rebooked == 2_000_000_000)
        let gauge = try #require(MetricCatalogue.metric(named: MetricCatalogue.rebookedCost))
        let source = StoreSeries(
            catalog: snapshot, reached: HistoryStore.start + 60_000_000_000,
            present: [MetricFamily(gauge, [MetricSeries(labels: [], value: .picoUSD(rebooked))])])
        func last(_ name: String) throws -> [SampleValue] {
            try HistoryStore.samples(source, name, after: 45, through: 60).map { $0.samples[0] }
        }
        #expect(try last("support_llm_cost_usd_total") == [.float(0.003)])
        #expect(try last("support_llm_cost_corrected_usd_total") == [.float(0)])
        #expect(try last("plimsoll_rebooked_cost_usd") == [.float(0)])
    }

    /// Nobody serves it: the last sample is the first one that has all that was received.
    @Test func whatWasReceivedLastIsShown() throws {
        var history = try HistoryStore(nowSeconds: 40)
        try history.append([HistoryStore.event("tool.call", at: 33, ["tool": .text("t")], id: "a")])
        let source = StoreSeries(catalog: history.store.snapshot())
        #expect(
            try HistoryStore.samples(source, "support_tool_calls_total").map(HistoryStore.line) == [
                "support_tool_calls_total{tenant=\"default\", tool=\"t\"} 0.0@30 1.0@45"
            ])
    }

    /// Silence closes under its own reason, at its end; what an event closed counts once.
    @Test func silenceClosesAtItsEnd() throws {
        var history = try HistoryStore(nowSeconds: 200)
        let settings = OutcomeSettings(idleAfterNanoseconds: 1_800_000_000_000, rule: .house1)
        try history.store.judge(by: settings)
        func of(_ name: String, _ more: [String: EventValue] = [:]) -> [String: EventValue] {
            more.merging(["conversation_id": .text(name), "channel": .text("web"), "turn": .integer(1)]) { $1 }
        }
        let closing: [String: EventValue] = [
            "conversation_id": .text("d"), "channel": .text("web"), "reason": .text("completed"),
        ]
        try history.append([
            HistoryStore.event("message.received", at: 0, of("c"), id: "q"),
            HistoryStore.event("message.sent", at: 10, of("c", ["status": .text("ok")]), id: "a"),
            HistoryStore.event("message.received", at: 20, of("d"), id: "q2"),
            HistoryStore.event("conversation.closed", at: 100, closing, id: "x"),
        ])
        let end = HistoryStore.start + 1_815_000_000_000
        let directory = history.store.snapshot().silent(until: end)
        history.clock.advance(nanoseconds: 2_000_000_000_000)
        try history.store.tick()
        let labels = "support_conversations_closed_total{channel=\"web\", "
        // What nobody serves any more knows of the silence by who asks.
        for snapshot in [directory, history.store.snapshot()] {
            let found = try HistoryStore.samples(
                StoreSeries(catalog: snapshot, reached: end, outcomes: snapshot.outcomes),
                "support_conversations_closed_total", after: 1_785, through: 1_815
            ).map(HistoryStore.line)
            #expect(
                found == [
                    labels + "reason=\"completed\", tenant=\"default\"} 1.0@1800 1.0@1815",
                    labels + "reason=\"idle\", tenant=\"default\"} 0.0@1800 1.0@1815",
                ])
        }
    }

    /// Each channel has its own limit; a question fails a moment after it, and an answer within it is a good one when
    /// it comes.
    @Test func questionsAreJudgedByTheLimitOfTheirChannel() throws {
        var history = try HistoryStore(nowSeconds: 400)
        func message(_ type: String, _ name: String, _ channel: String, at seconds: Double) -> HistoryEvent {
            let fields: [String: EventValue] = [
                "conversation_id": .text(name), "channel": .text(channel), "turn": .integer(1),
            ]
            return HistoryStore.event(type, at: seconds, fields, id: name + type)
        }
        try history.append([
            message("message.received", "a", "web", at: 0), message("message.received", "b", "email", at: 0),
            message("message.received", "c", "email", at: 0), message("message.sent", "c", "email", at: 200),
        ])
        var objectives = ObjectiveSet.builtIn
        objectives.answerLimits = AnswerLimits(
            nanoseconds: 30_000_000_000, channels: [.init(name: Array("email".utf8), nanoseconds: 300_000_000_000)])
        func lines(reached seconds: Int64, after: Int64) throws -> [String] {
            let source = StoreSeries(
                catalog: history.store.snapshot(), reached: HistoryStore.start + seconds * 1_000_000_000,
                objectives: objectives)
            return try HistoryStore.samples(source, "support_questions_total", after: after).map(HistoryStore.line)
        }
        func series(_ channel: String, _ result: String, _ samples: String) -> String {
            "support_questions_total{channel=\"\(channel)\", result=\"\(result)\", tenant=\"default\"} " + samples
        }
        #expect(
            try lines(reached: 330, after: 285) == [
                series("email", "failed", "0.0@300 1.0@315 1.0@330"),
                series("email", "good", "1.0@300 1.0@315 1.0@330"),
                series("web", "failed", "1.0@300 1.0@315 1.0@330"), series("web", "good", "0.0@300 0.0@315 0.0@330"),
            ])
        #expect(
            try lines(reached: 45, after: -30) == [
                series("web", "failed", "0.0@30 1.0@45"), series("web", "good", "0.0@30 0.0@45"),
            ])
    }
}
