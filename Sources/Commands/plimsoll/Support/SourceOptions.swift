import ArgumentParser
import Clients
import Platform

/// Where a command finds its data: a directory, or a server that serves one.
struct SourceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The data directory to work on.",
            discussion: """
                What only reads changes nothing in it, needs no right to write and may look at a directory that is \
                served; what writes needs it for itself. Default: PLIMSOLL_DATA, else plimsoll-data in the current \
                directory.
                """, valueName: "dir"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "The server to ask instead, such as http://127.0.0.1:8910 or https://plimsoll.example.org.",
            discussion: "Default: PLIMSOLL_SERVER. Without a port: 8910, with https:// 443.",
            valueName: "url"))
    var server: String?

    @Option(
        help: ArgumentHelp(
            "A file of certificates, PEM, of those who may vouch for the server of https:// in place of those that "
                + "this machine knows.",
            discussion: "Default: PLIMSOLL_CA_FILE.", valueName: "file"))
    var caFile: String?

    @OptionGroup var token: TokenOptions

    /// A flag beats the environment, and `--data` and `--server` exclude each other.
    func resolve() throws -> Source {
        if let data, server != nil {
            throw CommandFailure(
                .badInput, "both --data \(data) and --server were given", advice: "leave one of them out")
        }
        if let data { return .directory(data) }
        if let server { return .server(try endpoint(server)) }
        if let server = Environment.value("PLIMSOLL_SERVER"), Environment.value("PLIMSOLL_DATA") == nil {
            return .server(try endpoint(server))
        }
        return .directory(DataOptions.resolve(nil))
    }

    private func endpoint(_ url: String) throws -> ServerEndpoint {
        let (address, isSecure) = try Self.address(url)
        return ServerEndpoint(address, token: try token.resolve(), tls: isSecure ? try tls() : nil)
    }

    private func tls() throws -> ServerTLS {
        guard let file = caFile ?? Environment.value("PLIMSOLL_CA_FILE") else { return ServerTLS() }
        guard try Machine().fileSystem.lengthBytes(of: file) != nil else {
            throw CommandFailure(
                .badInput, "there is no file \(file)",
                advice: "--ca-file and PLIMSOLL_CA_FILE name certificates as PEM")
        }
        return ServerTLS(authorityFile: file)
    }

    /// The address in `http://host:port` and `https://host:port`, and whether it is the second; paths, users and
    /// questions in it are refused, for nothing would come of them.
    static func address(_ url: String) throws -> (address: ListenAddress, isSecure: Bool) {
        let scheme = ["https://", "http://"].first { url.lowercased().hasPrefix($0) }
        let isSecure = scheme == "https://"
        var text = String(url.dropFirst(scheme?.count ?? 0))
        if text.hasSuffix("/") { text.removeLast() }
        let isWithoutPort = text.last == "]" || !text.contains(":")
        if isWithoutPort { text += isSecure ? ":443" : ":8910" }
        guard let address = ListenAddress(text), address.port > 0, address.host.utf8.allSatisfy(Self.isOfHost) else {
            throw CommandFailure(
                .badInput, "\(url) is not the address of a server",
                advice: "write it as http://127.0.0.1:8910, without a path; PLIMSOLL_TOKEN lets you in")
        }
        return (address, isSecure)
    }

    /// Letters, digits and what else stands in names and addresses of machines.
    private static func isOfHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: ":"):
            true
        default: byte >= 0x80
        }
    }
}

enum Source {
    case directory(String)
    case server(ServerEndpoint)
}

/// For commands that only work on a directory.
struct DataOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The data directory.", discussion: "Default: PLIMSOLL_DATA, else plimsoll-data in the current directory.",
            valueName: "dir"))
    var data: String?

    var directory: String { Self.resolve(data) }

    static func resolve(_ flag: String?) -> String {
        flag ?? Environment.value("PLIMSOLL_DATA") ?? "plimsoll-data"
    }
}
