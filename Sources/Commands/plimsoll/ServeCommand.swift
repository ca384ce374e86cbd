import Access
import ArgumentParser
import Asking
import Dashboarding
import Domain
import EventStores
import HTTPFronts
import OperatorLogs
import Platform
import Settings
import Shipping

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Take events and answer questions over HTTP.",
        discussion: """
            Opens or creates the data directory and serves until SIGINT or SIGTERM; requests under way are finished \
            first, questions within two seconds. \
            Prints the address it listens on; a browser shows an overview there. SIGHUP, or POST /-/reload, has rule \
            files and the folder of dashboards read again; a rule file with a mistake changes nothing, a dashboard \
            with one is left out.

            Anybody on this machine is let in until the first token is made (`plimsoll tokens create`); from then on \
            every request needs one; a browser asks for it once. An address that other machines reach is refused \
            without tokens. Without them pages of other sites in a browser, and host names that are not the server's \
            (--names), are answered 403. There is no TLS: put a proxy in front of it, and name its address (setting \
            proxies), so that the log says for whom it asks.

            What those who run it should know goes to stderr, a line each with time and level: start, recovery, stop, \
            trouble, who used `admin`, channels and environments that miss known ones by a slip, each once, and of \
            each kind of refusal the first \(PacedLog.linesMax) a minute, then how many more there were. No line has \
            content or a secret in it.

            A flag beats its PLIMSOLL_* variable, which beats the settings file, which beats the default; \
            `plimsoll help check config` lists the settings.

            Addresses, as GET /v1/openapi.json says in full:

            \(RouteTable.listing)
            """)

    @OptionGroup var data: DataOptions

    @Option(
        help: ArgumentHelp(
            "Where to listen. Port 0 picks a free one.", discussion: "Default: PLIMSOLL_LISTEN, else 127.0.0.1:8910.",
            valueName: "host:port"))
    var listen: String?

    @Option(
        help: ArgumentHelp(
            "Where to take spans besides, as OTLP over HTTP.",
            discussion:
                "Default: PLIMSOLL_OTLP_HTTP_LISTEN, else 127.0.0.1:4318 if nobody else has it; none for nowhere.",
            valueName: "host:port"))
    var otlpHttpListen: String?

    @Option(
        help: ArgumentHelp(
            "Host names by which it may be asked while there are no tokens, several with commas between them.",
            discussion:
                "Default: PLIMSOLL_NAMES, else none; addresses, localhost and names without a dot need not be named.",
            valueName: "names"))
    var names: String?

    @Option(
        help: ArgumentHelp(
            "Where to send traces of answers, as OTLP over HTTP.",
            discussion: "Default: PLIMSOLL_TRACES_ENDPOINT, else nowhere. Without a path it means /v1/traces.",
            valueName: "url"))
    var tracesEndpoint: String?

    @Option(
        help: ArgumentHelp(
            "Share of traces to send; errors and slow answers are always sent.",
            discussion: "Default: PLIMSOLL_TRACES_SAMPLE_RATIO, else 1.", valueName: "0…1"))
    var tracesSampleRatio: String?

    @Option(
        help: ArgumentHelp(
            "Where pages of conversations link to a trace, {trace_id} standing for its id.",
            discussion:
                "Default: PLIMSOLL_TRACE_LINK_TEMPLATE, else nowhere. Such as "
                + "https://jaeger.example.org/trace/{trace_id}.",
            valueName: "url"))
    var traceLinkTemplate: String?

    @Option(
        help: ArgumentHelp(
            "Rule files to evaluate, several with commas between them.",
            discussion: "Default: PLIMSOLL_ALERTS_RULES, else the rules that follow from the objectives.",
            valueName: "files"))
    var alertRules: String?

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

    @Flag(help: "Evaluate no alert rules.")
    var noAlerts = false

    @Option(
        help: ArgumentHelp(
            "What the process is to hold in all, such as 2GiB.",
            discussion:
                "Default: PLIMSOLL_MEMORY, else 2GiB. Questions, and answers until they are fetched, share what "
                + "384MiB for the program and twice limits.ingest_size leave; what finds no room is refused. At least "
                + "\(ServerLimits().memoryBytesMin >> 20)MiB, where limits.ingest_size is not less than its default.",
            valueName: "size"))
    var memory: String?

    @Option(
        help: ArgumentHelp(
            "For how long events are kept after they were received, such as 90d, at least 7d and error_budget.",
            discussion:
                "Default: PLIMSOLL_RETENTION_EVENTS, else never: for ever. Turns, conversations, rollups and counters "
                + "stay; what is dropped cannot be had back. Single tenants may have a period of their own: setting "
                + "retention.tenants, such as PLIMSOLL_RETENTION_TENANTS=acme=60d,bank=365d. Event types may have one, "
                + "too: setting retention.types, such as PLIMSOLL_RETENTION_TYPES=message.sent=30d.",
            valueName: "period"))
    var retentionEvents: String?

    @Option(
        help: ArgumentHelp(
            "What the files in the data directory may come to, such as 200GiB, at least 1GiB.",
            discussion:
                "Default: PLIMSOLL_MAX_DISK, else none: all of the volume. Above four fifths a warning says so, above "
                + "nine tenths the oldest events go as those of --retention-events do, but none received within "
                + "retention.keep_at_least, by default error_budget; where nothing may go events are answered 503.",
            valueName: "size"))
    var maxDisk: String?

    @Option(
        help: ArgumentHelp(
            "After which time events are archived, such as 90d, at least 7d and less than retention.events.",
            discussion:
                "Default: PLIMSOLL_RETENTION_ARCHIVE_AFTER, else never. Their segments are written anew as short as "
                + "can be, small ones as one; what is asked is answered as before.",
            valueName: "period"))
    var retentionArchiveAfter: String?

    @Option(
        help: ArgumentHelp(
            "Where archived segments lie, an absolute path, perhaps on another volume.",
            discussion:
                "Default: PLIMSOLL_ARCHIVE_DIRECTORY, else where they lay so far: at first in the data directory. It "
                + "needs to be said once; every command finds them from then on.",
            valueName: "dir"))
    var archiveDirectory: String?

    @Option(
        help: ArgumentHelp(
            "A settings file, YAML.", discussion: "Default: PLIMSOLL_CONFIG, else none.", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "How to write the log on stderr: text, or json, an object a line.",
            discussion: "Default: PLIMSOLL_LOG_FORMAT, else text.", valueName: "format"))
    var logFormat: String?

    @Flag(help: "Listen on an address that other machines reach, although nobody has to prove who he is.")
    var insecure = false

    @Flag(help: "Let nobody in without a token, also while none was ever made.")
    var requireTokens = false

    func run() async throws {
        let machine = Machine()
        var settings = try SettingsReading.serve(config: config, in: machine.fileSystem)
        try settings.set("log_format", flag: "--log-format", logFormat)
        let log = OperatorLog(format: settings.logFormat, clock: machine.clock)
        do {
            try await CommandFailure.whileServing { try await serve(settings, machine, log) }
        } catch let error where settings.logFormat == .json {
            // Whoever reads objects reads nothing else.
            let failure = CommandFailure(error)
            log.ended(by: failure)
            throw ExitStatus.Ending(status: failure.status)
        }
    }

    /// Databases that are shipped to.
    private static func shipping(_ settings: ServeSettings, _ machine: Machine) -> [ShippingTarget] {
        let clickHouse = settings.clickHouseShipping.map { shipping in
            ShippingTarget(
                shipping.destination(in: machine.fileSystem, randomness: machine.randomness), shipping.configuration)
        }
        return [settings.postgresShipping?.target, clickHouse].compactMap(\.self)
    }

    private func serve(_ settings: ServeSettings, _ machine: Machine, _ log: OperatorLog) async throws {
        let settings = try flagged(settings)
        returnMemoryEarly()
        HangUpSignal.watch()
        let directory = data.data ?? settings.data
        var configuration = ServerConfiguration(
            listen: settings.listen, openFilesMax: machine.fileSystem.openFilesMax,
            isInsecure: insecure || settings.isInsecure, limits: settings.limits)
        configuration.otlpListen = try otlpAddress(settings)
        configuration.traceExport = settings.traces
        configuration.shipping = Self.shipping(settings, machine)
        configuration.isTokenRequired = requireTokens || settings.isTokenRequired
        (configuration.names, configuration.proxies) = (settings.names, settings.proxies)
        configuration.traceLink = settings.traceLink
        configuration.isReadingAsked = { HangUpSignal.take() }
        configuration.dashboards = settings.dashboardFolder.map { DashboardFolder($0, in: machine.fileSystem) }
        try machine.checkNoFile(directory)
        let tokens = TokenFile(dataDirectory: directory, fileSystem: machine.fileSystem)
        if let objection = configuration.objection(hasTokens: try tokens.load() != nil) { throw objection }
        if let objection = await configuration.objectionOfMachine(processors: machine.workers.parallelism) {
            throw objection
        }
        try await settings.listen.checkFree()
        if let second = configuration.otlpListen, second.isRequired {
            try await second.address.checkFree(option: "--otlp-http-listen")
        }
        try RuleSetup.checkFiles(settings, on: machine)
        log.begins(in: directory)
        // As `plimsoll check config` has them.
        for remark in settings.objectives.remarks { log.warning("settings, \(remark)") }
        let began = machine.clock.monotonicNanoseconds()
        var options = StoreOptions()
        options.keptCostBytesMax = settings.limits.keptCostBytesMax
        options.keptTextBytesMax = settings.limits.keptTextBytesMax
        options.compaction = CompactionLimits()
        (options.retention, options.archive) = (settings.retentionLimits, settings.archive)
        let store = try machine.openStore(directory, options: options)
        log.opened(store, nanoseconds: machine.clock.monotonicNanoseconds() - began)
        configuration.limits.startBytes = residentMemoryBytes() ?? 0
        configuration.memoryValve = MemoryValve(
            limitBytes: settings.limits.memoryBytesMax, clock: machine.clock, heldBytes: residentMemoryBytes,
            giveBack: returnFreeMemory)
        try store.judge(by: settings.outcomes)
        let announcement = Announcement(log: log)
        if let set = settings.objectives.set, let version = try store.putInForce(set) {
            await announcement.add(
                "objectives: version \(version.number) (\(version.set.hash)) is in force from now on")
        }
        try RuleSetup.prepare(
            &configuration, settings, objectives: store.snapshot().objectives.current.set, on: machine)
        let server = PlimsollServer(
            store: store, configuration: configuration, clock: machine.clock, workers: machine.workers, tokens: tokens,
            log: log)
        try await server.run { address in
            await announcement.add("spans also at http://\(address)/v1/traces")
        } onListening: { address in
            await announcement.begin("listening on http://\(address), data in \(directory)")
        }
    }

    /// The settings with what flags say of them.
    private func flagged(_ settings: ServeSettings) throws -> ServeSettings {
        var settings = settings
        if let text = listen {
            guard let address = ListenAddress(text) else {
                throw CommandFailure(
                    .badInput, "--listen \(text) is no address", advice: "write it as 127.0.0.1:8910 or [::1]:8910")
            }
            settings.listen = address
        }
        try settings.set("names", flag: "--names", names)
        try settings.set("trace_link_template", flag: "--trace-link-template", traceLinkTemplate)
        try settings.set("memory", flag: "--memory", memory)
        try settings.set("retention.events", flag: "--retention-events", retentionEvents)
        try settings.set("max_disk", flag: "--max-disk", maxDisk)
        try settings.set("retention.archive_after", flag: "--retention-archive-after", retentionArchiveAfter)
        try settings.set("archive.directory", flag: "--archive-directory", archiveDirectory)
        try settings.set("traces.endpoint", flag: "--traces-endpoint", tracesEndpoint)
        try settings.set("alerts.rules", flag: "--alert-rules", alertRules)
        try settings.set("alerts.alertmanagers", flag: "--alertmanagers", alertmanagers)
        try settings.set("alerts.webhooks", flag: "--alert-webhooks", alertWebhooks)
        if noAlerts { settings.alerts.isEvaluated = false }
        try settings.set("traces.sample_ratio", flag: "--traces-sample-ratio", tracesSampleRatio)
        return settings
    }

    private func otlpAddress(_ settings: ServeSettings) throws -> AdditionalAddress? {
        let wanted = otlpHttpListen ?? settings.otlpHTTPListen
        let text = wanted ?? "127.0.0.1:4318"
        guard text != "none" else { return nil }
        guard let address = ListenAddress(text) else {
            throw CommandFailure(
                .badInput, "--otlp-http-listen \(text) is no address", advice: "write it as 127.0.0.1:4318, or none")
        }
        return AdditionalAddress(address, isRequired: wanted != nil)
    }
}

extension ServeSettings {
    /// Takes what a flag says of a setting.
    mutating func set(_ key: String, flag: String, _ text: String?) throws {
        guard let text else { return }
        do {
            try set(key, to: text)
        } catch {
            throw CommandFailure(
                // Without the text: addresses have keys in them.
                .badInput, "\(flag): \(error.message)",
                advice: "`plimsoll help check config` lists the settings")
        }
    }
}

/// Lines about addresses, the main one first: scripts read it.
private actor Announcement {
    private let log: OperatorLog
    private var hasBegun = false
    private var waiting: [String] = []

    init(log: OperatorLog) { self.log = log }

    func begin(_ line: String) {
        hasBegun = true
        for line in [line] + waiting { say(line) }
    }

    func add(_ line: String) {
        guard hasBegun else { return waiting.append(line) }
        say(line)
    }

    /// What serves goes on although its lines cannot be written.
    private func say(_ line: String) {
        do throws(StorageError) {
            try StandardStream.output.print(line)
        } catch {
            log.warning("a line for standard output was lost: \(line)", [LogField(.error, "\(error)")])
        }
    }
}
