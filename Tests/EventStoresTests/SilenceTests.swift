import Columnar
import Domain
import EventStores
import Platform
import Projections
import Testing

/// Conversations that nobody closes: silence does, by the setting in force and the time that the log has reached.
@Suite struct SilenceTests {
    static let columns = [
        "conversation_id", "closed_time", "closed_reason", "outcome", "outcome_intercom_fin",
        "outcome_silence_resolves", "last_message",
    ]
    private static let hour: Int64 = 3_600_000_000_000

    /// A store on a disk of its own, with a clock to be moved.
    struct Served {
        let disk = SimulatedFileSystem(seed: 77)
        let clock = SimulatedClock(wallNanoseconds: SampleEvents.start)
        var store: EventStore

        init() throws { store = try Self.open(disk, clock) }

        private static func open(_ disk: SimulatedFileSystem, _ clock: SimulatedClock) throws -> EventStore {
            let context = StoreContext(
                fileSystem: disk, clock: clock, randomness: SeededRandomness(seed: 1), workers: InlineWorkers())
            return try EventStore.open(at: "/data", context: context, options: EventStoreTests.options())
        }

        mutating func reopen() throws {
            try store.close()
            store = try Self.open(disk, clock)
        }

        /// Moves the clock to so many seconds after the start and lets the store notice.
        func reach(_ seconds: Double) throws {
            let target = SampleEvents.start + Int64(seconds * 1e9)
            clock.advance(nanoseconds: max(0, target - clock.wallNanoseconds()))
            try store.tick()
        }

        func rows() throws -> [String] { try EventStoresTests.rows(store, "conversations", SilenceTests.columns) }

        func row(_ conversation: String) throws -> String {
            try rows().first { $0.contains("\"\(conversation)\"") } ?? "none"
        }

        /// Closings by silence that were counted and not taken back.
        func idleCount() -> Int128 {
            let taken = "support_conversations_closed_corrected_total"
            return count(MetricCatalogue.closedConversations) - count(taken)
        }

        private func count(_ metric: String) -> Int128 {
            let family = store.snapshot().counters.families.first { $0.definition.name == metric }
            return (family?.series ?? []).filter { $0.labels.last == "idle" }.reduce(0) {
                guard case .number(let count) = $1.value else { return $0 }
                return $0 + count
            }
        }
    }

    private static func closing(_ seconds: Double) -> String {
        "\(Scalar.timestamptz(SampleEvents.start + Int64(seconds * 1e9)))"
    }

    private func events(_ build: (inout SampleEvents) -> Void) -> [IngestBatch] {
        var events = SampleEvents()
        build(&events)
        return [events.batch]
    }

    @Test func silenceClosesAfterADayAndIsCountedOnce() throws {
        let served = try Served()
        _ = try served.store.append(events { $0.addTurn("c", 1, at: 0) })
        try served.reach(86_400)
        #expect(try served.row("c").contains("open") && served.idleCount() == 0)
        // The last thing that anybody did was the answer, 1.5 s after the start.
        try served.reach(86_401.4)
        #expect(try served.row("c").contains("open"))
        try served.reach(86_500)
        let closed = try served.row("c")
        #expect(closed.contains(Self.closing(86_401.5)) && closed.contains("\"idle\"") && closed.contains("abandoned"))
        #expect(closed.contains("resolved"), "the rule silence-resolves-1 takes an answer for consent")
        #expect(served.idleCount() == 1)
        try served.reach(200_000)
        #expect(try served.row("c") == closed)
        #expect(served.idleCount() == 1)
    }

    @Test func aStoreThatNobodyServesStandsStill() throws {
        var served = try Served()
        _ = try served.store.append(events { $0.addTurn("c", 1, at: 0) })
        try served.store.close()
        served.clock.advance(nanoseconds: 40 * 24 * Self.hour)
        served.store = try EventStore.open(
            at: "/data",
            context: StoreContext(
                fileSystem: served.disk, clock: served.clock, randomness: SeededRandomness(seed: 2),
                workers: InlineWorkers()),
            options: EventStoreTests.options())
        #expect(try served.row("c").contains("open"))
        try served.store.tick()
        #expect(try served.row("c").contains(Self.closing(86_401.5)) && served.idleCount() == 1)
    }

