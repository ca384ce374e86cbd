/// The label of a parameter, as far as a call must or may say it.
struct ParameterLabel: Hashable {
    /// `_` where a call says none.
    var name: String
    /// Neither a default nor something a trailing closure could stand for.
    var isRequired: Bool
}

/// A declaration that other targets may see.
struct Declaration {
    enum Kind {
        case type, function, initialiser, property
    }

    var kind: Kind
    /// The type's for an initialiser.
    var name: String
    /// The type around it, or the one that is extended; empty for what stands alone.
    var owner: String
    var parameters: [ParameterLabel]
    var line: Int
}

/// Declarations of a file with `package` or `public`, and what of the file reaches beyond its target without such a
/// word.
struct Declarations {
    private(set) var declared: [Declaration] = []
    /// Words that stand in the heads of declarations for others, in cases of enums, in protocols and in code that is
    /// inlined elsewhere: what they name has to be visible where these are.
    private(set) var named: Set<String> = []
    /// What protocols ask for.
    private(set) var required: Set<String> = []
    private(set) var requiredInitialisers: Set<[String]> = []
    private(set) var protocols: Set<String> = []
    private(set) var classes: Set<String> = []
    private(set) var aliases: Set<String> = []

    private struct Scope {
        var keyword = ""
        var name = ""
        var isInlined = false
    }

    private static let types: Set<String> = ["struct", "enum", "class", "actor", "protocol"]
    private static let modifiers: Set<String> = [
        "static", "final", "mutating", "nonmutating", "convenience", "required", "lazy", "weak", "consuming",
        "borrowing", "indirect",
        "nonisolated", "private", "fileprivate", "internal", "set", "(", ")", "unsafe", "open",
    ]

    /// - Parameter isProduct: whether `public` is for those who use the package, who are not looked at.
    init(of file: SourceFile, isProduct: Bool = false) {
        var scopes: [Scope] = []
        var next = Scope()
        for index in file.tokens.indices {
            let token = file.tokens[index]
            let scope = scopes.last ?? Scope()
            if token.kind == .word {
                if scope.keyword == "protocol" || scope.isInlined { named.insert(token.text) }
                if file.token(index - 1).text == "." { continue }
                switch token.text {
                case "struct", "enum", "class", "actor", "protocol", "extension":
                    next.keyword = token.text
                    next.name = Self.path(file, index + 1)
                    if token.text == "protocol" { protocols.insert(next.name) }
                    if token.text == "class" { classes.insert(next.name) }
                case "typealias": aliases.insert(file.token(index + 1).text)
                case "inlinable", "_alwaysEmitIntoClient", "usableFromInline": next.isInlined = true
                case "case" where scope.keyword == "enum": nameCase(file, index)
                case "func", "var", "init", "associatedtype", "subscript":
                    if next.keyword == "class" { next = Scope(isInlined: next.isInlined) }
                    if scope.keyword == "protocol" { require(file, index) }
                case "package", "public":
                    if token.text == "public", isProduct {
                        nameHead(file, index)
                    } else {
                        declare(file, index, owner: scope.name)
                    }
                default: break
                }
            } else if token.kind == .sign {
                if token.text == "{" {
                    next.isInlined = next.isInlined || scope.isInlined
                    scopes.append(next)
                    next = Scope()
                } else if token.text == "}" {
                    _ = scopes.popLast()
                }
            }
        }
    }

    /// The last part of `A.B`.
    private static func path(_ file: SourceFile, _ start: Int) -> String {
        var index = start
        while file.token(index + 1).text == ".", file.token(index + 2).kind == .word { index += 2 }
        return file.token(index).text
    }

    private mutating func require(_ file: SourceFile, _ index: Int) {
        if file.tokens[index].text == "init" {
            requiredInitialisers.insert(Self.parameters(file, index + 1).map(\.name))
        } else {
            required.insert(file.token(index + 1).text)
        }
    }

    private mutating func nameCase(_ file: SourceFile, _ index: Int) {
        var place = index + 1
        while place < file.tokens.count, !file.tokens[place].startsLine || file.token(place - 1).text == "," {
            let isOpen = file.tokens[place].text == "("
            for inside in place..<(isOpen ? file.afterBracket(place) : place + 1) {
                named.insert(file.token(inside).text)
            }
            place = isOpen ? file.afterBracket(place) : place + 1
        }
    }

