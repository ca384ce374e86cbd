import EventLogs
import Foundation
import Platform
import Testing

@Suite struct LogFaultTests {
    /// A workload over several files; returns what was acknowledged and what was tried.
    private func work(_ system: SimulatedFileSystem) -> (acknowledged: Int, taken: [TestRecord], error: (any Error)?) {
        var taken: [TestRecord] = []
        var acknowledged = 0
        do {
            let log = try openLog(system).log
            for index in 0..<25 {
                let payload = [UInt8](repeating: UInt8(index), count: 100 + 20 * index)
                var record = TestRecord(.events, log.nextPosition, 1, Int64(index), payload)
                do {
                    try log.take(&record)
                } catch {
                    taken.append(record)
                    throw error
                }
                taken.append(record)
                if index % 3 != 1 {
                    try log.flush()
                    acknowledged = taken.count
                }
                if index == 12 { try log.release(before: log.end) }
            }
            try log.close(time: 3)
            acknowledged = taken.count
            return (acknowledged, taken, nil)
        } catch {
            return (acknowledged, taken, error)
        }
    }

    @Test(arguments: [
        SimulatedFault.Effect.failure(EIO), .failure(ENOSPC), .failure(EMFILE), .failure(ENFILE), .failure(ENOMEM),
        .failure(EAGAIN), .partialWrite(EIO), .shortTransfer, .lostFlush, .powerCut,
    ]) func theNthCallFails(effect: SimulatedFault.Effect) throws {
        var failures = 0
        for call in 1..<400 {
            let system = SimulatedFileSystem(seed: UInt64(call))
            system.arm(SimulatedFault(effect, atCall: call))
            let (acknowledged, taken, error) = work(system)
            if effect == .shortTransfer { #expect(error == nil, "short transfers are completed, call \(call)") }
            if error != nil { failures += 1 }
            let wasHit = system.counts.calls >= call
            system.crash(call % 2 == 0 ? .power : .process)
            let records = try openLog(system).records
            let first =
                records.first.flatMap { record in taken.firstIndex { $0.receivedTime == record.receivedTime } } ?? 0
            #expect(first <= 13 && first + records.count >= acknowledged, "call \(call)")
            let isPrefix = records.map(\.unplaced) == taken.dropFirst(first).prefix(records.count).map(\.unplaced)
            #expect(isPrefix, "call \(call)")
            if !wasHit {
                #expect(effect == .shortTransfer || failures > 40)
                return
            }
        }
        Issue.record("the workload takes more than 400 calls")
    }

    @Test func afterAFailedFlushNothingIsTaken() throws {
        let system = SimulatedFileSystem()
        let log = try openLog(system).log
        let kept = try log.takeEvent(bytes: 10)
        try log.flush()
        try log.takeEvent(bytes: 10)
        system.arm(SimulatedFault(.lostFlush, atCall: 1, of: [.flush]))
        let cause = StorageError(.flush, path: logPath + "/events-000000000001.log", code: EIO)
        #expect(throws: cause) { try log.flush() }
        #expect(throws: EventLogError.self) { try log.flush() }
        #expect(throws: EventLogError.self) { try log.takeEvent(bytes: 1) }
        #expect(throws: EventLogError.self) { try log.markIdle(time: 1) }
        #expect(throws: EventLogError.self) { try log.close(time: 1) }
        system.crash()
        #expect(try openLog(system).records == [kept])
    }

    /// After a flush that failed the system takes for written what it has lost, and readers still see it. A process
    /// that starts then and goes on behind it makes it durable first: else what it acknowledges stands behind a gap.
    @Test func whatAFailedFlushLostIsWrittenByTheNextStart() throws {
        for seed in UInt64(0)..<20 {
            let system = SimulatedFileSystem(seed: seed)
            let log = try openLog(system).log
            let kept = try log.takeEvent(bytes: 10)
            try log.flush()
            let lost = try log.takeEvent(bytes: 700)
            system.arm(SimulatedFault(.lostFlush, atCall: 1, of: [.flush]))
            #expect(throws: StorageError.self) { try log.flush() }
            system.crash(.process)
            let again = try openLog(system)
            #expect(again.records == [kept, lost])
            let next = try again.log.takeEvent(bytes: 10)
            try again.log.flush()
            system.crash(.power)
            #expect(try openLog(system).records == [kept, lost, next])
        }
    }

    @Test func aFullDiskRefusesAndWorkResumesWithoutARestart() throws {
        let system = SimulatedFileSystem(quotaBytes: 2 * 4096 + 100)
        let log = try openLog(system).log
        var taken: [TestRecord] = []
        var refused = 0
        for _ in 0..<40 {
            do {
                taken.append(try log.takeEvent(bytes: 500))
                try log.flush()
            } catch let error as StorageError {
                #expect(error.isSpaceExhausted)
                refused += 1
                if refused == 5 { system.setQuota(bytes: 1 << 20) }
            }
        }
        #expect(refused == 5 && taken.count == 35)
        #expect(try openLog(system).records == taken)
    }

    /// A durability promise that nobody counts is decoration.
    @Test func flushesAreOneForAGroupAndNoneForNothing() throws {
        let system = SimulatedFileSystem()
        let log = try openLog(system, options: EventLogOptions(fileBytes: 1 << 16)).log
        let before = system.counts
        for _ in 0..<10 { try log.takeEvent(bytes: 100) }
        #expect(system.counts == before)
        try log.flush()
        try log.flush()
        #expect(system.counts.flushes - before.flushes == 1)
        #expect(system.counts.directoryFlushes == before.directoryFlushes)
        #expect(system.counts.calls - before.calls == 2)
    }

    /// On a disk that lies about flushing, loss is possible, but never a wrong record.
    @Test func aLyingDiskLosesButNeverInvents() throws {
        for seed in UInt64(0)..<100 {
            let system = SimulatedFileSystem(seed: seed)
            system.arm(SimulatedFault(.lyingFlush, atCall: 12, of: [.flush], isLasting: true))
            let (_, taken, _) = work(system)
            system.crash()
            do {
                let records = try openLog(system).records
                let first =
                    records.first.flatMap { record in taken.firstIndex { $0.receivedTime == record.receivedTime } } ?? 0
                let isPrefix = records.map(\.unplaced) == taken.dropFirst(first).prefix(records.count).map(\.unplaced)
                #expect(isPrefix, "seed \(seed)")
            } catch is CorruptionError {
                // Noticed.
            }
        }
    }
}
