/// How senders write the names of models.
package enum ModelName {
    /// Every name by which a price or a correction may mean a call, in the order in which prices are asked: the model
    /// that answered, the one that was asked for, then both without the path before them.
    package static func names(requestModel: String?, responseModel: String?) -> [String] {
        let told = [responseModel, requestModel]
        return (told + told.map(withoutPath)).compactMap { $0 }.filter { !$0.isEmpty }
    }

    /// The name behind the path that gateways put before it: `gpt-4o-mini` of `openai/gpt-4o-mini`, `gemini-2.5-pro` of
    /// `models/gemini-2.5-pro`; nil where there is none. A price for the name as sent goes before one for this.
    static func withoutPath(_ name: String?) -> String? {
        guard let name, let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let rest = name[name.utf8.index(after: slash)...]
        return rest.isEmpty ? nil : String(rest)
    }

    /// What names of one model have in common: without path, maker, date, version and variant that say which build of
    /// it answered, letters and digits alone. `gpt-4o`, `openai/gpt-4o` and `gpt-4o-2024-08-06` are one family,
    /// `gpt-4o-mini` is another. To compare spans with; no price is asked by it.
    /// - Complexity: O(length).
    package static func family(_ name: String) -> String {
        var name = (withoutPath(name) ?? name).lowercased()[...]
        // Clouds write the maker, or a region and the maker, before the name: eu.anthropic.claude-…
        while let dot = name.firstIndex(of: "."), name[..<dot].utf8.allSatisfy({ !isDigit($0) }) {
            let rest = name[name.index(after: dot)...]
            guard !rest.isEmpty else { break }
            name = rest
        }
        if let colon = name.lastIndex(of: ":"), name[colon...].dropFirst().utf8.allSatisfy(isDigit) {
            name = name[..<colon]
        }
        var words = name.split { "-_:@ ".contains($0) }
        var isAfterYear = false
        while words.count > 1, let last = words.last {
            if isBuild(last) {
                isAfterYear = isYear(last)
                words.removeLast()
            } else if words.count > 2, isShortNumber(last), isShortNumber(words[words.count - 2]),
                isBeforeDay(words[words.count - 3])
            {
                // A day of a year or of a preview.
                words.removeLast(2)
            } else if isAfterYear, isShortNumber(last) {
                // A month with its year behind it.
                isAfterYear = false
                words.removeLast()
            } else {
                break
            }
        }
        return words.joined(separator: "").filter { $0.isLetter || $0.isNumber }
    }

    private static let builds: Set = ["latest", "preview", "exp", "experimental", "free", "beta"]

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isShortNumber(_ word: Substring) -> Bool {
        word.utf8.count == 2 && word.utf8.allSatisfy(isDigit)
    }

    private static func isBeforeDay(_ word: Substring) -> Bool {
        word == "preview" || word == "exp" || isYear(word)
    }

    private static func isYear(_ word: Substring) -> Bool {
        word.utf8.count == 4 && word.hasPrefix("20") && word.utf8.allSatisfy(isDigit)
    }

    /// A date in one, a build's number, or a word that says which build is meant.
    private static func isBuild(_ word: Substring) -> Bool {
        if builds.contains(String(word)) { return true }
        if word.utf8.count >= 3, word.utf8.allSatisfy(isDigit) { return true }
        return word.first == "v" && word.utf8.count <= 3 && word.utf8.count > 1
            && word.utf8.dropFirst().allSatisfy(isDigit)
    }
}
