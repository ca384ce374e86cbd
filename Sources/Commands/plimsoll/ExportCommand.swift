import ArgumentParser
import Asking
import Clients
import EventStores
import Platform
import Synchronization

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write events to stdout, in the order of their acceptance.",
        discussion: """
            ndjson: newline-delimited CloudEvents between a first and a last line, with corrections at their places. \
            Whole, `plimsoll import` moves it into a new directory, to the same costs and users; users are tokens, \
            so take the key along (DIR/keys/store.key). Tokens that let clients in are not in it. A part (--from, \
            --to) lacks the prices and corrections that its costs come from. csv: a column for each field of every \
            schema, and of calls what they cost (cost_usd, cost_low_usd, cost_high_usd, price_state, price_gaps); \
            texts as they were sent, also where a spreadsheet takes one for a formula.
            """)

    @OptionGroup var source: SourceOptions

    @Option(help: ArgumentHelp("First event time: \(TimeArgument.forms).", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("End of the event times, exclusive; written likewise.", valueName: "time"))
    var to: String?

    @Option(help: "How to write: ndjson or csv.")
    var format = ExportFormat.ndjson

    func run() async throws {
        switch try source.resolve() {
        case .directory(let directory):
            let times = try TimeArgument.range(from: from, to: to)
            try Machine().reading(directory) { store in
                let events = try store.exportReader(in: times)
                events.beginning.notice.map(SourceOptions.tellNotice)
                let export = EventExport(events, registry: store.registry, as: format)
                while let piece = try export.next(), try StandardStream.output.show(piece) {}
            }
        case .server(let address):
            let query = QueryText.joined([("from", from), ("to", to), ("format", format.rawValue)])
            let output = Mutex(OutputBuffer())
            let reading = RemoteReading(server: address, onNotice: SourceOptions.tellNotice)
            try await reading.stream("/v1/events?\(query)") { piece in
                try output.withLock { output in
                    output.bytes += piece
                    return try output.flushLines()
                }
            }
            try output.withLock { output in _ = try output.flush() }
        }
    }
}

extension ExportFormat: ExpressibleByArgument {}
