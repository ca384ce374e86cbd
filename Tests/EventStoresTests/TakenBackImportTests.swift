import Domain
import EventStores
import Platform
import Projections
import Testing

/// What a step that fails had counted is counted no longer: not on `/metrics`, and not beside what comes again.
@Suite struct TakenBackImportTests {
    private func batch(_ conversation: String, at seconds: Double) -> IngestBatch {
        var events = SampleEvents()
        for turn in 1...4 {
            events.addTurn(conversation, Int64(turn), at: seconds + Double(turn), status: turn == 2 ? "error" : "ok")
        }
        events.add(
            "message.received", id: conversation + "/waits", at: seconds + 9,
            ["conversation_id": .text(conversation), "turn": .integer(9), "channel": .text("web")])
        return events.batch
    }

    /// A segment that finds no room takes the whole import back; the same import counts once when there is room.
    @Test(arguments: [0, 1, 512, 2_048]) func anImportWithoutRoomCountsNothing(room: Int) throws {
        var families: [[MetricFamily]] = []
        for isRefusedFirst in [true, false] {
            let machine = CounterTests.Machine(seed: 21)
            let store = try machine.open()
            _ = try store.importBulk([batch("first", at: 0)])
            let before = store.snapshot().counters.families
            if isRefusedFirst {
                machine.disk.setQuota(bytes: machine.disk.snapshot().reduce(0) { $0 + $1.bytes.count } + room)
                #expect(throws: StoreError.self) { _ = try store.importBulk([batch("second", at: 20)]) }
                #expect(store.snapshot().counters.families == before)
                machine.disk.setQuota(bytes: .max)
            }
            let result = try store.importBulk([batch("second", at: 20)])[0]
            #expect(result.accepted == 13 && result.duplicates == 0)
            #expect(store.snapshot().counters.families != before)
            // What the questions still wait for was taken back, too: the limit passes for each of them once.
            machine.clock.advance(nanoseconds: 120_000_000_000)
            try store.tick()
            families.append(store.snapshot().counters.families)
            #expect(CounterTests.value(store, "support_questions_total", ["default", "web", "failed"]) == .number(4))
            try store.close()
        }
        #expect(families[0] == families[1])
    }
}
