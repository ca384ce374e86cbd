import Bytes
import Platform
import PromQLEvaluation
import PromQLText
import Testing

/// Where series are floats alone, ranges and groups are gone through otherwise than where histograms stand among them.
/// Both say the same, to the last bit.
@Suite struct SameBitsTests {
    private static let (start, end, step): (Int64, Int64, Int64) = (600_000, 3_600_000, 60_000)

    /// Counters that begin anew, end, and have samples at the same times or at others.
    /// - Parameter hasHistogram: whether each has a histogram at the end.
    private func source(hasHistogram: Bool) -> MemorySeries {
        var random = SeededGenerator(seed: 11)
        var source = MemorySeries()
        let shared = (0..<240).map { Int64($0) * 15_000 + 15_000 }
        for number in 0..<12 {
            var run = SampleRun()
            var value = Double(random.next(below: 9)) / 7
            // Some begin in the middle, with the same times from there on or with one of their own before.
            let first = number % 3 == 0 ? 0 : random.next(below: 200)
            for (place, time) in shared.enumerated() where place >= first {
                if number % 4 == 3, random.oneIn(3) { continue }
                value = random.oneIn(20) ? Double(random.next(below: 3)) : value + Double(random.next(below: 50)) / 3
                let isOwn = number % 6 == 5 || (number % 6 == 4 && place == first)
                let own = isOwn ? time - Int64(random.next(below: 9_000)) : time
                let isEnd = number % 4 == 1 && random.oneIn(60)
                run.append(own, .float(isEnd ? .staleMarker : random.oneIn(90) ? .nan : value))
            }
            if hasHistogram {
                run = run.between(after: .min, through: Self.end - 1)
                run.append(Self.end, .histogram(NativeHistogram()))
            }
            let name: ByteText = number % 2 == 0 ? "m_total" : "n_total"
            source.set(
                LabelSet([
                    ("__name__", name), ("g", ByteText("\(number % 3)".utf8)), ("i", ByteText("\(number)".utf8)),
                ]), to: run)
        }
        return source
    }

    /// Before the end, by labels and time.
    private func bits(_ source: some SeriesSource, _ text: String) throws -> [String] {
        let times = PromQLQuestion.Times.range(from: Self.start, through: Self.end, step: Self.step)
        guard case .matrix(let series) = try Asking(source).answer(text, times).value else { return [] }
        return series.flatMap { one in
            one.samples.times.indices.compactMap { index -> String? in
                guard one.samples.times[index] < Self.end, case .float(let float) = one.samples[index]
                else { return nil }
                // Which of those that are no number it is says nothing.
                let bits = float.isNaN ? "NaN" : "\(float.bitPattern)"
                return "\(one.labels) \(one.samples.times[index]) \(bits)"
            }
        }
    }

    @Test(arguments: [
        "rate(m_total[5m])", "increase(m_total[61s])", "delta(n_total[7m])", "rate({__name__=~'.*_total'}[3m])",
        "rate(n_total[2m] offset 3m)", "increase(m_total[30m])",
    ])
    func rates(_ text: String) throws {
        let (one, other) = (try bits(source(hasHistogram: false), text), try bits(source(hasHistogram: true), text))
        #expect(one == other && one.count > 100, "\(text)")
    }

    @Test(arguments: ["sum", "avg", "count", "min", "max", "group", "stddev", "stdvar"])
    func groups(_ operation: String) throws {
        for text in [
            "OF by (g) (rate(m_total[5m]))", "OF(increase(n_total[10m]))", "OF without (i) (delta(m_total[4m]))",
            "OF by (__name__, g) (max_over_time({__name__=~'.*_total'}[3m]))",
            "OF by (g) (last_over_time(m_total[2m]))", "OF without (g, i) (last_over_time({i=~'.+'}[2m]))",
            "OF by (g) (increase(m_total[5m] offset 2m)) + 1",
        ] {
            let whole = text.replacing("OF", with: operation)
            let (one, other) = (
                try bits(source(hasHistogram: false), whole), try bits(source(hasHistogram: true), whole)
            )
            #expect(one == other && one.count > 40, "\(whole)")
        }
    }

    /// Counters that mostly rest: a zero, whatever its sign, changes no sum, and what is no number still does.
    private func resting(hasHistogram: Bool) -> MemorySeries {
        var random = SeededGenerator(seed: 12)
        var source = MemorySeries()
        for number in 0..<9 {
            var run = SampleRun()
            var value = number == 1 ? -0.0 : Double(number) / 7
            for place in 0..<239 {
                if random.oneIn(30) { value += 1 / 3 }
                // Zeros of both signs follow each other; from one infinity to the next nothing is known.
                if number == 2 { value = place % 3 == 0 ? -0.0 : 0 }
                let isBeyond = number == 3 && place > 200 || number == 4 && place == 100
                run.append(Int64(place) * 15_000 + 15_000, .float(isBeyond ? .infinity : value))
            }
            if hasHistogram { run.append(Self.end, .histogram(NativeHistogram())) }
            source.set(
                LabelSet([
                    ("__name__", "m_total"), ("g", ByteText("\(number % 3)".utf8)), ("i", ByteText("\(number)".utf8)),
                ]), to: run)
        }
        return source
    }

