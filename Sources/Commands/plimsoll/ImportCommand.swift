import ArgumentParser
import EventStores
import Platform
import Server
import Transfers

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take in files of newline-delimited CloudEvents.",
        discussion: """
            Files may be compressed with gzip or Zstandard; `-` reads stdin. Events that are kept already count as duplicates, so an \
            import may be repeated. Lines that are refused are counted and told with the reason; they do not end the import. Ctrl-C ends \
            it after what was read so far and says what was kept.
            """)

    @OptionGroup var source: SourceOptions

    @Argument(help: ArgumentHelp("Files to import, in order; - is stdin.", valueName: "file"))
    var files: [String]

    @Option(help: "How to print the summary: text or json.")
    var format = SummaryFormat.text

    func run() async throws {
        let machine = Machine()
        let sources = try files.map { path -> any ByteSource in
            path == "-" ? InputSource() : try FileSource(path, fileSystem: machine.fileSystem)
        }
        Interruption.watch()
        let summary: ImportSummary
        switch try source.resolve() {
        case .directory(let directory):
            let store = try machine.openStore(directory)
            var bulk = BulkImport(
                store: store, workers: machine.workers, clock: machine.clock, progress: ProgressLine(clock: machine.clock),
                mustEnd: { Interruption.isRequested })
            summary = try bulk.run(sources)
            try store.close()
        case .server(let address):
            var remote = RemoteImport(
                server: address, clock: machine.clock, progress: ProgressLine(clock: machine.clock), mustEnd: { Interruption.isRequested })
            summary = try await remote.run(sources)
        }
        StandardStream.output.print(format == .json ? summary.json : summary.text)
        if summary.isInterrupted { throw ExitStatus.Ending(status: .interrupted) }
    }
}

enum SummaryFormat: String, ExpressibleByArgument, CaseIterable { case text, json }
