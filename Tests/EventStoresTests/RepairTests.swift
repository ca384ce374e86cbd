import Columnar
import Domain
import EventStores
import Platform
import Segments
import Testing

/// What is damaged is written anew where something else knows it, and given up by nobody but who accepts the loss.
@Suite struct RepairTests {
    private let disk = SimulatedFileSystem(seed: 92)

    private func open() throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
    }

    private func turn(_ name: String, _ turn: Int64, at seconds: Double) -> IngestBatch {
        var events = SampleEvents()
        events.addTurn(name, turn, at: seconds)
        return events.batch
    }

    /// Three segments, a conversation in all of them, and a turn that none has.
    private func make() throws {
        let store = try open()
        for number in 1...3 {
            _ = try store.append([
                turn("all", Int64(number), at: Double(number * 1_000)),
                turn("c\(number)", 1, at: Double(number * 1_000)),
            ])
            try store.seal()
        }
        _ = try store.append([turn("tail", 1, at: 3_500)])
        try store.close()
    }

    private func everything() throws -> [[String]] {
        let store = try open()
        let all = [
            try rows(store, "turns", EventStoreTests.turnColumns),
            try rows(store, "conversations", EventStoreTests.conversationColumns),
            try rows(store, "events", ["id", "position"]),
        ]
        #expect(try store.verify().findings == [])
        try store.close()
        return all
    }

    private var files: [String: [UInt8]] { disk.bytesByPath }

    private func names(_ ending: String) throws -> [String] {
        try disk.list("/data/segments").map(\.name).filter { $0.hasSuffix(ending) }.sorted()
            .map { "/data/segments/" + $0 }
    }

    private func plan(from backup: String? = nil, _ givingUp: Set<String> = []) throws -> RepairPlan {
        let before = files
        let plan = try EventStore.repairPlan(at: "/data", context: context(disk), from: backup, givingUp: givingUp)
        #expect(files == before, "a plan changes nothing")
        return plan
    }

    private func text(_ plan: RepairPlan) -> [String] { plan.steps.map { "\($0)" } }

    /// Repairs, and tells the same as the plan.
    @discardableResult
    private func repair(
        from backup: String? = nil, _ givingUp: Set<String> = [], acceptsLoss: Bool = false
    ) throws -> RepairPlan {
        let told = try plan(from: backup, givingUp)
        let done = try EventStore.repair(
            at: "/data", context: context(disk), from: backup, givingUp: givingUp, acceptsLoss: acceptsLoss)
        #expect(text(done) == text(told))
        return done
    }

    private func faults() throws -> [String] { try EventStore.fileFaults(at: "/data", context: context(disk)).lines }

    @Test func nothingIsDoneToAWholeStore() throws {
        try make()
        let before = files
        #expect(try repair(acceptsLoss: true).steps.isEmpty)
        #expect(files.filter { !$0.key.hasSuffix("LOCK") } == before.filter { !$0.key.hasSuffix("LOCK") })
    }

    /// Bytes of files that are kept twice, without a backup.
    @Test func whatIsKeptTwiceIsWrittenFromTheOtherOne() throws {
        try make()
        let before = files
        for path in before.keys.sorted() where path.contains("manifest-") || path.contains("state-") {
            for offset in stride(from: 0, to: before[path]?.count ?? 0, by: 97) {
                disk.damage(path) { $0[offset] ^= 0x41 }
                guard try !faults().isEmpty else {
                    // Of versions before the last nobody reads the state.
                    disk.damage(path) { $0 = before[path] ?? [] }
                    continue
                }
                let done = try repair()
                #expect(done.steps.count == 1 && done.repairsSomething && !done.wantsLoss && !done.keepsDamage)
                #expect(files[path] == before[path], "\(path) at \(offset)")
            }
        }
        #expect(try faults().isEmpty)
    }

    /// Without a backup: checksums of the segment know which bit it was.
    @Test func aBitOfASegmentIsTurnedBack() throws {
        try make()
        let path = try #require(try names(".segment").first)
        let whole = try #require(files[path])
        for offset in stride(from: 0, to: whole.count, by: whole.count / 12) {
            disk.damage(path) { $0[offset] ^= 1 << UInt8(offset % 8) }
            let done = try repair()
            #expect(done.steps.count == 1 && done.repairsSomething && !done.keepsDamage, "\(offset): \(text(done))")
            #expect(files[path] == whole, "\(offset)")
            disk.damage(path) { $0 = whole }
        }
    }

    enum Damage: CaseIterable { case missing, cut, bytes }

    private func damage(_ path: String, _ damage: Damage) throws {
        switch damage {
        case .missing: try disk.remove(path)
        case .cut: disk.damage(path) { $0.removeLast(9) }
        case .bytes: disk.damage(path) { for offset in $0.count - 40..<$0.count - 10 { $0[offset] = 7 } }
        }
    }

    @Test(arguments: Damage.allCases) func aBackupOfBeforeHasTheSegment(kind: Damage) throws {
        try make()
        try disk.copyStore("/data", to: "/backup")
        let before = try everything()
        let path = try names(".segment")[1]
        let whole = files[path]
        try damage(path, kind)
        let plan = try plan()
        #expect(plan.wantsLoss && !plan.repairsSomething)
        // A backup that has another file of the name is none.
        disk.damage("/backup/" + path.dropFirst(6)) { $0[70] ^= 1 }
        #expect(try self.plan(from: "/backup").wantsLoss)
        disk.damage("/backup/" + path.dropFirst(6)) { $0 = whole ?? [] }
        #expect(try repair(from: "/backup").repairsSomething)
        #expect(files[path] == whole)
        #expect(try faults().isEmpty && everything() == before)
    }

    @Test(arguments: Damage.allCases) func aSegmentIsGivenUpByWhoAcceptsIt(kind: Damage) throws {
        try make()
        let path = try names(".segment")[1]
        try damage(path, kind)
        let damaged = files[path]
        // Without that nothing changes, and what is lost is told.
        let told = try repair()
        #expect(told.wantsLoss && told.setAside.isEmpty && files[path] == damaged)
        #expect(text(told)[0].contains("6 events") && text(told)[0].contains("positions 7 to 12"), "\(text(told))")
        let done = try repair(acceptsLoss: true)
        #expect(done.setAside == ["/data/set-aside/1"])
        #expect(files["/data/set-aside/1/" + fileName(of: path)] == damaged)
        try expectLoss()
        #expect(try repair(acceptsLoss: true).steps.isEmpty)
    }

    private func expectLoss() throws {
        #expect(try faults().isEmpty)
        for _ in 0..<2 {
            let all = try everything()
            #expect(all[2].count == 15 && !all[2].contains { $0.contains("c2/1") })
            #expect(all[1].count == 4 && all[0].count == 5)
            let store = try open()
            #expect(try rows(store, "system_events", ["type"]).filter { $0.contains("log.set_aside") }.count == 1)
            #expect(store.snapshot().lossNotice?.contains("a damaged segment was set aside") == true)
            #expect(store.snapshot().lossNotice?.contains("6 events of positions 7 to 12") == true)
            // What was lost is taken again, at new positions.
            #expect(store.position == 21)
            try store.seal()
            try store.close()
        }
        let store = try open()
        #expect(try store.append([turn("c2", 1, at: 2_000)])[0].accepted == 3)
        #expect(try store.verify().findings == [])
        try store.close()
    }

    /// A segment with which the store goes on is given up by its name alone.
    @Test func aPageIsNoReasonToGiveASegmentUp() throws {
        try make()
        let path = try names(".segment")[1]
        let name = fileName(of: path)
        let reader = try SegmentReader.open(fileSystem: disk, path: path)
        let column = try #require(reader.columns(table: "message_received").firstIndex { $0.name == "id" })
        let place = try #require(reader.pagePlaces(table: "message_received", column: column).first { !$0.isEmpty })
        disk.damage(path) { for offset in place { $0[offset] ^= 0x55 } }
        let kept = try repair(acceptsLoss: true)
        #expect(kept.keepsDamage && !kept.wantsLoss && kept.setAside.isEmpty)
        let done = try repair([name], acceptsLoss: true)
        #expect(done.setAside == ["/data/set-aside/1"] && text(done)[0].contains("default"), "\(text(done))")
        try expectLoss()
    }

    @Test func theLogComesFromABackupThatHasAllOfIt() throws {
        try make()
        try disk.copyStore("/data", to: "/backup")
        let before = try everything()
        let log = try #require(files.keys.filter { $0.hasPrefix("/data/log/events-") }.max())
        let whole = try #require(files[log])
        let copy = "/backup/" + log.dropFirst(6)
        let last = try #require(whole.lastIndex { $0 != 0 })
        let store = try open()
        let start = try #require(files[log]?.lastIndex { $0 != 0 })
        _ = try store.append([turn("later", 1, at: 3_600)])
        try store.close()
        disk.damage(log) { $0[start + 200] ^= 1 }
        // It was taken before the last event.
        #expect(try plan(from: "/backup").wantsLoss)
        #expect(last <= start)
        try disk.replace(copy, with: try #require(files[log]))
        disk.damage(copy) { $0[start + 200] ^= 1 }
        let done = try repair(from: "/backup")
        #expect(done.repairsSomething && !done.wantsLoss, "\(text(done))")
        #expect(try faults().isEmpty && everything()[2].count == before[2].count + 3)
    }

    @Test func theKeyComesFromABackupOfThisStoreAlone() throws {
        try make()
        try disk.copyStore("/data", to: "/backup")
        disk.damage("/data/keys/store.key") { $0[3] ^= 1 }
        #expect(try plan().keepsDamage)
        let other = try EventStore.open(at: "/other", context: context(disk, seed: 7))
        try other.close()
        #expect(try plan(from: "/other").keepsDamage)
        #expect(try repair(from: "/backup").repairsSomething)
        #expect(disk.isSecret("/data/keys/store.key"))
        #expect(try faults().isEmpty)
    }

    /// Power goes at each call of a repair that gives a segment up; whoever does it again comes to the same.
    @Test func aRepairMayBeInterruptedAnywhere() throws {
        try make()
        let path = try names(".segment")[1]
        let twin = try #require(try disk.list("/data/segments").map(\.name).filter { $0.hasPrefix("manifest-") }.max())
        for call in stride(from: 1, through: 400, by: 3) {
            let disk = SimulatedFileSystem(seed: UInt64(call))
            for directory in ["keys", "log", "segments"] { try disk.createDirectories("/data/" + directory) }
            for (path, bytes) in self.disk.snapshot() { try disk.replace(path, with: bytes) }
            for directory in ["", "/keys", "/log", "/segments"] { try disk.flushDirectory("/data" + directory) }
            disk.damage(path) { $0.removeLast(9) }
            disk.damage("/data/segments/" + twin) { $0[20] ^= 1 }
            disk.arm(SimulatedFault(.powerCut, atCall: call))
            _ = try? EventStore.repair(at: "/data", context: context(disk), acceptsLoss: true)
            disk.crash()
            _ = try EventStore.repair(at: "/data", context: context(disk), acceptsLoss: true)
            let store = try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
            #expect(try rows(store, "events", ["id"]).count == 15, "power at call \(call)")
            #expect(try rows(store, "system_events", ["type"]).filter { $0.contains("log.set_aside") }.count == 1)
            #expect(try store.verify().findings == [], "power at call \(call)")
            try store.close()
            #expect(try EventStore.fileFaults(at: "/data", context: context(disk)).lines.isEmpty)
        }
    }
}
