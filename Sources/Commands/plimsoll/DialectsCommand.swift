import ArgumentParser
import Asking
import Bytes
import Clients
import Dialects
import EventStores
import Execution
import Plans
import Platform

struct DialectsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dialects",
        abstract: "See how the spans that came were read.",
        subcommands: [Report.self])

    struct Report: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "What was not understood: scopes, kinds, attribute names and turns in doubt with counts, no values.",
            discussion: "A dialect is a file in Schemas/dialects: what is listed here is what a new one would name.")

        @OptionGroup var source: SourceOptions

        func run() async throws {
            let answer: [UInt8]
            let traces: [UInt8]
            switch try source.resolve() {
            case .directory(let directory):
                let machine = Machine()
                (answer, traces) = try machine.reading(directory) { store in
                    let runner = StatementRunner(engine: machine.engine)
                    func answer(_ sql: String) throws -> [UInt8] {
                        Array(try runner.run(sql, over: store.snapshot(), options: QueryOptions()).rendered(.json).utf8)
                    }
                    return (try answer(DialectReport.sql), try answer(DialectReport.tracesSQL))
                }
            case .server(let address):
                let query = RemoteQuery(server: address)
                answer = try await query.run(DialectReport.sql, format: .json, timeZone: "UTC")
                traces = try await query.run(DialectReport.tracesSQL, format: .json, timeZone: "UTC")
            }
            let report: DialectReport
            do throws(DecodingError) {
                report = try DialectReport(answer: answer, traces: traces)
            } catch {
                throw UnreachableError(
                    description: "the answer cannot be read: expected \(error.expectation)",
                    advice: "is what serves there of the same version as this program?")
            }
            try StandardStream.output.print(report.text, terminator: "")
        }
    }
}
