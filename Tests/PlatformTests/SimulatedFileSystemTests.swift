import Foundation
import Platform
import Testing

@Suite struct SimulatedFileSystemTests {
    private func system(seed: UInt64 = 0, quotaBytes: Int = .max) throws -> SimulatedFileSystem {
        let system = SimulatedFileSystem(seed: seed, quotaBytes: quotaBytes)
        try system.createDirectories("/d")
        return system
    }

    /// Contents of `/d/a` after power cuts of the same history under many seeds.
    private func outcomes(_ seeds: Range<UInt64> = 0..<300, _ history: (SimulatedFileSystem) throws -> Void) throws
        -> Set<[UInt8]?>
    {
        var seen: Set<[UInt8]?> = []
        for seed in seeds {
            let system = try system(seed: seed)
            try history(system)
            system.crash()
            seen.insert(system.snapshot(of: "/d/a"))
        }
        return seen
    }

    /// What others give back is told apart from what is wrong with a file, and so is who is to do something about it.
    @Test func scarceIsNotBroken() throws {
        for code in [EMFILE, ENFILE, ENOMEM, ENOBUFS, EINTR, EAGAIN] {
            let system = try system()
            system.setOpenFiles(max: 0, code: code)
            let error = #expect(throws: StorageError.self) { try system.open("/d/a", .create) }
            #expect(error?.code == code && error?.isScarcity == true && error?.isOfPlace == false)
            #expect(error?.isMissing == false && error?.isDenied == false && error?.isSpaceExhausted == false)
        }
        #expect(StorageError(.open, path: "/d/a", code: EMFILE).advice.contains("ulimit -n"))
        #expect(StorageError(.open, path: "/d/a", code: ENFILE).advice.contains("fs.file-max"))
        for code in [EIO, ENOENT, EACCES, EROFS, ENOSPC] {
            #expect(!StorageError(.open, path: "/d/a", code: code).isScarcity)
        }
        // Who has the lock is another process, whatever number says so.
        #expect(!StorageError(.lock, path: "/d/a", code: EAGAIN).isScarcity)
    }

    @Test func whatIsFlushedSurvivesEveryPowerCut() throws {
        let seen = try outcomes { system in
            let file = try system.open("/d/a", .create)
            try file.write([1, 2, 3], at: 1)
            try file.flush()
            try system.flushDirectory("/d")
        }
        #expect(seen == [[0, 1, 2, 3]])
    }

    @Test func aFlushedFileWithoutItsNameMayBeGone() throws {
        let seen = try outcomes { system in
            let file = try system.open("/d/a", .create)
            try file.write([1], at: 0)
            try file.flush()
        }
        #expect(seen == [[1], nil])
    }

