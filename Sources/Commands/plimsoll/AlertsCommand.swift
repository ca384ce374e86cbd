import Alerting
import ArgumentParser
import Clients
import Domain
import EventStores
import Platform
import Settings

struct AlertsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts",
        abstract:
            "How alerts stand and would have stood; rule files checked and tested; what follows from the objectives.",
        discussion: """
            Objectives are settings (`plimsoll help check config`); `plimsoll serve --config FILE` puts them in \
            force. Which ones are meant: those of --config FILE, else those in force in --data DIR or at --server \
            URL, else the built-in ones.

            Alerts and dashboards link to runbooks: below --runbooks URL, else PLIMSOLL_RUNBOOKS, else the setting \
            runbooks of --config, else /runbooks of the server: that of --server, else where --config has it listen.

            Example: plimsoll alerts rules --config plimsoll.yaml --output /etc/prometheus/rules
            """,
        subcommands: [
            Status.self, Replay.self, Check.self, Test.self, Rules.self, OpenSLO.self, Dashboards.self, Runbooks.self,
        ])

    struct Rules: ObjectiveFilesCommand {
        static let kind = ObjectiveFiles.rules
        static let configuration = CommandConfiguration(
            commandName: "rules", abstract: "Rule files of Prometheus; without --output one rule file on stdout.")
        @OptionGroup var options: AlertsOptions
    }

    struct OpenSLO: ObjectiveFilesCommand {
        static let kind = ObjectiveFiles.slos
        static let configuration = CommandConfiguration(
            commandName: "slos", abstract: "The objectives as OpenSLO documents; without --output all on stdout.")
        @OptionGroup var options: AlertsOptions
    }

    struct Dashboards: ObjectiveFilesCommand {
        static let kind = ObjectiveFiles.dashboards
        static let configuration = CommandConfiguration(
            commandName: "dashboards", abstract: "Dashboards of Grafana, into --output.")
        @OptionGroup var options: AlertsOptions
    }

    struct Runbooks: ObjectiveFilesCommand {
        static let kind = ObjectiveFiles.runbooks
        static let configuration = CommandConfiguration(
            commandName: "runbooks", abstract: "A page for each alert and the list of them, into --output.")
        @OptionGroup var options: AlertsOptions
    }
}

/// Writes the files of one kind.
protocol ObjectiveFilesCommand: AsyncParsableCommand {
    static var kind: ObjectiveFiles { get }
    var options: AlertsOptions { get }
}

extension ObjectiveFilesCommand {
    func run() async throws { try await options.write(Self.kind) }
}

/// Whose objectives, and where to.
struct AlertsOptions: ParsableArguments {
    @OptionGroup var objectives: ObjectiveOptions

    @Option(
        help: ArgumentHelp(
            "The directory to write files into; made where there is none. Files of other names stay.", valueName: "dir")
    )
    var output: String?

    func write(_ kind: ObjectiveFiles) async throws {
        let (set, runbooks) = try await objectives.asked(Machine())
        guard let output else {
            guard let text = kind.text(set, runbooks: runbooks) else {
                throw CommandFailure(
                    .badInput, "\(kind.rawValue) are several files", advice: "name a directory with --output DIR")
            }
            try StandardStream.output.show(Array(text.utf8))
            return
        }
        let disk = POSIXFileSystem(readers: .everyone)
        try disk.createDirectories(output)
        let files = kind.files(set, runbooks: runbooks)
        for file in files { try disk.replace("\(output)/\(file.name)", with: file.bytes) }
        StandardStream.tell("\(files.count) files in \(output), by objectives \(set.hash)")
    }
}

/// Whose objectives, and where the runbooks of alerts are.
struct ObjectiveOptions: ParsableArguments {
    @OptionGroup var source: SourceOptions

    @Option(help: ArgumentHelp("A settings file whose objectives are meant.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("Where links to runbooks lead.", valueName: "url"))
    var runbooks: String?

    func asked(_ machine: Machine) async throws -> (set: ObjectiveSet, runbooks: String) {
        let settings = try config.map {
            try SettingsReading.checked($0, in: machine.fileSystem).applied(to: ServeSettings())
        }
        return (try await objectives(settings, machine), try runbooksAddress(settings))
    }

    /// Where the pages are that alerts link to.
    private func runbooksAddress(_ settings: ServeSettings?) throws -> String {
        var told = settings ?? ServeSettings()
        for (name, text) in [
            ("PLIMSOLL_RUNBOOKS", Environment.value("PLIMSOLL_RUNBOOKS")), ("--runbooks", runbooks),
        ] {
            guard let text else { continue }
            do {
                try told.set("runbooks", to: text)
            } catch {
                throw CommandFailure(
                    .badInput, "\(name) \(text): \(error.message)", advice: "write where the pages are served")
            }
        }
        if let runbooks = told.runbooks { return runbooks }
        // A settings file says whose objectives are meant, and a flag beside it whose pages.
        if settings == nil || source.server != nil, case .server(let server)? = try namedSource() {
            return "\(server.origin)/runbooks"
        }
        guard let listen = settings?.listen, listen.port > 0 else { return ObjectiveFiles.runbooksAddress }
        return "http://\(listen.reached(at: "127.0.0.1"))/runbooks"
    }

    /// The directory or server that somebody named; nil: nobody did.
    private func namedSource() throws -> Source? {
        let places = [
            source.data, source.server, Environment.value("PLIMSOLL_DATA"), Environment.value("PLIMSOLL_SERVER"),
        ]
        return places.contains { $0 != nil } ? try source.resolve() : nil
    }

    private func objectives(_ settings: ServeSettings?, _ machine: Machine) async throws -> ObjectiveSet {
        if let settings { return settings.objectives.set ?? .builtIn }
        switch try namedSource() {
        case nil: return .builtIn
        case .directory(let directory): return try machine.reading(directory) { $0.snapshot().objectives.current.set }
        case .server(let address):
            guard let history = ObjectiveHistory(json: try await RemoteReading(server: address).text("/v1/objectives"))
            else {
                throw CommandFailure(
                    .notReachable, "the server answers with objectives that this program does not know",
                    advice: "use the program of the server's version")
            }
            return history.current.set
        }
    }
}
