import Dialects
import Domain
import Testing
import WireFormats

/// Inside or beside: what a told total decides, and what stays open without one.
struct CallUsageTests {
    private static func call(_ counts: [String: Int64], scope: String = "s", id: UInt8 = 1) -> SampleSpan {
        var span = SettlingTests.call(id, parent: nil, 0, 5, scope: scope)
        span.attributes["gen_ai.usage.input_tokens"] = nil
        span.attributes["gen_ai.usage.output_tokens"] = nil
        for (name, count) in counts { span.attributes["gen_ai.usage." + name] = .integer(count) }
        return span
    }

    private static func told(_ counts: [String: Int64]) throws -> Derived {
        try #require(try SettlingTests.settled([[call(counts)]]).events("llm.call").first)
    }

    @Test func aTotalDecides() throws {
        let beside = try Self.told([
            "input_tokens": 3, "output_tokens": 4, "total_tokens": 22_231, "cache_read.input_tokens": 17_024,
            "cache_write.input_tokens": 5_200,
        ])
        #expect(beside.integer("input_tokens") == 22_227 && beside.integer("cache_read_tokens") == 17_024)
        #expect(beside.integer("total_tokens") == 22_231 && beside.text("usage_doubt") == nil)
        // Smaller than its whole, and beside it all the same.
        let small = try Self.told([
            "input_tokens": 1000, "output_tokens": 10, "cache_read.input_tokens": 400, "total_tokens": 1410,
        ])
        #expect(small.integer("input_tokens") == 1400 && small.text("usage_doubt") == nil)
        let inside = try Self.told([
            "input_tokens": 1000, "output_tokens": 10, "cache_read.input_tokens": 400, "total_tokens": 1010,
        ])
        #expect(inside.integer("input_tokens") == 1000)
        let thoughts = try Self.told([
            "input_tokens": 100, "output_tokens": 20, "reasoning_tokens": 48, "total_tokens": 168,
        ])
        #expect(thoughts.integer("output_tokens") == 68 && thoughts.integer("reasoning_tokens") == 48)
        let hours = try Self.told([
            "input_tokens": 10, "output_tokens": 10, "cache_creation.input_tokens": 30,
            "cache_creation.ephemeral_1h_input_tokens": 40,
            "total_tokens": 90,
        ])
        #expect(hours.integer("cache_write_tokens") == 70 && hours.integer("cache_write_1h_tokens") == 40)
        #expect(hours.integer("input_tokens") == 80 && hours.text("usage_doubt") == nil)
    }

    @Test func withoutATotalALargerPartStaysInDoubt() throws {
        let odd = try Self.told([
            "input_tokens": 100, "output_tokens": 20, "cache_read.input_tokens": 500, "reasoning_tokens": 50,
        ])
        #expect(odd.integer("input_tokens") == 600 && odd.integer("cache_read_tokens") == 500)
        #expect(odd.integer("output_tokens") == 70 && odd.text("usage_doubt") == "cache,reasoning")
        let usual = try Self.told(["input_tokens": 100, "output_tokens": 20, "cache_read.input_tokens": 60])
        #expect(usual.integer("input_tokens") == 100 && usual.text("usage_doubt") == nil)
        // Either part beside its whole gives the total.
        let either = try Self.told([
            "input_tokens": 100, "output_tokens": 20, "cache_read.input_tokens": 20, "reasoning_tokens": 20,
            "total_tokens": 140,
        ])
        #expect(either.text("usage_doubt") == "cache,reasoning")
    }