    @Test func anUnflushedWriteIsTornAtSectorsOnly() throws {
        let old = [UInt8](repeating: 1, count: 1536)
        let new = [UInt8](repeating: 2, count: 1200)
        let seen = try outcomes { system in
            let file = try system.open("/d/a", .create)
            try file.write(old, at: 0)
            try file.flush()
            try system.flushDirectory("/d")
            try file.write(new, at: 100)
        }
        for case let content? in seen {
            #expect(content.count == 1536)
            let sectors = [content[100..<512], content[512..<1024], content[1024..<1300]]
            for sector in sectors { #expect(Set(sector).count == 1) }
            #expect(content[..<100] == old[..<100] && content[1300...] == old[1300...])
        }
        #expect(seen.count == 8, "every subset of three sectors comes up")
    }

    @Test func theLengthMayRunAheadOfTheData() throws {
        let seen = try outcomes { system in
            let file = try system.open("/d/a", .create)
            try system.flushDirectory("/d")
            try file.write([9], at: 0)
        }
        #expect(seen == [[], [0], [9]])
    }

    @Test func unflushedRenamesAndRemovalsMayOrMayNotHappen() throws {
        func prepare(_ system: SimulatedFileSystem) throws {
            for (name, byte) in [("a", UInt8(1)), ("b", 2)] {
                let file = try system.open("/d/" + name, .create)
                try file.write([byte], at: 0)
                try file.flush()
            }
            try system.flushDirectory("/d")
        }
        #expect(
            try outcomes {
                try prepare($0); try $0.rename("/d/b", to: "/d/a")
            } == [[1], [2]])
        #expect(
            try outcomes {
                try prepare($0); try $0.remove("/d/a")
            } == [[1], nil])
        #expect(
            try outcomes {
                try prepare($0); try $0.remove("/d/a"); try $0.flushDirectory("/d")
            } == [nil])
    }

    @Test func aSecondNameIsThereAfterAPowerCutOnceItsDirectoryWasFlushed() throws {
        func prepare(_ system: SimulatedFileSystem) throws {
            let file = try system.open("/d/b", .create)
            try file.write([1], at: 0)
            try file.flush()
            try system.flushDirectory("/d")
        }
        #expect(
            try outcomes {
                try prepare($0); try $0.link("/d/b", as: "/d/a")
            } == [[1], nil])
        #expect(
            try outcomes {
                try prepare($0); try $0.link("/d/b", as: "/d/a"); try $0.flushDirectory("/d"); try $0.remove("/d/b")
            } == [[1]])
        let system = SimulatedFileSystem(seed: 1)
        try system.createDirectories("/d")
        try prepare(system)
        system.arm(SimulatedFault(.failure(EXDEV), atCall: 1, of: [.link]))
        let refused = #expect(throws: StorageError.self) { try system.link("/d/b", as: "/d/a") }
        #expect(refused?.hasNoSecondName == true)
        try system.link("/d/b", as: "/d/a")
        let taken = #expect(throws: StorageError.self) { try system.link("/d/b", as: "/d/a") }
        #expect(taken?.hasNoSecondName == false)
    }

    @Test func aFailedFlushLosesDataThatReadersStillSee() throws {
        let seen = try outcomes { system in
            let file = try system.open("/d/a", .create)
            try system.flushDirectory("/d")
            try file.write([1], at: 0)
            system.arm(SimulatedFault(.lostFlush, atCall: 1, of: [.flush]))
            #expect(throws: StorageError(.flush, path: "/d/a", code: EIO)) { try file.flush() }
            #expect(try file.read(upTo: 9, at: 0) == [1])
            try file.flush()
        }
        #expect(seen == [[]])
    }

    @Test func aProcessThatDiesKeepsItsWritesButNotItsHandlesAndLocks() throws {
        let system = try system()
        let file = try system.open("/d/a", .create)
        let lock = try system.lock("/d/lock")
        #expect(throws: StorageError.self) { try system.lock("/d/lock") }
        try file.write([1], at: 0)
        system.crash(.process)
        #expect(system.snapshot(of: "/d/a") == [1])
        #expect(throws: StorageError(.write, path: "/d/a", offset: 0, code: ESTALE)) { try file.write([2], at: 0) }
        let mine = try system.lock("/d/lock")
        lock.release()
        #expect(throws: StorageError.self) { try system.lock("/d/lock") }
        mine.release()
    }

    @Test func faultsHitTheChosenCall() throws {
        let system = try system()
        let file = try system.open("/d/a", .create)
        system.arm(SimulatedFault(.failure(EIO), atCall: 2, of: [.write]))
        try file.write([1], at: 0)
        #expect(throws: StorageError(.write, path: "/d/a", offset: 1, code: EIO)) { try file.write([2], at: 1) }
        try file.write([3], at: 1)
        system.arm(SimulatedFault(.partialWrite(ENOSPC), atCall: 1, of: [.write]))
        #expect(throws: StorageError(.write, path: "/d/a", offset: 4, code: ENOSPC)) {
            try file.write([4, 5, 6], at: 2)
        }
        #expect(system.snapshot(of: "/d/a") == [1, 3, 4, 5])
        system.arm(SimulatedFault(.shortTransfer, atCall: 1, isLasting: true))
        try file.write([1, 2, 3, 4, 5, 6, 7], at: 0)
        #expect(try file.read(upTo: 7, at: 0) == [1, 2, 3, 4, 5, 6, 7])
        system.disarm()
        system.arm(SimulatedFault(.powerCut, atCall: 1))
        #expect(throws: StorageError.self) { try file.flush() }
        #expect(throws: StorageError.self) { try system.list("/d") }
        system.crash()
        #expect(try system.list("/d").allSatisfy { $0.name == "a" })
    }

    /// Power goes while a call never ends: it has had no effect. One that takes long has its effect, and the clock has
    /// gone on.
    @Test func aCallMayTakeLongOrForEver() throws {
        let clock = SimulatedClock()
        let system = SimulatedFileSystem(seed: 1, clock: clock)
        try system.createDirectories("/d")
        let file = try system.open("/d/a", .create)
        system.arm(SimulatedFault(.delay(nanoseconds: 30_000_000_000), atCall: 1, of: [.write]))
        try file.write([1], at: 0)
        #expect(clock.monotonicNanoseconds() == 30_000_000_000 && system.snapshot(of: "/d/a") == [1])
        system.arm(SimulatedFault(.stuck, atCall: 1, of: [.write]))
        #expect(!system.isOff)
        #expect(throws: StorageError.self) { try file.write([2], at: 0) }
        #expect(system.isOff && system.snapshot(of: "/d/a") == [1] && system.counts.faults == 2)
        system.crash(.process)
        #expect(!system.isOff)
    }

    /// A copy has what was flushed and what was not, and goes its own way.
    @Test func aCopyLosesWhatItsOriginalKeeps() throws {
        let system = try system()
        let file = try system.open("/d/a", .create)
        try file.write([1], at: 0)
        try file.flush()
        try system.flushDirectory("/d")
        try file.write([2], at: 0)
        var seen: Set<[UInt8]?> = []
        for seed in 0..<40 as Range<UInt64> {
            let copy = SimulatedFileSystem(copying: system, seed: seed)
            #expect(copy.snapshot(of: "/d/a") == [2])
            copy.crash()
            seen.insert(copy.snapshot(of: "/d/a"))
        }
        #expect(seen == [[1], [2]])
        #expect(try file.read(upTo: 9, at: 0) == [2])
    }

    /// Who only looks changes nothing of what is to come.
    @Test func looksAreNeitherCountedNorHit() throws {
        let system = try system()
        let file = try system.open("/d/a", .create)
        let calls = system.counts.calls
        system.arm(SimulatedFault(.failure(EIO), atCall: 1))
        let bytes = try system.sparing { try file.read(upTo: 9, at: 0) }
        #expect(bytes.isEmpty && system.counts.calls == calls && system.counts.faults == 0)
        #expect(throws: StorageError.self) { try file.read(upTo: 9, at: 0) }
        #expect(system.counts.faults == 1)
    }

    /// Files whose flush has failed are known until the next crash, and flushes are counted by directory.
    @Test func flushesAreKnownByFile() throws {
        let system = try system()
        let file = try system.open("/d/a", .create)
        try file.flush()
        #expect(system.flushes(ofFilesIn: "/d") == 1 && system.failedFlushes == [])
        system.arm(SimulatedFault(.lostFlush, atCall: 1, of: [.flush]))
        #expect(throws: StorageError.self) { try file.flush() }
        #expect(system.flushes(ofFilesIn: "/d") == 1 && system.failedFlushes == ["/d/a"])
        system.crash()
        #expect(system.failedFlushes == [])
    }

    @Test func aQuotaRefusesGrowthAlone() throws {
        let system = try system(quotaBytes: 10)
        let file = try system.open("/d/a", .create)
        try file.preallocate(bytes: 10)
        #expect(throws: StorageError(.write, path: "/d/a", offset: 8, code: ENOSPC)) {
            try file.write([1, 2, 3], at: 8)
        }
        try file.write([1, 2], at: 8)
        #expect(try system.freeBytes(at: "/d") == 0)
        system.setQuota(bytes: 11)
        try file.write([1], at: 10)
    }

    /// Whoever waits for a flush of another file waits for a step of a long one at the most.
    @Test func longContentsAreFlushedInSteps() throws {
        let system = SimulatedFileSystem()
        try system.createDirectories("/d")
        let bytes = (0..<(5 << 20)).map { UInt8(truncatingIfNeeded: $0 >> 10 ^ $0) }
        try system.replace("/d/a", with: bytes)
        #expect(system.counts.flushes == 1)
        try system.replace("/d/b", with: bytes, flushesInSteps: true)
        #expect(system.counts.flushes == 1 + 3)
        try system.replace("/d/c", with: [], flushesInSteps: true)
        #expect(system.counts.flushes == 1 + 3 + 1)
        let isKept = try ["/d/a", "/d/b", "/d/c"].map { try system.contents(of: $0) } == [bytes, bytes, []]
        #expect(isKept)
    }

    /// What failed takes no room until the next start.
    @Test func aReplacementThatFailsLeavesOneFile() throws {
        for call in 1...6 {
            let system = SimulatedFileSystem()
            try system.createDirectories("/d")
            try system.replace("/d/a", with: [1, 2])
            system.arm(SimulatedFault(.failure(28), atCall: call))
            let isDone = (try? system.replace("/d/a", with: [3, 4, 5])) != nil
            system.disarm()
            // The last call is the flush of the directory, with the new name in it.
            #expect(isDone == (call > 5))
            #expect(try system.list("/d").map(\.name) == ["a"])
            #expect(try system.contents(of: "/d/a") == (call < 5 ? [1, 2] : [3, 4, 5]))
        }
    }

    @Test func flushesAreCounted() throws {
        let system = try system()
        let file = try system.open("/d/a", .create)
        try file.write([1, 2], at: 0)
        try file.flush()
        system.arm(SimulatedFault(.lyingFlush, atCall: 1, of: [.flush]))
        try file.flush()
        try system.replace("/d/b", with: [1])
        #expect(system.counts.flushes == 2)
        #expect(system.counts.directoryFlushes == 1)
        #expect(system.counts.writtenBytes == 3)
    }

    @Test func bothFileSystemsAnswerAlike() throws {
        let directory = try TemporaryDirectory()
        let simulated = try system()
        var answers: [[String]] = []
        for (files, root) in [(POSIXFileSystem() as any FileSystem, directory.path), (simulated, "/d")] {
            var said: [String] = []
            func say(_ body: () throws -> Any) {
                do { said.append("\(try body())") } catch {
                    said.append("\(error)".replacingOccurrences(of: root, with: ""))
                }
            }
            say { try files.open(root + "/none/a", .create).path.count > 0 }
            say { try files.open(root + "/a", .read).path.count }
            say { try files.createDirectories(root + "/e/f") }
            say { try files.open(root + "/e", .update).path.count }
            say { try files.open(root + "/a", .create).write([1, 2], at: 3) }
            say { try files.open(root + "/a", .create).path.count }
            say { try files.open(root + "/a", .read).write([1], at: 0) }
            say { try files.open(root + "/a", .append).lengthBytes() }
            say { try files.open(root + "/a", .replace).lengthBytes() }
            say { try files.link(root + "/b", as: root + "/c") }
            say { try files.link(root + "/a", as: root + "/none/c") }
            say { try files.link(root + "/a", as: root + "/second") }
            say { try files.link(root + "/a", as: root + "/second") }
            say { try files.open(root + "/second", .update).write([7, 8, 9], at: 0) }
            say { try files.contents(of: root + "/a") }
            say { try files.remove(root + "/second") }
            say { try files.contents(of: root + "/a") }
            say { try files.rename(root + "/b", to: root + "/c") }
            say { try files.rename(root + "/a", to: root + "/e/c") }
            say { try files.list(root) }
            say { try files.list(root + "/e") }
            say { try files.removeDirectory(root + "/e") }
            say { try files.remove(root + "/a") }
            say { try files.lengthBytes(of: root + "/e/c") as Any }
            say { try files.lengthBytes(of: root + "/e") as Any }
            say { try files.isDirectory(root + "/e") }
            say { try files.list(root + "/none") }
            say { try files.flushDirectory(root + "/none") }
            answers.append(said)
        }
        #expect(answers[0] == answers[1])
    }
}
