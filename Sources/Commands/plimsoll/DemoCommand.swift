import Access
import ArgumentParser
import Bytes
import Clients
import Dashboarding
import Domain
import EventStores
import HTTPFronts
import JSONTexts
import OperatorLogs
import Platform
import Reports
import Settings
import Transfers
import Workload

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "A day of support traffic, the three reports, and a live server to look at.",
        discussion: """
            Starts a server on a store of its own, posts yesterday's traffic over HTTP with one bad hour in it (a slow \
            model), prints the reports, and goes on with live traffic at real speed until Ctrl-C.

            It says what it is doing, how to read the figures, and which commands work next.

            Of what a server reads in the environment it takes the settings of alerts (PLIMSOLL_ALERTS_*), \
            PLIMSOLL_RUNBOOKS and PLIMSOLL_DASHBOARDS_FOLDER; which others are set, and left alone, it says.
            """)

    @Option(help: "Daily users of the simulated support desk.")
    var users = 1000

    @Option(help: "How many days before today to post.")
    var days = 1

    @Option(help: "The seed; another one gives other traffic.")
    var seed: UInt64 = 1

    @Option(help: "Live messages a second, whatever the hour; the default is the reference peak.")
    var rate = 7.5

    @Option(
        help: ArgumentHelp(
            "Where the store is kept; that of a demo before is used again, any other one refused.", valueName: "dir"))
    var data = "demo-data"

    @Option(help: ArgumentHelp("Where to listen. Port 0 picks a free one.", valueName: "host:port"))
    var listen = "127.0.0.1:8910"

    @OptionGroup var slowness: SlowModelOptions

    @Option(
        help: ArgumentHelp(
            "Alertmanagers to tell of alerts, several with commas between them.",
            discussion: "Default: PLIMSOLL_ALERTS_ALERTMANAGERS, else none.", valueName: "urls"))
    var alertmanagers: String?

    @Option(
        help: ArgumentHelp(
            "Addresses to call as Alertmanager calls a webhook, several with commas between them.",
            discussion: "Default: PLIMSOLL_ALERTS_WEBHOOKS, else none.", valueName: "urls"))
    var alertWebhooks: String?

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
        // A mistake in them is told now, not behind the reports.
        _ = try slowness.badHours()
        var settings = try SettingsReading.demo()
        settings.listen = address
        try settings.set("alerts.alertmanagers", flag: "--alertmanagers", alertmanagers)
        try settings.set("alerts.webhooks", flag: "--alert-webhooks", alertWebhooks)
        let machine = Machine()
        try machine.checkNoFile(data)
        if try TokenFile(dataDirectory: data, fileSystem: machine.fileSystem).load() != nil {
            throw CommandFailure(
                .badInput, "\(data) has tokens: it is no place for a demo", advice: "name another directory with --data"
            )
        }
        var configuration = ServerConfiguration(listen: address, openFilesMax: machine.fileSystem.openFilesMax)
        if let objection = await configuration.objectionOfMachine(processors: machine.workers.parallelism) {
            throw objection
        }
        configuration.dashboards = settings.dashboardFolder.map { DashboardFolder($0, in: machine.fileSystem) }
        try RuleSetup.checkFiles(settings, on: machine)
        try sayWhatIsTaken(settings)
        try claimDirectory(machine)
        try StandardStream.output.print("opening the store in \(data)")
        let store = try machine.openStore(data)
        try RuleSetup.prepare(
            &configuration, settings, objectives: store.snapshot().objectives.current.set, on: machine)
        let server = PlimsollServer(
            store: store, configuration: configuration, clock: machine.clock, workers: machine.workers,
            // What the server does the demo says itself.
            log: OperatorLog(format: .text, clock: machine.clock).only(from: .warning))
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
        } catch where error is CancellationError || error is UnreachableError {
            // The server has gone: that is what Ctrl-C asked for.
        }
    }
}

extension DemoCommand {
    /// Whoever is told of alerts is told of made-up ones; what is set for a server is not lost unseen.
    private func sayWhatIsTaken(_ settings: ServeSettings) throws {
        let told = settings.alerts.receivers
        if !told.isEmpty {
            try StandardStream.output.print("alerts of the demo are told to \(told.joined(separator: ", "))")
        }
        let left = ServeSettings.leftByDemo(environment: Environment.value)
        if !left.isEmpty {
            try StandardStream.output.print(
                "set for a server and left alone by a demo: \(left.joined(separator: ", "))")
        }
    }

