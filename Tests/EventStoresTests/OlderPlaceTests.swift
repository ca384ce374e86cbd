import Domain
import EventStores
import Hashing
import Platform
import Segments
import Testing

/// Versions before the thirteenth of the state gave a turn the channel of its answer: what they wrote is folded again.
@Suite struct OlderPlaceTests {
    private let disk = SimulatedFileSystem(seed: 93)

    private func open() throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
    }

    private func statePath() throws -> String {
        let names = try disk.list("/data/segments").map(\.name).filter { $0.hasPrefix("state-") }
        return "/data/segments/" + (try #require(names.max { ($0.utf8.count, $0) < ($1.utf8.count, $1) }))
    }

    /// Gives the state the version of before, with all that says of it that it is whole.
    private func lowerVersion() throws {
        let path = try statePath()
        for file in [path, path.replacing("/state-", with: "/copy-of-state-")] { disk.damage(file) { $0[1] = 12 } }
        var (manifests, _) = try ManifestStore.open(fileSystem: disk, directory: "/data/segments")
        var next = manifests.current
        next.projections?.sha256 = SHA256.hash(try disk.contents(of: path))
        try manifests.publish(next)
    }

    /// Only conversations whose own messages name several channels are; once they are sealed, no start looks again.
    @Test(arguments: [false, true]) func theirTurnsAreFoldedAgain(isMixed: Bool) throws {
        var store = try open()
        let turn: [String: EventValue] = ["conversation_id": .text("c"), "turn": .integer(1)]
        func of(_ channel: String) -> [String: EventValue] { turn.merging(["channel": .text(channel)]) { $1 } }
        var events = SampleEvents()
        events.add("message.received", id: "q", at: 10, of(isMixed ? "web" : "email"))
        events.add("message.sent", id: "a", at: 11, of("email"))
        events.addTurn("d", 1, at: 20)
        _ = try store.append([events.batch])
        try store.seal()
        let before = try rows(store, "turns", EventStoreTests.turnColumns + ["channel"])
        let segments = store.status.segments
        try store.close()
        // Compressed, and which version that is.
        #expect(try Array(disk.contents(of: statePath())[..<2]) == [14, 13])
        try lowerVersion()
        for _ in 0..<2 {
            store = try open()
            #expect(try rows(store, "turns", EventStoreTests.turnColumns + ["channel"]) == before)
            #expect(try store.verify().findings == [])
            try store.seal()
            #expect(store.status.segments == segments + (isMixed ? 1 : 0))
            #expect(try disk.contents(of: statePath())[1] == (isMixed ? 13 : 12))
            try store.close()
        }
    }
}
