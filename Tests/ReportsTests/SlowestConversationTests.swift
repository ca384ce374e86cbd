import Domain
import EventStores
import JSONTexts
import Reports
import Testing

/// A list by slowest answer is the one that all answers give, page by page, and is found among the slowest of them.
@Suite struct SlowestConversationTests {
    private struct Conversation {
        var id: String
        var channel: String
        var start: Int
        /// In seconds, one a turn; nil: no answer.
        var answers: [Int?]

        var slowest: Int { answers.compactMap { $0 }.max() ?? -1 }
    }

    /// Few lengths, so that many are as slow as each other; one in eight has no answer.
    private static func conversations(_ count: Int, seed: UInt64) -> [Conversation] {
        var state = seed
        func next(_ count: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % count)
        }
        return (0..<count).map { place in
            let isAnswered = next(8) > 0
            return Conversation(
                id: "c\(place)", channel: next(12) == 0 ? "rare" : "web", start: next(1_000),
                answers: (0...next(3)).map { _ in isAnswered && next(5) > 0 ? 1 + next(20) : nil })
        }
    }

    private static func sample(_ conversations: [Conversation]) throws -> SampleStore {
        var sample = try SampleStore()
        for one in conversations {
            for (turn, answer) in one.answers.enumerated() {
                sample.addTurn(
                    one.id, Int64(turn + 1), at: Double(one.start + turn * 100), answerAfter: answer.map { Double($0) },
                    channel: one.channel)
            }
        }
        // Takes all of it in.
        _ = try sample.runner()
        return sample
    }

    private static func page(
        _ sample: SampleStore, _ values: [String: String], _ engine: ListeningEngine = ListeningEngine()
    ) throws -> JSONValue {
        let now = SampleStore.start + 3_600_000_000_000
        let request = try ConversationRequest(now: now, rule: .house1) { values[$0] }
        let runner = ReportRunner(catalog: sample.store.snapshot(), engine: engine)
        return try JSONReader.parse(runner.conversations(request).json)
    }

    private static func ids(_ page: JSONValue) -> [String] {
        (page["conversations"]?.array ?? []).compactMap { $0["conversation_id"]?.string }
    }

    /// Ids in the order in which they are to be listed.
    private static func order(_ conversations: [Conversation], isAscending: Bool) -> [String] {
        let down = conversations.sorted { left, right in
            if left.slowest != right.slowest { return left.slowest > right.slowest }
            return left.start != right.start ? left.start > right.start : left.id < right.id
        }.map(\.id)
        return isAscending ? down.reversed() : down
    }

    @Test(arguments: ["desc", "asc"], ["", "rare"]) func pagesAreThoseOfAllAnswers(
        order: String, channel: String
    ) throws {
        for seed in [1, 2] as [UInt64] {
            let all = Self.conversations(300, seed: seed)
            let sample = try Self.sample(all)
            let wanted = Self.order(
                all.filter { channel.isEmpty || $0.channel == channel }, isAscending: order == "asc")
            #expect(wanted.count > 4)
            var values = ["sort": "slowest", "order": order, "limit": channel.isEmpty ? "37" : "3"]
            if !channel.isEmpty { values["channel"] = channel }
            var pages = [try Self.page(sample, values)]
            #expect(pages[0]["matching"]?.integer == Int64(wanted.count))
            while let next = pages[pages.count - 1]["next"]?.string, pages.count < 200 {
                pages.append(try Self.page(sample, values.merging(["cursor": next]) { $1 }))
            }
            #expect(pages.flatMap(Self.ids) == wanted, "\(seed)")
            for place in pages.indices.dropFirst() {
                let previous = try #require(pages[place]["previous"]?.string)
                let before = try Self.page(sample, values.merging(["before": previous]) { $1 })
                #expect(Self.ids(before) == Self.ids(pages[place - 1]), "\(seed) \(place)")
            }
            #expect(pages[0]["previous"] == nil)
        }
    }

    /// Lists in other orders say it, too, and of what has no answer nothing.
    @Test func everyListSaysHowLongTheSlowestTook() throws {
        let all = Self.conversations(60, seed: 3)
        let sample = try Self.sample(all)
        let slowest = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0.slowest) })
        for sort in ConversationOrder.allCases {
            let page = try Self.page(sample, ["sort": sort.rawValue, "limit": "500"])
            let rows = try #require(page["conversations"]?.array)
            #expect(rows.count == all.count && page["order"]?.string == "desc")
            for row in rows {
                let seconds = slowest[row["conversation_id"]?.string ?? ""]
                let told = row["slowest_answer_ns"]?.integer.map { Int($0 / 1_000_000_000) } ?? -1
                #expect(told == seconds, "\(sort) \(row)")
            }
        }
    }

    /// Many tenants may have a conversation of the same id: each row says its own slowest answer.
    @Test func theSlowestAnswerIsThatOfItsTenant() throws {
        var sample = try SampleStore()
        let tenants = ConversationRequest.countMax * 2 + 200
        for number in 0..<tenants {
            let of: [String: EventValue] = ["conversation_id": .text("c"), "turn": .integer(1)]
            sample.add(
                "message.received", at: Double(number % 7), of.merging(["author": .text("user")]) { $1 },
                tenant: "t\(number)")
            sample.add(
                "message.sent", at: Double(number % 7 + 10),
                of.merging(["author": .text("agent"), "status": .text("ok"), "duration_ns": .integer(Int64(number))]) {
                    $1
                }, tenant: "t\(number)")
        }
        _ = try sample.runner()
        var (values, seen) = (["limit": "300"], Set<String>())
        repeat {
            let page = try Self.page(sample, values)
            for row in try #require(page["conversations"]?.array) {
                let tenant = try #require(row["tenant"]?.string)
                seen.insert(tenant)
                #expect(row["slowest_answer_ns"]?.integer == Int64(tenant.dropFirst()), "\(row)")
            }
            values["cursor"] = page["next"]?.string
        } while values["cursor"] != nil && seen.count < tenants
        #expect(seen.count == tenants)
    }

    /// A page takes the slowest answers and their conversations; answers are put to all conversations only where these
    /// are too few, or the quickest come first.
    @Test func fewAnswersAreLookedAt() throws {
        let all = Self.conversations(600, seed: 4).enumerated().map { place, one in
            var one = one
            // No two as slow as each other.
            one.answers = one.answers.enumerated().map { turn, _ in 1 + place * 3 + turn }
            return one
        }
        let sample = try Self.sample(all)
        let first = ListeningEngine()
        let page = try Self.page(sample, ["sort": "slowest", "limit": "5"], first)
        #expect(first.tables == [["turns"], ["turns"], ["conversations"], ["events"], ["conversations"]])
        let cursor = try #require(page["next"]?.string)
        let second = ListeningEngine()
        let further = try Self.page(sample, ["sort": "slowest", "limit": "5", "cursor": cursor], second)
        #expect(second.tables == [["turns"], ["turns"], ["conversations"], ["events"]])
        let third = ListeningEngine()
        let back = ["sort": "slowest", "limit": "5", "before": try #require(further["previous"]?.string)]
        #expect(Self.ids(try Self.page(sample, back, third)) == Self.ids(page))
        #expect(third.tables == [["turns"], ["conversations"], ["events"]])
        let quickest = ListeningEngine()
        _ = try Self.page(sample, ["sort": "slowest", "order": "asc", "limit": "5"], quickest)
        #expect(quickest.tables.contains { Set($0) == ["turns", "conversations"] }, "\(quickest.tables)")
    }

    @Test func aCursorIsOfOneDirection() throws {
        let sample = try Self.sample(Self.conversations(20, seed: 5))
        let first = try Self.page(sample, ["sort": "last", "order": "asc", "limit": "4"])
        let cursor = try #require(first["next"]?.string)
        #expect(cursor.hasPrefix("1.last-asc."))
        #expect(throws: ReportError.self) { try Self.page(sample, ["sort": "last", "limit": "4", "cursor": cursor]) }
        let descending = try Self.page(sample, ["sort": "last", "limit": "4"])
        // As cursors were before lists had directions.
        #expect(try #require(descending["next"]?.string).hasPrefix("1.last."))
    }
}
