import Columnar
import Domain
import EventStores
import Hashing
import Platform
import Segments
import Testing

/// A damaged page stops what needs that page, and nothing else.
@Suite struct DamagedPageTests {
    private static let model = "unheard-of"

    private func turns(_ names: [String], _ turn: Int64) -> IngestBatch {
        var events = SampleEvents()
        for (place, name) in names.enumerated() {
            events.addTurn(name, turn, at: 100 * Double(turn) + 10 * Double(place), model: Self.model)
        }
        return events.batch
    }

    private func open(_ disk: SimulatedFileSystem) throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
    }

    /// A store with one segment, of two conversations with a turn each.
    private func sealed(_ disk: SimulatedFileSystem) throws -> EventStore {
        let store = try open(disk)
        _ = try store.append([turns(["a", "b"], 1)])
        try store.seal()
        return store
    }

    private func segmentPath(_ disk: SimulatedFileSystem) throws -> String {
        let name = try disk.list("/data/segments").map(\.name).first { $0.hasSuffix(".segment") }
        return "/data/segments/" + (try #require(name))
    }

    /// Flips a bit of a column's page, and back when it is called again.
    private func flip(_ column: String, of table: String, _ disk: SimulatedFileSystem) throws {
        let path = try segmentPath(disk)
        let reader = try SegmentReader.open(fileSystem: disk, path: path)
        let index = try #require(reader.columns(table: table).firstIndex { $0.name == column })
        let page = try #require(reader.pagePlaces(table: table, column: index).first { !$0.isEmpty })
        disk.damage(path) { $0[(page.lowerBound + page.upperBound) / 2] ^= 4 }
    }

    /// Gives a column's page a number that nobody knows yet, with the checksum that it has then.
    private func raise(
        _ column: String, of table: String, _ disk: SimulatedFileSystem, _ number: Number = .encoding
    ) throws {
        let path = try segmentPath(disk)
        let reader = try SegmentReader.open(fileSystem: disk, path: path)
        let index = try #require(reader.columns(table: table).firstIndex { $0.name == column })
        let page = try #require(reader.pagePlaces(table: table, column: index).first { !$0.isEmpty })
        let seed = (reader.segmentID &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(page.lowerBound)
        disk.damage(path) { bytes in
            bytes[page.lowerBound + number.rawValue] = 99
            let checksum = xxh3(bytes[(page.lowerBound + 8)..<page.upperBound], seed: seed)
            for place in 0..<8 { bytes[page.lowerBound + place] = UInt8(truncatingIfNeeded: checksum >> (8 * place)) }
        }
    }

    private func readModels(_ store: EventStore) throws -> [[String]] {
        [
            try rows(store, "turns", EventStoreTests.turnColumns),
            try rows(store, "conversations", EventStoreTests.conversationColumns),
        ]
    }

    /// Of the second turn of `a` nothing is seen, of the others everything, and the answer says so.
    private func expectOneSetAside(_ store: EventStore) throws {
        let snapshot = store.snapshot()
        for (table, count) in [("turns", 3), ("conversations", 3)] {
            let (rowCount, notices) = try scan(snapshot, table)
            #expect(rowCount == count, "\(table)")
            #expect(notices.count == 1 && notices[0].hasPrefix("1 conversation is missing"))
        }
        // Who asks the same snapshot for something else misses nothing.
        #expect(try scan(snapshot, "llm_call").notices == [])
        let names = try rows(store, "conversations", ["conversation_id", "turns"])
        #expect(names.count == 3 && names.allSatisfy { $0.hasSuffix("integer(1)") }, "\(names)")
        #expect(throws: CorruptionError.self) { try rows(store, "message_received", ["id"]) }
    }

    private func expectWhole(_ store: EventStore, _ expected: [[String]]) throws {
        #expect(try readModels(store) == expected)
        #expect(try rows(store, "message_received", ["id"]).count == 4)
        #expect(try scan(store.snapshot(), "turns").notices == [])
    }

    /// How many rows a table has, and what it says that it cannot show.
    private func scan(_ snapshot: StoreSnapshot, _ name: String) throws -> (rowCount: Int, notices: [String]) {
        let (statistics, table) = (ScanStatistics(), try #require(snapshot.table(named: name)))
        let morsels = try table.morsels(for: ScanRequest(columns: [0], statistics: statistics))
        return (morsels.reduce(0) { $0 + $1.rowCount }, statistics.notices)
    }

    /// Of a segment whose conversations have other names nothing is read to find those of a seal, though its filter
    /// lets some of many pass.
    @Test func aSealPassesOverGroupsOfOtherNames() throws {
        let disk = SimulatedFileSystem(seed: 51)
        let store = try open(disk)
        for (letter, count) in [("a", 64), ("b", 400)] {
            let names = (0..<count).map { "\(letter)\(1_000 + $0)" }
            #expect(try store.append([turns(names, 1)])[0].accepted == 3 * count)
            try store.seal()
            if letter == "a" { try flip("conversation_id", of: "conversations", disk) }
        }
        #expect(store.status.unfoldedConversations == 0 && store.status.troubles.isEmpty)
        try store.close()
    }

    /// Questions meet the damage before any seal does.
    @Test func aQuestionSetsAsideWhatNoSegmentHoldsYet() throws {
        let (expected, good, disk, store) = try unsealed(seed: 48)
        let path = try segmentPath(disk)
        try expectOneSetAside(store)
        #expect(store.status.unfoldedConversations == 1)
        #expect(store.status.troubles.contains { $0.line.contains("conversation a ") && $0.line.contains(path) })
        #expect(store.troubles == store.status.troubles)
        // What was set aside is tried again, by who asks next.
        try disk.replace(path, with: good)
        try expectWhole(store, expected)
        #expect(store.status.unfoldedConversations == 0 && store.status.troubles.isEmpty)
        try store.close()
    }

    /// A store whose second turns no segment holds and whose segment is damaged; the rows that it had without, and the
    /// bytes of the file.
    private func unsealed(seed: UInt64) throws -> ([[String]], [UInt8], SimulatedFileSystem, EventStore) {
        let whole = SimulatedFileSystem(seed: seed)
        let twin = try sealed(whole)
        _ = try twin.append([turns(["a", "n"], 2)])
        let expected = try readModels(twin)
        try twin.close()
        let disk = SimulatedFileSystem(seed: seed)
        let store = try sealed(disk)
        let good = try disk.contents(of: try segmentPath(disk))
        try flip("id", of: "message_received", disk)
        _ = try store.append([turns(["a", "n"], 2)])
        return (expected, good, disk, store)
    }

    /// A snapshot of before says what it lacks, and nothing of what is the matter now.
    @Test func anOldSnapshotTellsNothingNew() throws {
        let (_, good, disk, store) = try unsealed(seed: 50)
        let old = store.snapshot()
        try disk.replace(try segmentPath(disk), with: good)
        _ = try store.append([turns(["z"], 3)])
        let fresh = store.snapshot()
        #expect(try scan(fresh, "turns").notices == [])
        try flip("id", of: "message_received", disk)
        #expect(try scan(old, "turns").notices.count == 1)
        #expect(store.status.unfoldedConversations == 0 && store.troubles.isEmpty)
        try disk.replace(try segmentPath(disk), with: good)
        try store.close()
    }

    /// The right file under the name of the damaged one: it is read without a new start, and nothing is lost or twice.
    @Test(arguments: [false, true]) func aFileThatIsPutBackIsReadByTheSameProcess(isSealed: Bool) throws {
        let (expected, good, disk, store) = try unsealed(seed: 49)
        let path = try segmentPath(disk)
        try expectOneSetAside(store)
        if isSealed { try store.seal() }
        try expectOneSetAside(store)
        // What is no copy of it is no better than the damaged one.
        for wrong in [[UInt8](), [UInt8](repeating: 0, count: good.count)] {
            try disk.replace(path, with: wrong)
            #expect(throws: CorruptionError.self) { try rows(store, "message_received", ["id"]) }
        }
        try disk.replace(path, with: good)
        try expectWhole(store, expected)
        let results = try store.append([turns(["a", "b"], 1), turns(["z"], 1)])
        #expect(results[0].duplicates == 6 && results[1].accepted == 3)
        try store.seal()
        #expect(store.status.unfoldedConversations == 0 && store.status.troubles.isEmpty)
        let (turns, conversations) = (try readModels(store)[0], try readModels(store)[1])
        #expect(turns.count == expected[0].count + 1 && conversations.count == expected[1].count + 1)
        #expect(Set(turns).isSuperset(of: expected[0]) && Set(conversations).isSuperset(of: expected[1]))
        #expect(try store.verify().findings == [])
        try store.close()
    }

    @Test func aRepeatThatCannotBeReadIsRefusedAloneAndNamed() throws {
        let disk = SimulatedFileSystem(seed: 41)
        let store = try sealed(disk)
        try flip("id", of: "message_received", disk)
        let results = try store.append([turns(["a"], 1), turns(["c"], 1)])
        let path = try segmentPath(disk)
        guard case .unreadable(let place) = results[0].verdicts[0] else {
            Issue.record("\(results[0].verdicts)")
            return
        }
        #expect((place.error as? CorruptionError)?.file == path && "\(place)".contains("offset"))
        #expect(results[0].verdicts.dropFirst() == [.duplicate, .duplicate])
        #expect(results[1].accepted == 3)
        #expect(store.status.refusals.unreadable == 1)
        try flip("id", of: "message_received", disk)
        #expect(try store.append([turns(["a"], 1)])[0].duplicates == 3)
        try store.close()
    }

    /// Where a page has the numbers of its form, behind its checksum.
    enum Number: Int, CaseIterable { case version = 8, encoding, flags }

    /// A page that only a newer version can read is no damage, and is gone around like one.
    @Test(arguments: Number.allCases) func aPageOfANewerFormStopsWhatNeedsItAlone(number: Number) throws {
        let disk = SimulatedFileSystem(seed: 50)
        let store = try sealed(disk)
        try raise("id", of: "message_received", disk, number)
        let path = try segmentPath(disk)
        let error = #expect(throws: NewerFormatError.self) { try rows(store, "message_received", ["id"]) }
        #expect(error?.file == path && error?.expectation.contains("99") == true, "\(error?.expectation ?? "")")
        #expect(try rows(store, "llm_call", ["id"]).count == 2)
        let results = try store.append([turns(["a"], 1), turns(["a", "n"], 2)])
        guard case .unreadable(let place) = results[0].verdicts[0] else {
            Issue.record("\(results[0].verdicts)")
            return
        }
        let reason = "\(place)"
        #expect((place.error as? NewerFormatError)?.file == path)
        #expect(reason.contains(path) && reason.contains("newer") && !reason.contains("damaged"), "\(reason)")
        #expect(results[0].verdicts.dropFirst() == [.duplicate, .duplicate] && results[1].accepted == 6)
        try store.seal()
        #expect(store.status.unsealedEvents == 0 && store.status.unfoldedConversations == 1)
        #expect(store.status.troubles.contains { $0.line.contains("conversation a ") && $0.line.contains(path) })
        let names = try rows(store, "conversations", ["conversation_id", "turns"])
        #expect(names.count == 3 && names.allSatisfy { $0.hasSuffix("integer(1)") }, "\(names)")
        try store.close()
        let again = try open(disk)
        #expect(try again.append([turns(["z"], 1)])[0].accepted == 3)
        let findings = try again.verify().findings
        #expect(findings.contains { $0.contains(path) && $0.contains("newer") }, "\(findings)")
        try again.close()
    }

    @Test func aPriceThatNeedsAPageOfANewerFormIsRefusedAndIngestGoesOn() throws {
        let disk = SimulatedFileSystem(seed: 51)
        let store = try sealed(disk)
        try raise("time", of: "llm_call", disk)
        var prices = SampleEvents()
        prices.addPrice(Self.model, "input", picoPerToken: 37_500, at: 1)
        #expect(throws: NewerFormatError.self) { try store.append([prices.batch]) }
        #expect(try store.append([turns(["c"], 1)])[0].accepted == 3)
        try store.close()
    }

    @Test func aSealGoesOnWithoutTheConversationAndFoldsItOnceItCanBeRead() throws {
        let whole = SimulatedFileSystem(seed: 42)
        let twin = try sealed(whole)
        _ = try twin.append([turns(["a", "n"], 2)])
        let expected = try readModels(twin)
        try twin.close()

        let disk = SimulatedFileSystem(seed: 42)
        var store = try sealed(disk)
        try flip("id", of: "message_received", disk)
        _ = try store.append([turns(["a", "n"], 2)])
        try store.seal()
        func expectIsolation() throws {
            #expect(store.status.segments == 2 && store.status.unsealedEvents == 0)
            #expect(store.status.unfoldedConversations == 1)
            try expectOneSetAside(store)
            #expect(try rows(store, "llm_call", ["id"]).count == 4)
        }
        try expectIsolation()
        let path = try segmentPath(disk)
        #expect(store.status.troubles.contains { $0.line.contains("conversation a ") && $0.line.contains(path) })
        // It is known after a restart, too, and nothing is sealed for its sake alone.
        try store.close()
        store = try open(disk)
        try expectIsolation()
        try store.seal()
        #expect(store.status.segments == 2)
        try flip("id", of: "message_received", disk)
        let again = try readModels(store)
        #expect(again == expected)
        _ = try store.append([turns(["z"], 1)])
        try store.seal()
        #expect(store.status.unfoldedConversations == 0 && store.status.troubles.isEmpty)
        let (findings, turnCount) = (try store.verify().findings, try readModels(store)[0].count)
        #expect(findings == [])
        #expect(turnCount == expected[0].count + 1)
        try store.close()
    }

    /// A page that very many need: each is set aside, and the seal ends all the same.
    @Test func damageThatConcernsAllConversationsStopsNoSeal() throws {
        let disk = SimulatedFileSystem(seed: 43)
        let store = try open(disk)
        let names = (0..<700).map { "c\($0)" }
        _ = try store.append([turns(names, 1)])
        try store.seal()
        try flip("conversation_id", of: "conversations", disk)
        // One of them has no sealed row yet: it may be set aside among the others, and is not forgotten.
        _ = try store.append([turns(names + ["new"], 2)])
        try store.seal()
        #expect(store.status.unsealedEvents == 0 && store.status.unfoldedConversations >= 700)
        #expect(store.status.troubles.count < 20)
        try flip("conversation_id", of: "conversations", disk)
        _ = try store.append([turns(["z"], 1)])
        try store.seal()
        #expect(store.status.unfoldedConversations == 0)
        #expect(try store.verify().findings == [])
        let turnCount = try readModels(store)[0].count
        #expect(turnCount == 1_402)
        try store.close()
    }

    /// An export of some times reads the rows that lie in them, not all of a segment.
    @Test func anExportOfOtherTimesDoesNotNeedThePage() throws {
        let disk = SimulatedFileSystem(seed: 52)
        let store = try sealed(disk)
        func exported(seconds: Int64) throws -> Int {
            // Of `a` the question, a second later the call, then the answer.
            let first = SampleEvents.start + 100_000_000_000
            var export = try store.exportReader(in: first..<(first + seconds * 1_000_000_000))
            var count = 0
            while let page = try export.next() { count += page.events.count }
            return count
        }
        try flip("id", of: "llm_call", disk)
        #expect(try exported(seconds: 1) == 1)
        #expect(throws: CorruptionError.self) { try exported(seconds: 2) }
        try flip("id", of: "llm_call", disk)
        #expect(try exported(seconds: 2) == 3)
        try store.close()
    }

    @Test func aPriceThatNeedsThePageIsRefusedAndIngestGoesOn() throws {
        let disk = SimulatedFileSystem(seed: 44)
        let store = try sealed(disk)
        try flip("time", of: "llm_call", disk)
        var prices = SampleEvents()
        prices.addPrice(Self.model, "input", picoPerToken: 37_500, at: 1)
        let position = store.status.position
        #expect(throws: CorruptionError.self) { try store.append([prices.batch]) }
        #expect(store.status.position == position)
        #expect(try store.append([turns(["c"], 1)])[0].accepted == 3)
        disk.crash()
        let again = try open(disk)
        #expect(again.status.position == position + 3)
        try flip("time", of: "llm_call", disk)
        #expect(try again.append([prices.batch])[0].accepted == 1)
        try again.close()
    }

    /// A price that is in the log is taken up by the start as far as calls can be read.
    @Test func aStartGoesOnWithoutThePage() throws {
        let disk = SimulatedFileSystem(seed: 45)
        let store = try sealed(disk)
        var prices = SampleEvents()
        prices.addPrice(Self.model, "input", picoPerToken: 37_500, at: 1)
        #expect(try store.append([prices.batch])[0].accepted == 1)
        try flip("time", of: "llm_call", disk)
        disk.crash(.process)
        let again = try open(disk)
        let path = try segmentPath(disk)
        #expect(again.status.troubles.contains { $0.line.contains(path) })
        #expect(try again.append([turns(["c"], 1)])[0].accepted == 3)
        try again.close()
    }

    /// The same of a correction.
    @Test func aStartWithACorrectionGoesOnWithoutThePage() throws {
        let disk = SimulatedFileSystem(seed: 47)
        let store = try sealed(disk)
        for (seconds, pico) in [(1.0, Int64(37_500)), (2.0, 50_000)] {
            var prices = SampleEvents()
            for tokenClass in ["input", "output"] {
                prices.addPrice(Self.model, tokenClass, picoPerToken: pico, at: seconds)
            }
            #expect(try store.append([prices.batch])[0].accepted == 2)
        }
        try store.seal()
        #expect(try store.rebook(provider: "openai", model: Self.model, times: .min ..< .max).calls == 2)
        let rebooked = store.status.rebookedPicoUSD
        #expect(rebooked > 0)
        try flip("time", of: "llm_call", disk)
        disk.crash(.process)
        let again = try open(disk)
        let path = try segmentPath(disk)
        #expect(again.status.troubles.contains { $0.line.contains(path) })
        #expect(again.status.rebookedPicoUSD == rebooked)
        #expect(try again.append([turns(["c"], 1)])[0].accepted == 3)
        try again.close()
    }

    /// Without its filter a segment is looked up event by event, which is slow and right.
    @Test func aDamagedFilterOfIdentitiesIsNoReasonNotToOpen() throws {
        let disk = SimulatedFileSystem(seed: 46)
        try sealed(disk).close()
        let path = try segmentPath(disk)
        let reader = try SegmentReader.open(fileSystem: disk, path: path)
        let place = try #require(reader.identityFilterPlace)
        disk.damage(path) { $0[place.lowerBound + 9] ^= 1 }
        let store = try open(disk)
        #expect(try store.append([turns(["a", "b"], 1)])[0].duplicates == 6)
        #expect(try store.append([turns(["c"], 1)])[0].accepted == 3)
        #expect(try store.verify().findings.contains { $0.contains(path) })
        try store.close()
    }
}