    /// What came last month has been silent for long: by the time it is received, silence has closed it, at its own
    /// time.
    @Test func anImportOfLastMonthIsClosed() throws {
        let served = try Served()
        served.clock.advance(nanoseconds: 30 * 24 * Self.hour)
        _ = try served.store.importBulk(events { $0.addTurn("c", 1, at: 0) })
        #expect(try served.row("c").contains(Self.closing(86_401.5)))
        #expect(served.idleCount() == 0, "what arrives late is backfill")
    }

    @Test func aLateEventMovesTheClosingAndOneAfterItBeginsAnother() throws {
        let served = try Served()
        try served.store.judge(by: OutcomeSettings(idleAfterNanoseconds: Self.hour / 6, rule: .house1))
        _ = try served.store.append(events { $0.addTurn("c", 1, at: 0) })
        try served.reach(700)
        #expect(try served.row("c").contains(Self.closing(601.5)) && served.idleCount() == 1)
        // It was on its way while the silence seemed over: the closing moves, and is not counted again.
        _ = try served.store.append(events { $0.addTurn("c", 2, at: 300) })
        #expect(try served.row("c").contains("open"))
        try served.reach(1_000)
        #expect(try served.row("c").contains(Self.closing(901.5)) && served.idleCount() == 1)
        // The user comes back after the closing: the conversation goes on and is closed again.
        _ = try served.store.append(events { $0.addTurn("c", 3, at: 1_000) })
        #expect(try served.row("c").contains("open"))
        try served.reach(1_700)
        #expect(try served.row("c").contains(Self.closing(1_601.5)) && served.idleCount() == 1)
        // Ratings and verdicts days later are nothing that anybody waits for.
        _ = try served.store.append(
            events {
                $0.add("feedback.submitted", id: "f", at: 1_650, ["conversation_id": .text("c"), "score": .integer(5)])
                $0.add(
                    "conversation.classified", id: "k", at: 1_660,
                    ["conversation_id": .text("c"), "topic": .text("refund")])
            })
        #expect(try served.row("c").contains(Self.closing(1_601.5)) && served.idleCount() == 1)
    }

    @Test func whatEventsSayGoesBeforeSilence() throws {
        let served = try Served()
        try served.store.judge(by: OutcomeSettings(idleAfterNanoseconds: Self.hour / 60, rule: .house1))
        _ = try served.store.append(
            events {
                $0.addTurn("told", 1, at: 0)
                $0.add(
                    "conversation.closed", id: "x", at: 5,
                    ["conversation_id": .text("told"), "reason": .text("completed")])
                // Sent before the closing, and received behind it.
                $0.add(
                    "llm.call", id: "late", at: 2,
                    ["conversation_id": .text("told"), "provider": .text("p"), "status": .text("ok")])
                $0.addTurn("raised", 1, at: 0)
                $0.add(
                    "escalation.raised", id: "e", at: 3,
                    ["conversation_id": .text("raised"), "reason": .text("policy")])
                $0.addTurn("failed", 1, at: 0, status: "error")
                $0.addTurn("quiet", 1, at: 0)
                $0.add("message.received", id: "q", at: 4, ["conversation_id": .text("quiet"), "turn": .integer(2)])
            })
        try served.reach(1_000)
        let told = try served.row("told")
        #expect(told.contains(Self.closing(5)) && told.contains("completed"))
        #expect(try served.row("raised").contains("escalated") && served.row("raised").contains("\"idle\""))
        #expect(try !served.row("failed").contains("resolved") && served.row("failed").contains("\"idle\""))
        #expect(try !served.row("quiet").contains("resolved") && served.row("quiet").contains("\"question\""))
        #expect(served.idleCount() == 3)
    }

