import EventStores
import Platform

extension SimulationRun {
    /// The place of all backups.
    static let backups = "/backups"

    /// Makes a backup of the store that is open, restores it on a volume of its own, and holds it against the store as
    /// the next start finds it.
    mutating func backUp(links: Bool, upToShare share: Int?, _ options: StoreOptions) throws {
        var wanted = BackupOptions()
        (wanted.takesKey, wanted.links) = (true, links)
        let record = try EventStore.backUp(
            Self.directory, into: Self.backups, context: context(disk), options: wanted).record
        guard !oracle.mayLose else { return }
        let volume = anotherVolume()
        try Self.restoring("backup \(record.number), just made") {
            let restored = try restored(record.number, on: volume, options)
            guard restored.snapshot.position == record.position else {
                throw Violation(.noHoles, "it ends at position \(restored.snapshot.position), not \(record.position)")
            }
            let found = try restored.events(sent)
            var model = oracle
            try model.takeUp(found, try restored.corrections(), endsDoubt: false)
            let source = try contents(of: Self.directory, on: volume, options)
            let (everything, wanted) = (try restored.everything(), try source.everything())
            guard everything == wanted else {
                throw Violation(.computedRightly, "restored: \(Self.difference(everything, wanted))")
            }
            backups.append((record.number, everything))
            if let share, oracle.dropped.isEmpty, record.position > 0 {
                try checkEarlier(max(1, record.position * Int64(share) / 100), record.number, found, volume, options)
            }
        }
        report.backups += 1
    }

    /// The store up to an earlier position has the events up to it, as they came, and no other.
    private func checkEarlier(
        _ position: Int64, _ number: UInt64, _ all: [Oracle.Kept], _ volume: SimulatedFileSystem,
        _ options: StoreOptions
    ) throws {
        var wanted = BackupRestoring()
        (wanted.number, wanted.moment) = (number, .position(position))
        let restored = try EventStore.restoreBackup(
            Self.backups, into: "/earlier", context: context(volume), wanted)
        let found = try contents(of: "/earlier", on: volume, options).events(sent)
        // As it was known then: of what later rows stand for nobody here knows which one.
        let isKnown = !history.replaces
        let expected = all.filter { $0.position <= position }
        guard restored.position == position, found.map(\.position) == expected.map(\.position),
            found.map(\.event.id) == expected.map(\.event.id), !isKnown || found == expected
        else {
            throw Violation(
                .nothingLost,
                "up to position \(position) it has \(found.count) events, not \(expected.count) as they were")
        }
    }

    /// The newest backup is one for good, whatever crashed since.
    func checkLastBackup(_ options: StoreOptions) throws {
        guard let last = backups.last, !oracle.mayLose else { return }
        let volume = anotherVolume()
        try Self.restoring("backup \(last.number), at the end") {
            let findings = try EventStore.verifyBackup(Self.backups, number: last.number, context: context(volume))
                .findings
            if let finding = findings.first { throw Violation(.nothingLost, finding) }
            let everything = try restored(last.number, on: volume, options).everything()
            guard everything == last.everything else {
                throw Violation(.nothingLost, Self.difference(everything, last.everything))
            }
        }
    }

    private func restored(
        _ number: UInt64, on volume: SimulatedFileSystem, _ options: StoreOptions
    ) throws -> StoreContents {
        var wanted = BackupRestoring()
        wanted.number = number
        _ = try EventStore.restoreBackup(Self.backups, into: "/restored", context: context(volume), wanted)
        return try contents(of: "/restored", on: volume, options)
    }

    private func contents(
        of directory: String, on volume: SimulatedFileSystem, _ options: StoreOptions
    ) throws -> StoreContents {
        let store = try EventStore.open(at: directory, context: context(volume), options: options)
        let findings = try store.verify().findings
        if let finding = findings.first { throw Violation(.computedRightly, "verify of \(directory): \(finding)") }
        return StoreContents(snapshot: store.snapshot())
    }

    /// What is there now, on a volume with nothing in the way.
    private func anotherVolume() -> SimulatedFileSystem {
        let volume = SimulatedFileSystem(copying: disk, seed: history.seed ^ 3)
        volume.setQuota(bytes: .max)
        return volume
    }

    /// Nothing excuses a failure here: the faults are on another volume.
    private static func restoring(_ what: String, _ body: () throws -> Void) throws(Violation) {
        do {
            try body()
        } catch let violation as Violation {
            throw Violation(violation.invariant, "\(what): \(violation.text)")
        } catch {
            throw Violation(.answeredOrRefused, "\(what): \(error)")
        }
    }
}
