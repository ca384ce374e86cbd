import ArgumentParser
import Platform
import Transfers

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write events to stdout, in the order of their acceptance.",
        discussion: """
            ndjson: newline-delimited CloudEvents, which can be imported again, here or elsewhere; user ids stay tokens. csv: a column for \
            each field of every schema. Of a running server ask with `plimsoll query --server URL --format csv`.
            """)

    @OptionGroup var data: DataOptions

    @Option(help: ArgumentHelp("First event time, such as 2026-08-01 or now-7d.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("End of the event times, exclusive.", valueName: "time"))
    var to: String?

    @Option(help: "How to write: ndjson or csv.")
    var format = ExportFormat.ndjson

    func run() throws {
        let times = try TimeArgument.range(from: from, to: to)
        try Machine().reading(data.directory) { store in
            try EventExport.run(store, as: format, in: times) { try StandardStream.output.write($0) }
        }
    }
}

extension ExportFormat: ExpressibleByArgument {}