    /// Any order, any cut, seals and restarts between: rows and counters are equal.
    @Test(arguments: 0..<12) func anyOrderAndCutGivesTheSame(_ seed: UInt64) throws {
        let random = SeededRandomness(seed: seed)
        var served = try Served()
        try served.store.judge(by: OutcomeSettings(idleAfterNanoseconds: Self.hour / 2, rule: .silenceResolves1))
        var order = Array(0..<12)
        for index in order.indices.dropFirst().reversed() {
            let other = Int(random.bytes(1)[0]) % (index + 1)
            order.swapAt(index, other)
        }
        try served.reach(600)
        for (place, number) in order.enumerated() {
            _ = try served.store.append(events { Self.add(number, to: &$0) })
            switch (UInt64(place) &+ seed) % 4 {
            case 1: try served.store.seal()
            case 2: try served.reopen()
            default: break
            }
        }
        var found: [[String]] = []
        for seconds in [1_000.0, 1_900, 2_110, 2_400, 5_000] {
            try served.reach(seconds)
            found.append(try served.rows())
            if seed % 2 == 1 { try served.reopen() }
        }
        #expect(served.idleCount() == 3)
        #expect(served.store.snapshot().outcomes.rule == .silenceResolves1)
        let expected = try Self.expected()
        #expect(found == expected, "seed \(seed)")
    }

    private static func add(_ number: Int, to events: inout SampleEvents) {
        let conversation = "c\(number / 3)"
        let seconds = Double(number / 3 * 100 + number % 3 * 10)
        events.addTurn(conversation, Int64(number % 3), at: seconds, status: number == 11 ? "error" : "ok")
        if number == 4 {
            events.add("conversation.closed", id: "close", at: 121.6, ["conversation_id": .text(conversation)])
        }
    }

    private static func expected() throws -> [[String]] {
        let served = try Served()
        try served.store.judge(by: OutcomeSettings(idleAfterNanoseconds: hour / 2, rule: .silenceResolves1))
        try served.reach(600)
        var events = SampleEvents()
        for number in 0..<12 { add(number, to: &events) }
        _ = try served.store.append([events.batch])
        return try [1_000.0, 1_900, 2_110, 2_400, 5_000].map { seconds in
            try served.reach(seconds)
            return try served.rows()
        }
    }

