import ArgumentParser
import EventStores
import Platform

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a data directory of a backup.",
        discussion: """
            DIR is a directory that is empty, or not there yet. Its store answers as the one that was backed up did at \
            the position of the backup: every table, every counter, every delivery mark. Each file is compared with \
            what was backed up while it is written, and nothing opens the directory before all of it is there: a \
            restore that broke off is begun again in another directory, or once this one is removed.

            --to ends earlier: before a time by which things were received, or behind a position. The store is then \
            said anew from its events, prices and what else happened, as an export of it would be imported, so it \
            takes as long: costs and counters are those of that moment; what later spans changed of an event stands \
            as it did at the backup.

            Exit status 0 when done, 2 where DIR is not empty, PLACE holds no backup, the key is missing or another \
            one, or the backup does not reach so far, 4 when the backup is damaged, 5 when storage failed.
            """)

    @Argument(help: ArgumentHelp("The directory of the backups, as `plimsoll backup` filled it.", valueName: "place"))
    var place: String

    @Argument(help: ArgumentHelp("The data directory to make.", valueName: "dir"))
    var directory: String

    @Option(
        help: ArgumentHelp(
            "The store's key, DIR/keys/store.key of the store that was backed up; by default the one in PLACE.",
            valueName: "file"))
    var key: String?

    @Option(help: ArgumentHelp("Which backup; the newest one by default.", valueName: "number"))
    var number: UInt64?

    @Option(
        help: ArgumentHelp(
            "Up to where: digits alone are a position, the last one that is there; else a time by which things were "
                + "received, exclusive: \(TimeArgument.forms).", valueName: "position|time"))
    var to: String?

    func run() throws {
        let machine = Machine()
        var wanted = BackupRestoring()
        (wanted.number, wanted.keyFile) = (number, key)
        wanted.moment = try to.map(Self.moment)
        let progress = BackupProgress(machine)
        defer { progress.clear() }
        let result = try EventStore.restoreBackup(
            place, into: directory, context: machine.context, wanted, note: progress.note)
        progress.clear()
        try StandardStream.output.print("\(directory) is made of \(result.record.text)")
        if let to {
            try StandardStream.output.print("as it was known at position \(result.position), by --to \(to)")
        }
        StandardStream.tell("serve it with `plimsoll serve --data \(directory)`; tokens of clients are made anew")
    }

    /// - Throws: ``CommandFailure``, `ReportError` for what is neither.
    private static func moment(_ text: String) throws -> EarlierStore.Moment {
        if !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            guard let position = Int64(text) else {
                throw CommandFailure(.badInput, "--to \(text): no store has come to that position")
            }
            return .position(position)
        }
        let (before, isFirst) = try TimeArgument.parse(text).subtractingReportingOverflow(1)
        return .received(isFirst ? .min : before)
    }
}
