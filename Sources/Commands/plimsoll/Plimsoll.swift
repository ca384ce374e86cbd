import ArgumentParser
import Domain

struct Plimsoll: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plimsoll",
        abstract: "Keeps what a support agent does as events, and answers for service level, cost and outcome.",
        discussion: """
            import, export, query, promql, report, status, doctor, slo, prices, alerts and dialects work on a data \
            directory (--data DIR) or on a running server (--server URL); serve, demo, tokens, verify, repair, \
            set-aside, backup and ship on a data directory only; the others on neither, but inspect on any path. What \
            only reads, and tokens, may work on a directory that is served; what else writes needs one that is not. A \
            flag beats its PLIMSOLL_* environment variable, which beats the default; PLIMSOLL_DATA beats \
            PLIMSOLL_SERVER.

            Exit status: 0 done, 1 a check failed or a booking was not confirmed, 2 bad usage or input, or no right \
            token, 3 no plimsoll server answers, or not now, 4 damaged data, or some of it is gone or of a newer \
            version, 5 storage failed, the data directory is in use, or a result could not be written, 130 Ctrl-C, \
            143 SIGTERM. Results go to stdout, everything else to stderr.
            """,
        version: Version.text,
        subcommands: [
            ServeCommand.self, DemoCommand.self, ImportCommand.self, ExportCommand.self, QueryCommand.self,
            PromQLCommand.self, ReportCommand.self,
            StatusCommand.self, DoctorCommand.self, SLOCommand.self, PricesCommand.self, AlertsCommand.self,
            RunbookCommand.self, TokensCommand.self,
            DialectsCommand.self, SchemasCommand.self,
            WorkloadCommand.self, InspectCommand.self, VerifyCommand.self, RepairCommand.self,
            SetAsideCommand.self,
            BackupCommand.self, RestoreCommand.self, ShipCommand.self,
            CheckCommand.self, VersionCommand.self,
        ])
}
