import Access
import Platform
import Testing

@Suite struct TokenFileTests {
    private static let path = "/data/keys/tokens"

    private func make(_ disk: SimulatedFileSystem, _ names: [String]) throws -> (TokenFile, [AccessToken]) {
        let file = TokenFile(dataDirectory: "/data", fileSystem: disk)
        let randomness = SeededRandomness(seed: 7)
        let tokens = try names.enumerated().map { index, name in
            try file.update { book in
                try book.create(
                    name: name, scopes: index.isMultiple(of: 2) ? [.ingest, .read] : [.admin],
                    expires: index == 1 ? 5_000 : nil,
                    now: 1_000, randomness: randomness)
            }
        }
        return (file, tokens)
    }

    @Test func whatWasMadeIsReadBack() throws {
        let disk = SimulatedFileSystem(seed: 1)
        #expect(try TokenFile(dataDirectory: "/data", fileSystem: disk).load() == nil)
        let (file, tokens) = try make(disk, ["bot 1", "", "Prüfer – 3"])
        _ = try file.update { book in try book.revoke(tokens[2].id, now: 4_000) }
        let book = try #require(try file.load())
        #expect(book.records.map(\.id) == tokens.map(\.id))
        #expect(book.records.map(\.name) == ["bot 1", "", "Prüfer – 3"])
        #expect(book.records.map(\.scopes) == [[.ingest, .read], [.admin], [.ingest, .read]])
        #expect(book.records.map(\.expires) == [nil, 5_000, nil] && book.records.map(\.revoked) == [nil, nil, 4_000])
        #expect(book.records.map { $0.state(at: 4_999) } == [.valid, .valid, .revoked])
        #expect(book.records.map { $0.state(at: 5_000) } == [.valid, .expired, .revoked])
        #expect(disk.isSecret(Self.path) && disk.isSecret(Self.path + ".lock"))
    }

    @Test func secretsAreNotInTheFile() throws {
        let disk = SimulatedFileSystem(seed: 1)
        let (_, tokens) = try make(disk, ["a"])
        let text = String(decoding: try #require(disk.snapshot(of: Self.path)), as: UTF8.self)
        let parts = tokens[0].text.split(separator: "_")
        #expect(parts.count == 3 && parts[0] == "plim" && parts[1].count == 12 && parts[2].count == 64)
        #expect(text.contains(parts[1]) && !text.contains(parts[2]))
    }

    @Test func everyDamagedByteIsFoundAndNamed() throws {
        let disk = SimulatedFileSystem(seed: 1)
        let (file, _) = try make(disk, ["a", "b"])
        let whole = try #require(disk.snapshot(of: Self.path))
        for offset in whole.indices {
            for mask: UInt8 in [1, 0x20, 0x80] {
                disk.damage(Self.path) { $0[offset] ^= mask }
                let error = #expect(throws: CorruptionError.self, "byte \(offset)") { try file.load() }
                #expect(error?.file == Self.path && (0...whole.count).contains(error?.offset ?? -1))
                disk.damage(Self.path) { $0 = whole }
            }
            disk.damage(Self.path) { $0.removeLast($0.count - offset) }
            #expect(throws: CorruptionError.self, "\(offset) bytes") { try file.load() }
            disk.damage(Self.path) { $0 = whole }
        }
        disk.damage(Self.path) { $0.append(10) }
        #expect(throws: CorruptionError.self) { try file.load() }
    }

    @Test func recordsCanBeNeitherDroppedNorSwapped() throws {
        let disk = SimulatedFileSystem(seed: 1)
        let (file, _) = try make(disk, ["a", "b", "c"])
        let lines = String(decoding: try #require(disk.snapshot(of: Self.path)), as: UTF8.self).split(separator: "\n")
        for changed in [[0, 2, 3, 4], [0, 1, 3, 2, 4], [0, 1, 2, 3, 3, 4], [0, 1, 2, 4], [0, 4]] {
            disk.damage(Self.path) { $0 = Array(changed.map { lines[$0] + "\n" }.joined().utf8) }
            #expect(throws: CorruptionError.self, "\(changed)") { try file.load() }
        }
    }

    @Test func aPowerCutLeavesTheOldOrTheNewTokens() throws {
        for call in 1..<40 {
            let disk = SimulatedFileSystem(seed: UInt64(call))
            let (file, tokens) = try make(disk, ["a"])
            disk.arm(SimulatedFault(.powerCut, atCall: call))
            let isRevoked = (try? file.update { book in try book.revoke(tokens[0].id, now: 9) }) != nil
            disk.crash()
            let record = try #require(try file.load()?.records.first)
            #expect(record.revoked == 9 || !isRevoked, "call \(call): a change that was confirmed is gone")
            #expect(record.id == tokens[0].id)
        }
    }

    @Test func wishesThatCannotBeMetChangeNothing() throws {
        let disk = SimulatedFileSystem(seed: 1)
        let (file, tokens) = try make(disk, ["a"])
        let before = disk.snapshot(of: Self.path)
        let randomness = SeededRandomness(seed: 8)
        let wishes: [(String, Set<AccessScope>, Int64?)] = [
            ("a\nb", [.read], nil), ("a", [], nil), (String(repeating: "x", count: 101), [.read], nil),
            ("late", [.read], 5),
        ]
        for (name, scopes, expires) in wishes {
            #expect(throws: TokenError.self) {
                try file.update { book in
                    try book.create(name: name, scopes: scopes, expires: expires, now: 5, randomness: randomness)
                }
            }
        }
        #expect(throws: TokenError.self) { try file.update { book in try book.revoke("000000000000", now: 6) } }
        #expect(disk.snapshot(of: Self.path) == before)
        #expect(AccessToken(tokens[0].text)?.text == tokens[0].text)
        let text = tokens[0].text
        for text in ["", "plim", "plim__", text + "0", text.uppercased(), "plim_" + tokens[0].id + "_", " " + text] {
            #expect(AccessToken(text) == nil, "\(text)")
        }
    }

    @Test func theListShowsNoSecret() throws {
        let disk = SimulatedFileSystem(seed: 1)
        let (file, tokens) = try make(disk, ["bot", "late"])
        let table = try #require(try file.load()).table(at: 6_000)
        #expect(table.contains("\(tokens[0].id)  valid    ingest,read  1970-01-01T00:00:00Z  -"), "\(table)")
        #expect(table.contains("\(tokens[1].id)  expired  admin"), "\(table)")
        #expect(!table.contains(tokens[0].text.suffix(64)))
    }
}
