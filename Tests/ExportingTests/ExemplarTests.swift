import Domain
import Exporting
import Foundation
import Projections
import Testing

@Suite struct ExemplarTests {
    private static let id = "0f5ee02a2e35937b3c6537cfcc16b38d"

    private static func families(_ answers: [TracedAnswer]) -> [MetricFamily] {
        var book = ExemplarReservoir()
        for answer in answers { book.add(answer) }
        return book.added(to: MetricsTextTests.families)
    }

    /// An answer of 0.7 s with its first token after 0.2 s.
    private static var answer: TracedAnswer {
        let row = TurnRows.row(
            "message.sent", "a", at: 1_250,
            [
                "channel": .text("web"), "agent": .text("a"), "trace_id": .text(id),
                "duration_ns": .integer(700_000_000),
                "time_to_first_token_ns": .integer(200_000_000),
            ])
        var answer = TracedAnswers(TurnRows.registry).answer(row.bytes, at: 0)!
        #expect(answer.labels == ["acme", "web", "a"])
        answer.labels = ["default", "web", "a"]
        return answer
    }

    @Test func theBucketOfAnAnswerNamesItsTrace() {
        let text = MetricsText.render(Self.families([Self.answer]), format: .openMetrics)
        let named = text.split(separator: "\n").filter { $0.contains("# {") }
        let labels = "tenant=\"default\",channel=\"web\",agent=\"a\""
        #expect(
            named == [
                "support_answer_duration_seconds_bucket{\(labels),le=\"1.0\"} 3 # {trace_id=\"\(Self.id)\"} 0.7 1785574801.25"
            ])
        #expect(!MetricsText.render(Self.families([Self.answer]), format: .prometheus).contains("# {"))
        #expect("trace_id\(Self.id)".count <= 128)
    }

    @Test func answersOfOtherLabelsOrOfPeopleAreNoExamples() {
        var other = Self.answer
        other.labels = ["default", "web", "b"]
        #expect(!MetricsText.render(Self.families([other]), format: .openMetrics).contains("# {"))
        let human = TurnRows.row("message.sent", "h", at: 0, ["author": .text("human")])
        #expect(TracedAnswers(TurnRows.registry).answer(human.bytes, at: 0) == nil)
        #expect(TracedAnswers(TurnRows.registry).answer(TurnRows.turn[1].bytes, at: 0) == nil)
    }

    @Test func protocolBuffersCarryThemToo() {
        var slow = Self.answer
        slow.durationNanoseconds = 500_000_000_000
        let plain = MetricsProtobuf.render(MetricsTextTests.families)
        let bytes = MetricsProtobuf.render(Self.families([Self.answer, slow]))
        // Exemplar: label (name, value), value, timestamp (seconds, nanoseconds).
        let label: [UInt8] = [0x0A, 8] + Array("trace_id".utf8) + [0x12, 32] + Array(Self.id.utf8)
        let value = [UInt8(0x11)] + (0..<8).map { UInt8(truncatingIfNeeded: (0.7).bitPattern >> (8 * $0)) }
        let seconds: [UInt8] = [0x08, 0x91, 0xEB, 0xB6, 0xD3, 0x06]
        let exemplar: [UInt8] = [0x0A, UInt8(label.count)] + label + value + [0x1A]
        let found = bytes.indices.filter { bytes[$0...].starts(with: exemplar) }
        #expect(found.count == 1)
        #expect(bytes.indices.contains { bytes[$0...].starts(with: seconds) })
        // The bucket without a bound appears where it has an example.
        let infinity = (0..<8).map { UInt8(truncatingIfNeeded: Double.infinity.bitPattern >> (8 * $0)) }
        #expect(bytes.indices.contains { bytes[$0...].starts(with: infinity) })
        #expect(!plain.indices.contains { plain[$0...].starts(with: infinity) })
    }
}
