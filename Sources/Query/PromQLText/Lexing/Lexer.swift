/// Cuts a text into tokens, one at a time.
///
/// What a character is depends on where it stands: in braces all words are names; behind a bracket a duration of
/// arithmetic begins, and from its first number on the rest is read as elsewhere, except for letters. A failure is the
/// last token: it repeats for ever.
///
/// - Complexity: O(bytes) for all tokens together.
struct Lexer {
    let text: [UInt8]
    /// Where the next token is looked for.
    var position = 0
    /// Where the current token begins.
    private(set) var start = 0
    private var openParentheses = 0
    private var isInBraces = false
    private var isInBrackets = false
    /// Behind a bracket, no number seen.
    private var isBeforeNumber = false
    private var hasDuration = false
    private var hasColon = false
    private var failure: Token?

    init(_ text: [UInt8]) { self.text = text }

    /// The next token; comments and spaces are none.
    mutating func next() -> Token {
        if let failure { return failure }
        skip()
        start = position
        let token = isInBraces ? braceToken() : isBeforeNumber ? durationToken() : statementToken()
        if token.kind == .failure { failure = token }
        return token
    }

    /// The byte at the position, or one behind it; nil beyond the end.
    func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < text.count ? text[position + distance] : nil
    }

    /// Takes the next byte where it is one of these.
    @discardableResult mutating func accept(_ isAccepted: (UInt8) -> Bool) -> Bool {
        guard let byte = peek(), isAccepted(byte) else { return false }
        position += 1
        return true
    }

    mutating func accept(_ character: Unicode.Scalar) -> Bool { accept { $0 == UInt8(ascii: character) } }

    func token(_ kind: TokenKind) -> Token { Token(kind, start..<position) }

    func fail(_ message: String) -> Token { Token(.failure, start..<text.count, message: message) }

    /// As ``fail(_:)``, where the sign at fault has been taken: the message then points behind it.
    private func failBehind(_ message: String) -> Token { Token(.failure, position..<text.count, message: message) }

    private mutating func skip() {
        while let byte = peek() {
            if byte.isSpace {
                position += 1
            } else if byte == UInt8(ascii: "#"), isInBraces || !isBeforeNumber {
                while let byte = peek(), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { position += 1 }
            } else {
                return
            }
        }
    }

    /// The character at a place, as a message shows it.
    func characterInQuotes(at place: Int) -> String { QuotedText.character(in: text, at: place) }
}

