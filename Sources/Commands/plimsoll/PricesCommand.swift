import ArgumentParser
import Asking
import Clients
import Domain
import EventStores
import Execution
import Plans
import Platform
import SQLText
import Transfers

struct PricesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prices",
        abstract: "Show, load and check the price book.",
        discussion: """
            Costs are booked when an event is accepted, at the price in force at the event's time. The built-in list \
            prices of a provider and model hold until the valid_from of the first price that is set for the pair, \
            and not from then on; a price of GPU time supersedes none of tokens.
            """,
        subcommands: [List.self, Load.self, Check.self, Rebook.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the prices in force with their origin.",
            discussion:
                "One row for each provider, model, class and tier: the price of calls made now. "
                + "CSV is what `prices load` takes."
        )

        @OptionGroup var source: SourceOptions

        @Flag(help: "Leave out the built-in list prices.")
        var setOnly = false

        @Flag(help: "Also prices that were replaced or begin later.")
        var all = false

        @Option(help: "How to print: table or csv.")
        var format = PriceListFormat.table

        func run() async throws {
            let path = "/v1/prices?all=\(all)&set_only=\(setOnly)&format=\(format.rawValue)"
            let text = try await source.text(at: path) { store, machine in
                let snapshot = store.snapshot()
                snapshot.priceNotice.map(SourceOptions.tellNotice)
                let book = snapshot.book
                let selection: PriceBook.Selection = all ? .all : .inForce(at: machine.clock.wallNanoseconds())
                return PriceListing(book, selection, includesBuiltIn: !setOnly, as: format, look: {}).text
            }
            try StandardStream.output.print(text, terminator: "")
        }
    }

    struct Load: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set prices from a JSON or CSV file.",
            discussion: """
                CSV has a header line with provider, model, token_class \
                (\(TokenClass.allCases.map(\.rawValue).joined(separator: ", "))), usd_per_million_tokens or \
                usd_per_gpu_hour, and optionally service_tier and valid_from (RFC 3339; without it from now on). \
                Prices are decimal text in USD. Only rows that change something are added: loading a file again adds \
                nothing, loading an edited one what was edited. It is told how many calls that waited for a price \
                are booked now and for how much, what the prices supersede, what has none any more, and which calls \
                stay booked at others: by model, of a list of more than \(PriceListEffects.lookupsMax) models by \
                provider. Where a row is no price, each such row is told and nothing is added.

                Names are compared as they are: there are no patterns, but for the model * alone, which stands for \
                all of the provider.

                JSON is an array of the same, or a price list by models:

                [{"provider": "acme", "model": "large", "token_class": "input", "usd_per_million_tokens": "2.5"}]

                {"as_of": "2026-07-01", "source": "contract 17", "providers": ["acme"], "valid_from": "2026-07-01T00:00:00Z",
                 "models": [{"model": "large", "aliases": ["large-2026"], "input": "2.5", "output": "10", "cache_read": "1.25",
                             "service_tiers": {"batch": {"input": "1.25", "output": "5"}}}]}
                """)

        @OptionGroup var source: SourceOptions

        @Argument(help: ArgumentHelp("The price list.", valueName: "file"))
        var file: String

        func run() async throws {
            let machine = Machine()
            let list = try PriceList(try CommandInput.file(file, in: machine.fileSystem), name: file)
            let refusals = list.refusals
            guard refusals.isEmpty else {
                let lines = refusals.map { "\n  \(file) \($0.place): \($0.reason)" }.joined()
                throw CommandFailure(
                    .badInput, "no price was added, \(refusals.count) refused\(lines)",
                    advice: "mend them and load the file again")
            }
            let (now, progress) = (
                machine.clock.wallNanoseconds(), ProgressLine(clock: machine.clock, form: ProgressLine.Form.none)
            )
            let changes: PriceList.Changes
            let book: PriceBook
            var summary = ImportSummary()
            var opened: EventStore?
            let previews: ([RebookingPreview.Scope]) async throws -> [RebookingPreview]
            let ask: (String) async throws -> [UInt8]
            let waiting: UnpricedCalls?
            switch try source.resolve() {
            case .directory(let directory):
                let store = try machine.openStore(directory)
                opened = store
                previews = { try store.snapshot().rebookingPreviews($0) }
                book = store.snapshot().book
                changes = list.changes(to: KnownPrices(book), now: now)
                let runner = StatementRunner(engine: machine.engine)
                ask = { Array(try runner.run($0, over: store.snapshot(), options: QueryOptions()).rendered(.csv).utf8) }
                waiting = try await changes.prices.isEmpty ? nil : Self.waiting(UnpricedCalls.question, ask)
                var bulk = BulkImport(
                    store: store, workers: machine.workers, clock: machine.clock, progress: progress)
                summary = try bulk.run([BytesSource(changes.events, name: file)])
            case .server(let address):
                let text = try await RemoteReading(server: address).text("/v1/prices?all=true&format=csv")
                let known = try KnownPrices(csv: Array(text.utf8), name: "\(address)")
                book = known.book
                changes = list.changes(to: known, now: now)
                ask = {
                    try await RemoteQuery(server: address).run($0, format: .csv, timeZone: "UTC")
                }
                waiting = try await changes.prices.isEmpty ? nil : Self.waiting(UnpricedCalls.question, ask)
                var remote = RemoteImport(server: address, clock: machine.clock, progress: progress)
                summary = try await remote.run([BytesSource(changes.events, name: file)])
                previews = { try await RemoteRebooking(server: address).previews($0) }
            }
            summary.place(in: changes)
            let added = summary.accepted == 1 ? "1 price added" : "\(summary.accepted) prices added"
            let others = "\(summary.duplicates) known already, \(summary.rejected) refused"
            try StandardStream.output.print("\(added), \(others)\(summary.rejectionLines)")
            if summary.accepted > 0 {
                if let waiting, let later = try await Self.waiting(waiting.again, ask) {
                    try StandardStream.output.print(waiting.text(after: later), terminator: "")
                }
                let effects = PriceListEffects(setting: changes.prices, in: book)
                try StandardStream.output.print(effects.text(try await previews(effects.lookups)), terminator: "")
            }
            try opened?.close()
            if summary.rejected > 0 { throw ExitStatus.Ending(status: .badInput) }
        }

        /// nil where the question takes too long or may not be asked: prices are set all the same.
        private static func waiting(_ sql: String, _ ask: (String) async throws -> [UInt8]) async throws
            -> UnpricedCalls?
        {
            do {
                return UnpricedCalls(csv: try await ask(sql))
            } catch is QueryError {
                return nil
            } catch is SQLRefusal {
                return nil
            } catch is AccessDeniedError {
                return nil
            } catch is UnreachableError {
                return nil
            }
        }
    }

    struct Rebook: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what calls would cost at the prices now in force, and book them again.",
            discussion: """
                It shows by model how many calls would cost something else, from what to what, and asks; with --yes \
                it books without asking, and without a terminal and --yes it books nothing.

                A deliberate correction: the calls of a provider and model, by event time, cost from now on what the \
                price book says now. It is kept as a record cost.rebooked in system_events; tables, reports and \
                rollups show the new cost. In /metrics the counter of cost stays as it is, and the gauge \
                plimsoll_rebooked_cost_usd, which is added to it, shows by how much the sum of exact costs of the \
                calls that it counts changed (correction_usd of the records, less what is of imported or late calls, \
                which are in neither: counted_usd where that is another sum): a call that has no exact cost any more \
                takes all of its cost out of that sum, though it still costs something, and counts in \
                support_llm_unpriced_calls_total. The server's own PromQL has the new cost in its history, and so 0 \
                in the gauge.
                """)

        @OptionGroup var source: SourceOptions

        @Option(help: "The provider, as calls name it.")
        var provider: String

        @Option(
            help:
                "The model, asked for or answering, a path before its name passed over; without it all of the provider."
        )
        var model: String?

        @Option(
            help: ArgumentHelp(
                "First event time: \(TimeArgument.forms).", discussion: "Default: the beginning.", valueName: "time"))
        var from: String?

        @Option(help: ArgumentHelp("Event time before which to end; without it to the end.", valueName: "time"))
        var to: String?

        @Option(help: ArgumentHelp("The zone in which dates begin, such as Europe/Berlin.", valueName: "zone"))
        var timezone = "UTC"

        @Flag(help: "Book without asking.")
        var yes = false

        func run() async throws {
            let times = try TimeArgument.range(from: from, to: to, timeZone: timezone)
            let preview: () async throws -> RebookingPreview
            let book: () async throws -> String
            var opened: EventStore?
            switch try source.resolve() {
            case .directory(let directory):
                let store = try Machine().openExistingStore(directory)
                opened = store
                store.snapshot().priceNotice.map(SourceOptions.tellNotice)
                preview = { try store.snapshot().rebookingPreview(provider: provider, model: model, times: times) }
                book = { PriceText.summary(of: try store.rebook(provider: provider, model: model, times: times)) }
            case .server(let address):
                let remote = RemoteRebooking(server: address)
                preview = { try await remote.preview(provider: provider, model: model, times: times) }
                book = { try await remote.run(provider: provider, model: model, times: times) }
            }
            let found = try await preview()
            let isWanted = try show(found)
            if isWanted { try StandardStream.output.print(try await book(), terminator: "") }
            try opened?.close()
            try end(found, isWanted)
        }

        /// Prints what would change.
        /// - Returns: whether it is to be booked: as the flag says, else as the person at the terminal does.
        private func show(_ preview: RebookingPreview) throws -> Bool {
            let text = PriceText.preview(preview, provider: provider, model: model)
            try StandardStream.output.print(text, terminator: "")
            guard preview.calls > 0 else { return false }
            if yes { return true }
            guard StandardStream.input.isTerminal else { return false }
            try StandardStream.output.print("Book \(preview.calls) calls again? [y/N] ", terminator: "")
            return ["y", "yes"].contains(StandardStream.input.nextLine()?.lowercased() ?? "")
        }

        /// Says that nothing was booked where there was something to book.
        private func end(_ preview: RebookingPreview, _ isWanted: Bool) throws {
            guard preview.calls > 0, !isWanted else { return }
            StandardStream.tell("nothing was booked; --yes books without asking")
            throw ExitStatus.Ending(status: .checkFailed)
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look for calls without a price, and for prices that are probably not meant.",
            discussion: """
                Every provider, model and tier with calls whose cost is not exact, what is missing, how many calls, \
                and between what their costs lie. Exit status 1 when something is found.
                """)

        @OptionGroup var source: SourceOptions

        func run() async throws {
            let text = try await source.text(at: "/v1/prices/check") { store, _ in
                let snapshot = store.snapshot()
                snapshot.priceNotice.map(SourceOptions.tellNotice)
                return PriceText.check(snapshot.book, try snapshot.inexactCalls(), look: {})
            }
            guard !text.isEmpty else { return try StandardStream.output.print("nothing found") }
            try StandardStream.output.print(text, terminator: "")
            throw ExitStatus.Ending(status: .checkFailed)
        }
    }
}

extension PriceListFormat: ExpressibleByArgument {}
