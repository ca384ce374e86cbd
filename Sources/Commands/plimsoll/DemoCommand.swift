import Access
import ArgumentParser
import Bytes
import Clients
import Domain
import EventStores
import HTTPFronts
import JSONTexts
import Platform
import Reports
import Transfers

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "A day of support traffic, the three reports, and a live server to look at.",
        discussion: """
            Starts a server on a store of its own, posts yesterday's traffic over HTTP with one bad hour in it (a slow model), prints the \
            reports, and goes on with live traffic at real speed until Ctrl-C.
            """)

    @Option(help: "Daily users of the simulated support desk.")
    var users = 1000

    @Option(help: "How many days before today to post.")
    var days = 1

    @Option(help: "The seed; another one gives other traffic.")
    var seed: UInt64 = 1

    @Option(help: "Live messages a second, whatever the hour; the default is the reference peak.")
    var rate = 7.5

    @Option(help: ArgumentHelp("Where the store is kept; used again when it is there.", valueName: "dir"))
    var data = "demo-data"

    @Option(help: ArgumentHelp("Where to listen. Port 0 picks a free one.", valueName: "host:port"))
    var listen = "127.0.0.1:8910"

    @OptionGroup var slowness: SlowModelOptions

    @Flag(help: "End after the reports.")
    var once = false

    func validate() throws {
        guard users > 0, (1...90).contains(days), rate > 0, rate <= 1000 else {
            throw ValidationError("--users must be positive, --days 1 to 90, --rate up to 1000 a second")
        }
    }

    func run() async throws { try await CommandFailure.whileServing { try await serve() } }

    private func serve() async throws {
        guard let address = ListenAddress(listen), address.isLoopback else {
            throw CommandFailure(
                .badInput, "--listen \(listen) is no loopback address", advice: "write it as 127.0.0.1:8910")
        }
        try await address.checkFree()
        let machine = Machine()
        if try TokenFile(dataDirectory: data, fileSystem: machine.fileSystem).load() != nil {
            throw CommandFailure(
                .badInput, "\(data) has tokens: it is no place for a demo", advice: "name another directory with --data"
            )
        }
        let store = try machine.openStore(data)
        let configuration = ServerConfiguration(listen: address)
        let server = PlimsollServer(
            store: store, configuration: configuration, clock: machine.clock, workers: machine.workers)
        let tour = DemoTour(command: self, machine: machine, store: store)
        let (bound, whenBound) = AsyncStream.makeStream(of: ListenAddress.self)
        // The server ends on Ctrl-C and takes the tour along; the tour ends with --once or a failure and asks the
        // server to end.
        async let serving: Void = server.run {
            whenBound.yield($0)
            whenBound.finish()
        }
        let touring = Task {
            for await address in bound {
                do {
                    try await tour.run(at: address)
                } catch {
                    await server.stop()
                    throw error
                }
                await server.stop()
            }
        }
        do {
            try await serving
        } catch {
            touring.cancel()
            whenBound.finish()
            throw error
        }
        touring.cancel()
        do {
            try await touring.value
        } catch is CancellationError {
            return
        } catch is UnreachableError {
            // The server has gone: that is what Ctrl-C asked for.
            return
        }
    }
}

/// What the demo shows, in order.
struct DemoTour: Sendable {
    let command: DemoCommand
    let machine: Machine
    let store: EventStore

    func run(at address: ListenAddress) async throws {
        StandardStream.output.print("serving on http://\(address), data in \(command.data)")
        let client = try await ServerClient.connect(to: address)
        do {
            try await show(at: address, through: DemoTraffic(client: client, clock: machine.clock))
        } catch {
            await client.close()
            throw error
        }
        await client.close()
    }

    private func show(at address: ListenAddress, through traffic: DemoTraffic) async throws {
        let output = StandardStream.output
        let midnight = machine.clock.wallNanoseconds() / Nanoseconds.day * Nanoseconds.day
        output.print(
            "posting \(command.days == 1 ? "yesterday" : "\(command.days) days") of \(command.users) users over HTTP …")
        let began = machine.clock.monotonicNanoseconds()
        let (total, badHour) = try await traffic.postDays(
            command.days, before: midnight, users: command.users, seed: command.seed)
        let seconds = Double(machine.clock.monotonicNanoseconds() - began) / 1e9
        let rate = Int(Double(total.accepted + total.duplicates) / max(seconds, 0.001))
        output.print(
            "\(total.accepted) events accepted, \(total.duplicates) known already, \(total.rejected) refused; \(rate) a second, "
                + "each flushed before its answer\n")
        try printReports(from: midnight - Int64(command.days) * Nanoseconds.day, to: midnight, badHour: badHour)
        output.print(Self.guide(address, data: command.data, badHour: badHour))
        if command.once { return }
        output.print(
            "live traffic goes on at \(command.rate) messages a second; /metrics counts only what arrives live. Ctrl-C ends."
        )
        do {
            try await traffic.postLive(
                users: command.users, messagesPerSecond: command.rate, seed: command.seed &+ 1,
                badHours: try command.slowness.badHours())
        } catch is CancellationError {
            return
        }
    }

    private func printReports(from: Int64, to: Int64, badHour: Int64) throws {
        let desk = ReportRunner(catalog: store.snapshot(), engine: machine.engine)
        let periods: [(String, ReportKind, Int64, Int64)] = [
            ("The whole period", .sla, from, to), ("The bad hour alone", .sla, badHour, badHour + Nanoseconds.hour),
            ("Cost", .cost, from, to), ("Outcomes", .outcomes, from, to),
        ]
        for (title, kind, from, to) in periods {
            StandardStream.output.print("── \(title) " + String(repeating: "─", count: max(0, 76 - title.count)))
            StandardStream.output.print(try desk.report(kind, ReportRequest(from: from, to: to)).rendered(.table))
        }
    }

    private static func guide(_ address: ListenAddress, data: String, badHour: Int64) -> String {
        let url = "http://\(address)"
        let hour = RFC3339.render(badHour)
        return """
            Look at  \(url)/ (status)  \(url)/metrics  \(url)/v1/reports/sla?format=table
            Try      plimsoll report sla --server \(url) --by channel --from now-2d
                     plimsoll report cost --server \(url) --by model --from now-2d
                     plimsoll query --server \(url) "select route, count(*), sum(cost_usd) from llm_call group by 1 order by 1"
                     plimsoll query --server \(url) "select date_trunc('hour', time) h, approx_percentile(duration_ns, 0.95) / 1e9 \
            as p95_s from message_sent group by h order by h"
                     plimsoll query --server \(url) "explain analyze select count(*) from events where time >= '\(hour)'"
            """
    }
}
