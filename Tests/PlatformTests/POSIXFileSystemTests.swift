import Foundation
import Platform
import Testing

@Suite struct POSIXFileSystemTests {
    let files = POSIXFileSystem()

    @Test func writtenBytesAreReadBack() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a"
        let file = try files.open(path, .create)
        try file.write([1, 2, 3], at: 5)
        try file.flush()
        #expect(try file.lengthBytes() == 8)
        #expect(try file.read(upTo: 100, at: 4) == [0, 1, 2, 3])
        #expect(try file.read(upTo: 4, at: 100) == [])
        #expect(try files.contents(of: path) == [0, 0, 0, 0, 0, 1, 2, 3])
        #expect(throws: CorruptionError(file: path, offset: 8, expectation: "2 more bytes")) {
            try file.read(exactly: 4, at: 6)
        }
    }

    /// A file by its length, a pipe by its end; neither beyond the bound.
    @Test func inputsAreReadToTheirEnds() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a"
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        try files.replace(path, with: bytes)
        #expect(try files.input(path, bytesMax: 200_000) == bytes)
        #expect(try files.input(path, bytesMax: 199_999) == nil)
        try files.replace(path, with: [])
        #expect(try files.input(path, bytesMax: 0) == [])
        #expect(try files.lengthBytes(of: path) == 0)
        let pipe = Pipe()
        let name = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
        #expect(try files.lengthBytes(of: name) == nil)
        // More than a pipe holds.
        let writer = Thread { [end = pipe.fileHandleForWriting] in
            end.write(Data(bytes[..<100_000]))
            end.write(Data(bytes[100_000...]))
            try? end.close()
        }
        writer.start()
        #expect(try files.input(name, bytesMax: 200_000) == bytes)
    }

    /// A name that stands for a directory elsewhere leads there, whether or not it is there, and nothing comes in its
    /// place.
    @Test func namesLeadToDirectoriesElsewhere() throws {
        let directory = try TemporaryDirectory()
        let (name, target) = (directory.path + "/name", directory.path + "/target")
        #expect(try files.linkTarget(of: name) == nil && files.linkTarget(of: name + "/below") == nil)
        try files.linkDirectory(name, to: target)
        #expect(try files.linkTarget(of: name) == target && !files.isDirectory(name))
        #expect(throws: StorageError.self) { try files.createDirectories(name) }
        #expect(throws: StorageError.self) { try files.linkDirectory(name, to: directory.path) }
        try files.createDirectories(target)
        try files.replace(name + "/a", with: [1, 2])
        #expect(try files.isDirectory(name) && files.contents(of: target + "/a") == [1, 2])
        #expect(try files.list(directory.path).allSatisfy(\.isDirectory) && files.list(directory.path).count == 2)
        #expect(try files.linkTarget(of: target) == nil && files.linkTarget(of: name + "/a") == nil)
        #expect(try OverlayFileSystem(files).linkTarget(of: name) == target)
        // Whoever follows one that leads nowhere gets an error, who does not follow any gets none.
        try files.linkDirectory(directory.path + "/loop", to: directory.path + "/loop")
        try files.replace(directory.path + "/file", with: [])
        #expect(throws: StorageError.self) { try files.list(directory.path) }
        #expect(
            try files.listOwn(directory.path) == [
                DirectoryEntry(name: "file", isDirectory: false), DirectoryEntry(name: "target", isDirectory: true),
            ])
        #expect(try OverlayFileSystem(files).listOwn(target).map(\.name) == ["a"])
    }

    /// What is no file is refused at once, whatever it is opened for; nobody is waited for.
    @Test func whatIsNoFileIsRefused() throws {
        let directory = try TemporaryDirectory()
        let pipe = directory.path + "/pipe"
        let maker = Process()
        maker.executableURL = URL(fileURLWithPath: "/bin/sh")
        maker.arguments = ["-c", "mkfifo \"$0\"", pipe]
        try maker.run()
        maker.waitUntilExit()
        let refusal = StorageError(.open, path: pipe, code: ENXIO)
        for options in [FileOptions.read, .update, .append, .replace] {
            #expect(throws: refusal) { try files.open(pipe, options) }
        }
        #expect(throws: refusal) { try files.contents(of: pipe) }
        #expect(throws: StorageError(.open, path: "/dev/null", code: ENXIO)) { try files.open("/dev/null", .read) }
        let ofDirectory = StorageError(.open, path: directory.path, code: EISDIR)
        #expect(throws: ofDirectory) { try files.open(directory.path, .read) }
        #expect(refusal.isNoFile && refusal.isOfPlace && ofDirectory.isNoFile)
        #expect(
            "\(refusal)" == "cannot open \(pipe): a pipe, a socket or a device stands there, and no file; "
                + "remove it, and put the file there")
        // Of a disk that has gone, say.
        let ofDisk = StorageError(.read, path: "/a", offset: 9, code: ENXIO)
        #expect("\(ofDisk)" == "cannot read /a at offset 9: No such device or address; see errno(3)")
        #expect(try files.input("/dev/null", bytesMax: 10) == [])
    }

    @Test func preallocationExtendsWithZerosAndNeverShortens() throws {
        let directory = try TemporaryDirectory()
        let file = try files.open(directory.path + "/a", .create)
        try file.write([7], at: 0)
        try file.preallocate(bytes: 3_000_000)
        try file.preallocate(bytes: 10)
        #expect(try file.lengthBytes() == 3_000_000)
        #expect(try file.read(upTo: 3, at: 0) == [7, 0, 0])
        try file.truncate(toBytes: 2)
        #expect(try file.read(upTo: 3, at: 0) == [7, 0])
        try file.writeZeros(2_500_000, at: 1)
        #expect(try file.lengthBytes() == 2_500_001)
    }

    /// Whatever the volume knows of holes; one that knows nothing has all for data.
    @Test func whatIsNoDataIsZeros() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/a"
        let file = try files.open(path, .create)
        #expect(try file.nextData(from: 0) == nil)
        try file.write([7], at: 5)
        try file.preallocate(bytes: 3_000_000)
        try file.write([9], at: 2_000_000)
        let (first, second) = (try file.nextData(from: 0), try file.nextData(from: 1_999_000))
        #expect(first?.lowerBound ?? .max <= 5 && second?.contains(2_000_000) == true)
        #expect(try file.nextData(from: 3_000_000) == nil)
        #expect(try hasItsData(files, path))
    }

    @Test func namesAreListedRenamedAndRemoved() throws {
        let directory = try TemporaryDirectory()
        let root = directory.path
        try files.createDirectories(root + "/x/y/z")
        try files.createDirectories(root + "/x/y/z")
        for name in ["b", "ä", "B"] { _ = try files.open(root + "/" + name, .create) }
        #expect(try files.list(root).map(\.name) == ["B", "b", "x", "ä"])
        #expect(try files.list(root).filter(\.isDirectory).map(\.name) == ["x"])
        try files.rename(root + "/b", to: root + "/B")
        try files.remove(root + "/ä")
        try files.flushDirectory(root)
        try files.removeDirectory(root + "/x/y/z")
        #expect(try files.list(root).map(\.name) == ["B", "x"])
        #expect(try files.lengthBytes(of: root + "/b") == nil)
        #expect(try files.lengthBytes(of: root + "/B") == 0)
        #expect(try files.isDirectory(root + "/x"))
        #expect(try files.freeBytes(at: root) > 0)
    }

    @Test func errorsNameOperationPathAndAdvice() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/absent"
        let error = try #require(throws: StorageError.self) { try files.open(path, .read) }
        #expect(error.isMissing)
        #expect(error.description == "cannot open \(path): No such file or directory; check the path")
        _ = try files.open(path, .create)
        #expect(throws: StorageError(.open, path: path, code: EEXIST)) { try files.open(path, .create) }
        let file = try files.open(path, .update)
        file.close()
        file.close()
        #expect(throws: StorageError(.write, path: path, offset: 9, code: EBADF)) { try file.write([1], at: 9) }
        #expect(StorageError(.write, path: path, offset: 9, code: ENOSPC).isSpaceExhausted)
    }

    @Test func secretsAreForTheOwnerAlone() throws {
        let directory = try TemporaryDirectory()
        _ = try files.open(directory.path + "/key", FileOptions(.readWrite, creation: .exclusively, isSecret: true))
        try files.replace(directory.path + "/key2", with: [1], isSecret: true)
        // As versions before made it.
        try files.replace(directory.path + "/old-lock", with: [])
        for name in ["lock", "old-lock"] { try files.lock(directory.path + "/" + name, isSecret: true).release() }
        for name in ["key", "key2", "lock", "old-lock"] {
            let mode =
                try FileManager.default.attributesOfItem(atPath: directory.path + "/" + name)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    /// Whatever the umask of the tests lets, which can only take away.
    @Test func whatAStoreKeepsIsForItsGroupAndWhatIsAskedForIsForEveryone() throws {
        let directory = try TemporaryDirectory()
        let cases: [(POSIXFileSystem.Readers, file: Int, directory: Int)] = [
            (.group, 0o640, 0o750), (.everyone, 0o666, 0o777),
        ]
        for (readers, fileMode, directoryMode) in cases {
            let files = POSIXFileSystem(readers: readers)
            let root = "\(directory.path)/\(readers)/below"
            try files.createDirectories(root)
            for (name, options) in [("a", FileOptions.append), ("b", .create), ("c", .replace)] {
                _ = try files.open(root + "/" + name, options)
            }
            try files.replace(root + "/d", with: [1])
            try files.replace(root + "/secret", with: [1], isSecret: true)
            try files.lock(root + "/lock").release()
            let allowed = 0o777 & ~(try umaskOfTheProcess())
            for name in ["a", "b", "c", "d", "lock"] {
                #expect(try mode(of: root + "/" + name) == fileMode & allowed, "\(readers) \(name)")
            }
            #expect(try mode(of: root + "/secret") == 0o600 & allowed)
            for name in [root, parentDirectory(of: root)] {
                #expect(try mode(of: name) == directoryMode & allowed, "\(readers) \(name)")
            }
        }
    }

    /// What an earlier version made for more readers is for ours alone once it is opened to be changed: not before, not
    /// where an operator asked for it, and never for more than it was.
    @Test func filesForMoreReadersAreTightened() throws {
        let directory = try TemporaryDirectory()
        func made(_ name: String, _ mode: Int) throws -> String {
            let path = directory.path + "/" + name
            try files.replace(path, with: [1])
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            return path
        }
        for (name, options) in [("a", FileOptions.update), ("b", .append), ("c", .replace)] {
            let path = try made(name, 0o664)
            _ = try files.open(path, .read)
            _ = try POSIXFileSystem(readers: .everyone).open(path, options)
            #expect(try mode(of: path) == 0o664, "\(name)")
            _ = try files.open(path, options)
            #expect(try mode(of: path) == 0o640, "\(name)")
        }
        for (name, isSecret, promised) in [("lock", false, 0o640), ("tokens.lock", true, 0o600)] {
            let path = try made(name, 0o644)
            try files.lock(path, isSecret: isSecret).release()
            #expect(try mode(of: path) == promised, "\(name)")
        }
        // What was left where a key was to be replaced, before anything is written into it.
        _ = try made("key.new", 0o644)
        try files.replace(directory.path + "/key", with: [2], isSecret: true)
        #expect(try mode(of: directory.path + "/key") == 0o600)
        let secret = try made("d", 0o600)
        _ = try files.open(secret, .update)
        #expect(try mode(of: secret) == 0o600)
    }

    /// So is what is there and hardly ever opened to be changed, where somebody asks for it: directories and keys.
    @Test func directoriesAndKeysAreTightenedOnDemand() throws {
        let directory = try TemporaryDirectory()
        let (keys, key) = (directory.path + "/keys", directory.path + "/keys/key")
        try files.createDirectories(keys)
        try files.replace(key, with: [1])
        for (path, mode) in [(keys, 0o775), (key, 0o444)] {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }
        POSIXFileSystem(readers: .everyone).tighten(keys, isSecret: false)
        #expect(try mode(of: keys) == 0o775)
        files.tighten(keys, isSecret: false)
        files.tighten(key, isSecret: true)
        // Nothing is given: who made it for reading alone did not want it written.
        #expect(try mode(of: keys) == 0o750)
        #expect(try mode(of: key) == 0o400)
        files.tighten(directory.path + "/none", isSecret: true)
        #expect(try files.list(directory.path).map(\.name) == ["keys"])
    }

    private func mode(of path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    /// Asking `umask` itself would set it, for all threads.
    private func umaskOfTheProcess() throws -> Int {
        let file = try files.open("/proc/self/status", .read)
        let status = String(decoding: try file.read(upTo: 65_536, at: 0), as: UTF8.self)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("Umask:") })
        return try #require(Int(line.dropFirst("Umask:".count).filter { $0.isNumber }, radix: 8))
    }

    @Test func aLockExcludesOthersUntilReleased() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/lock"
        let held = try files.lock(path)
        let error = try #require(throws: StorageError.self) { try files.lock(path) }
        #expect(error.isLocked)
        held.release()
        let again = try files.lock(path)
        again.release()
    }

    @Test func aLockOfAKilledProcessIsFree() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/lock"
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/bin/sh")
        holder.arguments = ["-c", "exec 9>\"$0\"; flock 9; echo held; exec sleep 60", path]
        let output = Pipe()
        holder.standardOutput = output
        try holder.run()
        #expect(output.fileHandleForReading.readData(ofLength: 5) == Data("held\n".utf8))
        #expect(throws: StorageError.self) { try files.lock(path) }
        kill(holder.processIdentifier, SIGKILL)
        holder.waitUntilExit()
        try files.lock(path).release()
    }
}
