import ArgumentParser
import EventStores
import JSONTexts
import Platform
import Transfers

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Back a data directory up while it is served, or prove a backup.",
        discussion: """
            PLACE is a directory for the backups of one store. Each is the store at one position, which is told: \
            segments, state and manifest, and the end of the log behind them. What PLACE has already is not read or \
            written again. Segments never change: on the volume of the data directory they get second names, \
            elsewhere, and with --copy, they are copied; a disk that fails takes both names, so keep one place on \
            another disk. Every file that is new is read to its end before it counts, and the whole is opened once \
            before it is a backup. Whatever ends a backup early, those before it stay as they were, and the next one \
            goes on from what is there.

            The store's key stays out, since with it whoever has the backup has what stands for users: keep \
            DIR/keys/store.key apart, and name it when you restore. --with-key puts it into PLACE/keys. Tokens that \
            let clients in are never in it. A server is not asked: the command reads its directory beside it, so it \
            runs on the server's machine.

            --verify reads a whole backup instead and opens it, without writing anything. Exit status 0 when done or \
            whole, 2 where PLACE holds something else or the backups of another store, 4 when the directory or the \
            backup is damaged, 5 when storage failed or another backup into PLACE is under way.
            """)

    @Argument(help: ArgumentHelp("The directory of the backups.", valueName: "place"))
    var place: String

    @OptionGroup var data: DataOptions

    @Flag(help: "Put the store's key into PLACE, too.")
    var withKey = false

    @Flag(help: "Copy segments where a second name would do.")
    var copy = false

    @Option(help: ArgumentHelp("How many backups stay, the new one included.", valueName: "count"))
    var keep = BackupOptions().keptMax

    @Flag(help: "Prove a backup that is in PLACE; no data directory is looked at.")
    var verify = false

    @Option(help: ArgumentHelp("Which backup to prove; the newest one by default.", valueName: "number"))
    var number: UInt64?

    func validate() throws {
        guard keep > 0 else { throw ValidationError("--keep \(keep): the backup that is made stays, so 1 or more") }
        guard verify || number == nil else { throw ValidationError("--number belongs to --verify") }
        guard !verify || !withKey && !copy else {
            throw ValidationError("--with-key and --copy belong to the making of a backup, not to --verify")
        }
    }

    func run() throws {
        if verify { try prove() } else { try make() }
    }

    private func make() throws {
        let machine = Machine()
        try machine.checkExists(data.directory, asksServers: false)
        var options = BackupOptions()
        (options.takesKey, options.links, options.keptMax) = (withKey, !copy, keep)
        let progress = BackupProgress(machine)
        defer { progress.clear() }
        let summary: BackupSummary
        do {
            summary = try EventStore.backUp(
                data.directory, into: place, context: machine.context, options: options, note: progress.note)
        } catch {
            progress.clear()
            if (try? machine.holdsBackups(place)) == true {
                StandardStream.tell("no backup was made; those that \(place) has are what they were")
            }
            throw error
        }
        progress.clear()
        try StandardStream.output.print(
            "\(summary.record.text): \(summary.segments) segments, \(summary.record.wholeBytes) bytes in all")
        try StandardStream.output.print(
            "\(summary.copied.text) written, \(summary.linked.text) by a second name, \(summary.found.text) there "
                + "before")
        if !summary.removed.isEmpty {
            let numbers = summary.removed.reversed().map(String.init).joined(separator: ", ")
            try StandardStream.output.print("removed: \(numbers), since \(keep) are kept")
        }
        if !summary.hasKey {
            StandardStream.tell(
                "the key is not in it: keep \(data.directory)/keys/store.key apart, no restore is without it")
        }
    }

    private func prove() throws {
        let machine = Machine()
        let progress = BackupProgress(machine)
        defer { progress.clear() }
        let result = try EventStore.verifyBackup(
            place, number: number, context: machine.context, note: progress.note)
        progress.clear()
        for finding in result.findings { StandardStream.tell(finding) }
        let others = result.numbers.filter { $0 != result.record.number }.reversed().map(String.init)
        guard result.findings.isEmpty else {
            throw CommandFailure(
                .damagedData, "\(result.findings.count) findings in backup \(result.record.number) of \(place)",
                advice: "remove the damaged files of \(place)/pieces and back up again: what the data directory has "
                    + "whole is made anew, for all backups that have it; or begin another place"
                    + (others.isEmpty ? "" : "; there are also the backups " + others.joined(separator: ", ")))
        }
        try StandardStream.output.print(
            "\(result.record.text): \(result.record.wholeBytes) bytes are what was written, and open"
                + (result.hasKey ? "" : "; the key is kept elsewhere"))
        if let stray = result.strayFiles, stray > 0 {
            StandardStream.tell(
                "\(stray) files are of an attempt that did not end; they harm nothing, and the next backup takes them "
                    + "up")
        }
        if !others.isEmpty { StandardStream.tell("not looked at: the backups " + others.joined(separator: ", ")) }
    }
}

extension BackupRecord {
    /// Which one it is, and what it is of.
    var text: String {
        "backup \(number): position \(position), all that was received up to \(RFC3339.render(receivedTime))"
    }
}

extension BackupShare {
    fileprivate var text: String { "\(files) files (\(bytes) bytes)" }
}

/// Says on stderr how far a backup or a restore is.
final class BackupProgress {
    private var line: ProgressLine

    init(_ machine: Machine) { line = ProgressLine(clock: machine.clock) }

    func note(_ done: Int, _ total: Int) { line.update(done: done, total: total, count: done >> 20, unit: "MiB") }

    func clear() { line.clear() }
}
