/// Dictionaries and sets iterate in another order in every run; no such order may reach bytes or output.
///
/// A heuristic by names: what a file (or another file of the same type, `Name+Aspect.swift`) declares as a dictionary
/// or set is looked for in loops, in `map` and its kin, and in `Array(…)`. Sorting or folding in the same statement
/// settles it; where the order cannot matter, a comment says why: `// order: reason`, on the line above or at the
/// line's end.
enum OrderRule {
    private static let exposing: Set<String> = [
        "map", "compactMap", "flatMap", "forEach", "enumerated", "joined", "first", "prefix", "dropFirst", "lazy",
        "makeIterator",
    ]
    private static let settling: Set<String> = [
        "sorted", "sort", "reduce", "min", "max", "allSatisfy", "contains", "Set", "Dictionary", "uniqueKeysWithValues",
        "isEmpty",
        "formUnion", "subtracting", "union",
    ]

    struct Declaration {
        var name: String
        var place: Int
        var isUnordered: Bool
    }

    /// - Parameter siblings: other files of the same type, whose declarations count here.
    static func check(_ file: SourceFile, siblings: [SourceFile] = []) -> [Finding] {
        let declared = declarations(in: file)
        var inherited: Set<String> = []
        for sibling in siblings {
            let members = members(of: sibling)
            let shared = declarations(in: sibling).filter { $0.isUnordered && members.contains($0.place) }
            inherited.formUnion(shared.map(\.name))
        }
        func isUnordered(_ name: String, at place: Int) -> Bool {
            let all = declared.filter { $0.name == name }
            if let nearest = all.last(where: { $0.place < place }) ?? all.first { return nearest.isUnordered }
            return inherited.contains(name)
        }
        let candidates = inherited.union(declared.filter(\.isUnordered).map(\.name))
        guard !candidates.isEmpty else { return [] }
        var excused: Set<Int> = []
        for comment in file.comments where comment.text.hasPrefix("order:") {
            excused.formUnion([comment.line, comment.line + 1])
        }

        var findings: [Finding] = []
        for index in file.tokens.indices
        where file.tokens[index].kind == .word && candidates.contains(file.tokens[index].text) {
            let token = file.tokens[index]
            guard !excused.contains(token.line), exposes(file, index), isUnordered(token.text, at: index) else {
                continue
            }
            let advice = "sort it, or say `// order: why it cannot matter` above"
            let message = "iterates `\(token.text)`, a dictionary or set, in no order: \(advice)"
            findings.append(Finding(path: file.path, line: token.line, message: message))
        }
        return findings
    }

    /// Whether the use of a name at a place shows its order.
    private static func exposes(_ file: SourceFile, _ index: Int) -> Bool {
        let start = startOfPath(file, index)
        // `Names.all` is a property of another type.
        if start < index, file.token(start).text.first?.isUppercase == true, file.token(start).text != "Self" {
            return false
        }
        var next = index + 1
        if file.token(next).text == ".", ["keys", "values"].contains(file.token(next + 1).text) { next += 2 }
        if file.token(next).text == ".", exposing.contains(file.token(next + 1).text) { return !isSettled(file, index) }
        // `Array(names)` and `Array(names.keys)`
        if file.token(next).text == ")", file.token(start - 1).text == "(", file.token(start - 2).text == "Array" {
            return !isSettled(file, index)
        }
        // `for name in names {`, `for name in names where`
        if file.token(start - 1).text == "in", ["{", "where"].contains(file.token(next).text) {
            return isLoop(file, start - 1)
        }
        return false
    }

    /// Where `a.b.name` begins.
    private static func startOfPath(_ file: SourceFile, _ index: Int) -> Int {
        var start = index
        while file.token(start - 1).text == ".", file.token(start - 2).kind == .word { start -= 2 }
        return start
    }

    /// Whether the `in` at a place belongs to a `for`, and not to a closure.
    private static func isLoop(_ file: SourceFile, _ place: Int) -> Bool {
        var index = place - 1
        while index >= 0, place - index < 24 {
            switch file.tokens[index].text {
            case "for": return true
            case "{", "}", "in": return false
            default: index -= 1
            }
        }
        return false
    }

    /// Whether the statement around a place sorts or folds.
    private static func isSettled(_ file: SourceFile, _ place: Int) -> Bool {
        var first = place
        while first > 0, !file.tokens[first].startsLine { first -= 1 }
        var depth = 0
        var index = first
        while index < file.tokens.count {
            let token = file.tokens[index]
            if index > place, token.startsLine, depth <= 0, token.text != "." { return false }
            switch token.text {
            case "(", "[", "{": depth += 1
            case ")", "]", "}": depth -= 1
            default: break
            }
            if token.kind == .word, settling.contains(token.text) { return true }
            index += 1
        }
        return false
    }

