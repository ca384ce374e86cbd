import Domain
import EventStores
import Platform
import Projections
import StoreYears
import Testing

/// A share of `make year` with every change, and that each of its checks sees what it is there for.
@Suite struct StoreYearTests {
    /// Small enough for a test, and long enough for events to go, with the longest day of the year in it.
    private static let plan = YearPlan(days: 35, messagesPerDay: 400, retentionDays: 14)

    @Test func aMonthAndAWeekOfTrafficHold() throws {
        let disk = SimulatedFileSystem(seed: 14)
        let outcome = try StoreYear(Self.plan, in: "/data", on: .memory(disk)).run()
        print("\(outcome.table)\n\(outcome.summary)")
        for finding in outcome.findings { Issue.record("\(finding)") }
        #expect(outcome.weeks.map(\.day) == [12, 19, 26, 33, 35])
        let last = try #require(outcome.weeks.last)
        #expect(last.events > 100_000 && last.dropped > 20_000)
        // The four weeks that were over by then; of the first of them all events have gone.
        #expect(outcome.kept.count == 4)

        // Another store knows none of it: whatever was kept or tallied is missed.
        let context = StoreContext(
            fileSystem: SimulatedFileSystem(seed: 15), clock: SimulatedClock(), randomness: SeededRandomness(seed: 15),
            workers: InlineWorkers())
        let other = try EventStore.open(at: "/data", context: context)
        let (figures, workers) = (YearFigures(other.snapshot(), workers: InlineWorkers()), InlineWorkers())
        let missed = try figures.findings(against: outcome.tally)
        #expect(missed.count == 5, "\(missed)")
        let changed = try outcome.kept.findings(in: other.snapshot(), workers: workers)
        #expect(changed.count > 4 * 6, "\(changed)")
        try other.close()
    }

    @Test func countersThatFallAreSeen() throws {
        var watch = CounterWatch()
        let definitions = MetricCatalogue.all
        let counter = try #require(definitions.first { $0.kind == .counter })
        let gauge = try #require(definitions.first { $0.kind == .gauge })
        let histogram = try #require(definitions.first { $0.kind == .histogram })
        func family(_ definition: MetricDefinition, _ label: String, _ value: MetricValue) -> MetricFamily {
            MetricFamily(definition, [MetricSeries(labels: [label], value: value)])
        }
        func look(_ count: Int128, _ buckets: [UInt64], label: String = "a") -> [String] {
            watch.fallen(in: [
                family(counter, label, .number(count)), family(gauge, "a", .number(-count)),
                family(histogram, "a", .histogram(counts: buckets, sumNanoseconds: 7)),
            ])
        }
        #expect(look(3, [1, 2]).isEmpty)
        #expect(look(3, [1, 3]).isEmpty)
        #expect(look(4, [2, 3]).isEmpty)
        #expect(look(3, [2, 3]).count == 1)
        #expect(look(3, [1, 4]).count == 1)
        #expect(look(3, [1, 4], label: "b").count == 1)
    }

    @Test func weeksThatDoNotHoldAreSeen() {
        func weeks(_ count: Int, _ change: (inout YearWeek, Int) -> Void = { _, _ in }) -> [YearWeek] {
            (0..<count).map { number in
                var week = YearWeek(day: 12 + 7 * number)
                (week.dropped, week.oldestDays, week.heldBytes) = (Int64(number) * 100, 14, 200 << 20)
                (week.diskBytes, week.diskBytesMax) = (90, 100)
                change(&week, number)
                return week
            }
        }
        func findings(_ count: Int, _ change: (inout YearWeek, Int) -> Void = { _, _ in }) -> [String] {
            YearJudgement.findings(weeks(count, change), Self.plan)
        }
        #expect(findings(20).isEmpty)
        #expect(findings(20) { week, number in if number == 7 { week.diskBytes = 101 } }.count == 1)
        #expect(findings(20) { week, _ in week.startMilliseconds = 1_000 }.count == 20)
        let oldest = Self.plan.ageDaysMax
        #expect(findings(20) { week, number in week.oldestDays = oldest + (number == 9 ? 1 : 0) }.count == 1)
        #expect(findings(20) { week, _ in week.dropped = 0 }.count == 1)
        // A memory that grows by a hundredth a week does not grow in a test, but in a year.
        #expect(findings(52) { week, number in week.heldBytes = (400 + 4 * number) << 20 }.count == 1)
        #expect(findings(9) { week, number in week.heldBytes = (400 + 4 * number) << 20 }.isEmpty)
    }
}