    @Test func whatATotalLacksOrHasAloneIsSaid() throws {
        let only = try Self.told(["total_tokens": 12_000])
        #expect(
            only.integer("total_tokens") == 12_000 && only.integer("input_tokens") == nil
                && only.integer("output_tokens") == nil)
        let half = try Self.told(["input_tokens": 100, "total_tokens": 130])
        #expect(half.integer("output_tokens") == 30)
        let more = try Self.told(["input_tokens": 100, "output_tokens": 20, "total_tokens": 168])
        #expect(more.text("other_usage") == "untold_tokens" && more.integer("output_tokens") == 20)
        let huge = try Self.told([
            "input_tokens": 1_000_000_000, "output_tokens": 1, "cache_read.input_tokens": 1_000_000_000,
            "total_tokens": 1_000_000_000,
            "cache_write.input_tokens": 1_000_000_000,
        ])
        #expect(huge.text("other_usage") == "untold_tokens" && huge.integer("input_tokens") == nil)
    }

    /// A whole that was not told is not made of its part: what is left of the total would be taken for the other side.
    @Test func aPartAloneMakesNoWhole() throws {
        let beside = Self.call(
            ["input_tokens": 3, "output_tokens": 4, "cache_read.input_tokens": 500, "total_tokens": 507], id: 1)
        var traces = SampleTraces()
        try traces.receive(OTLPTraces(trace: 1, [beside]))
        try traces.receive(
            OTLPTraces(trace: 2, [Self.call(["cache_read.input_tokens": 10, "total_tokens": 40], id: 2)]))
        try traces.settle()
        try traces.settle()
        let alone = try #require(traces.events("llm.call").first { $0.integer("total_tokens") == 40 })
        #expect(alone.integer("input_tokens") == nil && alone.integer("output_tokens") == nil)
        #expect(alone.integer("cache_read_tokens") == nil && alone.text("other_usage") == "untold_tokens")
        #expect(alone.text("usage_doubt") == "cache")
        let thought = try Self.told(["input_tokens": 100, "reasoning_tokens": 50])
        #expect(thought.integer("input_tokens") == 100 && thought.integer("output_tokens") == nil)
        #expect(thought.integer("reasoning_tokens") == nil && thought.text("usage_doubt") == "reasoning")
        // Here the total says that there was nothing else.
        let proved = try Self.told(["output_tokens": 5, "cache_read.input_tokens": 10, "total_tokens": 15])
        #expect(
            proved.integer("input_tokens") == 10 && proved.integer("cache_read_tokens") == 10
                && proved.text("usage_doubt") == nil)
    }

    @Test func useBeyondTheClassesIsNamed() throws {
        let told = try Self.told([
            "input_tokens": 15, "output_tokens": 47, "completion_details.audio": 34,
            "server_tool_use.web_search_requests": 2,
        ])
        #expect(told.text("other_usage") == "output_audio,web_search")
        #expect(try Self.told(["input_tokens": 15, "completion_details.audio": 0]).text("other_usage") == nil)
    }

    /// What one call's total proves of its emitter decides that emitter's other calls, whichever comes first.
    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0]]) func emittersAreRemembered(_ order: [Int]) throws {
        let spans = [
            Self.call(
                ["input_tokens": 3, "output_tokens": 4, "cache_read.input_tokens": 500, "total_tokens": 507], id: 1),
            Self.call(["input_tokens": 600, "output_tokens": 4, "cache_read.input_tokens": 500], id: 2),
            Self.call(
                ["input_tokens": 600, "output_tokens": 4, "cache_read.input_tokens": 500], scope: "other", id: 3),
        ]
        var traces = SampleTraces()
        for index in order {
            try traces.receive(OTLPTraces(trace: UInt8(index + 1), [spans[index]]))
            try traces.settle()
        }
        try traces.settle()
        let inputs = traces.events("llm.call").compactMap { $0.integer("input_tokens") }
        #expect(inputs.sorted() == [503, 600, 1100])
        #expect(traces.events("llm.call").allSatisfy { $0.text("usage_doubt") == nil })
    }

    private static func emitter(_ model: String?, tenant: String? = "acme") -> UsageEmitter {
        UsageEmitter(scope: "s", version: "1", provider: "p", model: model, tenant: tenant)
    }

    @Test func ofProofsForBothNothingIsKnown() {
        let emitter = Self.emitter("m")
        var readings = EmitterReadings()
        #expect(
            readings.add(UsageProof(emitter, .cache, .beside)) && !readings.add(UsageProof(emitter, .cache, .beside)))
        #expect(readings.readings(of: emitter) == [.cache: .beside])
        #expect(readings.add(UsageProof(emitter, .cache, .inside)) && readings.readings(of: emitter).isEmpty)
    }

    /// What is proved of one model counts for the others only as long as nothing else is; of another tenant it never
    /// does.
    @Test func proofsHoldForTheirTenantAndTheirModelFirst() {
        var readings = EmitterReadings()
        _ = readings.add(UsageProof(Self.emitter("m"), .cache, .beside))
        #expect(readings.readings(of: Self.emitter("n")) == [.cache: .beside])
        #expect(readings.readings(of: Self.emitter("m", tenant: "beta")).isEmpty)
        _ = readings.add(UsageProof(Self.emitter("n"), .cache, .inside))
        #expect(readings.readings(of: Self.emitter("m")) == [.cache: .beside])
        #expect(readings.readings(of: Self.emitter("n")) == [.cache: .inside])
        #expect(readings.readings(of: Self.emitter("o")).isEmpty)
        // As a version noted it that told neither models nor tenants apart.
        _ = readings.add(UsageProof(Self.emitter(nil, tenant: nil), .reasoning, .beside))
        #expect(readings.readings(of: Self.emitter("o", tenant: "beta")) == [.reasoning: .beside])
    }
}