    /// Variables and parameters, and whether they are dictionaries or sets.
    static func declarations(in file: SourceFile) -> [Declaration] {
        var found: [Declaration] = []
        let parameters = parameters(in: file)
        for index in file.tokens.indices where file.tokens[index].kind == .word {
            let after = file.token(index + 1).text
            let isVariable = ["let", "var"].contains(file.token(index - 1).text)
            if after == ":", isVariable || parameters.contains(index) {
                found.append(
                    Declaration(
                        name: file.tokens[index].text, place: index, isUnordered: isUnorderedType(file, index + 2)))
            } else if isVariable, after == "=" {
                found.append(
                    Declaration(
                        name: file.tokens[index].text, place: index, isUnordered: isUnorderedValue(file, index + 2)))
            } else if isVariable || (after == "in" && file.token(index - 1).text == "for") {
                found.append(Declaration(name: file.tokens[index].text, place: index, isUnordered: false))
            }
        }
        return found
    }

    /// Places of what stands directly in types, so that other files of the type see it; not what a function has for
    /// itself.
    private static func members(of file: SourceFile) -> Set<Int> {
        var found: Set<Int> = []
        var braces: [Bool] = []
        var isType = false
        for (index, token) in file.tokens.enumerated() {
            switch token.text {
            case "struct", "class", "enum", "extension", "actor", "protocol":
                isType = token.kind == .word && file.token(index - 1).text != "."
                    && !["func", "var"].contains(file.token(index + 1).text)
            case "{":
                braces.append(isType)
                isType = false
            case "}": _ = braces.popLast()
            default: if braces.allSatisfy(\.self), ["let", "var"].contains(token.text) { found.insert(index + 1) }
            }
        }
        return found
    }

    /// Places of the names that heads of functions, initialisers and closures give their parameters: a call has labels,
    /// too, and those declare nothing.
    private static func parameters(in file: SourceFile) -> Set<Int> {
        var found: Set<Int> = []
        for index in file.tokens.indices {
            guard let open = openOfHead(file, index) else { continue }
            let end = file.afterBracket(open) - 1
            var place = open + 1
            while place < end {
                switch file.tokens[place].text {
                case "(", "[", "{":
                    place = file.afterBracket(place)
                    continue
                case ":" where file.token(place - 1).kind == .word: found.insert(place - 1)
                default: break
                }
                place += 1
            }
        }
        return found
    }

    /// The bracket of the parameters whose head begins at a place.
    private static func openOfHead(_ file: SourceFile, _ index: Int) -> Int? {
        switch file.tokens[index].text {
        case "func", "init", "subscript":
            guard file.tokens[index].kind == .word, file.token(index - 1).text != "." else { return nil }
            // Behind a name, a question mark, type parameters.
            return (index + 1..<min(index + 40, file.tokens.count)).first { file.tokens[$0].text == "(" }
        case "(" where file.token(index - 1).text == "{":
            let next = file.token(file.afterBracket(index)).text
            return ["in", "throws", "async", "-"].contains(next) ? index : nil
        default: return nil
        }
    }

    private static func isUnorderedType(_ file: SourceFile, _ place: Int) -> Bool {
        var start = place
        while ["inout", "borrowing", "consuming", "sending"].contains(file.token(start).text) { start += 1 }
        let text = file.token(start).text
        if ["Set", "Dictionary"].contains(text) { return true }
        return text == "[" && isDictionaryBracket(file, start)
    }

    private static func isUnorderedValue(_ file: SourceFile, _ place: Int) -> Bool {
        let text = file.token(place).text
        if ["Set", "Dictionary"].contains(text) {
            let open = file.token(place + 1).text == "(" ? place + 1 : place
            return file.token(file.afterBracket(open)).text != "."
        }
        guard text == "[", isDictionaryBracket(file, place) else { return false }
        return ![".", "["].contains(file.token(file.afterBracket(place)).text)
    }

    /// Whether a colon, and no question mark before it, stands directly in the brackets.
    private static func isDictionaryBracket(_ file: SourceFile, _ open: Int) -> Bool {
        let end = file.afterBracket(open) - 1
        var index = open + 1
        while index < end {
            switch file.tokens[index].text {
            case "(", "[", "{": index = file.afterBracket(index)
            case ":" where file.tokens[index].kind == .sign: return true
            case "?" where file.token(index + 1).text != ":": return false
            case ",": return false
            default: index += 1
            }
        }
        return false
    }
}
