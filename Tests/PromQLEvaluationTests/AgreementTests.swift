import Bytes
import Platform
import PromQLEvaluation
import PromQLText
import Testing

/// A range says at each of its steps what the question asked once says at that time.
@Suite struct AgreementTests {
    private static let expressions = [
        "m", "rate(m[SPAN])", "increase(m[SPAN])", "delta(m[SPAN])", "irate(m[SPAN])", "idelta(m[SPAN])",
        "deriv(m[SPAN])", "predict_linear(m[SPAN], 60)", "sum_over_time(m[SPAN])", "avg_over_time(m[SPAN])",
        "min_over_time(m[SPAN])", "max_over_time(m[SPAN])", "stddev_over_time(m[SPAN])", "stdvar_over_time(m[SPAN])",
        "count_over_time(m[SPAN])", "quantile_over_time(0.3, m[SPAN])", "last_over_time(m[SPAN])",
        "first_over_time(m[SPAN])", "changes(m[SPAN])", "resets(m[SPAN])", "present_over_time(m[SPAN])",
        "absent_over_time(m{g='1'}[SPAN])", "sum by (g) (m)", "avg without (i) (m)", "topk(2, m)",
        "bottomk by (g) (1, m)", "quantile(0.5, m)", "count_values('v', round(m / 8))",
        "m / on(i) group_left sum by (i) (m)",
        "m - on(g, i) m offset 1m", "m > 10 or m offset 3m", "m unless m > 20", "m and on(i) (m % 3 == 1)",
        "max_over_time(sum by (g) (m)[SPAN:1m])", "avg_over_time(rate(m[2m])[SPAN:30s])", "absent(m > 30)",
        "timestamp(m)", "m * scalar(max(m))", "label_replace(m, 'g', '$1', 'i', '(.*)')", "m @ end() + m",
        "stddev by (g) (m)", "min by (g) (m) ^ 2", "sum_over_time(m[SPAN] offset 2m)", "clamp(m, 3, 9)",
    ]

    private func source(seed: UInt64) -> MemorySeries {
        var random = SeededGenerator(seed: seed)
        var source = MemorySeries()
        for number in 0..<6 {
            var run = SampleRun()
            var time = Int64(random.next(below: 60_000))
            var value = Double(random.next(below: 9))
            for _ in 0..<120 {
                time += Int64(5_000 + random.next(below: 40_000))
                if random.oneIn(25) { time += 400_000 }
                value = random.oneIn(9) ? Double(random.next(below: 3)) : value + Double(random.next(below: 5))
                run.append(time, .float(random.oneIn(30) ? .staleMarker : random.oneIn(60) ? .nan : value))
            }
            let labels = LabelSet([
                ("__name__", "m"), ("g", ByteText("\(number % 2)".utf8)), ("i", ByteText("\(number)".utf8)),
            ])
            source.set(labels, to: run)
        }
        return source
    }

    @Test(arguments: expressions, [("90s", 20_000), ("20m", 30_000)] as [(String, Int64)])
    func rangesAndInstants(_ expression: String, _ span: (length: String, step: Int64)) throws {
        let text = expression.split(separator: "SPAN", omittingEmptySubsequences: false).joined(separator: span.length)
        let asking = Asking(source(seed: 7))
        let (start, end): (Int64, Int64) = (600_000, 1_800_000)
        let times = PromQLQuestion.Times.range(from: start, through: end, step: span.step)
        // `end()` means the question's own.
        let whole = try asking.answer(text, times)
        let once = text.split(separator: "end()", omittingEmptySubsequences: false).joined(separator: "1800")
        guard case .matrix(let series) = whole.value else {
            Issue.record("a range")
            return
        }
        for time in stride(from: start, through: end, by: Int64.Stride(span.step)) {
            guard case .vector(let samples) = try asking.answer(once, .instant(time)).value else { continue }
            var found: [LabelSet: Double] = [:]
            for one in series {
                guard let index = one.samples.times.firstIndex(of: time), case .float(let value) = one.samples[index]
                else { continue }
                found[one.labels] = value
            }
            #expect(found.count == samples.count, "\(text) at \(time)")
            for sample in samples {
                guard case .float(let wanted) = sample.value, let value = found[sample.labels] else {
                    Issue.record("\(text) at \(time): \(sample.labels) is missing")
                    continue
                }
                let isSame = wanted == value || (wanted.isNaN && value.isNaN)
                    || (wanted - value).magnitude <= 1e-9 * max(1, wanted.magnitude)
                #expect(isSame, "\(text) at \(time): \(sample.labels) \(wanted) \(value)")
            }
        }
    }

    @Test(arguments: ["sum(m) + 1", "topk(1, m)", "rate(m[5m])", "sum(m) / (1 + sum(m))"])
    func readsOnce(_ text: String) throws {
        let counting = CountingSource(source(seed: 3))
        let times = PromQLQuestion.Times.range(from: 600_000, through: 1_800_000, step: 10_000)
        _ = try Asking(counting).answer(text, times)
        #expect(counting.requests.count == 1)
        let request = try #require(counting.requests.first)
        let before: Int64 = 300_000
        #expect(request == (600_000 - before)...1_800_000, "no more than the question needs")
    }

    /// What lies in no window of a request changes no answer.
    @Test(arguments: expressions) func windowsAreEnough(_ expression: String) throws {
        let whole = source(seed: 5)
        for span in ["20s", "7m"] {
            let text = expression.replacing("SPAN", with: span)
            for times in [
                PromQLQuestion.Times.instant(1_234_567), .range(from: 600_000, through: 1_800_000, step: 10_000),
                .range(from: 601_000, through: 1_800_000, step: 470_000),
            ] {
                let all = Self.numbers(try Asking(whole).answer(text, times).value)
                let some = Self.numbers(try Asking(SparingSource(source: whole)).answer(text, times).value)
                #expect(all.map(\.place) == some.map(\.place), "\(text)")
                for (one, other) in zip(all, some) {
                    let isSame = one.value == other.value || (one.value.isNaN && other.value.isNaN)
                        || (one.value - other.value).magnitude <= 1e-9 * max(1, one.value.magnitude)
                    #expect(isSame, "\(text) \(one) \(other)")
                }
            }
        }
    }

    /// Where each number stands, and what it is.
    private static func numbers(_ value: PromQLAnswer.Value) -> [(place: String, value: Double)] {
        func number(_ labels: LabelSet, _ time: Int64, _ value: SampleValue) -> (place: String, value: Double) {
            guard case .float(let float) = value else { return ("\(labels) \(time) histogram", 0) }
            return ("\(labels) \(time)", float)
        }
        switch value {
        case .scalar(let time, let value): return [("\(time)", value)]
        case .string(let text): return [("\(text)", 0)]
        case .vector(let samples): return samples.map { number($0.labels, $0.time, $0.value) }
        case .matrix(let series):
            return series.flatMap { one in
                one.samples.times.indices.map { number(one.labels, one.samples.times[$0], one.samples[$0]) }
            }
        }
    }
}