    private mutating func declare(_ file: SourceFile, _ index: Int, owner: String) {
        var place = index + 1
        if file.token(place).text == "(" || file.token(index - 1).text == "(" { return }
        while Self.modifiers.contains(file.token(place).text) { place += 1 }
        let keyword = file.token(place).text
        if keyword == "class", ["func", "var", "subscript"].contains(file.token(place + 1).text) {
            return nameHead(file, index)
        }
        let nameToken = file.token(place + 1).text == "`" ? file.token(place + 2) : file.token(place + 1)
        var made = Declaration(
            kind: .property, name: nameToken.text, owner: owner, parameters: [], line: file.tokens[index].line)
        switch keyword {
        case "struct", "enum", "class", "actor", "protocol", "typealias": made.kind = .type
        case "func": made.kind = .function
        case "init": made.kind = .initialiser
        case "var", "let": break
        default: return nameHead(file, index)
        }
        nameHead(file, place)
        if keyword == "init" {
            made.name = owner
            made.parameters = Self.parameters(file, place + 1)
        } else {
            // Operators, and several variables at once.
            guard nameToken.kind == .word, file.token(place + 2).text != "," else { return }
            if keyword == "func" { made.parameters = Self.parameters(file, place + 2) }
        }
        declared.append(made)
    }

    /// Takes the words of a declaration's head: types, defaults, the type of a value that is written out.
    private mutating func nameHead(_ file: SourceFile, _ keyword: Int) {
        let goingOn: Set<String> = ["where", "-", "throws", "async", ":", "=", ".", "&", "?"]
        var index = keyword + 2
        var depth = 0
        var isValue = false
        while index < file.tokens.count {
            let token = file.tokens[index]
            switch token.text {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "{" where depth == 0: return
            case "}" where depth == 0: return
            case "=" where depth == 0: isValue = true
            default: break
            }
            let before = file.token(index - 1).text
            if token.startsLine, depth == 0, !goingOn.contains(token.text), token.text != ")", token.text != "]",
                before != ",",
                before != ":", before != "&", before != "="
            {
                return
            }
            if token.kind == .word, file.token(index + 1).text != ":", file.token(index + 2).text != ":" || depth == 0,
                !isValue || token.text.first?.isUppercase == true
            {
                named.insert(token.text)
            }
            index += 1
        }
    }

    /// The parameters of the list that opens at a place, or behind the generic parameters there.
    static func parameters(_ file: SourceFile, _ start: Int) -> [ParameterLabel] {
        var open = start
        if ["?", "!"].contains(file.token(open).text) { open += 1 }
        if file.token(open).text == "<" {
            var depth = 0
            repeat {
                if file.token(open).text == "<" { depth += 1 }
                if file.token(open).text == ">", file.token(open - 1).text != "-" { depth -= 1 }
                open += 1
            } while depth > 0 && open < file.tokens.count
        }
        guard file.token(open).text == "(" else { return [] }
        let end = file.afterBracket(open) - 1
        var found: [ParameterLabel] = []
        var index = open + 1
        while index < end {
            let before = file.token(index - 1).text
            if before == "(" || before == ",", file.tokens[index].kind == .word,
                file.token(index + 1).text == ":"
                    || file.token(index + 1).kind == .word && file.token(index + 2).text == ":"
            {
                found.append(ParameterLabel(name: file.tokens[index].text, isRequired: true))
                index += 1
                continue
            }
            let isClosure = file.tokens[index].text == ">" && before == "-"
            if isClosure
                || file.tokens[index].text == "=" && file.token(index + 1).text != "=" && before != "="
                    && before != "!",
                !found.isEmpty
            {
                found[found.count - 1].isRequired = false
            }
            // The list's own bracket is passed; those inside hold no parameter of it.
            if ["(", "[", "{"].contains(file.tokens[index].text) {
                let close = file.afterBracket(index)
                let holdsClosure = (index..<close).contains {
                    file.tokens[$0].text == ">" && file.token($0 - 1).text == "-"
                }
                if holdsClosure, !found.isEmpty { found[found.count - 1].isRequired = false }
                index = close
            } else {
                index += 1
            }
        }
        return found
    }
}