    @Test(arguments: [
        "sum by (g) (rate(m_total[2m]))", "sum(increase(m_total[5m]))", "sum by (i) (delta(m_total[3m]))",
        "sum without (i) (rate(m_total[20m] offset 1m))",
    ])
    func sumsOfWhatRests(_ text: String) throws {
        let (one, other) = (try bits(resting(hasHistogram: false), text), try bits(resting(hasHistogram: true), text))
        #expect(one == other && one.count >= 50, "\(text)")
    }

    /// Counters that begin and end somewhere, the last ones with less than they had.
    /// - Parameter isStale: whether some say that they end.
    private func ending(isStale: Bool) -> MemorySeries {
        var random = SeededGenerator(seed: 13)
        var source = MemorySeries()
        for number in 0..<9 {
            let (first, last) = (number % 3 == 0 ? 0 : random.next(below: 150), 239 - random.next(below: 60))
            var (run, value) = (SampleRun(), Double(random.next(below: 3)))
            for place in first...last {
                if random.oneIn(8) { value += Double(random.next(below: 40)) / 3 }
                let isEnd = isStale && number < 6
                let shown = place < last || number < 4 ? value : isEnd ? .staleMarker : value / 2
                run.append(Int64(place) * 15_000 + 15_000, .float(shown))
            }
            source.set(
                LabelSet([
                    ("__name__", "m_total"), ("g", ByteText("\(number % 2)".utf8)), ("i", ByteText("\(number)".utf8)),
                ]), to: run)
        }
        return source
    }

    /// A source that leaves out what no window begins or ends with is asked for less, and the answer is the same: also
    /// where the last sample says that the series ended, or that its counter began anew.
    @Test(arguments: [
        "rate(m_total[5m])", "sum by (g) (rate(m_total[5m]))", "sum(increase(m_total[61s]))", "delta(m_total[7m])",
        "avg by (g) (increase(m_total[30m]))", "sum by (i) (increase(m_total[2m] offset 1m))",
    ])
    func ends(_ text: String) throws {
        let source = ending(isStale: true)
        let (one, other) = (try bits(source, text), try bits(EndsSource(source: source), text))
        #expect(one == other && one.count > 30, "\(text)")
    }

    /// A source that knows where its counters change is asked for no samples, and sums of rates are the same.
    @Test(arguments: [
        "sum(rate(m_total[1m]))", "sum by (g) (rate(m_total[5m]))", "sum(increase(m_total[61s]))",
        "sum without (i) (delta(m_total[7m]))", "sum by (g) (increase(m_total[30m]))",
        "sum by (i) (increase(m_total[2m] offset 1m))", "sum by (g) (rate((m_total[45s])))",
    ])
    func changes(_ text: String) throws {
        let source = ending(isStale: false)
        let known = ChangesSource(source: EndsSource(source: source))
        let (one, other) = (try bits(source, text), try bits(known, text))
        #expect(one == other && one.count > 30, "\(text)")
    }

    /// Series that are one without their names meet in a group as they would elsewhere.
    @Test func collisions() throws {
        let asking = try Asking("a_total{i='1'} 0+1x9", "b_total{i='1'} 0+2x9", "c_total{i='2'} 0+3x9")
        #expect(
            asking.lines("sum(rate({i='1'}[5m]))", at: 6) == ["vector cannot contain metrics with the same labelset"])
        #expect(asking.lines("sum(last_over_time({i='1'}[5m]))", at: 6) == ["{} 18.0"])
        #expect(asking.lines("sum by (i) (increase({i='2'}[5m]))", at: 6) == [#"{i="2"} 15.0"#])
        // Of no series nothing comes, and of a call that stands still the same at all times.
        #expect(asking.lines("sum(rate(d_total[5m]))", at: 6).isEmpty)
        let times = PromQLQuestion.Times.range(from: 300_000, through: 420_000, step: 60_000)
        #expect(asking.lines("sum(increase(c_total[4m] @ 300))", times) == ["{} 12.0@300 12.0@360 12.0@420"])
    }

    /// Buckets come in the order of their labels, not of their ends, and two may end at one place; of one that ends, or
    /// that is raised at a step, nothing is left at the next.
    @Test func buckets() throws {
        let asking = try Asking(
            "h_bucket{le='10'} 6 stale 6 6", "h_bucket{le='+Inf'} 8 8 8 8", "h_bucket{le='1'} 1 1 1 1",
            "h_bucket{le='1.0'} 1 1 1 1", "h_bucket{le='2'} 4 4 1 4")
        let times = PromQLQuestion.Times.range(from: 0, through: 180_000, step: 60_000)
        #expect(
            asking.lines("histogram_quantile(0.5, h_bucket)", times) == ["{} 2.0@0 2.0@60 6.0@120 2.0@180"])
        #expect(
            asking.lines("histogram_quantile(0.75, h_bucket)", times) == ["{} 10.0@0 2.0@60 10.0@120 10.0@180"])
        #expect(
            asking.lines("histogram_fraction(-Inf, 2, h_bucket)", times) == ["{} 0.5@0 0.5@60 0.125@120 0.5@180"])
    }
}
