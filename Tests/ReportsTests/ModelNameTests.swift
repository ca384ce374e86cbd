import Domain
import Reports
import Testing

/// A model may answer under another name than it was asked for by: each report says which of them it goes by.
@Suite struct ModelNameTests {
    private static func sample() throws -> SampleStore {
        var sample = try SampleStore()
        for model in ["big", "big-2026-07-01"] { sample.addPrice(model, "input", picoPerToken: 1_000_000) }
        for (asked, answered) in [("big", "big-2026-07-01"), ("big", "big-2026-07-01"), ("big", "big"), ("big", nil)]
            as [(String, String?)]
        {
            var fields: [String: EventValue] = [
                "provider": .text("maker"), "request_model": .text(asked), "status": .text("ok"),
                "input_tokens": .integer(1_000), "output_tokens": .integer(0),
            ]
            fields["response_model"] = answered.map { .text($0) }
            sample.add("llm.call", at: 5, fields)
        }
        return sample
    }

    @Test func bothNamesStandWhereTheyDiffer() throws {
        var sample = try Self.sample()
        let report = try sample.runner().report(.cost, ReportRequest())
        // Money goes by the one that answered, as prices do.
        let models = try #require(report.section("by_model"))
        #expect(report.rendered(.table).contains("\nBy model\n"))
        #expect(models.rows.indices.map { models.value("model", row: $0) } == [.text("big"), .text("big-2026-07-01")])
        #expect(models.rows.indices.map { models.value("calls", row: $0) } == [.count(2), .count(2)])
        let names = try #require(report.section("model_names"))
        #expect(names.rows.count == 1 && names.value("request_model", row: 0) == .text("big"))
        #expect(names.value("model", row: 0) == .text("big-2026-07-01") && names.value("calls", row: 0) == .count(2))
        #expect(report.definitions.contains { $0.term == "model" && $0.meaning.contains("the one that answered") })
    }

    @Test func nothingIsSaidWhereAllAnsweredThatWereAskedFor() throws {
        var sample = try SampleStore.filled()
        #expect(try sample.runner().report(.cost, ReportRequest()).section("model_names") == nil)
    }

    /// A call that fails knows no other name, and would stand apart from those that went well.
    @Test func serviceLevelsSayThatTheyGoByTheOneThatWasAskedFor() throws {
        var sample = try SampleStore.filled()
        let report = try sample.runner().report(.sla, ReportRequest(by: [.model]))
        #expect(report.rendered(.table).contains("\nBy model asked for\n"))
        #expect(report.definitions.contains { $0.term == "model" && $0.meaning.contains("model_names") })
    }
}
