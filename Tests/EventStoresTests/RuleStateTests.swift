import Bytes
import Domain
import EventStores
import Platform
import Testing

/// What is known of alert rules is part of the log.
@Suite struct RuleStateTests {
    private let disk = SimulatedFileSystem(seed: 51)

    private func open() throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
    }

    private static func state(_ group: ExactText, _ bytes: [UInt8]) -> RuleStateRecord {
        RuleStateRecord(group: group, state: bytes)
    }

    @Test func theLastStateOfEachGroupSurvivesCrashesAndSeals() throws {
        let store = try open()
        #expect(store.snapshot().rules.isEmpty)
        let (composed, decomposed): (ExactText, ExactText) = ("a.yaml;\u{E9}", "a.yaml;e\u{301}")
        let (first, second) = (Self.state(composed, [1]), Self.state(decomposed, [2, 0, 255]))
        let note = SystemNote(.alertChanged, data: "{}")
        _ = try store.append([IngestBatch(notes: [note], rules: [first, second])])
        let later = Self.state(composed, [3])
        _ = try store.append([IngestBatch(notes: [note], rules: [later])])
        // By bytes: a decomposed letter comes before a composed one.
        let wanted = [second, later]
        #expect(store.snapshot().rules == wanted)
        #expect(try rows(store, "system_events", ["data"]).count == 4, "both notes, the last state of each group")
        disk.crash()
        let again = try open()
        #expect(again.snapshot().rules == wanted)
        #expect(try rows(again, "system_events", ["data"]).count == 4)
        try again.seal()
        #expect(again.snapshot().rules == wanted)
        _ = try again.append([IngestBatch(rules: [Self.state(decomposed, [])])])
        disk.crash()
        let last = try open()
        #expect(last.snapshot().rules == [later], "an empty state ends a group")
        try last.seal()
        try last.close()
        #expect(try open().snapshot().rules == [later])
    }

    /// Whoever notes has a type of his own: what the store reads of itself it takes for nothing else.
    @Test(arguments: SystemNoteKind.allCases) func aNoteIsNoRecordOfTheStore(_ kind: SystemNoteKind) throws {
        let (store, state) = (try open(), Self.state("a.yaml;one", [1]))
        _ = try store.append([IngestBatch(notes: [SystemNote(kind, data: "{}")], rules: [state])])
        disk.crash()
        let again = try open()
        #expect(again.snapshot().rules == [state])
        #expect(try again.snapshot().notes(ofType: kind.rawValue).map(\.data) == ["{}"])
    }

    /// Whatever a crash leaves of the last flush: an alert's note without the state that knows of it would be noted
    /// again after the start, a state without its note never.
    @Test func aCrashKeepsNotesAndStatesTogetherOrNeither() throws {
        let (first, second) = (Self.state("a.yaml;one", [1]), Self.state("a.yaml;two", [2, 0, 255]))
        let (earlier, before) = (SystemNote(.alertChanged, data: "{\"at\":0}"), Self.state("a.yaml;one", [0]))
        let notes = ["{\"at\":1}", "{\"at\":2}"].map { SystemNote(.alertChanged, data: $0) }
        /// - Returns: the log's file, before and after the last flush.
        func written(_ disk: SimulatedFileSystem) throws -> (path: String, [UInt8], [UInt8]) {
            let store = try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
            _ = try store.append([IngestBatch(notes: [earlier], rules: [before])])
            let path = try #require(disk.snapshot().last { $0.path.hasPrefix("/data/log/events-") }?.path)
            let known = try #require(disk.snapshot(of: path))
            _ = try store.append([IngestBatch(notes: notes, rules: [first, second])])
            let all = try #require(disk.snapshot(of: path))
            disk.crash(.process)
            return (path, known, all)
        }
        let (_, known, all) = try written(SimulatedFileSystem(seed: 52))
        let changed = all.indices.filter { all[$0] != ($0 < known.count ? known[$0] : 0) }
        let (start, end) = (try #require(changed.first) / 8 * 8, try #require(changed.last) / 8 * 8 + 8)
        var found: [Int: Int] = [:]
        for cut in stride(from: start, through: end, by: 8) {
            let disk = SimulatedFileSystem(seed: 52)
            let (path, _, whole) = try written(disk)
            disk.damage(path) { $0 = Array(whole[..<cut]) + [UInt8](repeating: 0, count: whole.count - cut) }
            let store = try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
            let told = try store.snapshot().notes(ofType: "alert.changed").map(\.data)
            let isKept = told.count > 1
            #expect(told == [earlier.data] + (isKept ? notes.map(\.data) : []), "cut at \(cut)")
            #expect(store.snapshot().rules == (isKept ? [first, second] : [before]), "cut at \(cut)")
            found[told.count, default: 0] += 1
        }
        #expect(found[3] == 1 && found[1] == (end - start) / 8)
    }
}
