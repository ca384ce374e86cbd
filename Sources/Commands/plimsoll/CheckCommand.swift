import ArgumentParser
import Dashboarding
import Platform
import Settings

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Look for mistakes in files before they are used.", subcommands: [Config.self])

    struct Config: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "config", abstract: "Check a settings file of `plimsoll serve --config`.",
            discussion: """
                Names every mistake with its line, those of the rule files that it names as well; exit status 1 when \
                there is one. Channels that miss a known one by a slip are told as well, and what `plimsoll alerts \
                check` warns of in rule files, and parts of the dashboards in dashboards.folder that are not \
                understood; these are no mistakes. Settings:

                \((Setting.all.map { "\($0.key): \($0.purpose)" } + ObjectiveSettings.purposes).joined(separator: "\n"))
                """)

        @Argument(help: ArgumentHelp("The file, YAML.", valueName: "file"))
        var file: String

        func run() throws {
            let disk = Machine().fileSystem
            let settings = try SettingsReading.file(file, in: disk)
            for finding in settings.findings { StandardStream.tell("\(file): \(finding)") }
            let applied = settings.applied(to: ServeSettings())
            let rules = RuleSetup.findings(in: applied.alerts.ruleFiles, on: disk)
            for fault in rules.faults { StandardStream.tell("\(file): alerts.rules: \(fault)") }
            let boards = applied.dashboardFolder.map { DashboardFolder($0, in: disk).look() } ?? DashboardFolder.Look()
            for fault in boards.faults { StandardStream.tell("\(file): dashboards.folder: \(fault)") }
            guard settings.findings.isEmpty, rules.faults.isEmpty, boards.faults.isEmpty else {
                throw ExitStatus.Ending(status: .checkFailed)
            }
            for remark in settings.remarks { StandardStream.tell("\(file): \(remark)") }
            for warning in rules.warnings { StandardStream.tell("\(file): alerts.rules: \(warning)") }
            let unknown = boards.remarks
            for line in unknown { StandardStream.tell("\(file): dashboards.folder: \(line)") }
            let remarks = settings.remarks.count + rules.warnings.count + unknown.count
            let verdict = remarks == 0 ? "nothing to object to" : "no mistake, \(remarks) to look at"
            try StandardStream.output.print("\(file): \(settings.count) settings, \(verdict)")
        }
    }
}

enum SettingsReading {
    /// The file with its findings.
    /// - Throws: ``StorageError`` of reading it.
    static func file(_ path: String, in fileSystem: any FileSystem) throws -> SettingsFile {
        guard let text = String(validating: try CommandInput.file(path, in: fileSystem), as: UTF8.self) else {
            throw CommandFailure(.badInput, "\(path) is no UTF-8", advice: "convert it, with `iconv` for one")
        }
        return SettingsFile(text)
    }

    /// The file, which has no findings.
    /// - Throws: a usage error naming file and line; ``StorageError`` of reading it.
    static func checked(_ path: String, in fileSystem: any FileSystem) throws -> SettingsFile {
        let file = try file(path, in: fileSystem)
        if let finding = file.findings.first {
            throw CommandFailure(
                .badInput, "\(path): \(finding)", advice: "`plimsoll check config \(path)` names every mistake")
        }
        return file
    }

    /// Defaults, file and environment, in this order.
    /// - Throws: a usage error naming file, line or variable.
    static func serve(config: String?, in fileSystem: any FileSystem) throws -> ServeSettings {
        var file: SettingsFile?
        if let path = config ?? Environment.value("PLIMSOLL_CONFIG") {
            file = try checked(path, in: fileSystem)
        }
        return try reading { () throws(SettingsFinding) in
            try ServeSettings.layered(file: file, environment: Environment.value)
        }
    }

    /// Defaults and what of the environment says something to a demo.
    /// - Throws: a usage error naming the variable.
    static func demo() throws -> ServeSettings {
        try reading { () throws(SettingsFinding) in try ServeSettings.ofDemo(environment: Environment.value) }
    }

    private static func reading(_ read: () throws(SettingsFinding) -> ServeSettings) throws -> ServeSettings {
        do throws(SettingsFinding) {
            return try read()
        } catch {
            throw CommandFailure(
                // An option is no way out: what stands in the environment is read whatever is given besides.
                .badInput, "\(error)",
                advice: "change or unset the variable; `plimsoll help check config` lists the settings")
        }
    }
}
