import ArgumentParser
import Platform

/// Parses the command line and runs the command; what goes wrong is told on stderr.
@main
enum Main {
    static func main() {
        StandardStream.openMissing()
        do {
            var command = try Workshop.parseAsRoot()
            try command.run()
        } catch {
            StandardStream.tell(Workshop.fullMessage(for: error))
            exitProcess(Workshop.exitCode(for: error).rawValue)
        }
        exitProcess(0)
    }
}
