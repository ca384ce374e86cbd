import Platform
import Testing

/// Files are read under the names that were told, and nothing else is there.
@Suite struct MappedFileSystemTests {
    private func volume() throws -> (mapped: MappedFileSystem, base: SimulatedFileSystem) {
        let base = SimulatedFileSystem(seed: 3)
        try base.createDirectories("/pieces")
        try base.replace("/pieces/1", with: [1, 2, 3])
        try base.replace("/pieces/2", with: [4])
        let mapped = MappedFileSystem(
            base,
            files: [("/s/a/x", "/pieces/1"), ("/s/a/y", "/pieces/2"), ("/s/b/z", "/pieces/1"), ("/s/a/w", "/gone")],
            directories: ["/s/empty"], denied: ["/s/keys/k"])
        return (mapped, base)
    }

    @Test func filesStandWhereTheyWereTold() throws {
        let (mapped, _) = try volume()
        #expect(try mapped.contents(of: "/s/a/x") == [1, 2, 3] && mapped.contents(of: "/s/b/z") == [1, 2, 3])
        #expect(try mapped.lengthBytes(of: "/s/a/y") == 1 && mapped.lengthBytes(of: "/s/a") == nil)
        #expect(try mapped.lengthBytes(of: "/s/a/w") == nil && mapped.lengthBytes(of: "/pieces/1") == nil)
        #expect(try mapped.list("/s").map(\.name) == ["a", "b", "empty", "keys"])
        #expect(try mapped.list("/s").allSatisfy(\.isDirectory))
        #expect(try mapped.list("/s/a").map(\.name) == ["w", "x", "y"] && mapped.list("/s/empty").isEmpty)
        #expect(try mapped.isDirectory("/") && mapped.isDirectory("/s/empty") && !mapped.isDirectory("/s/a/x"))
        let missing = #expect(throws: StorageError.self) { try mapped.open("/s/a/v", .read) }
        #expect(missing?.isMissing == true)
        let denied = #expect(throws: StorageError.self) { try mapped.open("/s/keys/k", .read) }
        #expect(denied?.isDenied == true)
        #expect(throws: StorageError.self) { try mapped.list("/pieces") }
    }

    @Test func nothingChangesButInAnOverlay() throws {
        let (mapped, base) = try volume()
        let before = base.snapshot().map { "\($0.path) \($0.bytes)" }
        for options in [FileOptions.update, .append, .create, .replace] {
            #expect(throws: StorageError.self) { try mapped.open("/s/a/x", options) }
        }
        #expect(throws: StorageError.self) { try mapped.rename("/s/a/x", to: "/s/a/v") }
        #expect(throws: StorageError.self) { try mapped.link("/s/a/x", as: "/s/a/v") }
        #expect(throws: StorageError.self) { try mapped.remove("/s/a/x") }
        #expect(throws: StorageError.self) { try mapped.createDirectories("/s/c") }
        #expect(throws: StorageError.self) { try mapped.lock("/s/LOCK") }
        let overlay = OverlayFileSystem(mapped)
        try overlay.createDirectories("/s/c")
        try overlay.replace("/s/a/x", with: [9])
        #expect(try overlay.contents(of: "/s/a/x") == [9] && mapped.contents(of: "/s/a/x") == [1, 2, 3])
        #expect(base.snapshot().map { "\($0.path) \($0.bytes)" } == before)
    }
}
