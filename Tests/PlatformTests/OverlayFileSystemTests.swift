import Platform
import Testing

/// What is changed over a volume is seen there and nowhere else.
@Suite struct OverlayFileSystemTests {
    private func contents(_ system: any FileSystem, _ path: String) throws -> [UInt8]? {
        try system.lengthBytes(of: path) == nil ? nil : try system.contents(of: path)
    }

    private func base() throws -> SimulatedFileSystem {
        let base = SimulatedFileSystem(seed: 3)
        try base.createDirectories("/d/e")
        try base.replace("/d/a", with: Array("alpha".utf8))
        try base.replace("/d/e/b", with: [UInt8](repeating: 7, count: 200_000))
        return base
    }

    /// The same steps over a volume and on a volume of their own come to the same, and the volume below stays.
    @Test(arguments: 0..<40) func anyStepsComeToTheSame(seed: UInt64) throws {
        let (below, model) = (try base(), try base())
        let before = below.snapshot().map { "\($0.path) \($0.bytes.count) \($0.bytes.hashValue)" }
        let overlay = OverlayFileSystem(below)
        let chance = SeededRandomness(seed: seed)
        func pick(_ count: Int) -> Int { Int(chance.nextUInt64() % UInt64(count)) }
        let paths = ["/d/a", "/d/e/b", "/d/c", "/d/e/x", "/d/new/y"]
        for _ in 0..<60 {
            let (path, other, number) = (paths[pick(paths.count)], paths[pick(paths.count)], pick(9))
            let (offset, count) = (pick(140_000), pick(70_000))
            func run(_ system: any FileSystem) throws {
                switch number {
                case 0: try system.remove(path)
                case 1: try system.rename(path, to: other)
                case 2: try system.createDirectories("/d/new")
                case 3:
                    let bytes = [UInt8](repeating: UInt8(count % 251), count: count)
                    try system.open(path, .update).write(bytes, at: offset)
                case 4: try system.open(path, .append).truncate(toBytes: offset)
                case 5: try system.open(path, .append).preallocate(bytes: offset)
                case 7: try system.link(path, as: other)
                case 6: try system.open(path, .create).write([1, 2, 3], at: offset)
                default: _ = try system.open(path, .replace)
                }
            }
            let (first, second) = (Result { try run(overlay) }, Result { try run(model) })
            #expect(((try? first.get()) == nil) == ((try? second.get()) == nil))
            for path in paths {
                #expect(try contents(overlay, path) == contents(model, path), "\(path) after \(number)")
            }
            for system in [overlay, model] as [any FileSystem] {
                #expect(try hasItsData(system, path), "\(path) after \(number)")
            }
            for directory in ["/d", "/d/e"] { #expect(try overlay.list(directory) == model.list(directory)) }
        }
        #expect(below.snapshot().map { "\($0.path) \($0.bytes.count) \($0.bytes.hashValue)" } == before)
    }

    @Test func aFileThatGrowsIsSeenAsItWasWhenItWasOpened() throws {
        let base = try base()
        let overlay = OverlayFileSystem(
            base, isKept: { $0.hasSuffix("b") },
            growing: .init(in: "/d") { name, entries in name == "a" && !entries.isEmpty })
        let file = try overlay.open("/d/a", .read)
        let kept = try overlay.open("/d/e/b", .read)
        let writer = try base.open("/d/a", .update)
        try writer.write(Array("omega and more".utf8), at: 0)
        try base.replace("/d/f", with: [1])
        #expect(try file.read(upTo: 100, at: 0) == Array("alpha".utf8))
        #expect(try overlay.contents(of: "/d/a") == Array("alpha".utf8))
        #expect(try overlay.list("/d").map(\.name) == ["a", "e"])
        kept.close()
        #expect(try overlay.open("/d/e/b", .read).read(upTo: 3, at: 0) == [7, 7, 7])
    }

    /// Zeros are passed over when a file that grows is copied; nothing else is.
    @Test(arguments: 0..<20) func aCopyOfAFileThatGrowsHasAllOfIt(seed: UInt64) throws {
        let (base, chance) = (try base(), SeededRandomness(seed: seed))
        var bytes = [UInt8](repeating: 0, count: 900_000 + Int(chance.nextUInt64() % 9000))
        for _ in 0..<Int(chance.nextUInt64() % 12) {
            bytes[Int(chance.nextUInt64() % UInt64(bytes.count))] = UInt8(1 + chance.nextUInt64() % 255)
        }
        try base.replace("/d/a", with: bytes)
        let overlay = OverlayFileSystem(
            base, isKept: { _ in false }, growing: .init(in: "/d") { name, _ in name == "a" })
        #expect(try overlay.contents(of: "/d/a") == bytes)
        let file = try overlay.open("/d/a", .read)
        #expect(try file.read(upTo: 70_000, at: bytes.count - 3) == Array(bytes.suffix(3)))
        #expect(try file.read(upTo: 70_000, at: bytes.count + 3).isEmpty)
    }

    @Test func nobodyIsLockedOut() throws {
        let base = try base()
        let overlay = OverlayFileSystem(base)
        let (first, second) = (try overlay.lock("/d/LOCK"), try overlay.lock("/d/LOCK"))
        let real = try base.lock("/d/LOCK")
        first.release()
        second.release()
        real.release()
        #expect(base.snapshot(of: "/d/LOCK")?.isEmpty == true)
    }
}

/// Whether all of a file that is no zero lies in what it has for data; yes where there is no file.
func hasItsData(_ system: any FileSystem, _ path: String) throws -> Bool {
    guard try system.lengthBytes(of: path) != nil else { return true }
    let file = try system.open(path, .read)
    var (place, rest) = (0, try system.contents(of: path))
    while let data = try file.nextData(from: place) {
        guard data.lowerBound >= place, !data.isEmpty, data.upperBound <= rest.count else { return false }
        rest.replaceSubrange(data, with: repeatElement(0, count: data.count))
        place = data.upperBound
    }
    return rest == [UInt8](repeating: 0, count: rest.count)
}
