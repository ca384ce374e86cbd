import ArgumentParser
import Clients
import Domain
import EventStores
import OpenSLO
import Platform
import Reports

struct SLOCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slo",
        abstract: "Error budgets of service level objectives, and rules that tell when they burn.",
        discussion: """
            Objectives are OpenSLO v1 documents, or, where no file is named, those that follow from the objectives in \
            force (`plimsoll alerts slos` prints them). Their queries are PromQL over the metrics of /metrics; what \
            they count is counted here in events, exactly: questions, answers, times within a bound, ratings, and \
            time slices with a cost per answer. What is not read is refused with file and line.

            \(ReadForms.text)

            Example: plimsoll slo rules availability.yaml > /etc/prometheus/rules/slo.yaml
            """, subcommands: [Status.self, Rules.self])

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "How much of each error budget is left, how fast it burns, and what burns it.")

        @OptionGroup var source: SourceOptions

        @Option(
            help: ArgumentHelp(
                "A file of OpenSLO v1 documents; several: the option several times. Only with a directory.",
                valueName: "file"))
        var slo: [String] = []

        @Option(help: ArgumentHelp("End of the windows: \(TimeArgument.forms).", valueName: "time"))
        var to = "now"

        @Option(help: ArgumentHelp("The zone of dates and days, such as Europe/Berlin.", valueName: "zone"))
        var timezone = "UTC"

        @Option(
            help: "How to print: table, csv, json, html or cells. A csv holds the budgets, or --section."
        )
        var format = ReportFormat.table

        @Option(
            help: ArgumentHelp("Only this section: budgets, burn_rates, coverage or burners.", valueName: "name"))
        var section: String?

        func run() async throws {
            let objectives = slo.isEmpty ? nil : try SLOFiles.objectives(slo, Machine())
            if objectives != nil, case .server = try source.resolve() {
                throw CommandFailure(
                    .badInput, "a server answers for the objectives in force alone",
                    advice: "leave --slo out, or name the server's directory with --data DIR")
            }
            let query = QueryText.joined([
                // Servers of before know UTC alone.
                ("to", to), ("timezone", timezone == "UTC" ? nil : timezone), ("section", section),
                ("format", format.rawValue),
            ])
            let text = try await source.text(at: "/v1/slos?\(query)") { store, machine in
                let tables = store.snapshot()
                let clock = try ReportRequest.clock(timezone)
                let end = try PeriodText.parse(to, now: tables.now, clock: clock, isEnd: true)
                let runner = ReportRunner(
                    catalog: tables, engine: machine.engine, options: machine.reportOptions, outcomes: tables.outcomes)
                let report = SourceOptions.telling(try runner.budgets(of: objectives, to: end, timeZone: timezone))
                return try runner.rendered(report, format, section: section)
            }
            try StandardStream.output.show(Array(text.utf8))
        }
    }

    struct Rules: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rules",
            abstract: "A rule file of Prometheus that tells when budgets burn too fast, over several windows at once.",
            discussion: """
                An alert has the labels severity, audience, objective and slo, by which the Alertmanager of \
                Deploy/alertmanager sends it, and links to a runbook, as alerts of `plimsoll alerts rules` do.

                An answer is within a bound where a bucket of /metrics ends at it: one does at each bound of the \
                objectives in force. Which ones are meant: those of --config FILE, else those in --data DIR or at \
                --server URL, else the built-in ones. Of other bounds it is told which are nearest, and no rules \
                are made.
                """)

        @Argument(help: ArgumentHelp("Files of OpenSLO v1 documents.", valueName: "file"))
        var files: [String]

        @OptionGroup var options: ObjectiveOptions

        func run() async throws {
            let machine = Machine()
            let objectives = try SLOFiles.objectives(files, machine)
            let (set, runbooks) = try await options.asked(machine)
            var lacksBucket = false
            for objective in objectives {
                guard let reason = objective.reasonForNoRules(buckets: set.bucketBounds) else { continue }
                StandardStream.tell("plimsoll: no rules for \(objective.name): \(reason)")
                if let bound = objective.indicator.bound, !set.bucketBounds.contains(bound) { lacksBucket = true }
            }
            if lacksBucket {
                StandardStream.tell(
                    "  one ends at each bound of an objective in force: name the settings that have it with "
                        + "--config FILE, or the server with --server URL")
            }
            try StandardStream.output.show(
                Array(BurnRuleFile.text(objectives, in: set, runbooks: runbooks).utf8))
        }
    }
}

/// OpenSLO documents in files.
enum SLOFiles {
    /// - Throws: ``CommandFailure`` with every mistake, or for files that cannot be read.
    static func objectives(_ files: [String], _ machine: Machine) throws -> [ServiceLevelObjective] {
        let texts = try files.map { name in
            let bytes = try CommandInput.file(name, in: machine.fileSystem)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CommandFailure(.badInput, "\(name) is no UTF-8", advice: "convert it, with `iconv` for one")
            }
            return (name: name, text: text)
        }
        let documents = OpenSLODocuments(texts) { (try? ReportRequest.clock($0)) != nil }
        guard documents.findings.isEmpty else {
            throw CommandFailure(.badInput, documents.report(), advice: "`plimsoll help slo` says what is read")
        }
        return documents.objectives
    }
}
