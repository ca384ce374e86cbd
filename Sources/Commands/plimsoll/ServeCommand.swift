import ArgumentParser
import EventStores
import Platform
import Server

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Take events and answer questions over HTTP.",
        discussion: """
            Opens or creates the data directory and serves until SIGINT or SIGTERM; requests under way are finished first. \
            Prints the address it listens on. GET / shows a status page.
            """)

    @OptionGroup var data: DataOptions

    @Option(
        help: ArgumentHelp(
            "Where to listen. Port 0 picks a free one.", discussion: "Default: PLIMSOLL_LISTEN, else 127.0.0.1:8910.",
            valueName: "host:port"))
    var listen: String?

    @Option(
        help: ArgumentHelp(
            "Where to take spans besides, as OTLP over HTTP.",
            discussion: "Default: PLIMSOLL_OTLP_HTTP_LISTEN, else 127.0.0.1:4318 if nobody else has it; none for nowhere.",
            valueName: "host:port"))
    var otlpHttpListen: String?

    @Flag(help: "Listen on an address that other machines reach, although nobody has to prove who he is.")
    var insecure = false

    func run() async throws {
        let text = try Environment.setting(listen, "PLIMSOLL_LISTEN", default: "127.0.0.1:8910")
        guard let address = ListenAddress(text) else {
            throw CommandFailure(.badInput, "--listen \(text) is no address", advice: "write it as 127.0.0.1:8910 or [::1]:8910")
        }
        var configuration = ServerConfiguration(listen: address, isInsecure: insecure)
        configuration.otlpListen = try otlpAddress()
        if let objection = configuration.objection {
            throw CommandFailure(
                .badInput, objection,
                advice: "listen on 127.0.0.1 behind a proxy that checks credentials, or add --insecure")
        }
        let machine = Machine()
        let store = try machine.openStore(data.directory)
        let server = PlimsollServer(store: store, configuration: configuration, clock: machine.clock, workers: machine.workers)
        try await server.run { address in
            StandardStream.output.print("listening on http://\(address), data in \(data.directory)")
        }
    }

    private func otlpAddress() throws -> SecondAddress? {
        let wanted = otlpHttpListen ?? Environment.value("PLIMSOLL_OTLP_HTTP_LISTEN")
        let text = wanted ?? "127.0.0.1:4318"
        guard text != "none" else { return nil }
        guard let address = ListenAddress(text) else {
            throw CommandFailure(.badInput, "--otlp-http-listen \(text) is no address", advice: "write it as 127.0.0.1:4318, or none")
        }
        return SecondAddress(address, isRequired: wanted != nil)
    }
}