// What stands outside braces.
extension Lexer {
    private mutating func statementToken() -> Token {
        guard let byte = peek() else {
            if openParentheses != 0 { return fail("unclosed left parenthesis") }
            return isInBrackets ? fail("unclosed left bracket") : token(.endOfInput)
        }
        if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1)?.isDigit == true) { return numberToken() }
        if byte.isNameStart || byte == UInt8(ascii: ":") { return isInBrackets ? wordInBrackets() : wordToken() }
        if let kind = Self.singles[byte] {
            position += 1
            return token(kind)
        }
        switch Unicode.Scalar(byte) {
        case "=", "!", "<", ">": return comparisonToken()
        case "\"", "'", "`": return stringToken()
        case "(", ")", "{", "[", "]": return bracketToken(byte)
        default: return fail("unexpected character: " + characterInQuotes(at: position))
        }
    }

    private static let singles: [UInt8: TokenKind] = [
        UInt8(ascii: ","): .comma, UInt8(ascii: "*"): .multiply, UInt8(ascii: "/"): .divide,
        UInt8(ascii: "%"): .modulo, UInt8(ascii: "+"): .add, UInt8(ascii: "-"): .subtract, UInt8(ascii: "^"): .power,
        UInt8(ascii: "@"): .at,
    ]

    private mutating func comparisonToken() -> Token {
        let first = text[position]
        position += 1
        let isEquals = peek() == UInt8(ascii: "=")
        switch Unicode.Scalar(first) {
        case "=":
            if peek() == UInt8(ascii: "~") {
                return fail("unexpected character after '=': " + characterInQuotes(at: position))
            }
        case "!":
            if !isEquals { return fail("unexpected character after '!': " + characterInQuotes(at: position)) }
        default: break
        }
        if isEquals { position += 1 }
        let isTrim = (first == UInt8(ascii: "<") || first == UInt8(ascii: ">")) && !isEquals && accept("/")
        if isTrim { return token(first == UInt8(ascii: "<") ? .trimUpper : .trimLower) }
        switch Unicode.Scalar(first) {
        case "=": return token(isEquals ? .equal : .assign)
        case "!": return token(.notEqual)
        case "<": return token(isEquals ? .lessOrEqual : .less)
        default: return token(isEquals ? .greaterOrEqual : .greater)
        }
    }

    private mutating func bracketToken(_ byte: UInt8) -> Token {
        let shown = characterInQuotes(at: position)
        switch Unicode.Scalar(byte) {
        case "[" where isInBrackets: return fail("unexpected left bracket " + shown)
        case "]" where !isInBrackets: return fail("unexpected right bracket " + shown)
        default: break
        }
        position += 1
        switch Unicode.Scalar(byte) {
        case "(":
            openParentheses += 1
            return token(.leftParenthesis)
        case ")":
            openParentheses -= 1
            return openParentheses < 0
                ? failBehind("unexpected right parenthesis " + shown) : token(.rightParenthesis)
        case "{":
            isInBraces = true
            return token(.leftBrace)
        case "[":
            (isInBrackets, isBeforeNumber, hasDuration, hasColon) = (true, true, false, false)
            return token(.leftBracket)
        default:
            (isInBrackets, isBeforeNumber) = (false, false)
            return token(.rightBracket)
        }
    }

    /// Letters behind the first number in brackets: the colon, or a word of durations.
    private mutating func wordInBrackets() -> Token {
        if peek() == UInt8(ascii: ":") {
            if hasColon { return fail("unexpected colon ':'") }
            position += 1
            hasColon = true
            return token(.colon)
        }
        return durationWord()
            ?? fail("unexpected character: " + characterInQuotes(at: start) + ", expected ':'")
    }

    private mutating func durationWord() -> Token? {
        while accept(\.isNameStart) {}
        return Keywords.durationKind(of: text[start..<position]).map(token)
    }

    private mutating func wordToken() -> Token {
        while accept({ $0.isNamePart || $0 == UInt8(ascii: ":") }) {}
        let word = text[start..<position]
        let kind = Keywords.kind(of: word) ?? (word.contains(UInt8(ascii: ":")) ? .metricIdentifier : .identifier)
        // These words came late to the language: alone they stay names.
        return token(kind.isFill && !isBeforeParenthesis ? .identifier : kind)
    }

    private var isBeforeParenthesis: Bool {
        text[position...].first { !$0.isSpace } == UInt8(ascii: "(")
    }
}

// What stands in brackets before the first number.
extension Lexer {
    private mutating func durationToken() -> Token {
        guard let byte = peek() else { return fail("unexpected end of input in duration expression") }
        if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1)?.isDigit == true) {
            (isBeforeNumber, hasDuration) = (false, true)
            return numberToken()
        }
        if byte.isNameStart {
            hasDuration = true
            return durationWord()
                ?? fail("unexpected character in duration expression: " + characterInQuotes(at: start))
        }
        switch Unicode.Scalar(byte) {
        case ":":
            position += 1
            if !hasDuration { return failBehind("unexpected colon before duration in duration expression") }
            if hasColon { return failBehind("unexpected repeated colon in duration expression") }
            hasColon = true
            return token(.colon)
        case "(", ")", "]": return bracketToken(byte)
        case "+", "-", "*", "/", "%", "^", ",": return statementToken()
        default: return fail("unexpected character in duration expression: " + characterInQuotes(at: position))
        }
    }
}

// What stands in braces: words are names, whatever they say elsewhere.
extension Lexer {
    private mutating func braceToken() -> Token {
        guard let byte = peek() else { return fail("unexpected end of input inside braces") }
        if byte.isNameStart {
            while accept(\.isNamePart) {}
            return token(.identifier)
        }
        switch Unicode.Scalar(byte) {
        case "\"", "'", "`": return stringToken()
        case "{": return fail("unexpected left brace '{'")
        case ",", "}", "=", "!": position += 1
        default: return fail("unexpected character inside braces: " + characterInQuotes(at: position))
        }
        switch Unicode.Scalar(byte) {
        case ",": return token(.comma)
        case "}":
            isInBraces = false
            return token(.rightBrace)
        case "=":
            let isPattern = accept("~")
            return token(isPattern ? .matches : .assign)
        default:
            if accept("~") { return token(.matchesNot) }
            if accept("=") { return token(.notEqual) }
            return fail("unexpected character after '!' inside braces: " + characterInQuotes(at: position))
        }
    }
}