    /// Marks the directory as the demo's before a store is begun there. Made-up traffic in a store that another command
    /// began would stay among what really happened.
    private func claimDirectory(_ machine: Machine) throws {
        let disk = machine.fileSystem
        guard try disk.lengthBytes(of: data + "/demo") == nil else { return }
        guard try !machine.holdsStore(data) else {
            throw CommandFailure(
                .badInput, "\(data) holds a store that no demo began: made-up traffic would stay among its events",
                advice: "name another directory with --data; an old demo's, which has no file `demo`, may be removed")
        }
        try disk.createDirectories(data)
        try disk.replace(data + "/demo", with: Array("The events of this store are made up by `plimsoll demo`.\n".utf8))
    }
}

/// What the demo shows, in order.
struct DemoTour: Sendable {
    let command: DemoCommand
    let machine: Machine
    let store: EventStore

    private var output: StandardStream { .output }

    func run(at address: ListenAddress) async throws {
        try output.print("serving on http://\(address)")
        try await ServerClient.with(ServerEndpoint(address)) { client in
            try await show(at: address, through: DemoTraffic(client: client, clock: machine.clock))
        }
    }

    private func show(at address: ListenAddress, through traffic: DemoTraffic) async throws {
        let midnight = machine.clock.wallNanoseconds() / Nanoseconds.day * Nanoseconds.day
        let days = DemoDays(command.days, before: midnight, users: command.users, seed: command.seed)
        try await post(days, through: traffic)
        try output.print("computing the reports\n")
        let conversation = try printReports(days)
        let guide = DemoGuide(
            server: command.once ? nil : "http://\(address)", data: command.data, conversation: conversation)
        try output.print(guide.text)
        if command.once { return }
        let badHours = try command.slowness.badHours()
        for hour in badHours { try output.print(Self.announcement(of: hour)) }
        try output.print(
            "Live traffic goes on at \(command.rate) messages a second; /metrics counts only what arrives live. "
                + "Ctrl-C ends.")
        do {
            try await traffic.postLive(
                users: command.users, messagesPerSecond: command.rate, seed: command.seed &+ 1, badHours: badHours)
        } catch is CancellationError {
            return
        }
    }

    /// When something is to be seen, and where.
    private static func announcement(of hour: BadHour) -> String {
        let end = hour.start.saturatingAdd(hour.durationNanoseconds)
        let (first, last) = (second(hour.start), second(end))
        return "\(hour.model ?? "Every model") is slow and failing from \(first) to \(last): "
            + "`plimsoll alerts status` shows what fires six to nine minutes later."
    }

    private static func second(_ time: Int64) -> String { String(RFC3339.render(time).prefix(19)) + "Z" }

    private func post(_ days: DemoDays, through traffic: DemoTraffic) async throws {
        let what = command.days == 1 ? "yesterday" : "\(command.days) days"
        try output.print("making \(what) of a support desk with \(command.users) users a day")
        var making = ProgressLine(clock: machine.clock)
        let eventCount = days.eventCount(&making)
        try output.print("posting \(eventCount) events over HTTP; each is flushed to disk before its answer")
        let began = machine.clock.monotonicNanoseconds()
        var sending = ProgressLine(clock: machine.clock)
        let total = try await traffic.post(days, eventCount: eventCount, &sending)
        let seconds = Double(machine.clock.monotonicNanoseconds() - began) / 1e9
        let rate = Int(Double(total.accepted + total.duplicates) / max(seconds, 0.001))
        try output.print(
            "\(total.accepted) events accepted, \(total.duplicates) known already, \(total.rejected) refused; "
                + "\(rate) a second")
    }

    /// - Returns: the conversation that went worst.
    private func printReports(_ days: DemoDays) throws -> String? {
        let desk = ReportRunner(catalog: store.snapshot(), engine: machine.engine)
        let whole = ReportRequest(from: days.start, to: days.end)
        let hour = ReportRequest(from: days.badHour, to: days.badHour + Nanoseconds.hour)
        let levels = try desk.report(.sla, whole)
        try show("The whole period", levels, DemoLegend.text(.sla))
        try show("The bad hour alone", try desk.report(.sla, hour), section: "objectives")
        try show("Cost", try desk.report(.cost, whole), DemoLegend.text(.cost))
        try show("Outcomes", try desk.report(.outcomes, whole), DemoLegend.text(.outcomes))
        guard case .text(let id)? = levels.section("worst_conversations")?.value("conversation_id", row: 0) else {
            return nil
        }
        return id
    }

    /// The legend stands in the place of the definitions.
    private func show(_ title: String, _ report: Report, section: String? = nil, _ legend: String? = nil) throws {
        var report = report
        report.definitions = []
        try output.print("── \(title) " + String(repeating: "─", count: max(0, 76 - title.count)))
        try output.print(report.rendered(.table, section: section))
        if let legend { try output.print(legend) }
    }
}
