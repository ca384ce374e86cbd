import Bytes
import Domain
import MetricHistory
import Projections
import PromQLText

/// What the series of events should be, by the definitions of the metrics: each event looked at by itself, each sample
/// added up anew.
struct NaiveHistory {
    typealias Samples = [(time: Int64, value: SampleValue)]

    private static let step: Int64 = 15_000_000_000
    let events: [HistoryEvent]
    /// ns since 1970 UTC.
    let reached: Int64
    /// Of all samples (ns).
    let first: Int64
    /// When all of the events came (ns).
    let received: Int64

    /// One thing that counts.
    private struct Counted {
        var time: Int64
        var amount: Int128 = 1
        var isGood = true
    }

    /// By labels.
    var expected: [LabelSet: Samples] {
        var found: [LabelSet: Samples] = [:]
        for definition in MetricCatalogue.all {
            switch definition.source {
            case .corrections, .process: continue
            default: break
            }
            for (labels, counted) in contributions(definition) {
                add(definition, labels, counted, &found)
            }
        }
        addTypes(&found)
        addBackfill(&found)
        addGauges(&found)
        return found
    }

    // MARK: What counts

    private func contributions(_ definition: MetricDefinition) -> [[SeriesLabelPair]: [Counted]] {
        var found: [[SeriesLabelPair]: [Counted]] = [:]
        for event in events where definition.types.contains(event.type) {
            guard definition.conditions.allSatisfy({ holds($0, event) }), let counted = counted(definition, event)
            else { continue }
            found[labels(definition, event), default: []].append(counted)
        }
        return found
    }

    private func holds(_ condition: MetricCondition, _ event: HistoryEvent) -> Bool {
        switch condition {
        case .isPresent(let column): event.fields[column] != nil
        case .isOneOf(let column, let values, let orNull): event.text(column).map(values.contains) ?? orNull
        }
    }

    private func labels(_ definition: MetricDefinition, _ event: HistoryEvent) -> [SeriesLabelPair] {
        definition.labels.compactMap { label in
            let text: String? =
                switch label.source {
                case .column("model"): event.text("response_model") ?? event.text("request_model")
                case .column(let name): event.text(name)
                case .boolean(let name, let yes, let no):
                    event.fields[name].map { $0 == .boolean(true) ? yes : no }
                case .eventType(let words): definition.types.firstIndex(of: event.type).map { words[$0] }
                case .given: nil
                }
            return text.map { SeriesLabelPair(name: label.name, value: $0) }
        }
    }

    private func counted(_ definition: MetricDefinition, _ event: HistoryEvent) -> Counted? {
        switch definition.source {
        case .count: Counted(time: event.time)
        case .sum(let column), .observe(let column):
            event.integer(column).map { Counted(time: event.time, amount: Int128($0)) }
        case .bookedCost: cost(event).map { Counted(time: event.time, amount: $0) }
        case .unpricedCalls: cost(event) == nil ? Counted(time: event.time) : nil
        case .questions: verdict(event)
        case .ratings: isLastRating(event) ? Counted(time: event.time) : nil
        case .corrections, .process: nil
        }
    }

    /// nil where a class with tokens has no price.
    private func cost(_ event: HistoryEvent) -> Int128? {
        let cached = event.integer("cache_read_tokens") ?? 0
        let tokens = [
            ("input", (event.integer("input_tokens") ?? 0) - cached), ("cache_read", cached),
            ("output", event.integer("output_tokens") ?? 0),
        ]
        var sum: Int128 = 0
        for (tokenClass, count) in tokens where count > 0 {
            let price = RandomEvents.prices.first {
                $0.model == event.text("request_model") && $0.tokenClass == tokenClass
            }
            guard let price else { return nil }
            sum += Int128(count) * Int128(price.pico)
        }
        return sum
    }

    /// Of a question of a user.
    private func verdict(_ event: HistoryEvent) -> Counted? {
        guard event.type == "message.received", event.text("author") ?? "user" == "user" else { return nil }
        let limit = event.time + 30_000_000_000
        let answer = events.first {
            $0.type == "message.sent" && $0.text("conversation_id") == event.text("conversation_id")
                && $0.text("turn") == event.text("turn")
        }
        guard let answer else { return limit < reached ? Counted(time: limit + 1, isGood: false) : nil }
        if answer.text("status") != "error", answer.time <= limit { return Counted(time: answer.time) }
        return Counted(time: min(answer.time, limit + 1), isGood: false)
    }

    private func isLastRating(_ event: HistoryEvent) -> Bool {
        !events.contains {
            $0.type == event.type && $0.fields["score"] != nil && $0.time > event.time
                && $0.text("conversation_id") == event.text("conversation_id")
                && $0.text("tenant") == event.text("tenant")
        }
    }

    // MARK: Samples

    private static func point(atOrAfter time: Int64) -> Int64 { (time + step - 1) / step * step }

    private func samples(from start: Int64, _ value: (Int64) -> SampleValue) -> Samples {
        var samples: Samples = []
        var time = max(start, Self.point(atOrAfter: first))
        while time <= reached {
            samples.append((time / 1_000_000, value(time)))
            time += Self.step
        }
        return samples
    }

    private func put(
        _ name: String, _ labels: [SeriesLabelPair], _ samples: Samples, _ found: inout [LabelSet: Samples]
    ) {
        if samples.isEmpty { return }
        let pairs = (labels + [SeriesLabelPair(name: "__name__", value: name)]).map {
            (name: ByteText($0.name.utf8), value: ByteText($0.value.utf8))
        }
        found[LabelSet(pairs)] = samples
    }

