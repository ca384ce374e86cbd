import EventStores
import Foundation
import Platform
import Testing

/// What is measured on the machine's own disk.
@Suite struct DiskUseTests {
    /// A volume that does not answer is not asked: neither that of the archive nor one to which somebody else's link
    /// leads. Here both lead to themselves, so that whoever asks gets an error.
    @Test func whereLinksLeadIsNotAsked() throws {
        let name = "plimsoll-use-\(UUID().uuidString)"
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        defer { try? FileManager.default.removeItem(atPath: root) }
        let system = POSIXFileSystem()
        let store = try EventStore.open(at: root, context: context(system), options: EventStoreTests.options())
        var events = SampleEvents()
        events.addTurn("a", 1, at: 0)
        _ = try store.append([events.batch])
        try store.seal()
        let use = try #require(store.status.diskUse)
        #expect(use.bytes(of: .segments) == store.status.segmentBytes && !use.isArchiveElsewhere)
        for path in [root + "/segments/archive", root + "/backups"] { try system.linkDirectory(path, to: path) }
        let linked = try #require(store.status.diskUse)
        #expect(linked.isArchiveElsewhere && linked.bytes == use.bytes)
        try store.close()
    }

    /// The store's own folders are measured wherever they lie.
    @Test func ownFoldersMayLieElsewhere() throws {
        let name = "plimsoll-use-\(UUID().uuidString)"
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        defer { try? FileManager.default.removeItem(atPath: root) }
        let (system, data) = (POSIXFileSystem(), root + "/data")
        try EventStore.open(at: data, context: context(system), options: EventStoreTests.options()).close()
        try FileManager.default.moveItem(atPath: data + "/log", toPath: root + "/log")
        try system.linkDirectory(data + "/log", to: root + "/log")
        let store = try EventStore.open(at: data, context: context(system), options: EventStoreTests.options())
        let bytes = try system.list(root + "/log").reduce(0) {
            try $0 + (system.lengthBytes(of: root + "/log/" + $1.name) ?? 0)
        }
        #expect(try bytes > 0 && #require(store.status.diskUse).bytes(of: .log) == bytes)
        try store.close()
    }
}
