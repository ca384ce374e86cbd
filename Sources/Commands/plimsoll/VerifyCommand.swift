import ArgumentParser
import EventStores
import Platform

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read a whole data directory and prove that it is what was written.",
        discussion: """
            Checks the lengths and SHA-256 of all files, the checksum of every page, the log, and that the read models \
            turns and conversations equal a recomputation from all events. Exit status 0 when everything holds, 4 when \
            something is damaged. Nothing is changed, so the directory may be served meanwhile, and need not have been \
            closed in order.
            """)

    @OptionGroup var data: DataOptions

    func run() throws {
        let result = try Machine().reading(data.directory, isRepeatable: true) { try $0.verify() }
        for finding in result.findings { StandardStream.tell(finding) }
        guard result.findings.isEmpty else {
            throw CommandFailure(
                .damagedData, "\(result.findings.count) findings in \(data.directory)",
                advice: "restore the named files from a backup")
        }
        if result.conversationsOfOldForms > 0 {
            try StandardStream.output.print(
                "\(result.conversationsOfOldForms) conversations have rows that an earlier version made; they were not compared "
                    + "and come anew with their next event")
        }
        try StandardStream.output.print(
            "\(result.segments) segments, \(result.events) events, \(result.turns) turns and \(result.conversations) conversations: "
                + "files, pages and recomputation agree")
    }
}
