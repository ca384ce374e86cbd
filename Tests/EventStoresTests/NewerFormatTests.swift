import EventStores
import Hashing
import Platform
import Segments
import Testing

/// A directory that a newer version of the program wrote is no damage, and nothing older in it is taken instead.
@Suite struct NewerFormatTests {
    private let disk = SimulatedFileSystem(seed: 91)

    private func open() throws -> EventStore {
        try EventStore.open(at: "/data", context: context(disk), options: EventStoreTests.options())
    }

    /// The last file of a folder whose name begins or ends so.
    private func path(_ folder: String, _ isWanted: (String) -> Bool) throws -> String {
        folder + "/" + (try #require(try disk.list(folder).map(\.name).filter(isWanted).max()))
    }

    /// A number as files have it.
    private func littleEndian(_ word: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }

    private func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } }

    enum Kind: CaseIterable { case manifest, segment, log, state }

    /// Gives a file a version that nobody knows yet, with all that says of it that it is whole.
    private func raise(_ kind: Kind, isWhole: Bool) throws -> String {
        switch kind {
        case .manifest:
            let path = try path("/data/segments") { $0.hasPrefix("manifest-") }
            disk.damage(path) { bytes in
                bytes[8] = 6
                if isWhole { bytes.replaceSubrange((bytes.count - 32)..., with: SHA256.hash(bytes.dropLast(32))) }
            }
            // Or its copy would serve.
            if !isWhole { try disk.remove(path.replacing("/manifest-", with: "/copy-of-manifest-")) }
            return path
        case .segment:
            let path = try path("/data/segments") { $0.hasSuffix(".segment") }
            disk.damage(path) { bytes in
                bytes[8] = 2
                let seed = word(bytes[16..<24]) &* 0x9E37_79B9_7F4A_7C15
                if isWhole { bytes.replaceSubrange(24..<32, with: littleEndian(xxh3(bytes[..<24], seed: seed))) }
            }
            return path
        case .log:
            let path = try path("/data/log") { $0.hasPrefix("events-") }
            disk.damage(path) { bytes in
                bytes[7] = 2
                let checksum = xxh3(bytes[..<56], seed: word(bytes[16..<24]))
                if isWhole { bytes.replaceSubrange(56..<64, with: littleEndian(checksum)) }
            }
            return path
        case .state:
            let path = try path("/data/segments") { $0.hasPrefix("state-") }
            disk.damage(path) { $0[0] = 200 }
            guard isWhole else {
                // Or its copy would serve.
                try disk.remove(path.replacing("/state-", with: "/copy-of-state-"))
                return path
            }
            var (manifests, _) = try ManifestStore.open(fileSystem: disk, directory: "/data/segments")
            var next = manifests.current
            next.projections?.sha256 = SHA256.hash(try disk.contents(of: path))
            try manifests.publish(next)
            return path
        }
    }

    @Test(arguments: Kind.allCases) func itIsSaidByNameAndNothingIsTakenForDamage(kind: Kind) throws {
        let store = try open()
        for name in ["a", "b"] {
            var events = SampleEvents()
            events.addTurn(name, 1, at: 10)
            _ = try store.append([events.batch])
            try store.seal()
        }
        try store.close()
        let path = try raise(kind, isWhole: true)
        let before = image()
        for _ in 0..<2 {
            let error = #expect(throws: NewerFormatError.self) { try open() }
            #expect(error?.file == path)
            #expect(error?.expectation.contains("found") == true, "\(error?.expectation ?? "")")
        }
        #expect(throws: NewerFormatError.self) {
            try EventStore.openForReading(at: "/data", context: context(disk), options: EventStoreTests.options())
        }
        #expect(image() == before)
    }

    private func image() -> [String] {
        disk.snapshot().filter { !$0.path.hasSuffix("LOCK") }.map { "\($0.path) \($0.bytes.hashValue)" }
    }

    /// A number that nothing vouches for is damage like any other.
    @Test(arguments: Kind.allCases) func aDamagedNumberIsDamage(kind: Kind) throws {
        let store = try open()
        var events = SampleEvents()
        events.addTurn("a", 1, at: 10)
        _ = try store.append([events.batch])
        try store.seal()
        try store.close()
        let path = try raise(kind, isWhole: false)
        let damage =
            kind == .log
            ? logDamage { try open().close() } : #expect(throws: CorruptionError.self) { try open().close() }
        #expect(damage?.file == path)
    }
}
