import ArgumentParser
import Platform

/// What lets a command in at a server.
struct TokenOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The token for --server.",
            discussion: "Default: PLIMSOLL_TOKEN, which other users of this machine do not see, as they see this.",
            valueName: "token"))
    var token: String?

    @Option(
        help: ArgumentHelp(
            "A file that holds the token for --server.", discussion: "Default: PLIMSOLL_TOKEN_FILE.", valueName: "file")
    )
    var tokenFile: String?

    /// A flag beats the environment; nil where there is none at all.
    func resolve() throws -> String? {
        if token != nil, tokenFile != nil {
            throw CommandFailure(.badInput, "both --token and --token-file were given", advice: "leave one of them out")
        }
        if let token { return try Self.checked(token, from: "--token") }
        if let tokenFile { return try Self.read(tokenFile) }
        if let token = Environment.value("PLIMSOLL_TOKEN") { return try Self.checked(token, from: "PLIMSOLL_TOKEN") }
        return try Environment.value("PLIMSOLL_TOKEN_FILE").map(Self.read)
    }

    private static func read(_ path: String) throws -> String {
        let bytes = try CommandInput.file(path, in: Machine().fileSystem)
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
        let text = bytes.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        return try checked(String(decoding: Array(text), as: UTF8.self), from: path)
    }

    /// Never shows the text: it may be a secret all the same.
    private static func checked(_ text: String, from origin: String) throws -> String {
        guard !text.isEmpty, text.utf8.count <= 4096, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw CommandFailure(
                .badInput, "\(origin) holds no token",
                advice: "`plimsoll tokens create --data DIR` makes one and shows it once")
        }
        return text
    }
}
