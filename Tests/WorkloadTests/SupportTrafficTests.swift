import Bytes
import Foundation
import Testing
import Workload

@Suite struct SupportTrafficTests {
    private static let day = Array(SupportTraffic(WorkloadConfiguration(seed: 11)).generate(eventCount: 60_000))

    @Test func theSameSeedGivesTheSameBytes() {
        let configuration = WorkloadConfiguration(seed: 21, lateShare: 0.05, duplicateShare: 0.05, idStyle: .text)
        let first = rendered(SupportTraffic(configuration).generate(eventCount: 4000))
        #expect(first == rendered(SupportTraffic(configuration).generate(eventCount: 4000)))
        var other = configuration
        other.seed = 22
        #expect(first != rendered(SupportTraffic(other).generate(eventCount: 4000)))
    }

    @Test(arguments: [0, 1, 37, 5000, 60_000]) func asManyEventsAsAsked(_ count: Int) {
        #expect(
            SupportTraffic(WorkloadConfiguration()).generate(eventCount: count).reduce(0) { sum, _ in sum + 1 } == count
        )
    }

    @Test func timesAscendAndIdentitiesDiffer() {
        let times = Self.day.map(\.time)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(Set(Self.day.map(\.id)).count == Self.day.count)
    }

    @Test func aGeneratedPeriodFillsItsDays() throws {
        let last = try #require(Self.day.last).time - WorkloadConfiguration.defaultStart
        #expect(last > Nanoseconds.day / 4 * 3 && last < Nanoseconds.day / 2 * 3)
    }

    @Test func fieldsAreThoseOfTheSchemas() throws {
        let schemas = try schemaFields()
        let context = try #require(schemas["_context"])
        for event in Self.day {
            let own = try #require(schemas[event.type], "unknown type \(event.type)")
            let names = event.fields.map(\.name)
            #expect(Set(names).count == names.count, "\(event.type) repeats a field")
            let strangers = Set(names).subtracting(own).subtracting(context)
            #expect(strangers.isEmpty, "\(event.type): \(strangers.sorted())")
        }
    }

    @Test func everyKindOfEventOccurs() {
        let types = Set(Self.day.map(\.type))
        let expected = [
            "conversation.started", "conversation.closed", "conversation.resolved", "conversation.reopened",
            "conversation.classified",
            "message.received", "message.sent", "llm.call", "embedding.call", "usage.reported", "agent.run",
            "agent.handoff",
            "workflow.step", "retrieval.query", "cache.lookup", "memory.accessed", "tool.call", "guardrail.checked",
            "approval.requested",
            "approval.decided", "escalation.raised", "escalation.accepted", "escalation.closed", "ticket.created",
            "ticket.updated",
            "feedback.requested", "feedback.submitted", "quality.scored", "experiment.assigned", "experiment.changed",
            "feature_flag.evaluated", "prompt.published", "knowledge.indexed", "request.completed", "probe.checked",
            "resource.sampled",
            "price.set", "cost.recorded", "budget.set",
        ]
        #expect(expected.filter { !types.contains($0) }.isEmpty)
    }

    @Test func sevenCallsInTenAreLocal() {
        let calls = Self.day.filter { $0.type == "llm.call" }
        let local = calls.filter { $0.text("route") == "local" }
        #expect(abs(Double(local.count) / Double(calls.count) - 0.7) < 0.03)
        #expect(local.allSatisfy { ["vllm", "ollama"].contains($0.text("provider")) })
        #expect(
            calls.contains { $0.text("provider") == "openai" } && calls.contains { $0.text("provider") == "anthropic" })
    }

    @Test func theWebIsTheLargestOfFiveChannels() {
        let started = Self.day.filter { $0.type == "conversation.started" }
        let counts = Dictionary(grouping: started) { $0.text("channel") ?? "" }.mapValues(\.count)
        #expect(counts.count == 5)
        #expect(counts.max { $0.value < $1.value }?.key == "web")
    }

    @Test func theDayHasBusinessHours() {
        let midnight = WorkloadConfiguration.defaultStart + Nanoseconds.day
        let started = Self.day.filter { $0.type == "conversation.started" && $0.time < midnight }
        let hours = Dictionary(grouping: started) { ($0.time - WorkloadConfiguration.defaultStart) / Nanoseconds.hour }
            .mapValues(\.count)
        let night = (0..<5).reduce(0) { $0 + hours[$1, default: 0] }
        let morning = (8..<13).reduce(0) { $0 + hours[$1, default: 0] }
        #expect(morning > 8 * night)
    }

    @Test func tokensOfAPartStayWithinTheirWhole() {
        for event in Self.day where event.type == "llm.call" && event.text("status") == "ok" {
            let (input, output) = (event.integer("input_tokens") ?? -1, event.integer("output_tokens") ?? -1)
            let (read, written) = (event.integer("cache_read_tokens") ?? 0, event.integer("cache_write_tokens") ?? 0)
            #expect(input > 0 && output > 0 && read + written <= input)
            #expect(event.integer("cache_write_1h_tokens") ?? 0 <= written)
            #expect(event.integer("reasoning_tokens") ?? 0 <= output)
        }
    }

    @Test func answersBelongToQuestionsAndStartWithinTheirDuration() {
        var asked: [String: Int64] = [:]
        for event in Self.day {
            let key = "\(event.text("conversation_id") ?? "")/\(event.integer("turn") ?? -1)"
            if event.type == "message.received" { asked[key] = event.time }
            if event.type == "message.sent", event.text("author") == "agent" {
                #expect(event.integer("duration_ns") == event.time - (asked[key] ?? .min / 2))
            }
        }
    }

    @Test func thePeriodCarriesItsPrices() throws {
        let prices = Self.day.filter { $0.type == "price.set" }
        let texts = prices.compactMap { $0.text("usd_per_million_tokens") }
        #expect(texts.contains("0.0375") && texts.contains("0.01875"))
        let changes = prices.filter {
            $0.text("model") == "gpt-4o-mini" && $0.text("token_class") == "input" && $0.text("service_tier") == nil
        }
        #expect(changes.map { $0.time - WorkloadConfiguration.defaultStart } == [0, Nanoseconds.day / 2])
        let late = try #require(prices.first { $0.text("model") == "polaris-1" })
        #expect(late.value(of: "valid_from") == .timestamp(WorkloadConfiguration.defaultStart))
        #expect(
            Self.day.contains {
                $0.type == "llm.call" && $0.text("request_model") == "polaris-1" && $0.time < late.time
            })
        #expect(!prices.contains { $0.text("model") == "mistral-nemo-12b" && $0.text("token_class") == "cache_read" })
        #expect(!prices.contains { ["gpt-4o", "polaris-preview"].contains($0.text("model")) })
    }
}
