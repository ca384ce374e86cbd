import ArgumentParser
import Platform

/// Parses the command line, runs the command, and turns whatever goes wrong into a message on stderr and an exit
/// status.
@main
enum Main {
    static func main() async {
        // Before anything else is opened, or it would stand where a stream should.
        StandardStream.openMissing()
        // Before anything else is opened: libraries below end a process that has no descriptor left.
        OpenFileLimit.raise()
        FileSizeSignal.ignore()
        do {
            try CommandWords.check(CommandLine.arguments.dropFirst())
            var command = try Plimsoll.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            finish(error)
        }
        // A return would go through C's `exit`.
        exitProcess(ExitStatus.done.rawValue)
    }

    private static func finish(_ error: any Error) -> Never {
        if let status = error as? ExitStatus.Ending { exitProcess(status.status.rawValue) }
        let code = Plimsoll.exitCode(for: error)
        let isOfParser = code == .validationFailure || code == .success
        if isOfParser {
            // Help and version go to stdout and are no failure; a usage error is one.
            let text = Plimsoll.fullMessage(for: error)
            if code == .success {
                do throws(StorageError) {
                    try StandardStream.output.print(text)
                } catch {
                    tell(CommandFailure(error))
                }
                exitProcess(ExitStatus.done.rawValue)
            }
            StandardStream.tell(text)
            exitProcess(ExitStatus.badInput.rawValue)
        }
        tell(CommandFailure(error))
    }

    private static func tell(_ failure: CommandFailure) -> Never {
        StandardStream.tell("plimsoll: \(failure.message)" + (failure.advice.map { "\n  \($0)" } ?? ""))
        exitProcess(failure.status.rawValue)
    }
}

extension ExitStatus {
    /// Ends a command with a status but without a message: it has said already what there was to say.
    struct Ending: Error { var status: ExitStatus }
}
