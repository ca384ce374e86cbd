import Bytes
import Domain
import EmbeddedSchemas
import EventLogs
import EventStores
import Foundation
import Platform
import Projections
import Testing

/// A store opens under what its log says of schemas and prices, whatever a newer version brings; what that brings is
/// logged.
@Suite struct ConfigurationTests {
    private let disk = SimulatedFileSystem(seed: 41)

    private func open(_ schemas: SchemaFiles = .builtIn, _ prices: [PriceEntry] = BuiltInPrices.entries) throws
        -> EventStore
    {
        var options = EventStoreTests.options()
        options.schemas = schemas
        options.listPrices = prices
        return try EventStore.open(at: "/data", context: context(disk), options: options)
    }

    /// The files of a later version: more fields in one of the first files, so that ids of a new store are all others.
    private static func later(_ fields: String...) -> SchemaFiles {
        let columns = fields.map { name in
            "\"\(name)\": {\"type\": \"string\", \"description\": \"New.\", "
                + "\"x-column\": {\"type\": \"text\", \"privacy\": \"public\"}},"
        }.joined()
        return SchemaFiles(
            EmbeddedSchemas.events.map { file in
                guard file.name == "agent.handoff.json" else { return file }
                let beginning = "\"properties\": {"
                let parts = String(decoding: file.bytes, as: UTF8.self).components(separatedBy: beginning)
                precondition(parts.count == 2)
                return EmbeddedFile(name: file.name, bytes: Array((parts[0] + beginning + columns + parts[1]).utf8))
            })
    }

    private static func price(_ model: String, _ tokenClass: TokenClass, _ pico: Int64) throws -> PriceEntry {
        try PriceEntry(
            provider: "openai", model: model, tokenClass: tokenClass, serviceTier: nil, picoUSDPerToken: pico,
            picoUSDPerGPUHour: nil,
            validFrom: 0, position: 0, origin: .builtIn)
    }

    private static func list(_ prices: [String: Int64]) throws -> [PriceEntry] {
        // order: a list has none.
        try prices.flatMap { model, pico in [try price(model, .input, pico), try price(model, .output, 2 * pico)] }
    }

    private func turns(_ turns: ClosedRange<Int64>, model: String) -> IngestBatch {
        var events = SampleEvents()
        for turn in turns { events.addTurn(model, turn, at: 3_500 + Double(turn), model: model) }
        return events.batch
    }

    private func answers(_ store: EventStore) throws -> [[String]] {
        [
            try rows(
                store, "events",
                ["position", "id", "type", "conversation_id", "model", "input_tokens", "author", "status"]),
            try rows(store, "turns", EventStoreTests.turnColumns),
            try rows(store, "llm_call", EventStoreTests.callColumns),
            try rows(store, "conversations", EventStoreTests.conversationColumns),
        ]
    }

    private func costs(_ store: EventStore) throws -> [String] {
        try rows(store, "llm_call", ["id", "cost_usd", "price_state"])
    }

    private func changes(_ store: EventStore) throws -> [String] {
        try rows(store, "system_events", ["type", "data"]).filter { $0.contains("config.changed") }
    }

