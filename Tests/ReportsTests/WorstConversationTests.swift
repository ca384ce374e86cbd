import Domain
import Reports
import Testing

/// The worst conversations are those that a count of every question finds, also where questions that went well decide
/// among them.
@Suite struct WorstConversationTests {
    private struct Turn {
        var conversation: String
        var answerAfter: Double?
        var isError: Bool

        var isFailed: Bool { isError || (answerAfter ?? 100) > 30 }
    }

    /// As the report shows them.
    private struct Line: Hashable {
        var conversation: String
        var failed: Int
        var questions: Int
        var slowest: Int64?
    }

    private static func worst(of turns: [Turn]) -> [Line] {
        let lines = Set(turns.map(\.conversation)).map { name in
            let own = turns.filter { $0.conversation == name }
            return Line(
                conversation: name, failed: own.count { $0.isFailed }, questions: own.count,
                slowest: own.compactMap { turn in turn.answerAfter.map { Int64($0 * 1e9) } }.max())
        }
        let concerned = lines.filter { $0.failed > 0 || $0.slowest ?? 0 >= 5_000_000_000 }
        return Array(
            concerned.sorted { left, right in
                if left.failed != right.failed { return left.failed > right.failed }
                if left.slowest != right.slowest { return left.slowest ?? -1 > right.slowest ?? -1 }
                return left.conversation < right.conversation
            }.prefix(5))
    }

    private func check(_ turns: [Turn]) throws {
        var sample = try SampleStore(nowSeconds: 86_400)
        for (place, turn) in turns.enumerated() {
            sample.addTurn(
                turn.conversation, Int64(place + 1), at: Double(place * 100), answerAfter: turn.answerAfter,
                status: turn.isError ? "error" : "ok")
        }
        let section = try #require(
            try sample.runner().report(.sla, ReportRequest()).section("worst_conversations"))
        let shown: [[ReportValue?]] = section.rows.indices.map { row in
            ["conversation_id", "failed", "questions", "slowest_answer"].map { section.value($0, row: row) }
        }
        let expected: [[ReportValue?]] = Self.worst(of: turns).map { line in
            [
                .text(line.conversation), .count(Int128(line.failed)), .count(Int128(line.questions)),
                line.slowest.map { ReportValue.seconds($0) } ?? ReportValue.none,
            ]
        }
        #expect(shown == expected)
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func theyAreThoseOfAllQuestions(seed: UInt64) throws {
        var state = seed
        func next(_ count: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % count
        }
        // From most failing to few; answers of whole seconds, so that many are equally slow.
        for often in [3, 12, 60] as [UInt64] {
            try check(
                (0..<120).map { _ in
                    let fails = next(often) == 0
                    return Turn(
                        conversation: "c\(next(30))",
                        answerAfter: fails && next(2) == 0 ? nil : Double(next(often == 12 ? 4 : 7)) + 1,
                        isError: fails && next(3) > 0)
                })
        }
    }

    /// All failed once, as quickly as each other: which of them had another answer that was slower, though not slow,
    /// only their good questions tell.
    @Test func goodQuestionsDecideAmongThoseThatFailedAsOften() throws {
        var turns = (0..<9).map { Turn(conversation: "c\($0)", answerAfter: 1, isError: true) }
        for (place, after) in [2.0, 4, 3, 4.5, 2.5].enumerated() {
            turns.append(Turn(conversation: "c\(8 - place)", answerAfter: after, isError: false))
        }
        turns.append(Turn(conversation: "slow", answerAfter: 6, isError: false))
        try check(turns)
    }

    @Test func nobodyIsAmongThemWhereAllWentWell() throws {
        try check((0..<20).map { Turn(conversation: "c\($0)", answerAfter: 4.5, isError: false) })
    }
}
