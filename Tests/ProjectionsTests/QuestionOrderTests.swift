import Bytes
import Domain
import Projections
import Testing

/// Whatever order questions and answers come in, what is counted less what is taken back is the same.
@Suite struct QuestionOrderTests {
    /// Questions as they stand after corrections: good, failed, and how often a verdict was taken back.
    private static func results(_ counters: MetricCounters) -> (good: Int128, failed: Int128, takenBack: Int128) {
        func sum(_ name: String, _ result: String) -> Int128 {
            let series = counters.totals.families.first { $0.definition.name == name }?.series ?? []
            return series.filter { $0.labels.last == result }.reduce(0) { sum, series in
                if case .number(let value) = series.value { sum + value } else { sum }
            }
        }
        let (good, failed) = (
            sum("support_questions_corrected_total", "good"), sum("support_questions_corrected_total", "failed")
        )
        return (
            sum("support_questions_total", "good") - good, sum("support_questions_total", "failed") - failed,
            good + failed
        )
    }

    private static func conversation(_ isNumbered: Bool, hasTraces: Bool) -> FoldEvents {
        var events = FoldEvents()
        func fields(_ turn: Int64, _ more: [String: EventValue] = [:]) -> [String: EventValue] {
            var fields = MetricCountersTests.ask(isNumbered ? turn : nil)
            if hasTraces { fields["trace_id"] = .text("trace \(turn)") }
            return fields.merging(more) { $1 }
        }
        events.add("message.received", at: 0, fields(1))
        events.add("message.sent", at: 5, fields(1, ["status": .text("ok")]))
        events.add("message.received", at: 60, fields(2))
        // An error that comes before the good answer decides.
        events.add("message.sent", at: 70, fields(2, ["status": .text("error")]))
        events.add("message.sent", at: 75, fields(2, ["status": .text("ok")]))
        events.add("message.received", at: 200, fields(3))
        return events
    }

    @Test(arguments: [false, true], [false, true]) func everyOrderGivesTheSame(isNumbered: Bool, hasTraces: Bool) throws
    {
        let events = Self.conversation(isNumbered, hasTraces: hasTraces)
        for order in permutations(6) {
            for isReachedBetween in [false, true] {
                var counters = MetricCounters(registry: FoldEvents.registry)
                var last = 0.0
                for (step, index) in order.enumerated() {
                    last = 300 + Double(step) * 60
                    events.fold(into: &counters, receivedSeconds: last, index..<(index + 1))
                    if isReachedBetween { counters.reach(FoldEvents.start + Int64(last + 59) * 1_000_000_000) }
                    if step == 3 {
                        counters = try MetricCounters(parsing: counters.serialised, registry: FoldEvents.registry)
                    }
                }
                counters.reach(FoldEvents.start + 3_000 * 1_000_000_000)
                let found = Self.results(counters)
                #expect(found.good == 1 && found.failed == 2, "\(order) \(isReachedBetween): \(found)")
                #expect(counters.nextDeadline == nil)
            }
        }
    }

