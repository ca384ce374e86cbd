/// Programs that take a secret by an option whose name alone, such as `-p`, would not tell.
struct CredentialCommand {
    /// What such an option looks like.
    private struct Option {
        /// How the program's name begins.
        var program: [UInt8]
        /// The names whose value is part of the same word, right behind them, and those whose value is the next word.
        var joined: [[UInt8]], apart: [[UInt8]]
        /// Whether the value is a user and a secret with a colon between.
        var isPair = false

        init(_ program: String, joined: [String] = [], apart: [String] = [], isPair: Bool = false) {
            self.program = Array(program.utf8)
            (self.joined, self.apart) = (joined.map { Array($0.utf8) }, apart.map { Array($0.utf8) })
            self.isPair = isPair
        }
    }

    private static let options = [
        Option("mysql", joined: ["-p"]),
        Option("mariadb", joined: ["-p"]),
        Option("sshpass", joined: ["-p"], apart: ["-p"]),
        Option("mongo", apart: ["-p"]),
        // Of registries and clouds: `docker login -u NAME -p SECRET`. Elsewhere their `-p` is a port.
        Option("login", apart: ["-p"]),
        Option("redis-cli", apart: ["-a"]),
        Option("ldapsearch", joined: ["-w"], apart: ["-w"]),
        Option("sqlcmd", joined: ["-P"], apart: ["-P"]),
        Option("zip", joined: ["-P"], apart: ["-P"]),
        Option("unzip", joined: ["-P"], apart: ["-P"]),
        Option("curl", joined: ["-u", "-U"], apart: ["-u", "-U", "--user", "--proxy-user"], isPair: true),
    ]
    private static let starts = CredentialStarts(options.map(\.program))
    /// A command's options are not further from its name; a sentence may be about it.
    private static let wordsMax = 32

    /// By its place among them; a word that is none of them costs no look at it.
    private var option = 0
    private var wordsLeft = 0

    /// Whether a program was named, and not long ago.
    var isRunning: Bool { wordsLeft > 0 }

    /// Looks at the next word of a text.
    /// - Returns: how many of its bytes stand before the secret in it; nil where it has none.
    mutating func take(_ word: ArraySlice<UInt8>, after before: ArraySlice<UInt8>?) -> Int? {
        guard isRunning else {
            note(word)
            return nil
        }
        let option = Self.options[option]
        wordsLeft -= 1
        if word.first != UInt8(ascii: "-") {
            if let before, option.apart.contains(where: before.elementsEqual), isValue(word, option) {
                return 0
            }
            note(word)
            return nil
        }
        return option.joined.first { word.starts(with: $0) && isValue(word.dropFirst($0.count), option) }?.count
    }

    private func isValue(_ value: ArraySlice<UInt8>, _ option: Option) -> Bool {
        guard CredentialText.isValue(value) else { return false }
        guard option.isPair else { return true }
        guard let colon = value.firstIndex(of: UInt8(ascii: ":")) else { return false }
        return colon > value.startIndex && CredentialText.isValue(value[(colon + 1)...])
            && !value[colon...].starts(with: "://".utf8)
    }

    private mutating func note(_ word: ArraySlice<UInt8>) {
        // Most words are none of them.
        guard word.count >= 3, word.count <= 64 else { return }
        let name = word.lastIndex(of: UInt8(ascii: "/")).map { word[($0 + 1)...] } ?? word
        guard name.count >= 2, Self.starts.mayBegin(name[name.startIndex], name[name.startIndex + 1]),
            let found = Self.options.firstIndex(where: { name.starts(with: $0.program) })
        else { return }
        (option, wordsLeft) = (found, Self.wordsMax)
    }
}
