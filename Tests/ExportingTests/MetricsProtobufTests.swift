import Exporting
import Projections
import Testing

/// Expected bytes are put together here from tags and lengths alone.
@Suite struct MetricsProtobufTests {
    private func varint(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
    }

    private func block(_ field: Int, _ parts: [UInt8]...) -> [UInt8] {
        let body = parts.flatMap { $0 }
        return varint(field << 3 | 2) + varint(body.count) + body
    }

    private func text(_ field: Int, _ text: String) -> [UInt8] { block(field, Array(text.utf8)) }
    private func number(_ field: Int, _ value: Int) -> [UInt8] { varint(field << 3) + varint(value) }

    private func double(_ field: Int, _ value: Double) -> [UInt8] {
        varint(field << 3 | 1) + (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
    }

    private func delimited(_ parts: [UInt8]...) -> [UInt8] {
        let body = parts.flatMap { $0 }
        return varint(body.count) + body
    }

    @Test func countersAndGauges() {
        let families = [
            MetricsTextTests.family("support_cache_lookups_total", [(["acme", "faq", "hit"], .number(3))]),
            MetricsTextTests.family("support_conversations_active", [([], .number(7))]),
            MetricsTextTests.family("support_tool_calls_total", []),
        ]
        let label = { (name: String, value: String) in block(1, text(1, name), text(2, value)) }
        #expect(
            MetricsProtobuf.render(families)
                == delimited(
                    text(1, "support_cache_lookups_total"), text(2, "Looks into the answer cache."), number(3, 0),
                    block(
                        4, label("tenant", "acme"), label("cache", "faq"), label("result", "hit"),
                        block(3, double(1, 3))))
                + delimited(
                    text(1, "support_conversations_active"),
                    text(2, "Conversations with an event in the last 15 minutes."), number(3, 1),
                    block(4, block(2, double(1, 7)))))
    }

    @Test func histogramsHaveClassicAndNativeBuckets() {
        var family = MetricsTextTests.family(
            "plimsoll_flush_duration_seconds",
            [([], .histogram(counts: [2, 1] + Array(repeating: 0, count: 12) + [1], sumNanoseconds: 1_500_000_000))])
        family.series[0].exponential = ExponentialBuckets(
            zeroCount: 1, buckets: [.init(index: -2, count: 4), .init(index: -1, count: 1), .init(index: 3, count: 2)])
        let bounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]
        var histogram = number(1, 4) + double(2, 1.5)
        for (index, bound) in bounds.enumerated() {
            histogram += block(3, number(1, index == 0 ? 2 : 3), double(2, bound))
        }
        histogram += number(5, 6) + double(6, 0) + number(7, 1)
        // Offsets and differences in zig-zag: -2 is 3, 3 is 6, 4 is 8, -3 is 5, 1 is 2.
        histogram +=
            block(12, number(1, 3), number(2, 2)) + block(12, number(1, 6), number(2, 1)) + block(13, [8, 5, 2])
        #expect(
            MetricsProtobuf.render([family])
                == delimited(
                    text(1, "plimsoll_flush_duration_seconds"), text(2, "Duration of log flushes."), number(3, 4),
                    block(4, block(7, histogram))))
    }
}