    @Test func anAnswerThatComesFirstMakesItsQuestionGood() {
        var events = FoldEvents()
        events.add("message.sent", at: 5, MetricCountersTests.ask(1))
        events.add("message.received", at: 0, MetricCountersTests.ask(1))
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 6)
        counters.reach(.max)
        #expect(Self.results(counters) == (1, 0, 0))
    }

    @Test func whatWasCountedAsFailedIsTakenBackAndNoCounterFalls() {
        var events = FoldEvents()
        events.add("message.received", at: 0, MetricCountersTests.ask(1))
        events.add("message.sent", at: 5, MetricCountersTests.ask(1))
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 1, 0..<1)
        counters.reach(FoldEvents.start + 40_000_000_000)
        #expect(Self.results(counters) == (0, 1, 0))
        events.fold(into: &counters, receivedSeconds: 50, 1..<2)
        #expect(
            lines(counters, "support_questions") == [
                "support_questions_total default,web,failed number(1)",
                "support_questions_total default,web,good number(1)",
                "support_questions_corrected_total default,web,failed number(1)",
                "support_questions_corrected_total default,web,good number(0)",
            ])
    }

    @Test func aQuestionThatIsToldTwiceCountsOnce() {
        var events = FoldEvents()
        events.add("message.received", at: 3, MetricCountersTests.ask(1))
        events.add("message.received", at: 0, MetricCountersTests.ask(1))
        events.add("message.sent", at: 31, MetricCountersTests.ask(1))
        for order in permutations(3) {
            var counters = MetricCounters(registry: FoldEvents.registry)
            for index in order { events.fold(into: &counters, receivedSeconds: 32, index..<(index + 1)) }
            counters.reach(.max)
            let found = Self.results(counters)
            #expect(
                found.good == 0 && found.failed == 1, "the first one counts, and it was answered after 31 s: \(order)")
        }
    }

    @Test func anAnswerThatIsTooLateToBeCountedStillDecides() {
        var events = FoldEvents()
        events.add("message.received", at: 0, MetricCountersTests.ask(1))
        events.add("message.sent", at: 5, MetricCountersTests.ask(1))
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 1, 0..<1)
        counters.reach(FoldEvents.start + 40_000_000_000)
        events.fold(into: &counters, receivedSeconds: 9_000, 1..<2)
        #expect(Self.results(counters) == (1, 0, 1))
        #expect(lines(counters, "plimsoll_backfilled") == ["plimsoll_backfilled_events_total message.sent number(1)"])
    }

    @Test func memoryIsBoundedAndWhatFallsOutIsCounted() {
        var counters = MetricCounters(registry: FoldEvents.registry)
        var events = FoldEvents()
        events.add("message.sent", at: 0, MetricCountersTests.ask(1, "orphan"))
        events.fold(into: &counters, receivedSeconds: 0)
        for day in 1...3 {
            var later = FoldEvents()
            later.add("message.sent", at: Double(day) * 90_000, MetricCountersTests.ask(1, "day \(day)"))
            later.fold(into: &counters, receivedSeconds: Double(day) * 90_000)
        }
        #expect(lines(counters, "plimsoll_forgotten_answers").first == "plimsoll_forgotten_answers_total  number(2)")
        // A conversation without end keeps its last messages only, and each of its questions counts once.
        var long = FoldEvents()
        for index in 0..<400 {
            long.add("message.received", at: Double(index), MetricCountersTests.ask(nil, "long"))
            long.add("message.sent", at: Double(index) + 0.5, MetricCountersTests.ask(nil, "long"))
        }
        var alone = MetricCounters(registry: FoldEvents.registry)
        long.fold(into: &alone, receivedSeconds: 401)
        #expect(Self.results(alone) == (400, 0, 0))
        #expect(alone.serialised.count < 20_000)
    }

    /// As from a sender whose clock is hours behind: whichever comes first.
    @Test(arguments: [[0, 1], [1, 0]] as [[Int]]) func anAnswerFromHoursAgoDecidesWhicheverComesFirst(order: [Int])
        throws
    {
        var events = FoldEvents()
        events.add("message.received", at: 9_000, MetricCountersTests.ask(1))
        events.add("message.sent", at: 5, MetricCountersTests.ask(1))
        var counters = MetricCounters(registry: FoldEvents.registry)
        for index in order {
            let (before, totals) = (counters.serialised, counters.totals)
            counters.beginStep()
            events.fold(into: &counters, receivedSeconds: 9_001, index..<(index + 1))
            #expect(counters.serialised != before)
            counters.rollBack(to: totals)
            #expect(counters.serialised == before)
            events.fold(into: &counters, receivedSeconds: 9_001, index..<(index + 1))
            counters = try MetricCounters(parsing: counters.serialised, registry: FoldEvents.registry)
        }
        counters.reach(.max)
        #expect(Self.results(counters) == (1, 0, 0))
    }

    /// Late answers without a question are remembered in room of their own, and not without end.
    @Test func importsOfAnswersAreBounded() {
        var events = FoldEvents()
        events.add("message.received", at: 9_000, MetricCountersTests.ask(1, "now"))
        for number in 0..<10_000 { events.add("message.sent", at: 5, MetricCountersTests.ask(1, "c\(number)")) }
        for turn in 0..<100 { events.add("message.sent", at: 6, MetricCountersTests.ask(Int64(turn), "long")) }
        events.add("message.sent", at: 9_005, MetricCountersTests.ask(1, "now"))
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 9_006)
        counters.reach(.max)
        #expect(Self.results(counters) == (1, 0, 0))
        // Twice 4,096 conversations with an answer each, beside what is known of the silence of all.
        #expect(counters.serialised.count < 2_500_000)
    }

    private static func untracked(_ counters: MetricCounters) -> Int128 {
        firstNumber(counters, MetricCatalogue.untrackedQuestions)
    }

    /// A question that waits while others come and go finds its answer, whenever that was given.
    @Test(arguments: [true, false], [0.002, 0.02, 0.05]) func aQuestionThatWaitsIsAnsweredHoweverBusyItsConversation(
        isNumbered: Bool, answered: Double
    ) throws {
        var events = FoldEvents()
        func fields(_ turn: Int64) -> [String: EventValue] {
            var fields = MetricCountersTests.ask(isNumbered ? turn : nil)
            if !isNumbered { fields["trace_id"] = .text("trace \(turn)") }
            return fields
        }
        events.add("message.received", at: 0, fields(0))
        for turn in 1..<40 {
            events.add("message.received", at: Double(turn) * 0.001, fields(Int64(turn)))
            events.add("message.sent", at: Double(turn) * 0.001 + 0.000_5, fields(Int64(turn)))
        }
        events.add("message.sent", at: answered, fields(0))
        var counters = MetricCounters(registry: FoldEvents.registry)
        let last = events.offsets.count - 1
        events.fold(into: &counters, receivedSeconds: 1, 0..<last)
        counters = try MetricCounters(parsing: counters.serialised, registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 1.2, last..<(last + 1))
        counters.reach(.max)
        #expect(Self.results(counters) == (40, 0, 0))
        #expect(Self.untracked(counters) == 0)
    }

    /// All of one batch without times: they stand as they came, and none is lost for being of the time of what is
    /// forgotten.
    @Test func aLongBatchOfOneTimeIsJudgedWhole() {
        var events = FoldEvents()
        for turn in 0..<100 {
            events.add("message.received", at: 0, MetricCountersTests.ask(Int64(turn)), isTimeAbsent: true)
            events.add("message.sent", at: 0, MetricCountersTests.ask(Int64(turn)), isTimeAbsent: true)
        }
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 0)
        counters.reach(.max)
        #expect(Self.results(counters) == (100, 0, 0))
        #expect(Self.untracked(counters) == 0)
    }

    /// Answers of turns that are forgotten answer none of the later ones of their trace.
    @Test func aConversationOfOneTraceIsJudgedTurnByTurn() {
        var events = FoldEvents()
        let fields = MetricCountersTests.ask(nil).merging(["trace_id": .text("one")]) { $1 }
        for turn in 0..<60 {
            events.add("message.received", at: Double(turn) * 100, fields)
            // Every fifth comes too late.
            events.add("message.sent", at: Double(turn) * 100 + (turn % 5 == 0 ? 50 : 5), fields)
        }
        var counters = MetricCounters(registry: FoldEvents.registry)
        for index in events.offsets.indices {
            let time = Double(index / 2) * 100 + (index % 2 == 0 ? 0 : 50)
            events.fold(into: &counters, receivedSeconds: time, index..<(index + 1))
        }
        counters.reach(.max)
        #expect(Self.results(counters) == (48, 12, 0))
        #expect(Self.untracked(counters) == 0)
    }

    /// A question told again after it was forgotten, and an answer that came too late for what is remembered: neither
    /// counts, and both are told.
    @Test func whatHasNoPlaceInWhatIsRememberedIsTold() {
        var events = FoldEvents()
        for turn in 0..<100 {
            events.add("message.received", at: Double(turn), MetricCountersTests.ask(Int64(turn)))
            events.add("message.sent", at: Double(turn) + 0.5, MetricCountersTests.ask(Int64(turn)))
        }
        events.add("message.received", at: 3, MetricCountersTests.ask(3))
        events.add("message.sent", at: 3.2, MetricCountersTests.ask(3))
        // Of a turn that is remembered: it was answered before.
        events.add("message.sent", at: 99.2, MetricCountersTests.ask(99))
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 100)
        counters.reach(.max)
        #expect(Self.results(counters) == (100, 0, 0))
        #expect(Self.untracked(counters) == 2)
    }

    @Test func questionsThatWaitedInTheFormBeforeFindTheirAnswers() throws {
        // Version 2: no types, nothing untracked, no metrics, one waiting question of turn 1 of conversation c, no
        // finer buckets.
        var sink = ByteSink()
        for byte: UInt8 in [2, 0, 0, 0, 1] { sink.append(byte) }
        let key: [UInt8] = [7, 0] + Array("default".utf8) + [1, 0] + Array("c".utf8) + [1, 0, 0, 0, 0, 0, 0, 0]
        sink.append(contentsOf: FoldEvents.turnHash(key))
        sink.append(littleEndian: FoldEvents.start)
        sink.append(littleEndian: FoldEvents.start + 30_000_000_000)
        let labels: [UInt8] = [7] + Array("default".utf8) + [3] + Array("web".utf8)
        sink.append(UInt8(0))
        sink.append(varint: UInt64(labels.count))
        sink.append(contentsOf: labels)
        sink.append(UInt8(0))
        var counters = try MetricCounters(parsing: sink.bytes, registry: FoldEvents.registry)
        #expect(counters.nextDeadline == FoldEvents.start + 30_000_000_000)
        counters = try MetricCounters(parsing: counters.serialised, registry: FoldEvents.registry)
        var events = FoldEvents()
        events.add("message.sent", at: 5, MetricCountersTests.ask(1))
        events.fold(into: &counters, receivedSeconds: 6)
        #expect(Self.results(counters) == (1, 0, 0))
        #expect(counters.nextDeadline == nil)
    }
}
