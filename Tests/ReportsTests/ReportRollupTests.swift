import Domain
import EventStores
import Plans
import Platform
import Reports
import Testing

/// Reports say the same of rollups and of every event, wherever the events lie and whenever they came.
@Suite struct ReportRollupTests {
    private static let day: Int64 = 86_400_000_000_000

    /// Turns of three days in three parts, each over all of the days, so that later parts bring late events; the last
    /// part is not sealed.
    private static func filled(seed: UInt64) throws -> SampleStore {
        var state = seed
        func next(_ count: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % count
        }
        var sample = try SampleStore(nowSeconds: 3 * 86_400 + 1_234)
        sample.addPrice("big", "input", picoPerToken: 2_500_000)
        sample.addPrice("big", "output", picoPerToken: 10_000_000)
        sample.addPrice("big", "cache_read", picoPerToken: 37_500)
        for part in 0..<3 {
            for turn in 0..<200 {
                let choice = next(12)
                sample.addTurn(
                    "c\(next(60))", Int64(part * 200 + turn + 1), at: Double(next(3 * 86_400)),
                    answerAfter: choice == 0 ? nil : choice == 1 ? 31 : Double(next(90)) / 10 + 0.1,
                    status: choice == 2 ? "error" : "ok", model: next(9) == 0 ? "nobody" : "big",
                    route: ["cloud", "local"][Int(next(2))], channel: ["chat", "web"][Int(next(2))])
            }
            for _ in 0..<20 {
                let type = ["conversation.closed", "escalation.raised", "feedback.submitted"][Int(next(3))]
                var fields: [String: EventValue] = ["conversation_id": .text("c\(next(60))")]
                if type == "feedback.submitted" {
                    (fields["score"], fields["channel"]) = (.integer(Int64(next(5)) + 1), .text("web"))
                } else {
                    fields["reason"] = .text(type == "conversation.closed" ? "completed" : "failure")
                }
                sample.add(type, at: Double(next(3 * 86_400)), fields)
            }
            _ = try sample.runner()
            if part < 2 { try sample.store.seal() }
        }
        return sample
    }

    @Test(arguments: [1, 2] as [UInt64], ReportKind.allCases)
    func figuresAreThoseOfEveryEvent(seed: UInt64, kind: ReportKind) throws {
        var sample = try Self.filled(seed: seed)
        var plain = QueryOptions()
        plain.usesRollups = false
        let start = SampleStore.start - SampleStore.start % Self.day
        let periods: [(from: Int64, to: Int64)?] = [
            // Whole days; parts of hours at both ends; up to now.
            (start, start + 3 * Self.day), (start + Self.day / 3 + 1_234_567_890_123, start + 2 * Self.day + 7), nil,
        ]
        for (from, to) in periods.map({ ($0?.from, $0?.to) }) {
            for by in [[], [.day], [.channel, .hour]] as [[ReportDimension]] {
                let request = ReportRequest(from: from, to: to, by: by)
                let all = try sample.runner().report(kind, request)
                let expected = try sample.runner(within: plain).report(kind, request)
                #expect(all == expected, "\(String(describing: from)) \(by)")
            }
        }
    }

    /// Any window, breakdown, filter and zone; `PLIMSOLL_SEEDS` asks for more.
    @Test(arguments: ReportKind.allCases) func figuresOfAnyRequestAreThoseOfEveryEvent(kind: ReportKind) throws {
        var sample = try Self.filled(seed: 3)
        var plain = QueryOptions()
        plain.usesRollups = false
        var random = SeededGenerator(seed: UInt64(kind.dimensions.count))
        for number in 1...WantedSeeds.requests {
            let request = try Self.anyRequest(kind, &random)
            let all = try sample.runner().report(kind, request)
            let expected = try sample.runner(within: plain).report(kind, request)
            #expect(all == expected, "request \(number): \(request)")
        }
    }

    private static func anyRequest(_ kind: ReportKind, _ random: inout SeededGenerator) throws -> ReportRequest {
        func number(_ range: Range<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
        func pick<Value>(_ options: [Value]) -> Value { options[Int(number(0..<Int64(options.count)))] }
        // On borders of days, hours and minutes, and beside them by a nanosecond, and anywhere.
        let unit = pick([day, day / 24, day / 1_440, 1])
        func edge() -> Int64 {
            let any = SampleStore.start + number(-day..<4 * day)
            return any - any % unit + pick([0, 0, 0, -1, 1])
        }
        let (one, other) = (edge(), edge())
        let ofCalls = kind == .outcomes ? [] : ["route=local", "model=big", "model=nobody"]
        let filters = ["channel=web", "channel=chat", "tenant=acme", "channel=", "team="] + ofCalls
        let by = (0..<number(0..<3)).map { _ in pick(kind.dimensions) }
        let chosen = (0..<pick([0, 0, 1, 1, 2])).map { _ in pick(filters) }
        var request = try ReportRequest(
            kind: kind, from: nil, to: nil, by: [], filters: chosen, rule: pick([nil, "house-1", "intercom-fin"]),
            timeZone: pick([nil, "Europe/Berlin", "Asia/Kolkata"]), now: 0)
        (request.from, request.to) = (min(one, other), max(one, other) + 1)
        request.by = by.enumerated().filter { by.firstIndex(of: $0.element) == $0.offset }.map(\.element)
        return request
    }
}
