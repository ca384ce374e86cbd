/// Programs whose options of one letter take a secret.
struct CredentialCommand {
    /// What such an option looks like.
    private struct Option {
        /// How the program's name begins.
        var program: [UInt8]
        var names: [[UInt8]]
        /// Whether the value is part of the same word, or the next word.
        var isJoined: Bool, isApart: Bool
        /// Whether the value is a user and a secret with a colon between.
        var isPair = false

        init(_ program: String, _ names: [String], isJoined: Bool, isApart: Bool, isPair: Bool = false) {
            (self.program, self.names) = (Array(program.utf8), names.map { Array($0.utf8) })
            (self.isJoined, self.isApart, self.isPair) = (isJoined, isApart, isPair)
        }
    }

    private static let options = [
        Option("mysql", ["-p"], isJoined: true, isApart: false),
        Option("mariadb", ["-p"], isJoined: true, isApart: false),
        Option("sshpass", ["-p"], isJoined: true, isApart: true),
        Option("mongo", ["-p"], isJoined: false, isApart: true),
        Option("redis-cli", ["-a"], isJoined: false, isApart: true),
        Option("ldapsearch", ["-w"], isJoined: true, isApart: true),
        Option("sqlcmd", ["-P"], isJoined: true, isApart: true),
        Option("curl", ["-u", "-U", "--user", "--proxy-user"], isJoined: true, isApart: true, isPair: true),
    ]
    /// A command's options are not further from its name; a sentence may be about it.
    private static let wordsMax = 32

    private var option: Option?
    private var wordsLeft = 0

    /// Whether a program was named, and not long ago.
    var isRunning: Bool { option != nil && wordsLeft > 0 }

    /// Looks at the next word of a text.
    /// - Returns: how many of its bytes stand before the secret in it; nil where it has none.
    mutating func take(_ word: ArraySlice<UInt8>, after before: ArraySlice<UInt8>?) -> Int? {
        guard let option, isRunning else {
            note(word)
            return nil
        }
        wordsLeft -= 1
        if word.first != UInt8(ascii: "-") {
            if option.isApart, let before, option.names.contains(where: before.elementsEqual), isValue(word, option) {
                return 0
            }
            note(word)
            return nil
        }
        guard option.isJoined else { return nil }
        let isTold = option.names.contains {
            $0.count == 2 && word.starts(with: $0) && isValue(word.dropFirst(2), option)
        }
        return isTold ? 2 : nil
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
        guard word.count >= 4, word.count <= 64 else { return }
        let name = word.lastIndex(of: UInt8(ascii: "/")).map { word[($0 + 1)...] } ?? word
        guard let found = Self.options.first(where: { name.starts(with: $0.program) }) else { return }
        (option, wordsLeft) = (found, Self.wordsMax)
    }
}
