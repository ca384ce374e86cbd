import ArgumentParser
import EventStores
import JSONTexts
import Platform
import Synchronization
import Transfers

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read a whole data directory and prove that it is what was written.",
        discussion: """
            Checks the lengths and SHA-256 of all files, the checksum of every page, every file of the log, and that \
            the read models turns and conversations equal a recomputation from all events; of events that retention \
            dropped, what was made of them is compared with hashes of that moment. Every damaged place is \
            named, of very many the first \(FileFaults.linesMax); what is computed is compared where all files are \
            whole. All processors take part, and how far it is stands on stderr where it takes long. Exit status 0 \
            when everything holds, 4 when something is damaged. Nothing is changed, so the directory may be served \
            meanwhile, and need not have been closed in order.
            """)

    @OptionGroup var data: DataOptions

    func run() throws {
        keepFreedMemory()
        let machine = Machine()
        try checkFiles(machine)
        let result = try telling(machine) { tell in
            try machine.reading(data.directory, isRepeatable: true, asksServers: false) {
                try $0.verify(hasReadFiles: true, telling: tell)
            }
        }
        for finding in result.findings { StandardStream.tell(finding) }
        guard result.findings.isEmpty else {
            throw CommandFailure(
                .damagedData, "\(result.findings.count) findings in \(data.directory)",
                advice: "restore the named files from a backup")
        }
        if result.conversationsOfOldForms > 0 {
            try StandardStream.output.print(
                "\(result.conversationsOfOldForms) conversations have rows that an earlier version made; they were not "
                    + "compared and come anew with their next event")
        }
        let named = (result.droppedTenants + result.droppedTypes).reduce(0) { $0 + $1.events }
        if let time = result.droppedUntil {
            try StandardStream.output.print(
                "\(result.droppedEvents - named) of the events were dropped by retention, received until "
                    + "\(RFC3339.render(time)); what was made of them is what it was then")
        }
        let shares = [("tenants", result.droppedTenants), ("types", result.droppedTypes)]
        for (kind, shares) in shares where !shares.isEmpty {
            let told = shares.map { "\($0.events) of \($0.name) until \(RFC3339.render($0.until))" }
            try StandardStream.output.print(
                "of events of \(kind) with a period of their own were dropped: \(told.joined(separator: ", "))")
        }
        try StandardStream.output.print(
            "\(result.segments) segments, \(result.events) events, \(result.turns) turns and \(result.conversations) "
                + "conversations: files, pages and recomputation agree")
    }

    /// Shows how far something is, until it ends.
    private func telling<Result>(
        _ machine: Machine, _ body: (_ tell: @escaping VerificationProgress.Tell) throws -> Result
    ) throws -> Result {
        let line = Mutex(ProgressLine(clock: machine.clock))
        let keeper = Mutex(MemoryKeeper())
        defer { line.withLock { $0.clear() } }
        return try body { progress in
            // Each event is looked at twice: when its conversation was, and what that comes to.
            keeper.withLock { $0.look() }
            let (share, unit) = progress.step == .files ? (1, "bytes of segments") : (2, "events")
            line.withLock {
                $0.update(
                    done: progress.done, total: progress.total, count: progress.done / share,
                    unit: "of \(progress.total / share) \(unit)")
            }
        }
    }

    private func checkFiles(_ machine: Machine) throws {
        let faults = try telling(machine) { tell in
            try machine.fileFaults(data.directory, asksServers: false, telling: tell)
        }
        guard faults.count > 0 else { return }
        for line in faults.lines { StandardStream.tell(line) }
        let unnamed = faults.count - faults.lines.count
        if unnamed > 0 { StandardStream.tell("\(unnamed) more are not named") }
        let message = "\(faults.count) \(faults.count == 1 ? "finding" : "findings") in \(data.directory)"
        if faults.harmlessCount == faults.count {
            throw CommandFailure(
                .damagedData, message,
                advice: "look at the disk; the server starts and lets go of such a file once all of it is in segments, "
                    + "or writes it anew when it stops, see the runbook PlimsollDown")
        }
        if faults.harmlessCount + faults.servedCount == faults.count {
            throw CommandFailure(
                .damagedData, message,
                advice: "nothing is to be restored: of a file that is kept twice the other one serves, and the next "
                    + "start or seal makes it anew; look at the disk, see the runbook PlimsollDown")
        }
        var advice =
            "`plimsoll repair --data \(data.directory) --dry-run` says what becomes of each; restore the others from a "
            + "backup; the runbook PlimsollDown says what to do without one"
        if faults.isLogDamaged {
            advice += ", for the log `plimsoll set-aside --data \(data.directory)` what would be lost"
        }
        throw CommandFailure(.damagedData, message, advice: advice)
    }
}

/// Keeps what is freed for the next part of a store, which needs the like at once, as long as it is not much.
private struct MemoryKeeper {
    /// What the process may hold before it gives back what is free, bytes.
    private var heldBytesMax = 768 << 20
    /// So much more than it holds then it may hold the next time.
    private static let spareBytes = 256 << 20

    mutating func look() {
        guard let held = residentMemoryBytes(), held > heldBytesMax else { return }
        returnFreeMemory()
        heldBytesMax = max(heldBytesMax, (residentMemoryBytes() ?? held) + Self.spareBytes)
    }
}
