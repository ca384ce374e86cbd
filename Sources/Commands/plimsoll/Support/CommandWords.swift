import ArgumentParser
import JSONTexts

/// The words of a command line that name commands, looked at before anything else is read of it: the parser takes a
/// mistyped one for an argument that nobody wanted, and `help` passes over it.
enum CommandWords {
    /// - Parameter words: what stands behind the program's name.
    /// - Throws: ``CommandFailure`` for the first word that stands where a command is named and is none.
    static func check(_ words: some Collection<String>) throws(CommandFailure) {
        var command: any ParsableCommand.Type = Plimsoll.self
        var path: [String] = []
        for word in words.first == help ? words.dropFirst() : words[...] {
            // `help help` says what `help` does.
            if path.isEmpty, word == help { return }
            let commands = command.configuration.subcommands
            // What begins with a dash is an option, whose faults the parser names.
            guard !commands.isEmpty, !word.hasPrefix("-") else { return }
            guard let next = commands.first(where: { $0._commandName == word }) else {
                throw failure(word, path: path, known: commands.map { $0._commandName })
            }
            command = next
            path.append(word)
        }
    }

    /// The parser's own command, which is in no list.
    private static let help = "help"

    private static func failure(_ word: String, path: [String], known: [String]) -> CommandFailure {
        let place = (["plimsoll"] + path).joined(separator: " ")
        let near = nearestName(to: word, among: path.isEmpty ? known + [help] : known)
        let more = (["plimsoll", help] + path).joined(separator: " ")
        return CommandFailure(
            .badInput, "\"\(word)\" is no command of \(place)",
            advice: nameHint(
                near: near.map { "\(place) \($0)" }, orElse: "\(knownNames(known)); `\(more)` says what they do"))
    }
}
