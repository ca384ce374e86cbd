import Domain
import WireFormats
import Workload

/// Events on their way in.
enum IngestTrials {
    static let all = [decoded, walked]

    private static let eventCount = 4_000

    private static func made() -> [WorkloadEvent] {
        Array(SupportTraffic(WorkloadConfiguration(seed: 1)).generate(eventCount: eventCount))
    }

    private static func rendered(_ events: [WorkloadEvent]) -> [UInt8] {
        var bytes: [UInt8] = []
        for event in events { event.render(into: &bytes) }
        // Parsers read beyond the end of a text.
        return bytes + [UInt8](repeating: 0x0A, count: 64)
    }

    /// Decoders cannot be copied, so closures share one.
    private final class Decoder {
        private var decoder = EventDecoder(
            registry: .builtIn, tokeniser: UserTokeniser(key: [UInt8](repeating: 7, count: 32)))

        func decode(_ lines: [UInt8]) -> DecodedBatch { decoder.decodeLines(lines.span) }
    }

    private static let decoded = KernelTrial(
        "decode-events", "makes rows of lines of JSON, checked and masked", rows: eventCount
    ) {
        let events = made()
        let (lines, decoder) = (rendered(events), Decoder())
        return Preparation<DecodedBatch>(
            compute: { decoder.decode(lines) },
            digest: { batch in Digest(batch.rejectedCount == 0 ? batch.batch.map(\.time) : []) },
            wanted: Digest(events.map(\.time)))
    }

    private static let walked = KernelTrial("walk-rows", "reads every field of event rows", rows: eventCount) {
        let events = made()
        let rows = Decoder().decode(rendered(events)).batch
        var wanted: Int64 = 0
        for event in events {
            if case .integer(let value)? = event.value(of: "duration_ns") { wanted &+= value }
        }
        let column = SchemaRegistry.builtIn.column(named: "duration_ns")
        return Preparation<Int64>(
            compute: {
                var sum: Int64 = 0
                for row in rows {
                    var cursor = EventRowCursor(row)
                    while cursor.advance(in: row) {
                        if cursor.column == column, case .integer(let value) = cursor.value { sum &+= value }
                    }
                }
                return sum
            },
            digest: { Digest([$0]) }, wanted: Digest([wanted]))
    }
}