    @Test func aNewFieldShiftsNoColumnOfUnsealedEvents() throws {
        let store = try open()
        _ = try store.append([turns(1...4, model: "gpt-4o")])
        let before = try answers(store)
        disk.crash()
        let (second, third) = (Self.later("aaa_new"), Self.later("aaa_newer", "aaa_new"))
        #expect(
            try third.registry(continuing: SchemaNames()).columns.firstIndex { $0.name == "aaa_newer" } ?? .max < 60)
        let upgraded = try open(second)
        #expect(try answers(upgraded) == before)
        let old = SchemaRegistry.builtIn.columns.map(\.name)
        #expect(Array(upgraded.registry.columns.map(\.name).prefix(old.count)) == old)
        #expect(upgraded.registry.columns.map(\.name).dropFirst(old.count) == ["aaa_new"])
        #expect(try changes(upgraded).count == 1 && changes(upgraded)[0].contains("aaa_new"))
        disk.crash()
        // Twice upgraded, never asked to seal.
        let again = try open(third)
        #expect(try answers(again) == before)
        #expect(again.registry.columns.map(\.name).dropFirst(old.count) == ["aaa_new", "aaa_newer"])
        _ = try again.append([turns(5...5, model: "gpt-4o")])
        let more = try answers(again)
        disk.crash()
        let last = try open(third)
        #expect(try answers(last) == more && changes(last).count == 2)
        #expect(try last.verify().findings.isEmpty)
        try last.close()
        let newer = #expect(throws: NewerFormatError.self) { try open() }
        #expect(newer?.file.hasPrefix("/data/") == true && newer?.expectation.contains("found aaa_new") == true)
    }

    @Test func aNewListBooksWhatComesAndWhatWaited() throws {
        let store = try open(.builtIn, Self.list(["old": 1_000_000, "cut": 3_000_000]))
        _ = try store.append([
            turns(1...1, model: "old"), turns(1...1, model: "cut"), turns(1...1, model: "unheard-of"),
        ])
        let before = try costs(store)
        #expect(before.filter { $0.contains("unheard-of") && $0.contains("unpriced") }.count == 1)
        disk.crash()
        let newer = try Self.list(["old": 1_000_000, "cut": 2_000_000, "unheard-of": 5_000_000])
        var upgraded = try open(.builtIn, newer)
        let after = try costs(upgraded)
        #expect(after.filter { !$0.contains("unheard-of") } == before.filter { !$0.contains("unheard-of") })
        #expect(after.filter { $0.contains("unheard-of") && $0.contains("unpriced") }.isEmpty)
        let change = try changes(upgraded)
        #expect(
            change.count == 1 && change[0].contains("unheard-of") && change[0].contains("cut")
                && !change[0].contains("\"old\""))
        _ = try upgraded.append([turns(2...2, model: "cut"), turns(2...2, model: "unheard-of")])
        let all = try (costs(upgraded), answers(upgraded), upgraded.snapshot().counters.families)
        #expect(all.0.filter { $0.contains("cut/2") } != all.0.filter { $0.contains("cut/1") })
        for _ in 1...2 {
            disk.crash()
            upgraded = try open(.builtIn, newer)
            #expect(try costs(upgraded) == all.0 && answers(upgraded) == all.1 && changes(upgraded) == change)
            #expect(upgraded.snapshot().counters.families == all.2)
            try upgraded.seal()
        }
        #expect(try upgraded.verify().findings.isEmpty)
        try upgraded.close()
    }

    @Test func aCorrectionKeepsThePricesItKnew() throws {
        let store = try open(.builtIn, Self.list(["cut": 3_000_000]))
        _ = try store.append([turns(1...1, model: "cut")])
        var price = SampleEvents()
        price.addPrice("cut", "input", picoPerToken: 7_000_000, at: 1)
        price.addPrice("cut", "output", picoPerToken: 7_000_000, at: 1)
        _ = try store.append([price.batch])
        _ = try store.rebook(provider: "openai", model: "cut", times: .min ..< .max)
        let before = try costs(store)
        try store.close()
        // Nothing came between the correction and the list of the newer version.
        let upgraded = try open(.builtIn, Self.list(["cut": 1_000_000]))
        #expect(try costs(upgraded) == before)
        #expect(try upgraded.rebook(provider: "openai", model: "cut", times: .min ..< .max).calls == 0)
        try upgraded.close()
        let again = try open(.builtIn, Self.list(["cut": 1_000_000]))
        #expect(try costs(again) == before)
        try again.close()
    }

    @Test func theLastOfSeveralListsBehindOneEventHolds() throws {
        let lists = try [3, 5, 4].map { try Self.list(["cut": $0 * 1_000_000]) }
        let store = try open(.builtIn, lists[0])
        _ = try store.append([turns(1...1, model: "cut")])
        try store.close()
        for list in lists.dropFirst() + [lists[2], lists[2]] { try open(.builtIn, list).close() }
        let last = try open(.builtIn, lists[2])
        #expect(try changes(last).count == 2)
        _ = try last.append([turns(2...2, model: "cut")])
        let booked = try costs(last)
        // 1,000 tokens in at 4, 100 out at 8 pico-USD a token, in millions.
        #expect(booked.contains { $0.contains("cut/2") && $0.contains("4800000000") })
        disk.crash()
        // Back to the version before: its prices hold from now on.
        let older = try open(.builtIn, lists[0])
        #expect(try costs(older) == booked && changes(older).count == 3)
        _ = try older.append([turns(3...3, model: "cut")])
        let all = try costs(older)
        #expect(all.contains { $0.contains("cut/3") && $0.contains("3600000000") })
        disk.crash()
        let again = try open(.builtIn, lists[0])
        #expect(try costs(again) == all && again.verify().findings.isEmpty)
        try again.close()
    }

    @Test func aCorrectionBetweenTwoListsKeepsTheOneItKnew() throws {
        let lists = try [3, 4, 5].map { try Self.list(["cut": $0 * 1_000_000]) }
        let store = try open(.builtIn, lists[0])
        _ = try store.append([turns(1...1, model: "cut")])
        try store.close()
        let corrected = try open(.builtIn, lists[1])
        #expect(try corrected.rebook(provider: "openai", model: "cut", times: .min ..< .max).calls == 1)
        let before = try answers(corrected)
        try corrected.close()
        let later = try open(.builtIn, lists[2])
        #expect(try answers(later) == before && later.verify().findings.isEmpty)
        try later.close()
        let again = try open(.builtIn, lists[2])
        #expect(try answers(again) == before && again.verify().findings.isEmpty)
        try again.close()
    }

    @Test func aBoundOfPromptsHoldsFromItsListOn() throws {
        let bounded = Self.bounded(try Self.list(["cut": 3_000_000, "other": 1]), 500)
        let store = try open(.builtIn, Self.list(["cut": 3_000_000]))
        _ = try store.append([turns(1...1, model: "cut")])
        _ = try store.rebook(provider: "openai", model: nil, times: .min ..< .max)
        let before = try costs(store)
        try store.close()
        let later = try open(.builtIn, bounded)
        #expect(try costs(later) == before)
        _ = try later.append([turns(2...2, model: "cut")])
        #expect(try costs(later).contains { $0.contains("cut/2") && $0.contains("partly") })
        try later.close()
    }

    private static func bounded(_ list: [PriceEntry], _ longest: Int64?) -> [PriceEntry] {
        var list = list
        for index in list.indices where list[index].model == "cut" { list[index].inputTokensMax = longest }
        return list
    }

    @Test(arguments: [2_000, nil] as [Int64?])
    func aBoundThatANewerListRaisesOrDropsHoldsForWhatComes(_ newer: Int64?) throws {
        // 1,000 tokens in.
        let list = try Self.list(["cut": 3_000_000])
        let store = try open(.builtIn, Self.bounded(list, 500))
        _ = try store.append([turns(1...1, model: "cut")])
        let before = try costs(store)
        #expect(before.contains { $0.contains("cut/1") && $0.contains("partly") })
        try store.close()
        let later = try open(.builtIn, Self.bounded(list, newer))
        #expect(try costs(later) == before && changes(later).count == 1)
        _ = try later.append([turns(2...2, model: "cut")])
        let both = try costs(later)
        #expect(both.contains { $0.contains("cut/2") && $0.contains("3600000000") && !$0.contains("partly") })
        #expect(both.filter { $0.contains("cut/1") } == before.filter { $0.contains("cut/1") })
        try later.seal()
        disk.crash()
        let again = try open(.builtIn, Self.bounded(list, newer))
        #expect(try costs(again) == both && again.verify().findings.isEmpty)
        // Booked again at what is known now.
        #expect(try again.rebook(provider: "openai", model: "cut", times: .min ..< .max).calls == 1)
        #expect(try !costs(again).contains { $0.contains("partly") })
        try again.close()
    }

    @Test func aManifestThatFellBackBehindTheLogIsDamage() throws {
        let store = try open()
        for turn in 1...2 { _ = try store.importBulk([turns(Int64(turn)...Int64(turn), model: "gpt-4o")]) }
        try store.close()
        let newest = try disk.list("/data/segments").map(\.name).filter { $0.hasPrefix("manifest-") }.sorted()
        let path = "/data/segments/" + newest[newest.count - 1]
        for file in [path, path.replacing("/manifest-", with: "/copy-of-manifest-")] {
            disk.damage(file) { $0[100] ^= 1 }
        }
        let damage = #expect(throws: CorruptionError.self) { try open() }
        #expect(damage?.file == path)
        try disk.remove(path)
        #expect(throws: CorruptionError.self) { try open() }
    }

    @Test func aStoreWithoutAnEventTakesTheNewerListWhole() throws {
        try open(.builtIn, Self.list(["cut": 3_000_000, "gone": 1])).close()
        let store = try open(.builtIn, Self.list(["cut": 1_000_000]))
        #expect(store.snapshot().book.entries.map(\.amount) == [1_000_000, 2_000_000])
        _ = try store.append([turns(1...1, model: "cut")])
        let before = try costs(store)
        disk.crash()
        let again = try open(.builtIn, Self.list(["cut": 1_000_000]))
        #expect(try costs(again) == before && changes(again).isEmpty)
        try again.close()
    }

    /// Neither a kind of record nor a kind of system record.
    @Test(
        arguments: [(LogRecordKind(rawValue: 99), []), (LogRecordKind(rawValue: 16), [99])] as [(LogRecordKind, [UInt8])])
    func aRecordThatNobodyKnowsIsNotPassedOver(kind: LogRecordKind, payload: [UInt8]) throws {
        let store = try open()
        _ = try store.append([turns(1...1, model: "gpt-4o")])
        try store.close()
        let (log, _) = try EventLog.open(
            directory: "/data/log", fileSystem: disk, randomness: SeededRandomness(seed: 1),
            options: EventLogOptions(fileBytes: 64 << 10),
            from: .beginning
        ) { _ in }
        try log.append(kind, position: log.nextPosition, count: 0, receivedTime: 1, payload: payload)
        try log.close(time: 1)
        let newer = #expect(throws: NewerFormatError.self) { try open() }
        #expect(newer?.file.hasPrefix("/data/log, ") == true && newer?.expectation.contains("found 99") == true)
    }
}
