import Dialects
import Domain
import Testing
import WireFormats

/// Usage as some senders alone tell it.
struct ReportedUsageTests {
    private static func told(_ attributes: [String: OTLPValue]) throws -> Derived {
        var span = SettlingTests.call(1, parent: nil, 0, 5, attributes)
        for name in ["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"] where attributes[name] == nil {
            span.attributes[name] = nil
        }
        return try #require(try SettlingTests.settled([[span]]).events("llm.call").first)
    }

    /// A call in several goes is billed for all of them; beside the list stands the last.
    @Test func goesOfACallAreAddedUp() throws {
        let list =
            #"[{"type": "compaction", "input_tokens": 180000, "output_tokens": 3500}, "#
            + #"{"type": "message", "input_tokens": 23000, "output_tokens": 1000}]"#
        let usage = #"{"input_tokens": 23000, "output_tokens": 1000, "iterations": "# + list + "}"
        let event = try Self.told(["usage": .string(usage)])
        #expect(event.integer("input_tokens") == 203_000 && event.integer("output_tokens") == 4500)
        #expect(event.text("other_usage") == nil)
        // Also beside the names that tables have.
        let both = try Self.told([
            "usage": .string(usage), "gen_ai.usage.input_tokens": .integer(23_000),
            "gen_ai.usage.output_tokens": .integer(1000),
        ])
        #expect(both.integer("input_tokens") == 203_000 && both.integer("output_tokens") == 4500)
        let last = try Self.told(["usage": .string(usage), "gen_ai.usage.total_tokens": .integer(24_000)])
        #expect(last.integer("input_tokens") == 203_000 && last.integer("total_tokens") == nil)
    }

    /// A count that nobody reads is a part of what was read, unless it is more.
    @Test func countsBeyondWhatWasReadAreSaid() throws {
        let counts: [String: OTLPValue] = [
            "gen_ai.usage.input_tokens": .integer(1000), "gen_ai.usage.output_tokens": .integer(100),
        ]
        func other(_ name: String, _ count: Int64) throws -> String? {
            try Self.told(counts.merging([name: .integer(count)]) { $1 }).text("other_usage")
        }
        #expect(try other("gen_ai.usage.compaction_tokens", 180_000) == "unread_tokens")
        #expect(try other("gen_ai.usage.compaction_tokens", 1000) == nil)
        for name in [
            "gen_ai.request.max_tokens", "gen_ai.usage.cumulative.input_tokens", "gen_ai.usage.limit_tokens",
            "gen_ai.usage.odd",
            "llm.rate_limit.remaining_tokens", "gen_ai.usage.session.total_tokens",
        ] { #expect(try other(name, 180_000) == nil, "\(name)") }
    }

    @Test(arguments: [
        #"{"prompt_token_count": 1000, "candidates_token_count": 500, "thoughts_token_count": 400}"#,
        #"{"promptTokenCount": 1000, "candidatesTokenCount": 500, "thoughtsTokenCount": 400}"#,
    ])
    func candidatesNeverHoldTheThoughts(_ usage: String) throws {
        let event = try Self.told(["usage_metadata": .string(usage)])
        #expect(event.integer("input_tokens") == 1000 && event.integer("output_tokens") == 900)
        #expect(event.integer("reasoning_tokens") == 400 && event.text("usage_doubt") == nil)
        // Where another name tells both, they are not added again.
        let both = try Self.told(["usage_metadata": .string(usage), "gen_ai.usage.output_tokens": .integer(900)])
        #expect(both.integer("output_tokens") == 900)
        let copied = try Self.told(["usage_metadata": .string(usage), "gen_ai.usage.output_tokens": .integer(500)])
        #expect(copied.integer("output_tokens") == 900)
    }

    @Test func aUserMayBeANumber() throws {
        var spans = [SettlingTests.agent(1, 9), SettlingTests.agent(1, 9)]
        spans[0].attributes["user.id"] = .integer(42)
        spans[1].attributes["metadata"] = .string(#"{"user_id": 42}"#)
        for span in spans {
            let traces = try SettlingTests.settled([[span]])
            #expect(traces.events("agent.run").first?.text("user_id") == traces.token("42"))
        }
    }
}
