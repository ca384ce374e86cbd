import Domain
import EventStores
import Glibc
import Platform
import Projections
import Testing

/// The state of the sealed past stands in two files: damage of either ends nothing and changes no figure.
@Suite struct DamagedStateTests {
    private let disk = SimulatedFileSystem(seed: 81)

    enum Damage: CaseIterable { case flipped, cut, missing }

    private func open() throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
    }

    /// A store whose log no longer holds all that its state does: events were imported in bulk, prices set, and what
    /// counts them is sealed.
    private func make() throws -> [[String]] {
        let store = try open()
        var events = SampleEvents()
        events.addPrice("gpt-4o", "input", picoPerToken: 2_000_000, at: 1)
        events.addTurn("a", 1, at: 10)
        _ = try store.append([events.batch])
        try store.seal()
        var imported = SampleEvents()
        imported.addTurn("b", 1, at: 20)
        _ = try store.importBulk([imported.batch])
        let all = try everything(store)
        try store.close()
        return all
    }

    private func everything(_ store: EventStore) throws -> [[String]] {
        [
            try rows(store, "turns", EventStoreTests.turnColumns), try rows(store, "events", ["id", "position"]),
            try rows(store, "llm_call", EventStoreTests.callColumns), ["\(store.snapshot().counters.families)"],
            ["\(store.snapshot().book.count)"],
        ]
    }

    private func statePath() throws -> String {
        let names = try disk.list("/data/segments").map(\.name).filter { $0.hasPrefix("state-") }
        return "/data/segments/" + (try #require(names.max { ($0.utf8.count, $0) < ($1.utf8.count, $1) }))
    }

    private func damage(_ path: String, _ damage: Damage) throws {
        switch damage {
        case .flipped: disk.damage(path) { $0[$0.count / 2] ^= 1 }
        case .cut: disk.damage(path) { $0.removeLast(7) }
        case .missing: try disk.remove(path)
        }
    }

    private func manifestPath() throws -> String {
        let names = try disk.list("/data/segments").map(\.name).filter { $0.hasPrefix("manifest-") }
        return "/data/segments/" + (try #require(names.max()))
    }

    private func copy(of path: String) -> String {
        path.replacing("/segments/", with: "/segments/copy-of-")
    }

    @Test(arguments: Damage.allCases) func itsCopyServesAndTheFileIsWrittenAnew(kind: Damage) throws {
        let before = try make()
        let path = try statePath()
        let bytes = try #require(disk.snapshot(of: path))
        #expect(disk.snapshot(of: copy(of: path)) == bytes)
        try damage(path, kind)
        // Who only reads changes nothing, and verify says what it is.
        let damaged = disk.snapshot(of: path)
        let reader = try EventStore.openForReading(
            at: "/data", context: context(disk), options: EventStoreTests.options())
        #expect(try everything(reader) == before)
        #expect(try reader.verify().findings.count == 1)
        try reader.close()
        let faults = try EventStore.fileFaults(at: "/data", context: context(disk))
        #expect(faults.count == 1 && faults.lines.first?.hasPrefix("\(path) is damaged") == true, "\(faults.lines)")
        #expect(faults.servedCount == 1)
        #expect(disk.snapshot(of: path) == damaged)
        let store = try open()
        let found = try #require(store.recovery.restored.first)
        #expect(found.file == path)
        switch kind {
        case .flipped: #expect(found.offset == bytes.count / 2)
        case .cut: #expect(found.offset == bytes.count - 7)
        case .missing: #expect(found.offset == 0)
        }
        #expect(try everything(store) == before)
        #expect(disk.snapshot(of: path) == bytes)
        try store.close()
        let again = try open()
        #expect(again.recovery.restored == [])
        #expect(try again.verify().findings == [])
        try again.close()
    }

    @Test(arguments: Damage.allCases) func withoutItsCopyTheStoreGoesOn(kind: Damage) throws {
        let before = try make()
        let path = try statePath()
        try damage(copy(of: path), kind)
        let store = try open()
        #expect(store.recovery.restored == [])
        #expect(try everything(store) == before)
        try store.close()
        let faults = try EventStore.fileFaults(at: "/data", context: context(disk))
        #expect(faults.count == 0, "a start wrote it anew")
    }

    /// A store of before has none, and nothing else is published: the start makes them.
    @Test func aStartMakesCopiesThatAreMissing() throws {
        let before = try make()
        for name in try disk.list("/data/segments").map(\.name) where name.hasPrefix("copy-of-") {
            try disk.remove("/data/segments/" + name)
        }
        try open().close()
        let manifest = try manifestPath()
        #expect(disk.snapshot(of: copy(of: manifest)) == disk.snapshot(of: manifest))
        let state = try statePath()
        #expect(disk.snapshot(of: copy(of: state)) == disk.snapshot(of: state))
        for path in [manifest, state] { try damage(path, .flipped) }
        let store = try open()
        #expect(store.recovery.restored.map(\.file) == [manifest, state])
        #expect(try everything(store) == before)
        try store.close()
    }

    /// What cannot be written anew is a trouble, until a seal makes both writings of the next ones.
    @Test(arguments: [false, true]) func whatCannotBeWrittenAnewIsTold(isOfCopies: Bool) throws {
        let before = try make()
        let files = [try manifestPath(), try statePath()].map { isOfCopies ? copy(of: $0) : $0 }
        for file in files { try damage(file, .flipped) }
        disk.arm(SimulatedFault(.failure(EIO), atCall: 1, of: [.rename], isLasting: true))
        let store = try open()
        disk.disarm()
        #expect(store.recovery.unrestored == files)
        let troubles = store.troubles
        #expect(troubles.count == 2 && zip(troubles, files).allSatisfy { $0.text.hasPrefix($1 + " ") }, "\(troubles)")
        #expect(troubles.allSatisfy { $0.remedy == .asTold && $0.advice?.contains("the next seal") == true })
        #expect(try everything(store) == before)
        var events = SampleEvents()
        events.addTurn("c", 1, at: 30)
        _ = try store.append([events.batch])
        try store.seal()
        #expect(store.troubles == [])
        try store.close()
        let again = try open()
        #expect(again.recovery.unrestored == [] && again.recovery.restored == [])
        try again.close()
    }

    /// A manifest's file that is missing is like one that is damaged.
    @Test func aMissingManifestIsReadFromItsCopyAndMadeAgain() throws {
        let before = try make()
        let path = try manifestPath()
        let bytes = try #require(disk.snapshot(of: path))
        try disk.remove(path)
        let reader = try EventStore.openForReading(
            at: "/data", context: context(disk), options: EventStoreTests.options())
        #expect(try everything(reader) == before)
        try reader.close()
        let faults = try EventStore.fileFaults(at: "/data", context: context(disk))
        #expect(faults.count == 1 && faults.lines.first?.hasPrefix("\(path) is damaged") == true, "\(faults.lines)")
        #expect(disk.snapshot(of: path) == nil)
        let store = try open()
        #expect(store.recovery.restored.map(\.file) == [path] && store.recovery.damage == [])
        #expect(try everything(store) == before)
        #expect(disk.snapshot(of: path) == bytes)
        try store.close()
        #expect(try EventStore.fileFaults(at: "/data", context: context(disk)).count == 0)
    }

    @Test(arguments: Damage.allCases) func whereBothAreDamagedNothingIsGuessed(kind: Damage) throws {
        _ = try make()
        let path = try statePath()
        let files = [path, copy(of: path)]
        for file in files { try damage(file, kind) }
        let before = files.map { disk.snapshot(of: $0) }
        let faults = try EventStore.fileFaults(at: "/data", context: context(disk))
        #expect(faults.count == (kind == .missing ? 1 : 2) && faults.servedCount == 0, "\(faults.lines)")
        let error = #expect(throws: CorruptionError.self) { try open() }
        #expect(error?.file.hasPrefix("/data/segments/") == true)
        #expect(files.map { disk.snapshot(of: $0) } == before)
    }

    /// The same of the manifest.
    @Test func aManifestStandsTwiceToo() throws {
        let before = try make()
        let path = try manifestPath()
        let bytes = try #require(disk.snapshot(of: path))
        for index in stride(from: 0, to: bytes.count, by: 5) {
            disk.damage(path) { $0[index] ^= 2 }
            let faults = try EventStore.fileFaults(at: "/data", context: context(disk))
            #expect(faults.count == 1 && faults.lines.first?.hasPrefix(path) == true, "byte \(index): \(faults.lines)")
            #expect(faults.servedCount == 1)
            let store = try open()
            #expect(store.recovery.restored.map(\.file) == [path] && store.recovery.damage == [])
            #expect(try everything(store) == before)
            #expect(disk.snapshot(of: path) == bytes)
            try store.close()
        }
        disk.damage(path) { $0 = [] }
        let store = try open()
        var events = SampleEvents()
        events.addTurn("c", 1, at: 30)
        _ = try store.append([events.batch])
        try store.seal()
        #expect(try store.verify().findings.count == 1)
        try store.close()
        let again = try open()
        #expect(try again.verify().findings == [])
        try again.close()
    }

    /// Files that no manifest names go, the copies with them.
    @Test func copiesGoWithTheirFiles() throws {
        for round in 0..<3 {
            let store = try open()
            for number in 0..<3 {
                var events = SampleEvents()
                events.addTurn("\(round)/\(number)", 1, at: 10)
                _ = try store.append([events.batch])
                try store.seal()
            }
            try store.close()
            let names = try disk.list("/data/segments").map(\.name)
            let states = names.filter { $0.hasPrefix("state-") }
            #expect(states.count == 2)
            let twice = states + names.filter { $0.hasPrefix("manifest-") }
            #expect(Set(names.filter { $0.hasPrefix("copy-of-") }) == Set(twice.map { "copy-of-" + $0 }))
        }
    }
}
