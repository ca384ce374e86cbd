import AlertRules
import Bytes
import Columnar
import Domain
import Projections

/// What stands inside files of a store, without the file around it: the parts of a state, and sketches of rollups.
extension FuzzTarget {
    static let states: [FuzzTarget] = [
        FuzzTarget(
            "state-counters", "counters or none; what was read can be written", bytesMax: 131_072, seeds: sampleCounters
        ) { bytes in
            let counters: MetricCounters
            do throws(DecodingError) {
                counters = try MetricCounters(parsing: bytes, registry: .builtIn)
            } catch { return }
            try require(!counters.serialised.isEmpty, "counters are written")
        },
        FuzzTarget(
            "state-rules", "the state of a group of rules, written again the same", seeds: { sampleRuleStates }
        ) { bytes in
            try rewrites(bytes) { bytes throws(DecodingError) in try RuleGroupState(bytes[...]).bytes }
        },
        FuzzTarget(
            "state-schemas", "names that this program continues with their ids, or refuses", bytesMax: 65_536,
            seeds: { [SchemaRegistry.builtIn.serialised] }
        ) { bytes in
            let names: SchemaNames
            let continued: SchemaRegistry
            do throws(SchemaContinuationError) {
                names = try SchemaNames(parsing: bytes)
                continued = try SchemaRegistry.builtIn(continuing: names)
            } catch {
                return try require(!error.expectation.isEmpty, "a refusal in words")
            }
            try require(
                continued.columns.map(\.name).starts(with: names.columns.map(\.name))
                    && continued.types.map(\.name).starts(with: names.types), "what a store has keeps its ids")
        },
        FuzzTarget(
            "sketches", "a histogram and a set of integers, each written again the same", seeds: { sampleSketches }
        ) { bytes in
            try rewrites(bytes) { bytes throws(DecodingError) in
                var (cursor, sink) = (ByteCursor(bytes), ByteSink())
                try ExponentialHistogram(from: &cursor).write(into: &sink)
                return sink.bytes
            }
            try rewrites(bytes) { bytes throws(DecodingError) in
                var (cursor, sink) = (ByteCursor(bytes), ByteSink())
                try DistinctIntegers(from: &cursor, countMax: 4_096).write(into: &sink)
                return sink.bytes
            }
        },
    ]

    private static func sampleCounters() -> [[UInt8]] {
        var counters = MetricCounters(registry: .builtIn)
        let none = counters.serialised
        let time: Int64 = 1_785_770_030_000_000_000
        counters.fold(
            sampleRows(), position: { Int64($0) }, arrival: { _, _ in EventArrival(receivedTime: time) },
            cost: { _ in nil })
        return [none, counters.serialised]
    }

    /// Nothing evaluated, a time alone, and a rule `a` that never was.
    private static let sampleRuleStates: [[UInt8]] = [
        [1, 0, 0, 0], [1, 1, 2, 0, 0], [1, 0, 1, 1, UInt8(ascii: "a"), 0, 0, 0, 0, 0, 0],
    ]

    private static let sampleSketches: [[UInt8]] = {
        var (integers, doubles, distinct) = (
            ExponentialHistogram(), ExponentialHistogram(kind: .doubles), DistinctIntegers()
        )
        for value in [-5, 0, 1, 7, 1_000_000_007] as [Int64] {
            integers.add(value)
            doubles.add(Double(value) / 3)
            distinct.insert(value)
        }
        return [ByteSink.of { integers.write(into: &$0) }, ByteSink.of { doubles.write(into: &$0) }]
            + [ByteSink.of { distinct.write(into: &$0) }]
    }()
}

extension ByteSink {
    /// What somebody writes.
    fileprivate static func of(_ write: (inout ByteSink) -> Void) -> [UInt8] {
        var sink = ByteSink()
        write(&sink)
        return sink.bytes
    }
}
