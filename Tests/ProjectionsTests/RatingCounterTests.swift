import Bytes
import Domain
import Projections
import Testing

/// The counter of rated conversations: each counts by its last rating, as reports have it.
@Suite struct RatingCounterTests {
    private static func add(_ score: Int64?, of conversation: String?, at seconds: Double, to events: inout FoldEvents)
    {
        var fields: [String: EventValue] = ["channel": .text("web")]
        if let score { fields["score"] = .integer(score) }
        if let conversation { fields["conversation_id"] = .text(conversation) }
        events.add("feedback.submitted", at: seconds, fields)
    }

    /// Counted and taken back, by score.
    private struct Counts: Equatable {
        var counted: [String: Int128] = [:]
        var takenBack: [String: Int128] = [:]

        init(_ counters: MetricCounters) {
            for family in counters.totals.families where family.definition.name.hasPrefix("support_feedback") {
                for series in family.series {
                    guard case .number(let count) = series.value, let score = series.labels.last else { continue }
                    if family.definition.name == "support_feedback_total" {
                        counted[score] = count
                    } else {
                        takenBack[score] = count
                    }
                }
            }
        }

        /// Counted less taken back, where that is not nothing.
        var standing: [String: Int128] {
            counted.merging(takenBack.mapValues { -$0 }) { $0 + $1 }.filter { $0.value != 0 }
        }

        func isNowhereLess(than before: Counts) -> Bool {
            before.counted.allSatisfy { counted[$0.key, default: 0] >= $0.value }
                && before.takenBack.allSatisfy { takenBack[$0.key, default: 0] >= $0.value }
        }
    }

    @Test func theLastRatingCountsWhateverOrderTheyComeIn() throws {
        var events = FoldEvents()
        Self.add(1, of: "a", at: 10, to: &events)
        Self.add(5, of: "a", at: 20, to: &events)
        Self.add(3, of: "a", at: 15, to: &events)
        Self.add(2, of: "b", at: 12, to: &events)
        Self.add(nil, of: "b", at: 30, to: &events)
        for order in permutations(events.offsets.count) {
            var counters = MetricCounters(registry: FoldEvents.registry)
            var before = Counts(counters)
            for (place, index) in order.enumerated() {
                if place == 3 {
                    counters = try MetricCounters(parsing: counters.serialised, registry: FoldEvents.registry)
                }
                events.fold(into: &counters, receivedSeconds: 60, index..<(index + 1))
                let now = Counts(counters)
                #expect(now.isNowhereLess(than: before), "\(order)")
                before = now
            }
            #expect(before.standing == ["5": 1, "2": 1], "\(order)")
        }
    }

