import ArgumentParser
import EventStores
import Platform
import Server

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write events to stdout, in the order of their acceptance.",
        discussion: """
            ndjson: newline-delimited CloudEvents, which can be imported again, here or elsewhere; user ids stay tokens. csv: a column for \
            each field of every schema.
            """)

    @OptionGroup var source: SourceOptions

    @Option(help: ArgumentHelp("First event time, such as 2026-08-01 or now-7d.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("End of the event times, exclusive.", valueName: "time"))
    var to: String?

    @Option(help: "How to write: ndjson or csv.")
    var format = ExportFormat.ndjson

    func run() async throws {
        switch try source.resolve() {
        case .directory(let directory):
            let times = try TimeArgument.range(from: from, to: to)
            try Machine().reading(directory) { store in
                let export = EventExport(store.eventBatches(in: times), registry: store.registry, as: format)
                while let piece = try export.next(), try StandardStream.output.write(piece) {}
            }
        case .server(let address):
            let query = QueryText.joined([("from", from), ("to", to), ("format", format.rawValue)])
            try await RemoteReading(server: address).stream("/v1/events?\(query)") { piece in
                // A reader of the pipe that has gone ends the command, as signals do.
                guard (try? StandardStream.output.write(piece)) == true else { exitProcess(ExitStatus.done.rawValue) }
            }
        }
    }
}

extension ExportFormat: ExpressibleByArgument {}
