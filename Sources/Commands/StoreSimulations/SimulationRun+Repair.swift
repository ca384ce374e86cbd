import EventStores
import Platform

extension SimulationRun {
    /// Repairs a damaged store. What something else knows is as it was; what is lost is exactly what is said to be, and
    /// what is left is sound.
    mutating func tryRepair(
        _ volume: SimulatedFileSystem, _ paths: [String], _ options: StoreOptions, _ everything: [String]
    ) throws {
        guard let plan = try repaired(volume, paths) else { return }
        for step in plan.steps where !Self.names(step.damage, paths) {
            throw Violation(.answeredOrRefused, "damage of \(paths), a repair looks elsewhere: \(step.damage)")
        }
        // What nothing else knows, and the store needs, stays as it is.
        guard !plan.keepsDamage else { return }
        report.repairs += 1
        let store: EventStore
        do {
            store = try EventStore.open(at: Self.directory, context: context(volume), options: options)
        } catch {
            throw Violation(.answeredOrRefused, "damage of \(paths), repaired, and yet: \(error)")
        }
        let contents = StoreContents(snapshot: store.snapshot())
        let losses = try contents.losses()
        if losses.isEmpty {
            let found = try contents.everything()
            guard found == everything || Self.mayEndEarlier(paths) else {
                throw Violation(
                    .answeredOrRefused, "\(paths), repaired without a loss: \(Self.difference(found, everything))")
            }
        } else {
            report.losses += 1
            try check(losses, try contents.events(sent), paths)
        }
        if let finding = try store.verify().findings.first {
            throw Violation(.computedRightly, "\(paths), repaired: \(finding)")
        }
        try store.close()
        let faults = try EventStore.fileFaults(at: Self.directory, context: context(volume))
        guard faults.count == faults.harmlessCount else {
            throw Violation(.answeredOrRefused, "\(paths), repaired: \(faults.lines)")
        }
    }

    /// - Returns: what was done; nil where it cannot be said what should be.
    private func repaired(_ volume: SimulatedFileSystem, _ paths: [String]) throws -> RepairPlan? {
        let before = volume.snapshot()
        let givenUp = Set(paths.map(fileName(of:)).filter { $0.hasSuffix(Self.segmentEnding) })
        let backup = backups.isEmpty || history.seed.isMultiple(of: 2) ? nil : Self.backups
        do {
            _ = try EventStore.repairPlan(
                at: Self.directory, context: context(volume), from: backup, givingUp: givenUp)
            let after = volume.snapshot()
            let isSame = zip(before, after).allSatisfy { $0.path == $1.path && $0.bytes == $1.bytes }
            guard isSame, before.count == after.count else {
                throw Violation(.answeredOrRefused, "\(paths): a plan of a repair changes files")
            }
            return try EventStore.repair(
                at: Self.directory, context: context(volume), from: backup, givingUp: givenUp, acceptsLoss: true)
        } catch let violation as Violation {
            throw violation
        } catch {
            try checkRefusal(error, paths)
            return nil
        }
    }

    /// Holds what is left against what is said to be lost.
    private func check(_ losses: [StatedLoss], _ found: [Oracle.Kept], _ paths: [String]) throws(Violation) {
        let left = Dictionary(uniqueKeysWithValues: found.map { ($0.event.id, $0) })
        for wanted in oracle.inOrder {
            let (id, loss) = (wanted.event.id, losses.first { $0.holds(wanted.position) })
            guard let one = left[id] else {
                // A row that stands for another one has the position of that one, and lies elsewhere.
                guard loss == nil, !oracle.replaced.contains(id) else { continue }
                throw Violation(.nothingLost, "\(paths), repaired: \(id) is gone, and no loss of \(losses) has it")
            }
            guard loss == nil || oracle.replaced.contains(id) else {
                throw Violation(.answeredOrRefused, "\(paths), repaired: \(id) is said to be lost, and is there")
            }
            guard one == wanted || sent[id]?.contains(one.event) == true && oracle.replaced.contains(id) else {
                throw Violation(
                    .nothingLost, "\(paths), repaired: \(id): \(Oracle.difference(one.event, wanted.event))")
            }
        }
        if let more = found.first(where: { oracle.kept[$0.event.id] == nil }) {
            throw Violation(.nothingInvented, "\(paths), repaired: \(more.event.id) is there")
        }
        guard !history.replaces, !history.retains else { return }
        // Positions have no hole: as many events are lost as are named.
        let lost = oracle.kept.count - found.count
        let named = losses.reduce(0) { sum, loss in
            let last = min(loss.last, oracle.lastPosition)
            return sum + (loss.isOfSegment ? loss.events : Int(max(0, last - loss.first + 1)))
        }
        guard lost == named else {
            throw Violation(.answeredOrRefused, "\(paths), repaired: \(lost) events are lost, \(named) are named")
        }
    }
}
