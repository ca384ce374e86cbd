/// A front is a face: the packages that speak a wire have one home, and what every front needs knows none of them, nor
/// its words: media types and names of header fields.
enum WireRule {
    /// What every front needs, but for what is itself a client of a wire.
    static let services = "Sources/Services"
    static let client = "Sources/Services/Sending"
    private static let mediaTypes = ["application/", "multipart/", "text/"]
    private static let fields = [
        "Accept", "Accept-Encoding", "Authorization", "Content-Encoding", "Content-Length", "Content-Type",
        "Retry-After", "WWW-Authenticate",
    ]

    static let homes = ["Sources/Server/HTTPFronts", "Tests/HTTPFrontsTests"]
    /// How the names of these modules begin.
    static let prefixes = ["NIO", "Hummingbird", "HTTPTypes"]

    static func check(_ file: SourceFile) -> [Finding] { imports(file) + words(file) }

    private static func words(_ file: SourceFile) -> [Finding] {
        guard file.isBelow(services), !file.isBelow(client) else { return [] }
        return file.tokens.filter { $0.kind == .string }.compactMap { token in
            let words = token.text.split { $0 == " " || $0 == ":" || $0 == "," || $0 == "\"" || $0 == "`" }
            let found = words.first { word in
                mediaTypes.contains(where: word.hasPrefix) || fields.contains { $0.lowercased() == word.lowercased() }
                    && word != "accept"
            }
            return found.map { word in
                Finding(
                    path: file.path, line: token.line,
                    message: "`\(word)` is a word of HTTP: take a plain value here, and read it in \(homes[0])")
            }
        }
    }

    private static func imports(_ file: SourceFile) -> [Finding] {
        guard !homes.contains(where: file.isBelow) else { return [] }
        return ImportRule.imports(of: file).compactMap { module, line in
            guard prefixes.contains(where: module.hasPrefix) else { return nil }
            return Finding(
                path: file.path, line: line,
                message: "`\(module)` belongs to \(homes[0]): take plain values here and refuse with a typed refusal")
        }
    }
}
