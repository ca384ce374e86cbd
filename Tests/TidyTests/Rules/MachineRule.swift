/// The machine is reached through Platform: whoever takes the clock, chance or files from elsewhere cannot be tested in
/// simulation.
enum MachineRule {
    struct Ban {
        /// Consecutive tokens; a last `(` asks for a call.
        var tokens: [String]
        var instead: String
    }

    static let home = "Sources/Base/Platform"

    /// Wrappers of C libraries may need a thread of their own, with a stack that suits the library.
    private static let homeOfThreads = "Sources/System"

    private static let clock = "take the time from Platform's Clock"
    private static let chance = "take chance from Platform's Randomness or a seeded generator"
    private static let files = "go through Platform's FileSystem"
    private static let streams = "write through Platform's StandardStream"
    private static let threads = "run through Platform's Workers"
    private static let ends = "end through Platform's exitProcess"

    static let bans: [Ban] = [
        Ban(tokens: ["Date", "(", ")"], instead: clock),
        Ban(tokens: ["Date", ".", "now"], instead: clock),
        Ban(tokens: ["ContinuousClock"], instead: clock),
        Ban(tokens: ["SuspendingClock"], instead: clock),
        Ban(tokens: ["DispatchTime", ".", "now"], instead: clock),
        Ban(tokens: ["clock_gettime", "("], instead: clock),
        Ban(tokens: ["gettimeofday", "("], instead: clock),
        Ban(tokens: ["time", "(", "nil", ")"], instead: clock),
        Ban(tokens: ["TimeZone", ".", "current"], instead: "take the zone as a parameter"),
        Ban(tokens: ["Locale", ".", "current"], instead: "output depends on no locale"),
        Ban(tokens: ["SystemRandomNumberGenerator"], instead: chance),
        Ban(tokens: ["random", "(", "in", ":"], instead: chance),
        Ban(tokens: ["randomElement", "(", ")"], instead: chance),
        Ban(tokens: ["shuffled", "(", ")"], instead: chance),
        Ban(tokens: ["shuffle", "(", ")"], instead: chance),
        Ban(tokens: ["UUID", "(", ")"], instead: chance),
        Ban(tokens: ["Hasher", "("], instead: "Swift's hashes change from run to run: use Hashing's xxh3"),
        Ban(tokens: [".", "hashValue"], instead: "Swift's hashes change from run to run: use Hashing's xxh3"),
        Ban(tokens: ["FileManager"], instead: files),
        Ban(tokens: ["FileHandle"], instead: files),
        Ban(tokens: ["fopen", "("], instead: files),
        Ban(tokens: ["contentsOfFile", ":"], instead: files),
        Ban(tokens: ["contentsOf", ":", "URL"], instead: files),
        Ban(tokens: ["URL", "(", "fileURLWithPath"], instead: files),
        Ban(tokens: ["URL", "(", "filePath"], instead: files),
        Ban(tokens: ["mmap", "("], instead: files),
        Ban(tokens: ["print", "("], instead: streams),
        Ban(tokens: ["debugPrint", "("], instead: streams),
        Ban(tokens: ["readLine", "("], instead: streams),
        Ban(tokens: ["DispatchQueue"], instead: threads),
        Ban(tokens: ["Thread", "("], instead: threads),
        Ban(tokens: ["pthread_create", "("], instead: threads),
        Ban(tokens: ["getenv", "("], instead: "take settings as parameters"),
        Ban(tokens: ["exit", "("], instead: ends),
        Ban(tokens: ["_exit", "("], instead: ends),
    ]

    /// In tests only chance without a seed is banned, and only where a value is drawn.
    static let bansInTests: [Ban] = bans.filter { $0.instead == chance && $0.tokens != ["UUID", "(", ")"] }

    private static let bansByFirst = Dictionary(grouping: bans) { $0.tokens[0] }

    static func check(_ file: SourceFile) -> [Finding] {
        guard !file.isBelow(home) else { return [] }
        let allowed = file.isBelow("Tests") ? bansInTests : nil
        var findings: [Finding] = []
        for index in file.tokens.indices {
            for ban in bansByFirst[file.tokens[index].text] ?? [] where matches(ban, file, index) {
                if ban.instead == threads, file.isBelow(homeOfThreads) { continue }
                if let allowed, !allowed.contains(where: { $0.tokens == ban.tokens }) { continue }
                let call = ban.tokens.joined()
                findings.append(
                    Finding(
                        path: file.path, line: file.tokens[index].line,
                        message: "`\(call)` is Platform's: \(ban.instead)"))
            }
        }
        return findings
    }

    private static func matches(_ ban: Ban, _ file: SourceFile, _ index: Int) -> Bool {
        for (offset, text) in ban.tokens.enumerated() {
            let token = file.token(index + offset)
            guard token.text == text, token.kind != .string else { return false }
        }
        // A method or a declaration of that name is another thing, and a seeded generator is welcome.
        let before = file.token(index - 1).text
        if before == "func" { return false }
        if before == ".", ["print", "debugPrint", "Date", "time"].contains(ban.tokens[0]) { return false }
        if ban.tokens.last == ":", ban.tokens[0] == "random" {
            let end = file.afterBracket(index + 1)
            return !file.tokens[index..<end].contains { $0.text == "using" }
        }
        return true
    }
}
