/// What a finished text doesn't hold: marks of unfinished work, licence words, dead code, words from outside the
/// project.
enum LeftoverRule {
    /// Spelt in halves, so that this file may be read by its own rule.
    static let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    static let licenceWords = [
        "Copy" + "right", "SPDX" + "-", "Licensed " + "under", "All rights " + "reserved", "Apache " + "License",
    ]
    /// Places of one machine, hosts of package registries, and papers that a reader of the project doesn't have.
    static let foreignWords = [
        "/" + "work/", "/" + "root/", "/" + "home/", "sand" + "box", "registry." + "npmjs", "pypi" + ".org",
        "python" + "hosted",
        "proxy." + "golang", "crates" + ".io", "artifact" + "ory", "DESIGN" + ".md", "DESIGN" + " ", "style" + ".md",
        "brief" + ".md",
        "this " + "session", "issue " + "#",
    ]

    /// Words by their first two bytes, and which pairs begin one: hardly any place of a text needs a closer look.
    private static let wordsByPair = Dictionary(grouping: marks + licenceWords + foreignWords) {
        pair(Array($0.utf8), 0)
    }
    private static let isPair: [Bool] = (0..<65_536).map { wordsByPair[$0] != nil }

    private static func pair(_ bytes: [UInt8], _ index: Int) -> Int { Int(bytes[index]) << 8 | Int(bytes[index + 1]) }

    static func check(_ file: SourceFile) -> [Finding] {
        var findings = words(of: file)
        for comment in file.comments where !comment.isDocumentation && isCode(comment.text) {
            findings.append(
                Finding(path: file.path, line: comment.line, message: "commented-out code: `\(comment.text)`"))
        }
        return findings
    }

    private static func words(of file: SourceFile) -> [Finding] {
        let bytes = Array(file.text.utf8)
        let isPair = isPair
        // Price files and goldens hold data, where a mark may be a part of a value.
        let seeksMarks = !file.path.hasSuffix(".txt") && !file.path.hasSuffix(".json")
        var findings: [Finding] = []
        var line = 1
        var index = 0
        while index + 1 < bytes.count {
            let first = bytes[index]
            if first == 0x0A { line += 1 }
            if isPair[Int(first) << 8 | Int(bytes[index + 1])] {
                for word in wordsByPair[pair(bytes, index)] ?? [] where bytes[index...].starts(with: word.utf8) {
                    let isMark = marks.contains(word)
                    guard !isMark || seeksMarks && hasWord(file.lines[line - 1], word) else { continue }
                    let other =
                        licenceWords.contains(word)
                        ? "is of a licence header, which files don't have" : "is not of this project"
                    let what = isMark ? "left: do it, or drop it" : other
                    findings.append(Finding(path: file.path, line: line, message: "`\(word)` \(what)"))
                }
            }
            index += 1
        }
        return findings
    }

    private static func hasWord(_ line: Substring, _ word: String) -> Bool {
        line.split { !$0.isLetter && $0 != "_" }.contains { $0 == word }
    }

    /// Whether a comment looks like a statement.
    static func isCode(_ text: String) -> Bool {
        let starts = [
            "let ", "var ", "return ", "import ", "func ", "package func ", "private func ", "precondition(", "print(",
            "try ",
        ]
        if starts.contains(where: text.hasPrefix) {
            return ["=", "(", "{"].contains { text.contains($0) } && ![".", ";", ","].contains { text.hasSuffix($0) }
        }
        let opens = ["if ", "for ", "while ", "guard ", "switch ", "} else", "} catch"]
        if opens.contains(where: text.hasPrefix) { return text.hasSuffix("{") }
        return text == "}" || text.hasSuffix(");") || text.hasSuffix(") {")
    }
}
