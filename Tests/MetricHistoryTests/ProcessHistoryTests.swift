import Bytes
import Domain
import EventStores
import MetricHistory
import Platform
import Projections
import PromQLText
import Testing

/// What only a process knows has a past, by notes in the log.
@Suite struct ProcessHistoryTests {
    private static func family(_ name: String, _ value: Int, _ labels: [String] = []) throws -> MetricFamily {
        let definition = try #require(MetricCatalogue.metric(named: name))
        return MetricFamily(definition, [MetricSeries(labels: labels, value: .number(Int128(value)))])
    }

    private static func families(position: Int, free: Int, failedSeals: Int) throws -> [MetricFamily] {
        [
            try family("plimsoll_log_position", position), try family("plimsoll_free_bytes", free),
            try family("plimsoll_failed_seals_total", failedSeals),
            // Events tell of it: it is not noted.
            try family("plimsoll_build_info", 1, ["1"]),
        ]
    }

    /// Has a process look at what it knows, at some seconds of the history.
    private static func look(
        _ noter: inout ProcessNoter, _ history: HistoryStore, at seconds: Int64, _ families: [MetricFamily]
    ) throws -> String? {
        let time = HistoryStore.start + seconds * 1_000_000_000
        history.clock.advance(nanoseconds: time - history.clock.wallNanoseconds())
        let data = noter.note(families, at: time)
        if let data { _ = try history.store.append([IngestBatch(notes: [SystemNote(.metricsSampled, data: data)])]) }
        return data
    }

    /// Two processes: the second begins while notes of the first still stand, and goes for longer than they do.
    private static func history() throws -> HistoryStore {
        let history = try HistoryStore(nowSeconds: 0)
        var noter = ProcessNoter()
        func note(_ seconds: Int64, _ position: Int, _ free: Int, _ failedSeals: Int) throws -> String? {
            try look(
                &noter, history, at: seconds, families(position: position, free: free, failedSeals: failedSeals))
        }
        let first = """
            {"time":"2026-08-01T09:00:00Z","values":{"plimsoll_failed_seals_total":[[[],"0"]],\
            "plimsoll_free_bytes":[[[],"100"]],"plimsoll_log_position":[[[],"1"]]},"whole":true}
            """
        #expect(try note(0, 1, 100, 0) == first)
        #expect(try note(15, 1, 90, 0) == nil, "free bytes alone are waited with")
        let counted = """
            {"time":"2026-08-01T09:00:30Z","values":{"plimsoll_failed_seals_total":[[[],"1"]]},"whole":false}
            """
        #expect(try note(30, 2, 80, 1) == counted)
        let busy = """
            {"time":"2026-08-01T09:01:00Z","values":{"plimsoll_free_bytes":[[[],"70"]],\
            "plimsoll_log_position":[[[],"2"]]},"whole":false}
            """
        #expect(try note(60, 2, 70, 1) == busy)
        noter = ProcessNoter()
        _ = try note(120, 2, 60, 0)
        noter = ProcessNoter()
        _ = try note(900, 2, 50, 0)
        return history
    }

    private static func lines(
        _ history: HistoryStore, _ selector: String, reached: Int64 = 940, after: Int64 = -100, through: Int64 = 2000,
        present: [MetricFamily] = []
    ) throws -> [String] {
        let source = StoreSeries(
            catalog: history.store.snapshot(), reached: HistoryStore.start + reached * 1_000_000_000,
            present: present, target: [("job", "p")])
        let matchers = try HistoryStore.matchers(selector)
        let (first, last) = (
            HistoryStore.startMilliseconds + after * 1000, HistoryStore.startMilliseconds + through * 1000
        )
        let found = try HistoryStore.samples(source, selector, after: after, through: through)
        #expect(try source.labelSets(matchers, after: first, through: last) == found.map(\.labels))
        return found.map(HistoryStore.line)
    }

