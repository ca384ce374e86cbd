import AlertRules
import Alerting
import Bytes
import Domain
import EventStores
import HTTPFronts
import Platform
import PromQLText
import RuleFiles
import Rules
import Settings

/// Which rules a server evaluates, by its settings.
enum RuleSetup {
    /// Puts rules, and who is told of alerts, into a configuration.
    /// - Parameter objectives: those in force: where no files are named their rules are evaluated.
    /// - Throws: what is wrong with a rule file.
    static func prepare(
        _ configuration: inout ServerConfiguration, _ settings: ServeSettings, objectives: ObjectiveSet,
        on machine: Machine
    ) throws {
        let alerts = settings.alerts
        guard alerts.isEvaluated else { return }
        let origin = alerts.externalURL ?? address(settings.listen)
        configuration.rules = try rules(settings, objectives: objectives, on: machine)
        if !alerts.ruleFiles.isEmpty {
            let options = options(alerts, origin: origin)
            configuration.ruleFiles = RuleFileWatch(
                alerts.ruleFiles, in: machine.fileSystem, options, clock: machine.clock)
        }
        configuration.alertSending = alerts.told(from: origin)
    }

    /// The rules of settings.
    /// - Throws: as ``files(_:_:in:)``.
    static func rules(
        _ settings: ServeSettings, objectives: ObjectiveSet, on machine: Machine
    ) throws -> RuleSet {
        let origin = settings.alerts.externalURL ?? address(settings.listen)
        let options = options(settings.alerts, origin: origin)
        if settings.alerts.ruleFiles.isEmpty {
            return try RuleSet(of: objectives, runbooks: settings.runbooks ?? origin + "/runbooks", options)
        }
        return try files(settings.alerts.ruleFiles, options, in: machine.fileSystem)
    }

    /// Looks at rule files before a store is begun, opened, or given other objectives.
    /// - Throws: what is wrong with one.
    static func checkFiles(_ settings: ServeSettings, on machine: Machine) throws {
        guard settings.alerts.isEvaluated, !settings.alerts.ruleFiles.isEmpty else { return }
        _ = try rules(settings, objectives: .builtIn, on: machine)
    }

    /// Rule files that are named.
    /// - Throws: ``CommandFailure`` with every mistake of the first file that has some, or of a directory.
    static func files(_ paths: [String], _ options: RuleOptions, in disk: any FileSystem) throws -> RuleSet {
        for path in paths { try CommandInput.checkIsNoDirectory(path, in: disk) }
        do {
            return try RuleSet(paths, in: disk, options)
        } catch let error as RuleFileError {
            throw CommandFailure(
                .badInput, "\(error)", advice: "`plimsoll alerts check \(error.file)` names every mistake")
        }
    }

    /// What is wrong with rule files, and what is no mistake of the others and says nothing, all of it.
    static func findings(in paths: [String], on disk: any FileSystem) -> (faults: [String], warnings: [String]) {
        var (files, faults): ([RuleFile], [String]) = ([], [])
        for path in paths {
            do {
                files.append(try RuleFile(try CommandInput.file(path, in: disk), name: path))
            } catch let failure as CommandFailure {
                faults.append(failure.message)
            } catch {
                faults.append("\(error)")
            }
        }
        return (faults, RuleSet(files, RuleOptions()).warnings.map(\.description))
    }

    /// What groups have in common.
    static func options(_ alerts: AlertSettings, origin: String) -> RuleOptions {
        var options = RuleOptions()
        options.externalLabels = LabelSet(
            alerts.externalLabels.map { (name: ByteText($0.name.utf8), value: ByteText($0.value.utf8)) })
        options.externalURL = ByteText(origin.utf8)
        options.interval = alerts.intervalNanoseconds / 1_000_000
        options.queryOffset = alerts.queryOffsetNanoseconds / 1_000_000
        return options
    }

    /// Where people on this machine reach a server.
    private static func address(_ listen: ListenAddress) -> String { "http://\(listen.reached(at: "127.0.0.1"))" }
}