    private func add(
        _ definition: MetricDefinition, _ labels: [SeriesLabelPair], _ counted: [Counted],
        _ found: inout [LabelSet: Samples]
    ) {
        let start = Self.point(atOrAfter: counted.map(\.time).min()!) - Self.step
        func put(_ suffix: String, _ more: [SeriesLabelPair] = [], _ value: ([Counted]) -> SampleValue) {
            let samples = samples(from: start) { time in value(counted.filter { $0.time <= time }) }
            self.put(definition.name + suffix, labels + more, samples, &found)
        }
        func number(_ value: Int128, _ units: Double = 1) -> SampleValue { .float(Double(value) / units) }
        func sum(_ counted: [Counted]) -> Int128 { counted.reduce(0) { $0 + $1.amount } }
        let corrected = MetricCatalogue.all.first { $0.source == .corrections(of: definition.name) }!.name
        func putZero(_ more: [SeriesLabelPair] = []) {
            self.put(corrected, labels + more, samples(from: start) { _ in .float(0) }, &found)
        }
        switch definition.source {
        case .observe:
            put("") { .histogram(Self.histogram($0)) }
            put("_sum") { number(sum($0), 1e9) }
            put("_count") { number(Int128($0.count)) }
            let bounds: [(String, Int64)] = [
                ("0.05", 50), ("0.1", 100), ("0.25", 250), ("0.5", 500), ("1.0", 1000), ("2.0", 2000),
                ("3.0", 3000), ("5.0", 5000), ("8.0", 8000), ("13.0", 13_000), ("20.0", 20_000), ("30.0", 30_000),
                ("60.0", 60_000), ("120.0", 120_000), ("+Inf", 1 << 40),
            ]
            for (text, milliseconds) in bounds {
                put("_bucket", [SeriesLabelPair(name: "le", value: text)]) { counted in
                    number(Int128(counted.count { $0.amount <= Int128(milliseconds) * 1_000_000 }))
                }
            }
            return
        case .questions:
            for (result, isGood) in [("good", true), ("failed", false)] {
                let more = [SeriesLabelPair(name: "result", value: result)]
                put("", more) { number(Int128($0.count { $0.isGood == isGood })) }
                putZero(more)
            }
            return
        case .sum: put("") { number(sum($0)) }
        case .bookedCost: put("") { number(sum($0), 1e12) }
        default: put("") { number(Int128($0.count)) }
        }
        putZero()
    }

    private static func histogram(_ counted: [Counted]) -> NativeHistogram {
        var histogram = NativeHistogram()
        histogram.schema = 3
        histogram.count = Double(counted.count)
        histogram.sum = Double(counted.reduce(0 as Int128) { $0 + $1.amount }) / 1e9
        var buckets: [Int] = []
        for one in counted {
            if let index = ExponentialBuckets.index(nanoseconds: Int64(one.amount)) {
                buckets.append(index)
            } else {
                histogram.zeroCount += 1
            }
        }
        for index in buckets.sorted() { histogram.positive.append(index, 1) }
        return histogram
    }

    private func addTypes(_ found: inout [LabelSet: Samples]) {
        for type in Set(events.map(\.type)).sorted() {
            let times = events.filter { $0.type == type }.map(\.time)
            let samples = samples(from: Self.point(atOrAfter: times.min()!) - Self.step) { time in
                .float(Double(times.count { $0 <= time }))
            }
            put("plimsoll_events_accepted_total", [SeriesLabelPair(name: "type", value: type)], samples, &found)
        }
    }

    /// What is more than an hour old when it comes counts then.
    private func addBackfill(_ found: inout [LabelSet: Samples]) {
        let late = events.filter { $0.time < received - 3_600_000_000_000 }
        for type in Set(late.map(\.type)).sorted() {
            let count = late.count { $0.type == type }
            let samples = samples(from: Self.point(atOrAfter: received) - Self.step) { time in
                .float(time < received ? 0 : Double(count))
            }
            put("plimsoll_backfilled_events_total", [SeriesLabelPair(name: "type", value: type)], samples, &found)
        }
    }

    private func addGauges(_ found: inout [LabelSet: Samples]) {
        guard let begin = events.map(\.time).min() else { return }
        let start = Self.point(atOrAfter: begin)
        func count(_ time: Int64, _ name: (HistoryEvent) -> String?) -> SampleValue {
            let recent = events.filter { $0.time <= time && $0.time >= time - 900_000_000_000 }
            return .float(Double(Set(recent.compactMap(name)).count))
        }
        put("up", [SeriesLabelPair(name: "job", value: "plimsoll")], samples(from: start) { _ in .float(1) }, &found)
        put(
            "plimsoll_build_info", [SeriesLabelPair(name: "version", value: Version.text)],
            samples(from: start) { _ in .float(1) }, &found)
        put(
            "support_conversations_active", [],
            samples(from: start) { time in count(time) { $0.text("conversation_id") } }, &found)
        put(
            "support_active_users", [],
            samples(from: start) { time in
                count(time) { event in
                    event.type == "message.received" && event.text("author") ?? "user" == "user"
                        ? event.text("user_id") : nil
                }
            }, &found)
    }
}

/// A label as text.
struct SeriesLabelPair: Hashable {
    let name: String
    let value: String
}