    @Test func theSameScoreAgainChangesNothingAndOutsideOfConversationsNothingCounts() {
        var events = FoldEvents()
        Self.add(4, of: "a", at: 0, to: &events)
        Self.add(4, of: "a", at: 5, to: &events)
        Self.add(4, of: nil, at: 6, to: &events)
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 10)
        #expect(
            lines(counters, "support_feedback") == [
                "support_feedback_total default,web,4 number(1)",
                "support_feedback_corrected_total default,web,4 number(0)",
            ])
    }

    /// As answers do that come too late: alone it is backfill, and where something was counted it decides.
    @Test func aRatingThatCameTooLateTakesThePlaceOfOneThatWasCounted() {
        var events = FoldEvents()
        Self.add(5, of: "a", at: 0, to: &events)
        Self.add(2, of: "a", at: 60, to: &events)
        Self.add(2, of: "b", at: 60, to: &events)
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 1, 0..<1)
        events.fold(into: &counters, receivedSeconds: 9_000, 1..<3)
        #expect(Counts(counters).standing == ["2": 1])
        #expect(Counts(counters).takenBack["5"] == 1)
    }

    @Test func whatIsForgottenStandsAndCountsAgain() throws {
        var events = FoldEvents()
        for (index, conversation) in ["a", "b", "c", "d", "e"].enumerated() {
            Self.add(1, of: conversation, at: Double(index), to: &events)
        }
        // Remembered, in the elder generation, and forgotten.
        Self.add(5, of: "c", at: 10, to: &events)
        Self.add(5, of: "a", at: 11, to: &events)
        var counters = MetricCounters(registry: FoldEvents.registry, ratedConversationsMax: 2)
        events.fold(into: &counters, receivedSeconds: 20)
        #expect(Counts(counters).counted == ["1": 5, "5": 2])
        #expect(Counts(counters).takenBack == ["1": 1, "5": 0])
        // And that is told, also after a restart.
        let name = MetricCatalogue.untrackedConversations
        #expect(lines(counters, name) == ["\(name)  number(1)"])
        counters = try MetricCounters(parsing: counters.serialised, registry: FoldEvents.registry)
        var more = FoldEvents()
        Self.add(2, of: "b", at: 12, to: &more)
        more.fold(into: &counters, receivedSeconds: 20)
        #expect(lines(counters, name) == ["\(name)  number(2)"])
    }

    @Test func aStepTakenBackLeavesNoTrace() {
        var events = FoldEvents()
        for index in 0..<9 { Self.add(Int64(index % 5) + 1, of: "c\(index % 4)", at: Double(index), to: &events) }
        var counters = MetricCounters(registry: FoldEvents.registry, ratedConversationsMax: 2)
        events.fold(into: &counters, receivedSeconds: 10, 0..<4)
        let (before, totals) = (counters.serialised, counters.totals)
        counters.beginStep()
        events.fold(into: &counters, receivedSeconds: 10, 4..<9)
        #expect(counters.serialised != before)
        counters.rollBack(to: totals)
        #expect(counters.serialised == before)
    }

    @Test func aRowThatTakesThePlaceOfAnotherTakesItsRatingBack() {
        func row(_ index: Int, _ events: FoldEvents) -> EventRow {
            EventRow(events.writer.sink.bytes, at: events.offsets[index])
        }
        var events = FoldEvents()
        Self.add(1, of: "a", at: 0, to: &events)
        Self.add(5, of: "a", at: 5, to: &events)
        var others = FoldEvents()
        others.add("usage.reported", at: 0)
        // The same event in another light: no rating, or one of another conversation.
        Self.add(nil, of: "a", at: 5, to: &others)
        var moved = FoldEvents()
        moved.add("usage.reported", at: 0)
        Self.add(5, of: "b", at: 5, to: &moved)
        let arrival = EventArrival(receivedTime: FoldEvents.start + 6_000_000_000)
        for (new, standing) in [(row(1, others), ["1": 1]), (row(1, moved), ["1": 1, "5": 1])]
            as [(EventRow, [String: Int128])]
        {
            var counters = MetricCounters(registry: FoldEvents.registry)
            events.fold(into: &counters, receivedSeconds: 6)
            #expect(Counts(counters).standing == ["5": 1])
            let replacement = RowReplacement(
                old: row(1, events), oldCost: nil, new: new, newCost: nil, position: 2, arrival: arrival)
            counters.replace([replacement], receivedTime: arrival.receivedTime)
            #expect(Counts(counters).standing == standing)
        }
    }

    /// Version 4 remembered no rating: its bytes are those of now without the part at the end, and with less to say of
    /// no silence.
    @Test func countersOfTheVersionBeforeGoOn() throws {
        var events = FoldEvents()
        events.add("tool.call", at: 0, ["tool": .text("t")])
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 1)
        var bytes = counters.serialised
        let end: [UInt8] = [0, 1, 0] + [UInt8](repeating: 0, count: 12) + [0, 0, 0, 0, 0, 0]
        #expect(bytes[0] == 6 && Array(bytes.suffix(end.count)) == end)
        bytes[0] = 4
        bytes.removeLast(end.count)
        bytes += [0, 0]
        counters = try MetricCounters(parsing: bytes, registry: FoldEvents.registry)
        #expect(lines(counters, "support_tool_calls_total") == ["support_tool_calls_total default,t, number(1)"])
        var ratings = FoldEvents()
        Self.add(1, of: "a", at: 2, to: &ratings)
        Self.add(4, of: "a", at: 3, to: &ratings)
        ratings.fold(into: &counters, receivedSeconds: 4)
        #expect(Counts(counters).standing == ["4": 1])
    }
}
