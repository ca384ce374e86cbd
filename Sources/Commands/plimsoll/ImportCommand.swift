import ArgumentParser
import Clients
import EventStores
import Platform
import Transfers

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take in files of newline-delimited CloudEvents.",
        discussion: """
            Files may be compressed with gzip or Zstandard, and may be pipes; `-` reads stdin. Lines that are refused \
            are counted and told with the reason; all else is kept, and the exit status is 2 then. Ctrl-C ends it \
            after what was read so far and says what was kept.

            An import that broke off is repeated: the same command reads the files from their beginning again, since \
            no mark is kept of how far it got, and what is kept already counts as duplicates, in about the time that \
            it took at first. What came over stdin or a pipe is gone with the command: have it sent again, from its \
            beginning. An event without a time is known again within a day alone: repeat it by then. Of an \
            import that was killed the last 200 MB may not be kept.

            What `plimsoll export` wrote is moved: into a new directory it brings every event to its old position \
            with its cost, and every correction to its place. Where it holds users it wants the key of the store it \
            came from. A wrong key, an export of a part of the times, and a directory with other events are refused \
            before anything is read, and leave no new directory behind; an export that turns out damaged or cut \
            short ends the import there: what its last checksum before that confirms is kept (one stands every 256 \
            lines), and it says so.
            """)

    @OptionGroup var source: SourceOptions

    @Argument(help: ArgumentHelp("Files to import, in order; - is stdin.", valueName: "file"))
    var files: [String]

    @Option(
        help: ArgumentHelp(
            "The key that a new directory is made with: DIR/keys/store.key of the store that an export came from.",
            valueName: "file"))
    var key: String?

    @Flag(
        help: """
            Take the events of an export as if they were sent now: booked at this store's prices, without the \
            corrections and without spans, of which what was derived is taken; users of a store with another key \
            stay tokens that nobody can look up.
            """)
    var asNewEvents = false

    @Option(help: "How to print the summary: text or json.")
    var format = SummaryFormat.text

    func run() async throws {
        let machine = Machine()
        let sources = try files.map { path -> any ByteSource in
            if path == "-" { return InputSource() }
            try CommandInput.checkIsNoDirectory(path, in: machine.fileSystem)
            return try FileSource(path, fileSystem: machine.fileSystem)
        }
        InterruptSignal.watch()
        let summary: ImportSummary
        switch try source.resolve() {
        case .directory(let directory):
            keepFreedMemory()
            summary = try importing(sources, into: directory, machine)
        case .server(let address):
            guard key == nil else {
                throw CommandFailure(
                    .badInput, "a server keeps the key of its directory",
                    advice: "use --key with --data, while no server runs")
            }
            var remote = RemoteImport(
                server: address, clock: machine.clock, progress: ProgressLine(clock: machine.clock),
                takesExportsAsNew: asNewEvents,
                mustEnd: { InterruptSignal.isRequested })
            summary = try await remote.run(sources)
        }
        try StandardStream.output.print(format == .json ? summary.json : summary.text)
        if summary.isInterrupted {
            throw ExitStatus.Ending(status: InterruptSignal.isTermination ? .terminated : .interrupted)
        }
        if summary.rejected > 0 { throw ExitStatus.Ending(status: .badInput) }
    }

    /// Into a directory that is made where there is none; an import of which nothing was kept leaves none behind.
    private func importing(_ sources: [any ByteSource], into directory: String, _ machine: Machine) throws
        -> ImportSummary
    {
        let ground = try CreatedDirectory(directory, machine.fileSystem)
        if let key { try StoreKey.install(from: key, into: directory, context: machine.context) }
        let store = try machine.openStore(directory)
        var bulk = BulkImport(
            store: store, workers: machine.workers, clock: machine.clock, progress: ProgressLine(clock: machine.clock),
            takesExportsAsNew: asNewEvents, mustEnd: { InterruptSignal.isRequested })
        do {
            let summary = try bulk.run(sources)
            // What was refused and is kept to be looked at stands in a segment.
            let isEmpty = store.position == 0 && summary.records == 0 && store.status.segments == 0
            try store.close()
            if isEmpty, summary.rejected > 0 { try ground.leave() }
            return summary
        } catch {
            let hasEvents = store.snapshot().position > 0
            // The first failure is the one to tell.
            try? store.close()
            if !hasEvents { try? ground.leave() }
            throw error
        }
    }
}

enum SummaryFormat: String, ExpressibleByArgument, CaseIterable { case text, json }
