import Platform

/// What to do with the demo's data: a line for another terminal, and commands that work there as they stand. They are
/// those of README's first minute, which a test follows in both.
struct DemoGuide {
    /// The server that goes on; nil when there is none any more, so that commands read the directory.
    var server: String?
    var data: String
    /// One to look at.
    var conversation: String?

    var text: String {
        let commands = reports + (server == nil ? [] : requests) + [Self.query]
        return "Paste this into \(server == nil ? "a terminal" : "another terminal"):\n\n    \(exports)\n\n"
            + "Then these work as they stand:\n\n" + commands.map { "    " + $0 + "\n" }.joined()
            + (server.map { "\nLook at \($0)/ in a browser: the overview leads on.\n" } ?? "")
    }

    private var exports: String {
        var words: [String] = []
        if let folder = Self.folderOfProgram { words.append("PATH=\(Self.quoted(folder)):\"$PATH\"") }
        if let server {
            words.append("PLIMSOLL_SERVER=\(Self.quoted(server))")
        } else {
            words.append("PLIMSOLL_DATA=\(Self.quoted(Self.absolute(data)))")
        }
        if let conversation { words.append("CONVERSATION=\(Self.quoted(conversation))") }
        return "export " + words.joined(separator: " ")
    }

    private let reports = [
        "plimsoll report sla --by channel", "plimsoll report cost --by month,team,model",
        "plimsoll report outcomes --by topic",
    ]

    private var requests: [String] {
        (conversation == nil ? [] : [#"curl -s "$PLIMSOLL_SERVER/v1/conversations/$CONVERSATION""#])
            + [#"curl -s "$PLIMSOLL_SERVER/metrics""#]
    }

    private static let query =
        #"plimsoll query "select route, sum(cost_usd) from llm_call group by 1""#

    /// Where the program lies; nil when the shell found it by itself.
    private static var folderOfProgram: String? {
        guard let program = CommandLine.arguments.first, let slash = program.lastIndex(of: "/") else { return nil }
        return absolute(slash == program.startIndex ? "/" : String(program[..<slash]))
    }

    /// Another terminal may stand in another folder.
    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = Environment.value("PWD") else { return path }
        return (here.hasSuffix("/") ? here : here + "/") + path
    }

    /// One word of a shell.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "/.:_-+@%,".utf8.contains(byte)
            }
        }
        return isPlain && !text.isEmpty ? text : "'" + text.replacing("'", with: #"'\''"#) + "'"
    }
}
