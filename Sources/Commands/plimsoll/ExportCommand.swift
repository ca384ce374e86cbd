import ArgumentParser
import Platform
import Transfers

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write events as newline-delimited CloudEvents to stdout, in the order of their acceptance.",
        discussion: """
            What comes out can be imported again, here or elsewhere; user ids stay tokens. For CSV ask with `plimsoll query --format csv`.
            """)

    @OptionGroup var data: DataOptions

    @Option(help: ArgumentHelp("First event time, such as 2026-08-01 or now-7d.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("End of the event times, exclusive.", valueName: "time"))
    var to: String?

    func run() throws {
        let times = try TimeArgument.range(from: from, to: to)
        try Machine().reading(data.directory) { store in
            try EventExport.run(store, in: times) { try StandardStream.output.write($0) }
        }
    }
}
