import Bytes
import Dashboarding
import PromQLText
import Testing

/// Distributions as rows of a heatmap.
@Suite struct HeatBucketTests {
    private static let timing = PanelTiming(from: 0, to: 60_000, points: 4, least: 15_000)

    private static func histogram(
        _ schema: Int, from first: Int, _ counts: [Double], negative: [Double] = [], zero: (Double, Double) = (0, 0)
    ) -> NativeHistogram {
        var histogram = NativeHistogram()
        histogram.schema = schema
        (histogram.zeroCount, histogram.zeroThreshold) = zero
        histogram.positive = HistogramBuckets(from: first, counts)
        histogram.negative = HistogramBuckets(from: first, negative)
        return histogram
    }

    private static func series(_ samples: [(Int64, NativeHistogram)]) -> Series {
        var run = SampleRun()
        for (time, histogram) in samples { run.append(time, .histogram(histogram)) }
        return Series(labels: LabelSet([]), samples: run)
    }

    private static func rows(_ series: [Series]) -> [String] {
        HeatBuckets(series, timing) {}.rows.map { row in
            let counts = row.counts.map { $0.map { "\($0)" } ?? "-" }
            return "\(row.lower)...\(row.upper): " + counts.joined(separator: " ")
        }
    }

    @Test func bucketsAreRowsWithTheirOwnBounds() {
        let found = Self.rows([
            Self.series([
                (0, Self.histogram(0, from: 1, [3, 0, 1])),
                (30_000, Self.histogram(0, from: 1, [2], negative: [5], zero: (7, 0.5))),
            ])
        ])
        #expect(
            found == [
                "-2.0...-1.0: 0.0 - 5.0 - -", "-0.5...0.5: 0.0 - 7.0 - -", "1.0...2.0: 3.0 - 2.0 - -",
                "4.0...8.0: 1.0 - 0.0 - -",
            ])
    }

    /// Series with other factors are brought to the coarser one, and counted together.
    @Test func seriesAreCountedTogether() {
        let found = Self.rows([
            Self.series([(15_000, Self.histogram(1, from: 1, [1, 2, 4]))]),
            Self.series([(15_000, Self.histogram(0, from: 1, [10]))]),
        ])
        #expect(found == ["1.0...2.0: - 13.0 - - -", "2.0...4.0: - 4.0 - - -"])
    }

    @Test func manyBucketsBecomeFewWithoutLoss() {
        let counts = [Double](repeating: 1, count: 500)
        let rows = HeatBuckets([Self.series([(0, Self.histogram(8, from: 1, counts))])], Self.timing) {}.rows
        #expect((20...60).contains(rows.count))
        #expect(rows.reduce(0) { $0 + ($1.counts[0] ?? 0) } == 500)
        #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.upper == $1.lower })
    }

    @Test func listedEndsStayAndAreBounded() {
        var listed = Self.histogram(-53, from: 0, [1, 2, 3])
        listed.customEnds = [0.1, 1]
        #expect(
            Self.rows([Self.series([(0, listed)])]) == [
                "-inf...0.1: 1.0 - - - -", "0.1...1.0: 2.0 - - - -", "1.0...inf: 3.0 - - - -",
            ])
        listed.customEnds = (0..<1_000).map(Double.init)
        listed.positive = HistogramBuckets(from: 0, [Double](repeating: 1, count: 1_001))
        let found = HeatBuckets([Self.series([(0, listed)])], Self.timing) {}
        #expect(found.rows.count == 200 && found.leftOutCount == 801)
        // What it takes is known before it is made, and has an end.
        let few = HeatBuckets.bytesMost([Self.series([(0, Self.histogram(0, from: 1, [1, 2]))])], Self.timing)
        let most = HeatBuckets.bytesMost([Self.series([(0, listed)])], Self.timing)
        #expect(few == 3 * (5 * 24 + 128) && most == 400 * (5 * 24 + 128))
    }
}
