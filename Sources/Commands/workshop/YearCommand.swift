import ArgumentParser
import Platform
import StoreYears

/// `workshop year`: a store that lives through a year of traffic.
struct YearCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "year",
        abstract: "Lets a store live through a year of traffic, as fast as the machine can.",
        discussion: """
            Time is a clock of its own. After each week of traffic the store is verified, asked beside a plain tally \
            of what was sent and beside reports of earlier weeks and months, measured, closed and opened again; late \
            prices and corrections follow. What must not be is a line, and ends the run with status 1. The directory \
            stays as it is in the end.
            """)

    @Option(name: .customLong("data"), help: "The directory of the store, which must have none yet.")
    var directory = "plimsoll-year"

    @Option(help: "Days of traffic.")
    var days = 365

    @Option(help: "Messages of a working day; of a day of the weekend three quarters.")
    var messages = 40_000

    @Option(help: "Days for which events are kept.")
    var retention = 90

    @Option(help: "Decides the traffic.")
    var seed: UInt64 = 1

    func validate() throws {
        guard YearPlan.daysRange.contains(days) else {
            throw ValidationError("--days takes \(YearPlan.daysRange.lowerBound) to \(YearPlan.daysRange.upperBound)")
        }
        guard (1...1_000_000).contains(messages) else { throw ValidationError("--messages takes 1 to 1000000") }
        guard (YearPlan.retentionDaysMin...3_650).contains(retention) else {
            throw ValidationError("--retention takes \(YearPlan.retentionDaysMin) to 3650")
        }
    }

    func run() throws {
        let plan = YearPlan(days: days, messagesPerDay: messages, retentionDays: retention, seed: seed)
        let year = try StoreYear(plan, in: directory, on: .disk()) { StandardStream.tell($0) }
        let outcome = try year.run()
        try StandardStream.output.print(outcome.table)
        for finding in outcome.findings { try StandardStream.output.print(finding) }
        try StandardStream.output.print(outcome.summary)
        if !outcome.findings.isEmpty { throw ExitCode(1) }
    }
}
