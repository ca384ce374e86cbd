import Domain
import Foundation
import Projections
import Testing

@Suite struct ExponentialBucketsTests {
    @Test func everyDurationLiesWithinTheBoundsOfItsBucket() throws {
        #expect(ExponentialBuckets.index(nanoseconds: 1_000_000_000) == 0)
        #expect(ExponentialBuckets.index(nanoseconds: 1_000_000_001) == 1)
        #expect(ExponentialBuckets.index(nanoseconds: 2_000_000_000) == 8)
        #expect(ExponentialBuckets.index(nanoseconds: 500_000_000) == -8)
        #expect(ExponentialBuckets.index(nanoseconds: 500_000_001) == -7)
        #expect(ExponentialBuckets.index(nanoseconds: 0) == nil && ExponentialBuckets.index(nanoseconds: .min) == nil)
        #expect(ExponentialBuckets.index(nanoseconds: 1) == -239 && ExponentialBuckets.index(nanoseconds: .max) == 265)
        var state: UInt64 = 7
        for round in 0..<2000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let nanoseconds = Int64(state >> UInt64(1 + round % 62)) | 1
            let index = try #require(ExponentialBuckets.index(nanoseconds: nanoseconds))
            let place = log2(Double(nanoseconds) / 1e9) * 8
            #expect(
                Double(index) >= place - 1e-6 && Double(index) - 1 <= place + 1e-6,
                "\(nanoseconds) ns is in bucket \(index)")
        }
    }

    @Test func countersKeepThemBesideTheClassicBuckets() throws {
        var events = FoldEvents()
        for (second, duration) in [0, 0, 1_500_000_000, 1_500_000_000, 90_000_000].enumerated() {
            events.add("llm.call", at: Double(second), MetricCountersTests.call(1, duration: Int64(duration)))
        }
        events.add("llm.call", at: 9, MetricCountersTests.call(1, model: "n", duration: 7))
        var counters = MetricCounters(registry: FoldEvents.registry)
        events.fold(into: &counters, receivedSeconds: 10)
        let parsed = try MetricCounters(parsing: counters.serialised, registry: FoldEvents.registry)
        #expect(parsed.totals.families == counters.totals.families)
        #expect(parsed.serialised == counters.serialised)
        let family = try #require(
            counters.totals.families.first { $0.definition.name == "support_llm_call_duration_seconds" })
        #expect(
            family.series[0].exponential
                == ExponentialBuckets(
                    zeroCount: 2, buckets: [.init(index: -27, count: 1), .init(index: 5, count: 2)]))
        #expect(family.series[1].exponential?.count == 1)
    }
}