    @Test func theSettingInForceJudgesAllAndIsRead() throws {
        var served = try Served()
        #expect(served.store.snapshot().outcomes == .standard)
        _ = try served.store.append(events { $0.addTurn("c", 1, at: 0) })
        try served.reach(90_000)
        #expect(try served.row("c").contains("\"idle\""))
        let two = OutcomeSettings(idleAfterNanoseconds: 48 * Self.hour, rule: .zendesk2026)
        try served.store.judge(by: two)
        #expect(try served.row("c").contains("open"))
        #expect(try rows(served.store, "system_events", ["type"]).count == 1)
        try served.store.judge(by: two)
        #expect(
            try rows(served.store, "system_events", ["type"]).count == 1, "what is in force already is not noted again")
        try served.reopen()
        #expect(served.store.snapshot().outcomes == two)
        try served.store.seal()
        try served.reopen()
        #expect(served.store.snapshot().outcomes == two)
        try served.reach(200_000)
        #expect(try served.row("c").contains(Self.closing(2 * 86_400 + 1.5)))
        try served.store.judge(by: OutcomeSettings(idleAfterNanoseconds: nil, rule: .house1))
        #expect(try served.row("c").contains("open"))
        #expect(served.idleCount() == 1, "no counter falls")
    }

    /// What comes more than an hour late changes rows and `/metrics` alike.
    @Test(arguments: [false, true]) func whatComesHoursLateIsTakenIntoAccount(sealsBetween: Bool) throws {
        var served = try Served()
        try served.store.judge(by: OutcomeSettings(idleAfterNanoseconds: Self.hour / 2, rule: .house1))
        _ = try served.store.append(
            events {
                $0.addTurn("told", 1, at: 0)
                $0.addTurn("back", 1, at: 0)
            })
        try served.reach(7_200)
        #expect(served.idleCount() == 2)
        if sealsBetween { try served.store.seal() }
        try served.reopen()
        _ = try served.store.append(
            events {
                $0.add(
                    "conversation.closed", id: "x", at: 600,
                    ["conversation_id": .text("told"), "reason": .text("completed")])
                $0.add("message.received", id: "q", at: 3_000, ["conversation_id": .text("back"), "turn": .integer(2)])
            })
        #expect(try served.row("told").contains("completed") && served.row("back").contains("\"idle\""))
        #expect(served.idleCount() == 1)
        try served.reach(9_000)
        #expect(served.idleCount() == 1)
    }

    @Test func whatBeganWhileSilenceClosedNothingIsClosedByTheNextSetting() throws {
        var served = try Served()
        func judge(_ silence: Int64?, at seconds: Double) throws {
            try served.store.judge(by: OutcomeSettings(idleAfterNanoseconds: silence, rule: .house1))
            try served.reach(seconds)
        }
        try judge(nil, at: 1)
        _ = try served.store.append(
            events {
                for number in 0..<2 { $0.addTurn("c\(number)", 1, at: 0) }
            })
        let short: Int64 = 300_000_000_000
        let settings: [Int64?] = [short, nil, short, Self.hour, short]
        for (place, silence) in settings.enumerated() {
            try judge(silence, at: 1_000 + Double(place))
            let closed = try served.rows().count { $0.contains("\"idle\"") }
            #expect(served.idleCount() == Int128(closed) && closed == (silence == short ? 2 : 0), "\(place)")
            try served.reopen()
            #expect(served.idleCount() == Int128(closed))
        }
    }

    /// A batch without times: rows and counters take it as it came.
    @Test(arguments: [
        ["message.received", "message.sent", "conversation.closed", "message.received"],
        ["message.received", "conversation.reopened", "conversation.closed"],
        ["message.received", "conversation.closed", "conversation.reopened"],
    ]) func whatIsOfOneTimeIsJudgedAlike(types: [String]) throws {
        let served = try Served()
        try served.store.judge(by: OutcomeSettings(idleAfterNanoseconds: Self.hour / 2, rule: .house1))
        _ = try served.store.append(
            events {
                for (place, type) in types.enumerated() {
                    $0.add(type, id: "e\(place)", at: nil, ["conversation_id": .text("c")])
                }
            })
        try served.reach(3_000)
        let closed = try served.rows().count { $0.contains("\"idle\"") }
        #expect(served.idleCount() == Int128(closed))
        #expect(closed == (types.last == "conversation.closed" ? 0 : 1))
    }

    /// Groups that zone maps let a question leave out hold no conversation that silence closed in the period.
    @Test func questionsByTimeOfClosingSkipNothingThatSilenceClosed() throws {
        let served = try Served()
        for number in 0..<6 {
            _ = try served.store.append(
                events {
                    $0.addTurn("c\(number)", 1, at: Double(number) * 10_000)
                    if number % 2 == 0 {
                        $0.add(
                            "conversation.closed", id: "x\(number)", at: Double(number) * 10_000 + 3,
                            ["conversation_id": .text("c\(number)")])
                    }
                })
            try served.store.seal()
        }
        try served.reach(300_000)
        let table = try #require(served.store.snapshot().table(named: "conversations"))
        let column = try #require(table.columns.firstIndex { $0.name == "closed_time" })
        for (from, to) in [(0.0, 50_000.0), (50_000, 100_000), (96_401, 96_402), (96_402, 200_000), (200_000, 300_000)]
        {
            func time(_ seconds: Double) -> Scalar { .timestamptz(SampleEvents.start + Int64(seconds * 1e9)) }
            func closings(_ predicates: [ColumnPredicate]) throws -> [String] {
                try table.morsels(for: ScanRequest(columns: [column], predicates: predicates)).flatMap { morsel in
                    let times = try morsel.column(column)
                    return (0..<morsel.rowCount).compactMap { row -> String? in
                        guard case .timestamptz(let found) = times.scalar(at: row),
                            case .timestamptz(let low) = time(from),
                            case .timestamptz(let high) = time(to), found >= low, found < high
                        else { return nil }
                        return "\(found)"
                    }
                }.sorted()
            }
            let skipping = try closings([
                ColumnPredicate(column: column, comparison: .greaterOrEqual(time(from))),
                ColumnPredicate(column: column, comparison: .less(time(to))),
            ])
            #expect(try skipping == closings([]), "\(from) to \(to)")
        }
        #expect(try served.store.verify().findings.isEmpty)
    }
}
