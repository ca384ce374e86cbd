import ArgumentParser
import Bytes
import Domain
import Platform
import Workload

struct WorkloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workload",
        abstract: "Write seeded support traffic as newline-delimited CloudEvents to stdout.",
        discussion: """
            The same options give the same bytes on every machine: conversations in business hours, model and tool \
            calls, failures, escalations, feedback, experiments, and a price change in the middle of the period.

            With --live events are written as time passes, without end and without prices.

            Example: plimsoll workload --live --slow-from now+2m --slow-to now+7m
            """)

    @Option(help: "How many events.")
    var events: Int?

    @Flag(help: "Write what happens now, at real speed, until it is ended.")
    var live = false

    @Option(help: "Messages a second of live traffic, whatever the hour; the default is the reference peak.")
    var rate = 7.5

    @OptionGroup var slowness: SlowModelOptions

    @Option(help: "The seed; another one gives other traffic.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Where the period begins: \(TimeArgument.forms).", valueName: "time"))
    var start: String?

    @Option(help: "Daily users of the simulated support desk.")
    var users: Int = 1000

    @Option(help: "Tenants.")
    var tenants: Int = 6

    @Option(help: "Share of events (0 to 1) that come after later ones.")
    var lateShare = 0.0

    @Option(help: "Share of events (0 to 1) that come twice.")
    var duplicateShare = 0.0

    @Option(help: "How emitters name events: uuid7, uuid4 or text.")
    var idStyle = WorkloadIDStyle.uuid7

    func validate() throws {
        guard live != (events != nil) else { throw ValidationError("say either --events N or --live") }
        guard (0...1_000_000_000).contains(events ?? 0), users > 0, tenants > 0 else {
            throw ValidationError("--users and --tenants must be positive, --events 0 to 1000000000")
        }
        guard rate > 0, rate <= 1000 else { throw ValidationError("--rate is up to 1000 a second") }
        guard (0...1).contains(lateShare), (0...1).contains(duplicateShare) else {
            throw ValidationError("shares lie between 0 and 1")
        }
    }

    func run() async throws {
        let begin = try start.map(TimeArgument.parse) ?? WorkloadConfiguration.defaultStart
        // Years of traffic must fit the 64 bits of a time.
        guard (0..<7_258_118_400_000_000_000).contains(begin) else {
            throw CommandFailure(
                .badInput, "--start lies between 1970 and 2200", advice: "say for instance --start 2026-08-01")
        }
        var configuration = WorkloadConfiguration(
            seed: seed, start: begin, users: users, tenants: tenants,
            badHours: try slowness.badHours(), lateShare: lateShare, duplicateShare: duplicateShare,
            idStyle: idStyle)
        guard let events else {
            configuration.includesPrices = false
            return try await writeLive(configuration)
        }
        var output = OutputBuffer()
        for event in SupportTraffic(configuration).generate(eventCount: events) {
            event.render(into: &output.bytes)
            guard try output.flushIfFull() else { return }
        }
        try output.flush()
    }

    /// Writes what has become due once a second, until the reader of the pipe has gone.
    private func writeLive(_ configuration: WorkloadConfiguration) async throws {
        let clock = SystemClock()
        var traffic = SupportTraffic(configuration)
            .live(from: clock.wallNanoseconds(), messagesPerSecond: rate, leadInNanoseconds: 2 * Nanoseconds.minute)
        var output = OutputBuffer()
        while true {
            for event in traffic.events(until: clock.wallNanoseconds()) { event.render(into: &output.bytes) }
            guard try output.flush() else { return }
            try await Task.sleep(for: .seconds(1))
        }
    }
}

extension WorkloadIDStyle: ExpressibleByArgument {}
