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
            let fullTraces: [UInt8]
            switch try source.resolve() {
            case .directory(let directory):
                let machine = Machine()
                (answer, fullTraces) = try machine.reading(directory) { store in
                    let runner = StatementRunner(clock: machine.clock, workers: machine.workers)
                    func answer(_ sql: String) throws -> [UInt8] {
                        Array(try runner.run(sql, over: store.snapshot(), options: QueryOptions()).rendered(.json).utf8)
                    }
                    return (try answer(DialectReport.sql), try answer(DialectReport.fullTracesSQL))
                }
            case .server(let address):
                let query = RemoteQuery(server: address)
                answer = try await query.run(DialectReport.sql, format: .json, timeZone: "UTC", timeLimitSeconds: 60)
                fullTraces = try await query.run(DialectReport.fullTracesSQL, format: .json, timeZone: "UTC", timeLimitSeconds: 60)
            }
            StandardStream.output.print(try DialectReport(answer: answer, fullTraces: fullTraces).text, terminator: "")
        }
    }
}
