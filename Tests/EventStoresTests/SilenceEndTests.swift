import Columnar
import Domain
import EventStores
import Synchronization
import Testing

/// Pieces of `conversations` change with time when silence closes one of their rows, and then alone.
@Suite struct SilenceEndTests {
    /// A sealed piece, and one of what came since.
    private struct Pieces {
        let sealed, fresh: MorselIdentity?
        /// What it took to tell them apart from others.
        let pagesRead: Int
    }

    private static func pieces(_ store: EventStore, silentUntil seconds: Double) throws -> Pieces {
        let time = SampleEvents.start + Int64(seconds * 1e9)
        let table = try #require(store.snapshot().silent(until: time).table(named: "conversations"))
        let request = ScanRequest(columns: [])
        let identities = try table.morsels(for: request).map(\.identity)
        try #require(identities.count == 2 && !identities.contains(nil))
        return Pieces(
            sealed: identities[0], fresh: identities[1],
            pagesRead: request.statistics.pagesRead.load(ordering: .relaxed))
    }

    /// Of the sealed rows one is told to be closed and one is replaced: the ends of their silences close nothing.
    @Test func aPieceChangesWhenSilenceClosesOneOfItsRows() throws {
        let served = try SilenceTests.Served()
        try served.reach(400)
        try served.store.judge(by: OutcomeSettings(idleAfterNanoseconds: 1_800_000_000_000, rule: .house1))
        var (events, more) = (SampleEvents(), SampleEvents())
        // Last answers are 1.5 s after questions: silence closes after 1801.5 s, 1901.5 s, …
        events.addTurn("first", 1, at: 0)
        events.addTurn("moved", 1, at: 20)
        events.addTurn("told", 1, at: 50)
        events.add("conversation.closed", id: "x", at: 55, ["conversation_id": .text("told")])
        events.addTurn("last", 1, at: 100)
        _ = try served.store.append([events.batch])
        try served.store.seal()
        more.addTurn("moved", 2, at: 300)
        _ = try served.store.append([more.batch])

        func at(_ seconds: Double) throws -> Pieces { try Self.pieces(served.store, silentUntil: seconds) }
        let (open, waiting) = (try at(1_000), try at(1_801))
        #expect(waiting.sealed == open.sealed && waiting.pagesRead == 0, "pages tell that nothing is closed yet")
        let closed = try at(1_802)
        #expect(closed.sealed != open.sealed && closed.fresh == open.fresh && closed.pagesRead > 0)
        for seconds in [1_830.0, 1_860, 1_901, 1_802] {
            let same = try at(seconds)
            #expect(same.sealed == closed.sealed && same.fresh == open.fresh, "\(seconds) s")
            #expect(same.pagesRead == 0, "nobody looks again before something is closed: \(seconds) s")
        }
        let all = try at(1_902)
        #expect(all.sealed != closed.sealed && all.sealed != open.sealed && all.fresh == open.fresh)
        let later = try at(2_102)
        #expect(later.sealed == all.sealed && later.fresh != open.fresh && later.pagesRead == 0)
        // Asked about earlier times they are what they were.
        #expect(try at(1_860).sealed == closed.sealed && at(1_000).fresh == open.fresh)
        // What the log knows of time is no matter.
        try served.reach(3_000)
        #expect(try at(1_860).sealed == closed.sealed && at(2_200).fresh == later.fresh)
        try served.store.close()
    }

    /// Who reads several columns has what silence closed found out once, and reads the same: of one row that silence
    /// closed, one that is told to be closed and one that is open.
    @Test func columnsReadTogetherAreThoseReadAlone() throws {
        let served = try SilenceTests.Served()
        try served.store.judge(by: OutcomeSettings(idleAfterNanoseconds: 3_600_000_000_000, rule: .house1))
        var events = SampleEvents()
        events.addTurn("silent", 1, at: 0)
        events.addTurn("told", 1, at: 50)
        events.add("conversation.closed", id: "x", at: 55, ["conversation_id": .text("told")])
        events.addTurn("open", 1, at: 3_000)
        _ = try served.store.append([events.batch])
        try served.store.seal()
        try served.reach(3_700)
        let table = try #require(served.store.snapshot().table(named: "conversations"))

        func read(isTogether: Bool, isAskedAgain: Bool = false) throws -> (columns: [[Scalar]], pagesRead: Int) {
            let request = ScanRequest(columns: [])
            let morsel = try #require(try table.morsels(for: request).first)
            let reading = isTogether ? morsel.reading : morsel
            let columns = try table.columns.indices.map { index in
                let column = try (isAskedAgain ? reading.reading : reading).column(index)
                return (0..<column.count).map { column.scalar(at: $0) }
            }
            return (columns, request.statistics.pagesRead.load(ordering: .relaxed))
        }
        let (alone, together) = (try read(isTogether: false), try read(isTogether: true))
        #expect(together.columns == alone.columns)
        #expect(together.pagesRead < alone.pagesRead, "what silence closed is found out once")
        let again = try read(isTogether: true, isAskedAgain: true)
        #expect(again.pagesRead == together.pagesRead, "who reads for somebody who reads several has it, too")
        let place = try #require(table.columns.firstIndex { $0.name == "closed_time" })
        #expect(together.columns[place].filter { !$0.isNull }.count == 2)
        try served.store.close()
    }
}
