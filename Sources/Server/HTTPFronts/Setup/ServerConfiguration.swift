package import Access
package import Asking
package import Dashboarding
package import Dialects
package import Domain
import NIOCore
package import Platform
package import Rules
package import Sending
package import Shipping

/// What the operator decides.
package struct ServerConfiguration: Sendable {
    /// Where to listen.
    package var listen: ListenAddress
    /// Where to listen besides, for senders of spans; nil for nowhere.
    package var otlpListen: AdditionalAddress?
    // tests: tests do not wait for traces to be quiet.
    /// When a trace settles.
    package var settleRule = SettleRule()
    /// Where traces of answers are sent.
    package var traceExport = TraceExportConfiguration()
    /// Databases that are shipped to.
    package var shipping: [ShippingTarget] = []
    /// Rules that are evaluated; nil: none are.
    package var rules: RuleSet?
    /// The files of the rules, looked at again; nil: they follow from objectives.
    package var ruleFiles: RuleFileWatch?
    /// Dashboards beside the program's own; nil: there are none.
    package var dashboards: DashboardFolder?
    /// Whether somebody has asked, since the last call, for files to be read again.
    package var isReadingAsked: @Sendable () -> Bool = { false }
    /// Where pages link to a trace, `{trace_id}` standing for its id; nil: nowhere. Whoever reads the setting sees to
    /// it that an id stays in its place.
    package var traceLink: String?
    /// Who is told of alerts.
    package var alertSending = AlertSendingConfiguration()
    /// Serve on an address that others can reach although nobody has to prove who he is.
    package var isInsecure: Bool
    /// Host names under which the server is asked, besides those of its addresses; of use while there are no tokens.
    package var names: [String] = []
    /// Who is believed when he says for whom he asks.
    package var proxies = TrustedProxies()
    /// What strangers can make the server hold or do.
    package var limits: ServerLimits
    /// Keeps what the process holds within these limits; nil: nobody looks.
    package var memoryValve: MemoryValve?
    /// How many files and sockets the process may have open, as the store's file system says.
    let openFilesMax: Int
    /// SIGINT and SIGTERM stop the server.
    var stopsOnSignals: Bool

    /// Tokens are needed also while none was ever made.
    package var isTokenRequired = false

    /// Loopback needs no insistence; see ``objection(hasTokens:)``.
    /// - Parameter openFilesMax: how many files and sockets the process may have open; `FileSystem.openFilesMax`.
    package init(
        listen: ListenAddress, openFilesMax: Int, isInsecure: Bool = false, limits: ServerLimits = ServerLimits(),
        stopsOnSignals: Bool = true
    ) {
        self.listen = listen
        self.openFilesMax = openFilesMax
        self.isInsecure = isInsecure
        self.limits = limits
        self.stopsOnSignals = stopsOnSignals
    }

    /// Under which names it is asked in any case.
    var guardian: SiteGuard {
        SiteGuard(names: names, hosts: [listen.host] + (otlpListen.map { [$0.address.host] } ?? []))
    }

    // tests: limits that are just met.
    /// How the open files of the process are shared out.
    /// - Parameter processors: threads that read segments.
    package func budget(processors: Int) -> DescriptorBudget {
        DescriptorBudget(
            limit: openFilesMax, processors: max(processors, System.coreCount), questions: limits.queriesRunningMax,
            destinations: destinationCount)
    }

    private var destinationCount: Int { traceExport.endpoints.count + alertSending.destinations.count + shipping.count }

    /// The threads for work that blocks or computes.
    func threads(decoders: Int) -> BlockingThreads.Sizes {
        BlockingThreads.Sizes(
            decoders: decoders, queries: limits.queriesRunningMax, senders: destinationCount)
    }

    /// Says what the machine has too little of to serve; nil when there is enough. Before anything is begun: libraries
    /// below end a process that gets no descriptor or no thread.
    /// - Parameter processors: threads that read segments.
    package func objectionOfMachine(processors: Int) async -> MachineLimitError? {
        if let objection = budget(processors: processors).objection { return objection }
        let (sum, isMore) = threads(decoders: processors).total.addingReportingOverflow(2 * System.coreCount)
        let count = isMore ? .max : sum
        guard await !onOwnThread({ canStartThreads(count) }) else { return nil }
        return MachineLimitError(
            description: "the system lets this process start too few threads; to serve takes \(count)",
            advice: "raise the limit: TasksMax= of a systemd unit, --pids-limit of a container, ulimit -u of a shell")
    }

    /// Says why the configuration cannot be served; nil when it can.
    /// - Parameter hasTokens: tokens were made, so everybody has to show one.
    package func objection(hasTokens: Bool) -> UnguardedAddressError? {
        if hasTokens || isTokenRequired { return nil }
        let addresses = [listen] + (otlpListen.map { [$0.address] } ?? [])
        guard !isInsecure, let open = addresses.first(where: { !$0.isLoopback }) else { return nil }
        return UnguardedAddressError(address: open)
    }
}

/// An address that other machines reach, while nobody has to prove who he is.
package struct UnguardedAddressError: Error, Sendable, CustomStringConvertible {
    /// The first such address.
    package var address: ListenAddress

    package var description: String {
        "\(address) can be reached from other machines, and there are no credentials to keep strangers out"
    }
}

/// An address besides the main one.
package struct AdditionalAddress: Hashable, Sendable {
    /// Where.
    package var address: ListenAddress
    /// Whether the server is to end when the address cannot be had; else it says so and goes on.
    package var isRequired: Bool

    /// Takes each part as given.
    package init(_ address: ListenAddress, isRequired: Bool) {
        self.address = address
        self.isRequired = isRequired
    }
}
