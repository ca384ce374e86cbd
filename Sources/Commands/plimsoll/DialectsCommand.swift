import ArgumentParser
import Dialects
import EventStores
import Execution
import Platform
import Server

struct DialectsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dialects",
        abstract: "See how the spans that came were read.",
        subcommands: [Report.self])

    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What was not understood: scopes, kinds and attribute names with counts, no values.",
            discussion: "A dialect is a file in Schemas/dialects: what is listed here is what a new one would name.")

        @OptionGroup var source: SourceOptions

        func run() async throws {
            let answer: [UInt8]
            switch try source.resolve() {
            case .directory(let directory):
                let machine = Machine()
                answer = try machine.reading(directory) { store in
                    let runner = StatementRunner(clock: machine.clock, workers: machine.workers)
                    let rows = try runner.run(DialectReport.sql, over: store.snapshot(), options: QueryOptions())
                    return Array(rows.rendered(.json).utf8)
                }
            case .server(let address):
                answer = try await RemoteQuery(server: address).run(DialectReport.sql, format: .json, timeZone: "UTC", timeLimitSeconds: 60)
            }
            StandardStream.output.print(try DialectReport(answer: answer).text, terminator: "")
        }
    }
}
