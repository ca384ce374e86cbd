import ArgumentParser
import Domain
import Platform

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    func run() throws {
        try StandardStream.output.print(Version.text)
    }
}
