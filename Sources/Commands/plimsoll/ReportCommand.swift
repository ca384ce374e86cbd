import ArgumentParser
import Clients
import Domain
import EventStores
import Platform
import Reports

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Service levels, cost and outcomes of a period.",
        discussion: """
            sla: is what was promised kept, how much error budget is left, which conversations burned it. cost: of \
            one answer, one conversation, one resolved conversation; by model and more. outcomes: resolved, \
            escalated, abandoned, satisfaction, variants.

            Times are \(TimeArgument.forms). Default: the 30 \
            days up to now.

            Examples: plimsoll report sla --from now-1d --by channel
            plimsoll report cost --from 2026-08-01 --to 2026-10-01 --by month,team,model --timezone Europe/Berlin
            plimsoll report cost --from now-1M/M --to now-1M/M --where team=billing --by model
            plimsoll report cost --from 2026-08-01 --to 2026-09-01 --by team --format html > august.html
            """)

    @OptionGroup var source: SourceOptions

    @Argument(help: ArgumentHelp("sla, cost or outcomes.", valueName: "report"))
    var kind: ReportKind

    @Option(help: ArgumentHelp("Start of the period.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("End of the period, not included.", valueName: "time"))
    var to: String?

    @Option(
        help: ArgumentHelp(
            "Break down by month, team, model, …; what a report does not know it says.",
            discussion: "Several with commas between them, or the option several times.", valueName: "dimensions"))
    var by: [String] = []

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "Only rows that say this, such as team=billing; what a report does not know it says.",
            discussion:
                "The option several times: of one name any of the values, of several names all. Nothing behind = "
                + "stands for rows that say nothing.",
            valueName: "name=value"))
    var filters: [String] = []

    @Option(
        help: ArgumentHelp(
            "The zone of dates, hours, days, weeks and months, such as Europe/Berlin.", valueName: "zone"))
    var timezone = "UTC"

    @Option(
        help: ArgumentHelp(
            "What counts as resolved: house-1, intercom-fin, zendesk-2026 or silence-resolves-1.",
            discussion: "Default: the setting outcomes.rule of the server that served the data last, else house-1."))
    var rule: String?

    @Option(
        help: ArgumentHelp(
            "The version of the objectives that judges; default: the one in force at the end of the period.",
            valueName: "version"))
    var objectives: String?

    @Option(
        help: ArgumentHelp(
            "How to print: table, csv, json, html, or cells.",
            discussion: """
                A csv holds one section: the breakdown, or that of --section. html is one file to be mailed, with \
                charts and without scripts; who opens it loads nothing. cells is what pages show, as JSON: each figure \
                as the table prints it, and exactly.
                """))
    var format: ReportFormat?

    @Option(
        help: ArgumentHelp(
            "Only this section; one that there is not is answered with those there are.", valueName: "name"))
    var section: String?

    @Option(
        help: ArgumentHelp(
            "Write a CSV file of each section into this folder, or of the one of --section.", valueName: "dir"))
    var output: String?

    func validate() throws {
        if output != nil, let format, format != .csv {
            throw ValidationError(
                "--output writes csv; leave --format \(format.rawValue) out, or send what is printed to a file")
        }
    }

    func run() async throws {
        if let output { return try write(try await files(), to: output) }
        let format = format ?? .table
        let text = try await source.text(at: address(format, section: section)) { store, machine in
            let (desk, report) = try answer(store, machine)
            return try desk.rendered(report, format, section: section)
        }
        try StandardStream.output.show(Array(text.utf8))
    }

    /// The report, and who wrote it.
    private func answer(_ store: EventStore, _ machine: Machine) throws -> (desk: ReportRunner, report: Report) {
        let tables = store.snapshot()
        let request = try ReportRequest(
            kind: kind, from: from, to: to, by: by, filters: filters, rule: rule ?? tables.outcomes.rule.rawValue,
            timeZone: timezone, objectives: objectives, now: tables.now)
        let desk = ReportRunner(
            catalog: tables, engine: machine.engine, options: machine.reportOptions, outcomes: tables.outcomes)
        return (desk, SourceOptions.telling(try desk.report(kind, request)))
    }

    private func address(_ format: ReportFormat, section: String?) -> String {
        let pairs: [(String, String?)] =
            [("from", from), ("to", to)] + by.map { ("by", $0) } + filters.map { ("where", $0) }
            + [
                ("rule", rule), ("timezone", timezone), ("objectives", objectives), ("section", section),
                ("format", format.rawValue),
            ]
        return "/v1/reports/\(kind.rawValue)?\(QueryText.joined(pairs))"
    }

    /// All of one answer, so that they agree; a server sends all sections at once.
    private func files() async throws -> ReportFiles {
        let body = try await source.text(at: address(.csv, section: ReportFiles.all)) { store, machine in
            let (desk, report) = try answer(store, machine)
            return try desk.multipart(report).body
        }
        guard let files = ReportFiles(multipart: body) else {
            throw CommandFailure(
                .notReachable, "the server's answer holds no sections",
                advice: "is it of the same version as this command?")
        }
        return try files.only(section, of: kind.rawValue)
    }

    private func write(_ files: ReportFiles, to folder: String) throws {
        let disk = POSIXFileSystem(readers: .everyone)
        try disk.createDirectories(folder)
        for file in files.files { try disk.replace(folder + "/" + file.name, with: Array(file.text.utf8)) }
        try StandardStream.output.print(files.files.map { folder + "/" + $0.name }.joined(separator: "\n"))
    }
}

extension ReportKind: ExpressibleByArgument {}
extension ReportFormat: ExpressibleByArgument {}
