import ArgumentParser
import Domain
import EventStores
import Platform
import Server
import Transfers

struct PricesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prices",
        abstract: "Show, load and check the price book.",
        discussion: """
            Costs are booked when an event is accepted, at the price in force at the event's time. From the first price that is set for a \
            provider and model on, the built-in list prices of that pair no longer count.
            """,
        subcommands: [List.self, Load.self, Check.self, Rebook.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the prices in force with their origin.")

        @OptionGroup var source: SourceOptions

        @Flag(help: "Leave out the built-in list prices.")
        var setOnly = false

        func run() async throws {
            let text = try await source.text(at: setOnly ? "/v1/prices?set_only=true" : "/v1/prices") { store, _ in
                store.snapshot().book.render(includesBuiltIn: !setOnly)
            }
            StandardStream.output.print(text, terminator: "")
        }
    }

    struct Load: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set prices from a JSON or CSV file.",
            discussion: """
                CSV has a header line with provider, model, token_class, usd_per_million_tokens or usd_per_gpu_hour, and optionally \
                service_tier and valid_from (RFC 3339). Prices are decimal text in USD. Loading a file twice within a day adds nothing.
                """)

        @OptionGroup var source: SourceOptions

        @Argument(help: ArgumentHelp("The price list.", valueName: "file"))
        var file: String

        func run() async throws {
            let machine = Machine()
            let events = try PriceList.events(try machine.fileSystem.contents(of: file), name: file)
            let progress = ProgressLine(clock: machine.clock, isShown: false)
            let summary: ImportSummary
            switch try source.resolve() {
            case .directory(let directory):
                let store = try machine.openStore(directory)
                var bulk = BulkImport(
                    store: store, workers: machine.workers, clock: machine.clock, progress: progress)
                summary = try bulk.run([BytesSource(events, name: file)])
                try store.close()
            case .server(let address):
                var remote = RemoteImport(server: address, clock: machine.clock, progress: progress)
                summary = try await remote.run([BytesSource(events, name: file)])
            }
            StandardStream.output.print(summary.text)
            if summary.rejected > 0 { throw ExitStatus.Ending(status: .badInput) }
        }
    }

    struct Rebook: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Book calls again at the prices now in force.",
            discussion: """
                A deliberate correction: the calls of a provider and model, by event time, cost from now on what the price book says now. \
                It is kept as a record cost.rebooked in system_events; tables, reports and rollups show the new cost, counters don't fall, \
                and the gauge plimsoll_rebooked_cost_usd shows the difference.
                """)

        @OptionGroup var source: SourceOptions

        @Option(help: "The provider, as calls name it.")
        var provider: String

        @Option(help: "The model, asked for or answering; without it all of the provider.")
        var model: String?

        @Option(help: ArgumentHelp("First event time; without it from the beginning.", valueName: "time"))
        var from: String?

        @Option(help: ArgumentHelp("Event time before which to end; without it to the end.", valueName: "time"))
        var to: String?

        func run() async throws {
            let times = try TimeArgument.range(from: from, to: to)
            switch try source.resolve() {
            case .directory(let directory):
                let store = try Machine().openExistingStore(directory)
                let rebooking = try store.rebook(provider: provider, model: model, times: times)
                try store.close()
                StandardStream.output.print(PriceText.summary(of: rebooking), terminator: "")
            case .server(let address):
                let text = try await RemoteRebooking(server: address).run(provider: provider, model: model, times: times)
                StandardStream.output.print(text, terminator: "")
            }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look for prices that are probably not meant.", discussion: "Exit status 1 when something is found.")

        @OptionGroup var source: SourceOptions

        func run() async throws {
            let text = try await source.text(at: "/v1/prices/check") { store, _ in PriceText.findings(store.snapshot().book) }
            guard !text.isEmpty else { return StandardStream.output.print("nothing found") }
            StandardStream.output.print(text, terminator: "")
            throw ExitStatus.Ending(status: .checkFailed)
        }
    }
}
