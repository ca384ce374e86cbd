import Access
import ArgumentParser
import Domain
import JSONTexts
import Platform

struct TokensCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokens",
        abstract: "Make, list and revoke the tokens that let clients in.",
        discussion: """
            They may be made before the first start of a server. Once a token was made, every request needs one, \
            also from this machine and also after all were revoked; only /healthz, /readyz, /runbooks and the form to \
            log in answer to anybody. Tokens are kept in keys/tokens of the data directory, as SHA-256 of their \
            secrets. A server may be running on it: changes count there within half a second.

            Scopes: ingest sends events and spans; read asks, also for /metrics and the pages; admin changes \
            what is kept and includes the others.
            """,
        subcommands: [Create.self, List.self, Revoke.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token and print it: it is shown this once.",
            discussion:
                "Example: plimsoll tokens create --data DIR --scope ingest --name bot-1 --expires now+90d, where DIR "
                + "is the directory of the server that is to know it, also while it is served.")

        @OptionGroup var data: DataOptions

        @Option(help: "ingest, read or admin; may be given several times.")
        var scope: [AccessScope]

        @Option(help: "Who or what it is for.")
        var name = ""

        @Option(
            help: ArgumentHelp(
                "From when on it is worth nothing: \(TimeArgument.forms).", discussion: "Default: never.",
                valueName: "time"))
        var expires: String?

        func run() async throws {
            let machine = Machine()
            let expires = try expires.map(TimeArgument.parse)
            try machine.checkNoFile(data.directory)
            let isThere = try machine.fileSystem.isDirectory(data.directory)
            let token = try await TokenChange.make(in: data.directory) { book in
                try book.create(
                    name: name, scopes: Set(scope), expires: expires, now: machine.clock.wallNanoseconds(),
                    randomness: machine.randomness)
            }
            // Before the first start that is as it should be; else a server of another directory knows no such token.
            if try !machine.holdsStore(data.directory) {
                let what = isThere ? "\(data.directory) holds no store yet" : "made the directory \(data.directory)"
                StandardStream.tell("\(what): `plimsoll serve` begins a store in it; is this the right directory?")
            }
            StandardStream.tell(
                "token \(token.id) for \(scope.map(\.rawValue).joined(separator: ", ")) in \(data.directory); "
                    + "keep what follows, it cannot be shown again:")
            do {
                try StandardStream.output.print(token.text)
            } catch {
                // Nobody knows it, so nobody shall be let in by it.
                _ = try await TokenChange.make(in: data.directory) { book in
                    try book.revoke(token.id, now: machine.clock.wallNanoseconds())
                }
                throw error
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List all tokens ever made, without their secrets.")

        @OptionGroup var data: DataOptions

        func run() throws {
            let machine = Machine()
            try machine.checkNoFile(data.directory)
            let book = try TokenFile(dataDirectory: data.directory, fileSystem: machine.fileSystem).load()
            guard let book else {
                return try StandardStream.output.print("no token was ever made in \(data.directory)")
            }
            try StandardStream.output.print(book.table(at: machine.clock.wallNanoseconds()), terminator: "")
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a token worth nothing, for good.")

        @OptionGroup var data: DataOptions

        @Argument(help: ArgumentHelp("The token's id: the part between the underscores.", valueName: "id"))
        var id: String

        func run() async throws {
            let machine = Machine()
            // What revokes makes nothing.
            try machine.checkIsDirectory(data.directory, asksServers: false)
            guard try TokenFile(dataDirectory: data.directory, fileSystem: machine.fileSystem).load() != nil else {
                throw CommandFailure(.badInput, "no token was ever made in \(data.directory)")
            }
            let now = machine.clock.wallNanoseconds()
            let record = try await TokenChange.make(in: data.directory) { book in try book.revoke(id, now: now) }
            let since = RFC3339.render(record.revoked ?? now)
            try StandardStream.output.print("token \(record.id) is revoked since \(since)")
        }
    }
}

/// Changes the tokens of a data directory.
private enum TokenChange {
    /// Waits a moment for another process that changes them just now.
    static func make<Result>(in directory: String, _ change: (inout TokenBook) throws -> Result) async throws -> Result
    {
        let file = TokenFile(dataDirectory: directory, fileSystem: Machine().fileSystem)
        var attempt = 0
        while true {
            do {
                return try file.update(change)
            } catch let error as StorageError where error.isLocked && attempt < 100 {
                attempt += 1
                try await Task.sleep(for: .milliseconds(20))
            } catch let error as TokenError {
                throw CommandFailure(.badInput, error.description)
            }
        }
    }
}

extension AccessScope: ExpressibleByArgument {}
