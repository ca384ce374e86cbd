import Domain
import EventStores
import Platform
import Testing

/// Random questions have the same answers before and after what they are about is archived.
@Suite struct ArchivedAnswersTests {
    private static let day: Int64 = 86_400_000_000_000

    /// Small segments, some of them archived one by one and some several as one, and events that none has.
    @Test(arguments: [1, 2, 3] as [UInt64]) func answersAreThoseOfBefore(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var limits = ArchiveLimits()
        limits.afterNanoseconds = 7 * Self.day
        let asked = try AskedStore(SimulatedFileSystem(seed: seed), archive: limits)
        var id = 0
        func take(_ count: ClosedRange<Int>, _ random: inout SeededGenerator) throws {
            var events = RollupEvents()
            if id == 0 { events.addPrice("small", "input", picoPerToken: 150_000, at: RollupEvents.start) }
            for _ in 0..<Int.random(in: count, using: &random) {
                id += 1
                events.addRandom(id: "\(id)", &random)
            }
            _ = try asked.store.append([events.batch])
        }
        func archive() throws {
            asked.clock.advance(nanoseconds: 120_000_000_000)
            try asked.store.tick()
            while try asked.store.startArchiving() {
                try asked.store.finishJobs()
                asked.clock.advance(nanoseconds: 120_000_000_000)
            }
        }
        for round in 0..<6 {
            try take(1...300, &random)
            try asked.store.seal()
            if round % 2 == 1 { asked.clock.advance(nanoseconds: 4 * Self.day) }
        }
        var price = RollupEvents()
        price.addPrice("small", "output", picoPerToken: 600_000, at: RollupEvents.start)
        _ = try asked.store.append([price.batch])
        try take(1...100, &random)
        let questions = (0..<60).map { _ in RollupTests.RandomQuestion(&random).sql }
        let before = try questions.map { [try asked.ask($0), try asked.ask($0, usesRollups: false)] }
        for rounds in 1...2 {
            try archive()
            #expect(asked.store.status.archivedSegments >= 1 && asked.store.status.segments < 6)
            for (question, answers) in zip(questions, before) {
                #expect(try asked.ask(question) == answers[0], "seed \(seed), round \(rounds): \(question)")
                #expect(
                    try asked.ask(question, usesRollups: false) == answers[1],
                    "seed \(seed), round \(rounds): \(question)")
            }
            asked.clock.advance(nanoseconds: 4 * Self.day)
        }
        #expect(try asked.store.verify().findings == [])
        try asked.store.close()
    }
}
