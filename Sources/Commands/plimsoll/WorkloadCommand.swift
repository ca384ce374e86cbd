import ArgumentParser
import Domain
import Platform
import Workload

struct WorkloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workload",
        abstract: "Write seeded support traffic as newline-delimited CloudEvents to stdout.",
        discussion: """
            The same options give the same bytes on every machine: conversations in business hours, model and tool calls, failures, \
            escalations, feedback, experiments, and a price change in the middle of the period.
            """)

    @Option(help: "How many events.")
    var events: Int

    @Option(help: "The seed; another one gives other traffic.")
    var seed: UInt64 = 1

    @Option(help: "Where the period begins, as an RFC 3339 time.")
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
    var idStyle = "uuid7"

    func validate() throws {
        guard events >= 0, users > 0, tenants > 0 else { throw ValidationError("--events, --users and --tenants must be positive") }
        guard (0...1).contains(lateShare), (0...1).contains(duplicateShare) else { throw ValidationError("shares lie between 0 and 1") }
        guard WorkloadIDStyle(rawValue: idStyle) != nil else { throw ValidationError("--id-style is uuid7, uuid4 or text") }
    }

    func run() throws {
        let configuration = WorkloadConfiguration(
            seed: seed, start: try start.map(TimeArgument.parse) ?? WorkloadConfiguration.defaultStart, users: users, tenants: tenants,
            lateShare: lateShare, duplicateShare: duplicateShare, idStyle: WorkloadIDStyle(rawValue: idStyle) ?? .uuid7)
        var output = OutputBuffer()
        for event in SupportTraffic(configuration).generate(eventCount: events) {
            event.render(into: &output.bytes)
            guard try output.flushIfFull() else { return }
        }
        try output.flush()
    }
}
