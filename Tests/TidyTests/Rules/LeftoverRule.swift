/// What a finished text doesn't hold: marks of unfinished work, licence words, dead code, words from outside the project.
enum LeftoverRule {
    /// Spelt in halves, so that this file may be read by its own rule.
    static let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
    static let licenceWords = [
        "Copy" + "right", "SPDX" + "-", "Licensed " + "under", "All rights " + "reserved", "Apache " + "License",
    ]
    /// Places of one machine, hosts of package registries, and papers that a reader of the project doesn't have.
    static let foreignWords = [
        "/" + "work/", "/" + "root/", "/" + "home/", "sand" + "box", "registry." + "npmjs", "pypi" + ".org", "python" + "hosted",
        "proxy." + "golang", "crates" + ".io", "artifact" + "ory", "DESIGN" + ".md", "DESIGN" + " ", "style" + ".md", "brief" + ".md",
        "this " + "session", "issue " + "#",
    ]

    static func check(_ file: SourceFile) -> [Finding] {
        var findings: [Finding] = []
        for word in foreignWords { findings += lines(of: file, with: word, "is not of this project") }
        for word in licenceWords { findings += lines(of: file, with: word, "is of a licence header, which files don't have") }
        // Price files and goldens hold data, where a mark may be a part of a value.
        if !file.path.hasSuffix(".txt"), !file.path.hasSuffix(".json") {
            for mark in marks { findings += lines(of: file, with: mark, "left: do it, or drop it", isWord: true) }
        }
        for comment in file.comments where !comment.isDocumentation && isCode(comment.text) {
            findings.append(Finding(path: file.path, line: comment.line, message: "commented-out code: `\(comment.text)`"))
        }
        return findings
    }

    /// Most files hold none of the words, so the whole text is asked first.
    private static func lines(of file: SourceFile, with word: String, _ what: String, isWord: Bool = false) -> [Finding] {
        guard file.text.contains(word) else { return [] }
        return file.lines.enumerated().compactMap { index, line in
            guard line.contains(word), !isWord || hasWord(line, word) else { return nil }
            return Finding(path: file.path, line: index + 1, message: "`\(word)` \(what)")
        }
    }

    private static func hasWord(_ line: Substring, _ word: String) -> Bool {
        line.split { !$0.isLetter && $0 != "_" }.contains { $0 == word }
    }

    /// Whether a comment looks like a statement.
    static func isCode(_ text: String) -> Bool {
        let starts = ["let ", "var ", "return ", "import ", "func ", "package func ", "private func ", "precondition(", "print(", "try "]
        if starts.contains(where: text.hasPrefix) {
            return ["=", "(", "{"].contains { text.contains($0) } && ![".", ";", ","].contains { text.hasSuffix($0) }
        }
        let opens = ["if ", "for ", "while ", "guard ", "switch ", "} else", "} catch"]
        if opens.contains(where: text.hasPrefix) { return text.hasSuffix("{") }
        return text == "}" || text.hasSuffix(");") || text.hasSuffix(") {")
    }
}