    @Test func notesAreAPast() throws {
        let history = try Self.history()
        #expect(
            try Self.lines(history, "plimsoll_free_bytes", through: 135) == [
                "plimsoll_free_bytes{job=\"p\"} 100.0@0 100.0@15 100.0@30 100.0@45 70.0@60 70.0@75 70.0@90 70.0@105"
                    + " 60.0@120 60.0@135"
            ])
        #expect(
            try Self.lines(history, "plimsoll_failed_seals_total", after: 14, through: 120) == [
                "plimsoll_failed_seals_total{job=\"p\"} 0.0@15 1.0@30 1.0@45 1.0@60 1.0@75 1.0@90 1.0@105 0.0@120"
            ], "a counter begins anew with its process")
        // The last note of a process stands for six minutes.
        #expect(
            try Self.lines(history, "plimsoll_free_bytes", after: 449, through: 915) == [
                "plimsoll_free_bytes{job=\"p\"} 60.0@450 60.0@465 60.0@480 50.0@900 50.0@915"
            ])
        #expect(try Self.lines(history, "plimsoll_free_bytes", after: 480, through: 899).isEmpty)
        try history.store.seal()
        #expect(
            try Self.lines(history, "{__name__=~\"plimsoll_(free|log).*\"}", after: 899) == [
                "plimsoll_free_bytes{job=\"p\"} 50.0@900 50.0@915 50.0@930",
                "plimsoll_log_position{job=\"p\"} 2.0@900 2.0@915 2.0@930",
            ], "sealed ones, too")
    }

    private static func take(_ data: String, into history: HistoryStore, at seconds: Int64) throws {
        let time = HistoryStore.start + seconds * 1_000_000_000
        history.clock.advance(nanoseconds: time - history.clock.wallNanoseconds())
        _ = try history.store.append([IngestBatch(notes: [SystemNote(.metricsSampled, data: data)])])
    }

    @Test func histogramsAreNotedAndReadBack() throws {
        let history = try HistoryStore(nowSeconds: 0)
        let definition = try #require(MetricCatalogue.metric(named: "plimsoll_flush_duration_seconds"))
        var counts = [UInt64](repeating: 0, count: 15)
        (counts[0], counts[14]) = (2, 1)
        let value = MetricValue.histogram(counts: counts, sumNanoseconds: 6_500_000_000)
        var noter = ProcessNoter()
        let data = try Self.look(
            &noter, history, at: 0, [MetricFamily(definition, [MetricSeries(labels: [], value: value)])])
        let noted = """
            {"time":"2026-08-01T09:00:00Z","values":{"plimsoll_flush_duration_seconds":\
            [[[],[[2,0,0,0,0,0,0,0,0,0,0,0,0,0,1],"6500000000"]]]},"whole":true}
            """
        #expect(data == noted)
        #expect(
            try Self.lines(history, "{__name__=~\"plimsoll_flush_duration_seconds_(count|sum)\"}", through: 0) == [
                "plimsoll_flush_duration_seconds_count{job=\"p\"} 3.0@0",
                "plimsoll_flush_duration_seconds_sum{job=\"p\"} 6.5@0",
            ])
        // One bucket is missing.
        let damaged = noted.replacing("09:00:00", with: "09:00:30").replacing("[[2,0,", with: "[[9,")
        try Self.take(damaged, into: history, at: 30)
        #expect(
            try Self.lines(history, "plimsoll_flush_duration_seconds_count", after: 14, through: 15) == [
                "plimsoll_flush_duration_seconds_count{job=\"p\"} 3.0@15"
            ])
        #expect(try Self.lines(history, "plimsoll_flush_duration_seconds_count", after: 29, through: 30).isEmpty)
    }

    @Test func whatIsNoNoteIsPassedOver() throws {
        let history = try HistoryStore(nowSeconds: 0)
        let head = #"{"time":"2026-08-01T09:00:"#
        try Self.take(head + #"00Z","values":{"plimsoll_free_bytes":[[[],"1"]]},"whole":true}"#, into: history, at: 0)
        let damaged = [
            #"15Z","values":{"plimsoll_free_bytes":[[[],"2"]]}}"#, #"15Z","values":[],"whole":false}"#,
            #"15Z","values":{"plimsoll_free_bytes":[[["a"],"2"]]},"whole":false}"#,
            #"15Z","values":{"plimsoll_free_bytes":[[[],2]],"plimsoll_newer":[[[],"2"]]},"whole":false}"#,
            #"xx","values":{"plimsoll_free_bytes":[[[],"2"]]},"whole":false}"#,
        ]
        for data in damaged { try Self.take(head + data, into: history, at: 15) }
        #expect(
            try Self.lines(history, "plimsoll_free_bytes", through: 30) == [
                "plimsoll_free_bytes{job=\"p\"} 1.0@0 1.0@15 1.0@30"
            ])
    }

    /// A note that was taken in more than an hour after its time.
    @Test func aLateNoteCountsNothing() throws {
        for (second, isLate) in [(0, true), (9, false)] {
            let history = try HistoryStore(nowSeconds: 0)
            let data = #"{"time":"2026-08-01T09:00:0\#(second)Z","values":{"plimsoll_free_bytes":[[[],"5"]]},"#
                + #""whole":true}"#
            try Self.take(data, into: history, at: 3605)
            let found = try Self.lines(history, "plimsoll_free_bytes", reached: 4000, through: 30)
            #expect(found == (isLate ? [] : ["plimsoll_free_bytes{job=\"p\"} 5.0@15 5.0@30"]))
        }
    }

    @Test func aNoteAnHourIsWholeAndNoneHasTooMuch() throws {
        var noter = ProcessNoter()
        let families = try Self.families(position: 1, free: 2, failedSeals: 3)
        func note(_ seconds: Int64, _ families: [MetricFamily]) -> String {
            noter.note(families, at: HistoryStore.start + seconds * 1_000_000_000) ?? "none"
        }
        let kinds = [0, 3585, 3600, 3600, 3615].map { note($0, families) }.map { data in
            data == "none" ? data : data.hasSuffix("\"whole\":true}") ? "whole" : "part"
        }
        #expect(kinds == ["whole", "part", "whole", "none", "none"])
        let free = try #require(MetricCatalogue.metric(named: "plimsoll_free_bytes"))
        let many = (0...2000).map { MetricSeries(labels: ["\($0)"], value: .number(1)) }
        noter = ProcessNoter()
        #expect(
            try note(4000, [MetricFamily(free, many), Self.family("plimsoll_failed_seals_total", 0)]) == """
                {"time":"2026-08-01T10:06:40Z","values":{"plimsoll_failed_seals_total":[[[],"0"]]},"whole":true}
                """)
    }

    @Test func thePresentStandsAtTheLastTime() throws {
        let history = try Self.history()
        let present = [try Self.family("plimsoll_free_bytes", 45), try Self.family("plimsoll_queued_batches", 3)]
        #expect(
            try Self.lines(history, "{__name__=~\"plimsoll_(free|queued).*\"}", after: 899, present: present) == [
                "plimsoll_free_bytes{job=\"p\"} 50.0@900 50.0@915 45.0@930",
                "plimsoll_queued_batches{job=\"p\"} 3.0@930",
            ])
        // Who goes back to a time at which notes go on is not told what is now.
        #expect(
            try Self.lines(
                history, "{__name__=~\"plimsoll_(free|queued).*\"}", reached: 60, after: 30, present: present) == [
                    "plimsoll_free_bytes{job=\"p\"} 100.0@45 70.0@60"
                ])
    }

    /// A day of looks at what moves by itself, without events and with one at each look.
    @Test(arguments: [(false, 288, 200_000), (true, 1440, 700_000)])
    func aDayOfNotesIsBounded(isBusy: Bool, notes: Int, bytesMax: Int) throws {
        var noter = ProcessNoter()
        var (count, bytes) = (0, 0)
        for look in 0..<5760 {
            var families = try Self.families(
                position: isBusy ? look : 7, free: (1 << 40) - look * 4096, failedSeals: 0)
            for name in ["plimsoll_resident_bytes", "process_open_fds", "plimsoll_stored_bytes"] {
                families.append(try Self.family(name, (1 << 30) + look))
            }
            let time = HistoryStore.start + Int64(look) * 15_000_000_000
            if let data = noter.note(families, at: time) { (count, bytes) = (count + 1, bytes + data.utf8.count) }
        }
        #expect(count == notes && bytes < bytesMax)
    }
}
