import Asking
import Bytes
import Domain
import EventStores
import Plans
import Platform
import PromQLText
import Testing

/// Conversations that silence closes, in the series of a server, of its rules, and of a directory that nobody serves.
@Suite struct SilentSeriesTests {
    private static let start = RollupEvents.start

    private static func open(_ disk: SimulatedFileSystem, _ clock: SimulatedClock) throws -> EventStore {
        let context = StoreContext(
            fileSystem: disk, clock: clock, randomness: SeededRandomness(seed: 1), workers: InlineWorkers())
        return try EventStore.open(at: "/data", context: context)
    }

    private static func time(_ seconds: Int64) -> Int64 { start + seconds * 1_000_000_000 }

    /// Closed conversations from half an hour after the start on, up to a time: `channel value@seconds`.
    private static func closed(_ pinned: PinnedSeries, through seconds: Int64) throws -> [String] {
        let matchers = try SeriesMatchers(selector: Array("support_conversations_closed_total".utf8))
        let request = SeriesRequest(
            matchers, after: time(1_785) / 1_000_000, through: time(seconds) / 1_000_000, samplesMax: 1_000)
        return try pinned.source.series(request).map { series in
            let channel = String(decoding: series.labels["channel"].bytes, as: UTF8.self)
            return channel
                + series.samples.times.indices.map { place in
                    guard case .float(let value) = series.samples[place] else { return " ?" }
                    return " \(Int(value))@\((series.samples.times[place] - start / 1_000_000) / 1_000)"
                }.joined()
        }
    }

    /// The last answers came 10 s and 40 s after the start, and half an hour of silence closes.
    private static let expected: [(seconds: Int64, lines: [String])] = [
        (1_799, []), (1_814, []), (1_815, ["web 0@1800 1@1815"]), (1_829, ["web 0@1800 1@1815"]),
        (1_844, ["web 0@1800 1@1815 1@1830"]),
        (1_846, ["chat 0@1830 1@1845", "web 0@1800 1@1815 1@1830 1@1845"]),
    ]

    /// Whether the log knows of the time or not, whatever was asked before: who asks at one time is told the same.
    @Test func serversRulesAndDirectoriesSeeTheSameSilence() throws {
        let (disk, clock) = (SimulatedFileSystem(seed: 79), SimulatedClock(wallNanoseconds: Self.time(60)))
        var store = try Self.open(disk, clock)
        try store.judge(by: OutcomeSettings(idleAfterNanoseconds: 1_800_000_000_000, rule: .house1))
        var events = RollupEvents()
        for (channel, asked, answered) in [("web", Int64(0), Int64(10)), ("chat", 33, 40)] {
            let fields: [String: EventValue] = [
                "tenant": .text("default"), "conversation_id": .text(channel), "channel": .text(channel),
                "turn": .integer(1),
            ]
            events.add("message.received", id: channel + "/q", time: Self.time(asked), fields)
            events.add(
                "message.sent", id: channel + "/a", time: Self.time(answered),
                fields.merging(["status": .text("ok")]) { $1 })
        }
        _ = try store.append([events.batch])
        let memory = SeriesMemory(limitBytes: 1 << 20)
        for (seconds, lines) in Self.expected {
            clock.advance(nanoseconds: Self.time(seconds) - clock.wallNanoseconds())
            for isNoted in [false, true] {
                if isNoted { try store.tick() }
                let snapshot = store.snapshot()
                let served = snapshot.series(memory: memory, within: QueryOptions())
                let asked = snapshot.series(
                    upTo: snapshot.seriesEnd(asked: Self.time(seconds)), within: QueryOptions())
                #expect(try Self.closed(served, through: seconds) == lines, "noted \(isNoted), \(seconds) s")
                #expect(try Self.closed(asked, through: seconds) == lines, "noted \(isNoted), \(seconds) s")
            }
        }
        for isStarted in [false, true] {
            if isStarted {
                try store.close()
                store = try Self.open(disk, clock)
            }
            // Rules ask about a time that lies behind, once more and once less far.
            for place in [4, 1, 5, 0, 3, 2, 5] {
                let (seconds, lines) = Self.expected[place]
                let pinned = store.snapshot().series(
                    upTo: Self.time(seconds), memory: memory, within: QueryOptions())
                #expect(try Self.closed(pinned, through: seconds) == lines, "started \(isStarted), \(seconds) s")
            }
        }
        try store.close()
    }
}
