import Alerting
import ArgumentParser
import Domain
import JSONTexts
import Platform
import Settings

struct RunbookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runbook",
        abstract: "Print the runbook of an alert, without a server.",
        discussion: """
            The pages that a server shows at /runbooks, as text: for when it is down. It asks no server and reads no \
            data directory; the figures are those of the objectives in --config FILE, else the built-in ones.

            Example: plimsoll runbook PlimsollDown
            """)

    @Argument(help: ArgumentHelp("The alert, such as PlimsollDown.", valueName: "name"))
    var name: String?

    @Flag(help: "Name the alerts that have one.")
    var list = false

    @Option(help: ArgumentHelp("A settings file whose objectives are meant.", valueName: "file"))
    var config: String?

    func validate() throws {
        guard list != (name != nil) else { throw ValidationError("name an alert, or ask for their names with --list") }
    }

    func run() throws {
        let settings = try config.map {
            try SettingsReading.checked($0, in: Machine().fileSystem).applied(to: ServeSettings())
        }
        let pages = RunbookPages(settings?.objectives.set ?? .builtIn)
        guard let name else { return try StandardStream.output.print(pages.names.joined(separator: "\n")) }
        guard let text = pages.text(name) else {
            throw CommandFailure(
                .badInput, "there is no runbook \(name)",
                advice: nameHint(to: name, among: pages.names, orElse: "`plimsoll runbook --list` names them"))
        }
        try StandardStream.output.print(text, terminator: "")
    }
}
