import Hashing
import Platform
import Segments
import Testing

private func put(_ files: any FileSystem, _ path: String, _ bytes: [UInt8]) throws -> FileReference {
    try files.replace(path, with: bytes)
    return FileReference(fileName: fileName(of: path), lengthBytes: bytes.count, sha256: SHA256.hash(bytes))
}

private func sampleManifest(_ files: any FileSystem, _ directory: String) throws -> Manifest {
    var manifest = Manifest()
    manifest.position = 300
    manifest.nextSegmentID = 8
    manifest.segments = [ManifestSegment(try writeSample(files, directory), positions: 1...300, receivedRange: -5...9)]
    manifest.superseded = [SupersededRows(table: "turns", segmentID: 7, group: 0, rows: [0, 1, 5, 65_535])]
    manifest.projections = try put(files, directory + "/projections-1", [1, 2, 3])
    manifest.logStart = LogStart(file: 3, position: 301)
    manifest.isCleanEnd = true
    return manifest
}

struct ManifestTests {
    @Test func anEmptyDirectoryIsAnEmptyStore() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        let (store, findings) = try ManifestStore.open(fileSystem: files, directory: "/s")
        #expect(store.version == 0 && store.current == Manifest() && findings == ManifestStore.Findings())
    }

    @Test func versionsComeBackAndTwoAreKept() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        var (store, _) = try ManifestStore.open(fileSystem: files, directory: "/s")
        var manifest = try sampleManifest(files, "/s")
        for version in 1...5 {
            manifest.position = Int64(300 + version)
            try store.publish(manifest)
        }
        files.crash()
        var (again, findings) = try ManifestStore.open(fileSystem: files, directory: "/s")
        #expect(again.version == 5 && again.current == manifest && findings == ManifestStore.Findings())
        #expect(try again.verifyFiles().isEmpty)
        // The crash may have brought back a removed version; the next one removes it again.
        try again.publish(manifest)
        let versions = try files.list("/s").map(\.name).filter { $0.hasPrefix("manifest-") }
        #expect(versions == [ManifestStore.fileName(5), ManifestStore.fileName(6)])
    }

    @Test func everyDamagedByteOfTheNewestIsReadFromItsCopyElseFallsBackToTheOneBefore() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        var (store, _) = try ManifestStore.open(fileSystem: files, directory: "/s")
        let manifest = try sampleManifest(files, "/s")
        try store.publish(manifest)
        var second = manifest
        second.position = 400
        try store.publish(second)
        let path = "/s/" + ManifestStore.fileName(2)
        let copy = "/s/copy-of-" + ManifestStore.fileName(2)
        let whole = try files.contents(of: path)
        #expect(try files.contents(of: copy) == whole)
        for index in whole.indices {
            files.damage(path) { $0[index] ^= 1 << UInt8(index % 8) }
            let (copied, found) = try ManifestStore.open(fileSystem: files, directory: "/s")
            #expect(copied.version == 2 && copied.current == second && found.refused.isEmpty, "byte \(index)")
            #expect(found.restored?.file == path && found.damage.map(\.file) == [path])
            files.damage(copy) { $0[index] ^= 1 }
            let (fallen, findings) = try ManifestStore.open(fileSystem: files, directory: "/s")
            #expect(fallen.version == 1 && fallen.current == manifest && findings.refused.count == 1, "byte \(index)")
            #expect(findings.damage.map(\.file) == [path])
            for file in [path, copy] { files.damage(file) { $0 = whole } }
        }
        files.damage(copy) { $0[0] ^= 1 }
        for length in stride(from: 0, to: whole.count, by: 7) {
            files.damage(path) { $0 = Array(whole[..<length]) }
            #expect(try ManifestStore.open(fileSystem: files, directory: "/s").store.version == 1)
        }
        // Both gone: refused, never an empty store.
        for beginning in ["/s/", "/s/copy-of-"] {
            files.damage(beginning + ManifestStore.fileName(1)) { $0[70] ^= 1 }
        }
        let error = #expect(throws: CorruptionError.self) {
            try ManifestStore.open(fileSystem: files, directory: "/s")
        }
        // All of them are named.
        #expect(error?.file == path)
        for version: UInt64 in [1, 2] {
            let name = ManifestStore.fileName(version)
            #expect(error?.description.contains("/s/" + name) == true, "\(String(describing: error))")
            #expect(error?.expectation.contains("copy-of-" + name) == true, "\(String(describing: error))")
        }
    }

    /// Each file is shown itself: the version in force, the one before, and the copies of both.
    @Test func aFileOfAVersionIsShownItself() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        var (store, _) = try ManifestStore.open(fileSystem: files, directory: "/s")
        var manifest = try sampleManifest(files, "/s")
        var shown: [String] = []
        for position in [Int64(300), 400] {
            manifest.position = position
            try store.publish(manifest)
            shown.append(store.summary())
        }
        func inspection(_ name: String, withBytes: Bool = false) throws -> String? {
            try ManifestStore.inspection(ofFileAt: "/s/" + name, files, withBytes: withBytes)
        }
        let remarks = try inspection(ManifestStore.fileName(2), withBytes: true)
        #expect(remarks?.hasPrefix("0") == true && remarks?.hasSuffix(shown[1]) == true, "\(remarks ?? "")")
        for beginning in ["", "copy-of-"] {
            for version in [UInt64(1), 2] {
                let name = beginning + ManifestStore.fileName(version)
                #expect(try inspection(name) == shown[Int(version) - 1], "\(name)")
            }
            #expect(try inspection(beginning + ManifestStore.fileName(2), withBytes: true) == remarks)
        }
        for name in ["projections-1", "manifest-2", "copy-of-state-2", ManifestStore.fileName(2) + ".new"] {
            #expect(try inspection(name) == nil, "\(name)")
        }
        files.damage("/s/" + ManifestStore.fileName(2)) { $0.removeLast() }
        #expect(throws: CorruptionError.self) { try inspection(ManifestStore.fileName(2)) }
        #expect(try inspection("copy-of-" + ManifestStore.fileName(2)) == shown[1])
        // What was read from the copy is shown where the version in force is.
        #expect(try ManifestStore.open(fileSystem: files, directory: "/s").store.summary() == shown[1])
    }

    @Test func filesOfOtherRolesAreRefused() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        var (store, _) = try ManifestStore.open(fileSystem: files, directory: "/s")
        try store.publish(try sampleManifest(files, "/s"))
        try store.publish(try sampleManifest(files, "/s"))
        // The last byte of the body counts them; the hash is made anew, so that nothing else is wrong.
        let path = "/s/" + ManifestStore.fileName(2)
        let whole = try files.contents(of: path)
        let count = whole.count - 33
        #expect(whole[count] == 0)
        var body = Array(whole[..<count])
        #expect(SHA256.hash(body + [0]) == Array(whole[(count + 1)...]))
        body.append(1)
        files.damage(path) { $0 = body + SHA256.hash(body) }
        // It is whole, so a newer version wrote it, and an older manifest would be another store.
        let error = #expect(throws: NewerFormatError.self) {
            try ManifestStore.open(fileSystem: files, directory: "/s")
        }
        #expect(error?.file == path && error?.expectation.contains("no file of another role") == true)
    }

    @Test func aVersionThatDoesNotContinueIsRefused() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        try files.createDirectories("/other")
        for directory in ["/s", "/other"] {
            var (store, _) = try ManifestStore.open(fileSystem: files, directory: directory)
            var manifest = Manifest()
            manifest.position = directory == "/s" ? 1 : 2
            try store.publish(manifest)
            try store.publish(manifest)
        }
        let foreign = try files.contents(of: "/other/" + ManifestStore.fileName(2))
        files.damage("/s/" + ManifestStore.fileName(2)) { $0 = foreign }
        let (store, findings) = try ManifestStore.open(fileSystem: files, directory: "/s")
        #expect(store.version == 1 && store.current.position == 1)
        #expect(findings.refused.first?.offset == 24)
    }

    /// The copy alone of a newer version that does not serve is no damage of a manifest, and stops nothing: an older
    /// store that was put back over a newer one leaves it.
    @Test func aCopyThatStandsAloneIsSaidToBeOne() throws {
        let files = SimulatedFileSystem()
        for (directory, positions) in [("/s", [1]), ("/other", [2, 2])] as [(String, [Int64])] {
            try files.createDirectories(directory)
            var (store, _) = try ManifestStore.open(fileSystem: files, directory: directory)
            for position in positions {
                var manifest = Manifest()
                manifest.position = position
                try store.publish(manifest)
            }
        }
        let copy = "/s/copy-of-" + ManifestStore.fileName(2)
        try files.replace(copy, with: try files.contents(of: "/other/" + ManifestStore.fileName(2)))
        var (store, findings) = try ManifestStore.open(fileSystem: files, directory: "/s")
        #expect(store.version == 1 && store.current.position == 1 && findings.damage == [])
        #expect(findings.loneCopies.map(\.file) == [copy])
        #expect(findings.doubt?.file == copy && findings.doubt?.offset == 24)
        let found = try ManifestStore.survey(fileSystem: files, directory: "/s")
        #expect(found.version == 1 && found.faults.isEmpty && found.loneCopies == findings.loneCopies)
        // The next version takes its name.
        try store.publish(store.current)
        #expect(try ManifestStore.open(fileSystem: files, directory: "/s").findings.loneCopies == [])
    }

    /// Whoever puts a file there under a name that no store gives stops nothing, whole or not.
    @Test(arguments: [true, false]) func aVersionThatNoStoreReachesIsRefused(isWhole: Bool) throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        var (store, _) = try ManifestStore.open(fileSystem: files, directory: "/s")
        try store.publish(Manifest())
        var bytes = try files.contents(of: "/s/" + ManifestStore.fileName(1)).dropLast(32)
        for index in 16..<24 { bytes[index] = 0xff }
        let path = "/s/" + ManifestStore.fileName(.max)
        try files.replace(path, with: isWhole ? bytes + SHA256.hash(Array(bytes)) : [0x78])
        var (again, findings) = try ManifestStore.open(fileSystem: files, directory: "/s")
        #expect(again.version == 1 && !again.hasMovedOn && findings.refused.map(\.file) == [path])
        if isWhole { #expect(findings.refused.first?.offset == 16) }
        try again.publish(Manifest())
        #expect(try ManifestStore.open(fileSystem: files, directory: "/s").store.version == 2)
    }

    /// A version that took its name and could not be made durable is taken back, so that no start misses the files that
    /// it alone names. Where that fails as well they are to stay until there is another one.
    @Test(arguments: [false, true]) func aVersionThatFailsBehindItsNameIsTakenBack(isLasting: Bool) throws {
        for seed in UInt64(0)..<16 {
            let files = SimulatedFileSystem(seed: seed)
            try files.createDirectories("/s")
            var (store, _) = try ManifestStore.open(fileSystem: files, directory: "/s")
            let first = try sampleManifest(files, "/s")
            try store.publish(first)
            var second = first
            second.projections = try put(files, "/s/late", [9, 9])
            files.arm(SimulatedFault(.failure(5), atCall: 1, of: [.flushDirectory], isLasting: isLasting))
            #expect(throws: StorageError.self) { try store.publish(second) }
            #expect(store.version == 1 && store.current == first && store.mayHaveUnpublished == isLasting)
            // An attempt that does not come so far changes nothing of that.
            files.disarm()
            files.arm(SimulatedFault(.failure(28), atCall: 1, of: [.rename]))
            #expect(throws: StorageError.self) { try store.publish(second) }
            #expect(store.mayHaveUnpublished == isLasting)
            files.disarm()
            if isLasting {
                try store.publish(second)
                #expect(store.version == 2 && !store.mayHaveUnpublished)
                continue
            }
            try files.remove("/s/late")
            files.crash(seed % 2 == 0 ? .power : .process)
            let (again, findings) = try ManifestStore.open(fileSystem: files, directory: "/s")
            #expect(again.version == 1 && again.current == first && findings.damage == [], "seed \(seed)")
        }
    }

    @Test func missingFilesRefuseAVersion() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        var (store, _) = try ManifestStore.open(fileSystem: files, directory: "/s")
        var manifest = try sampleManifest(files, "/s")
        try store.publish(manifest)
        manifest.projections = try put(files, "/s/late", [9, 9])
        try store.publish(manifest)
        files.damage("/s/late") { $0 = [9] }
        let (fallen, findings) = try ManifestStore.open(fileSystem: files, directory: "/s")
        #expect(fallen.version == 1 && findings.refused.first?.file == "/s/late")
        #expect(findings.unknownFiles == ["late"])
    }

    /// A version whose name could not be made durable was not published: whoever wanted it takes its files away, and
    /// nobody is to read it as the newest one.
    @Test func whatWasNotPublishedLosesItsName() throws {
        for seed in UInt64(0)..<16 {
            let files = SimulatedFileSystem(seed: seed)
            try files.createDirectories("/s")
            var (store, _) = try ManifestStore.open(fileSystem: files, directory: "/s")
            let manifest = try sampleManifest(files, "/s")
            try store.publish(manifest)
            var second = manifest
            second.projections = try put(files, "/s/late", [9, 9])
            files.arm(SimulatedFault(.failure(5), atCall: 1, of: [.flushDirectory]))
            #expect(throws: StorageError.self) { try store.publish(second) }
            #expect(store.version == 1 && store.current == manifest)
            try files.remove("/s/late")
            #expect(try ManifestStore.survey(fileSystem: files, directory: "/s").version == 1)
            files.crash(seed % 2 == 0 ? .power : .process)
            var (again, findings) = try ManifestStore.open(fileSystem: files, directory: "/s")
            #expect(again.version == 1 && again.current == manifest && findings.damage == [], "seed \(seed)")
            second = manifest
            second.position = 400
            try again.publish(second)
            #expect(try ManifestStore.open(fileSystem: files, directory: "/s").store.current == second)
        }
    }

    /// What stood under the name before may be the state, and is not taken away where nothing took its place.
    @Test func anotherFileOfTheNameStays() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        var (store, _) = try ManifestStore.open(fileSystem: files, directory: "/s")
        let manifest = try sampleManifest(files, "/s")
        try store.publish(manifest)
        let path = "/s/" + ManifestStore.fileName(2)
        try files.replace(path, with: [1, 2, 3])
        files.arm(SimulatedFault(.failure(28), atCall: 1, of: [.rename]))
        #expect(throws: StorageError.self) { try store.publish(manifest) }
        #expect(try files.contents(of: path) == [1, 2, 3])
    }

    @Test func leftoversAreNamedAndTemporaryOnesRemoved() throws {
        let files = SimulatedFileSystem()
        try files.createDirectories("/s")
        var (store, _) = try ManifestStore.open(fileSystem: files, directory: "/s")
        try store.publish(try sampleManifest(files, "/s"))
        for name in ["00000000000000ff.segment.new", "stranger", "log-1"] { _ = try files.open("/s/" + name, .create) }
        let (again, findings) = try ManifestStore.open(
            fileSystem: files, directory: "/s", isKnown: { $0.hasPrefix("log-") })
        #expect(findings.temporaryFiles == ["00000000000000ff.segment.new"] && findings.unknownFiles == ["stranger"])
        try again.removeTemporaryFiles(findings)
        #expect(try files.lengthBytes(of: "/s/00000000000000ff.segment.new") == nil)
        #expect(try files.lengthBytes(of: "/s/stranger") == 0)
    }
}
