import EventStores
import Plans
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
                    channel: ["chat", "web"][Int(next(2))])
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
}
