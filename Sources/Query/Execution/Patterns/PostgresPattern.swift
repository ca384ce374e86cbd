import Plans

/// A pattern as PostgreSQL's `~` reads it (advanced regular expressions), in RE2's syntax, which finds the same texts.
///
/// Characters and classes are written out as code points, so that no class, letter case or line end means something
/// else over there. What RE2 cannot do in linear time (references back, looking around) and the other flavours are
/// refused by name. Which of several matches would be preferred does not matter where only the truth of a match is
/// asked.
struct PostgresPattern {
    /// In RE2's syntax.
    let text: String

    /// - Throws: `.invalidPattern` for a text that is no pattern, in PostgreSQL's words; `.notSupported` for what is
    ///   not taken.
    init(_ pattern: String, ignoresCase: Bool) throws {
        var parser = PatternParser(scalars: Array(pattern.unicodeScalars), ignoresCase: ignoresCase)
        text = try parser.pattern()
    }
}

/// Reads the pattern from left to right and writes the other.
struct PatternParser {
    let scalars: [Unicode.Scalar]
    var place = 0
    var ignoresCase: Bool
    /// `.` and `[^…]` leave out the line end.
    var stopsAtLines = false
    /// `^` and `$` are the ends of lines, too.
    var anchorsAtLines = false
    /// Bytes of the atoms written so far, those inside others again.
    private var written = 0
    /// Classes are long when they are written out.
    private static let writtenBytesMax = 4 << 20
    /// Groups opened that capture.
    var groups = 0
    private static let depthMax = 200

    init(scalars: [Unicode.Scalar], ignoresCase: Bool) {
        self.scalars = scalars
        self.ignoresCase = ignoresCase
    }

    static func invalid(_ why: String) -> QueryError {
        QueryError(.invalidPattern, "invalid regular expression: \(why)")
    }

    static let misplacedQuantifier = invalid("quantifier operand invalid")
    static let wrongEscape = invalid(#"invalid escape \ sequence"#)

    static func refused(_ what: String, _ hint: String) -> QueryError {
        QueryError(.notSupported, "\(what) in regular expressions are not supported", hint: hint)
    }

    // MARK: Text

    var next: Unicode.Scalar? { place < scalars.count ? scalars[place] : nil }

    func sees(_ text: String) -> Bool { scalars[place...].starts(with: text.unicodeScalars) }

    /// Steps over the text if it comes next.
    mutating func take(_ text: String) -> Bool {
        guard sees(text) else { return false }
        place += text.unicodeScalars.count
        return true
    }

    mutating func advance() -> Unicode.Scalar? {
        guard let scalar = next else { return nil }
        place += 1
        return scalar
    }

    // MARK: Pattern

    mutating func pattern() throws -> String {
        if take("***=") { return literals() }
        if sees("***"), !take("***:") { throw Self.misplacedQuantifier }
        if try embeddedOptions() { return literals() }
        let result = try alternatives(depth: 0)
        if next != nil { throw Self.invalid("parentheses () not balanced") }
        return result
    }

    /// Everything that is left, each character for itself.
    private mutating func literals() -> String {
        defer { place = scalars.count }
        return scalars[place...].map { literal($0) }.joined()
    }

    func literal(_ scalar: Unicode.Scalar) -> String {
        ignoresCase ? ScalarSet(scalar).withBothCases.pattern : ScalarSet(scalar).pattern
    }

    /// `(?i)` and the like, at the beginning only. True: the rest is literal.
    private mutating func embeddedOptions() throws -> Bool {
        guard sees("(?"), place + 2 < scalars.count, scalars[place + 2].isASCIILetter else { return false }
        place += 2
        var isLiteral = false
        while let letter = next, letter.isASCIILetter {
            place += 1
            switch letter {
            case "i": ignoresCase = true
            case "c": ignoresCase = false
            case "n", "m": (stopsAtLines, anchorsAtLines) = (true, true)
            case "p": (stopsAtLines, anchorsAtLines) = (true, false)
            case "w": (stopsAtLines, anchorsAtLines) = (false, true)
            case "s": (stopsAtLines, anchorsAtLines) = (false, false)
            case "q": isLiteral = true
            case "t": break
            case "b", "e", "x":
                throw QueryError(
                    .notSupported, "the option (?\(letter)) of regular expressions is not supported",
                    hint: "Write the pattern in the usual form, without white space and comments.")
            default: throw Self.invalid("invalid embedded option")
            }
        }
        guard take(")") else { throw Self.invalid("invalid embedded option") }
        return isLiteral
    }

    private mutating func alternatives(depth: Int) throws -> String {
        if depth > Self.depthMax { throw Self.invalid("regular expression is too complex") }
        var branches = [try branch(depth: depth)]
        while take("|") { branches.append(try branch(depth: depth)) }
        return branches.joined(separator: "|")
    }

    private mutating func branch(depth: Int) throws -> String {
        var result = ""
        skipComments()
        while let scalar = next, scalar != "|", scalar != ")" {
            if let constraint = try constraint() {
                result += constraint
            } else {
                let atom = try atom(depth: depth)
                skipComments()
                result += atom + (try quantifier() ?? "")
                written += atom.utf8.count
                if written > Self.writtenBytesMax { throw Self.invalid("regular expression is too complex") }
            }
            skipComments()
        }
        return result
    }

    private mutating func skipComments() {
        while take("(?#") {
            while let scalar = advance(), scalar != ")" {}
        }
    }

    /// What holds at a place and takes no text; a quantifier may not follow. nil where something else comes.
    private mutating func constraint() throws -> String? {
        if take("^") { return anchorsAtLines ? "(?m:^)" : #"\A"# }
        if take("$") { return anchorsAtLines ? "(?m:$)" : #"\z"# }
        if take(#"\A"#) { return #"\A"# }
        if take(#"\Z"#) { return #"\z"# }
        for boundary in [#"\m"#, #"\M"#, #"\y"#, #"\Y"#, "[[:<:]]", "[[:>:]]"] where sees(boundary) {
            throw Self.refused(
                "word boundaries (\(boundary))", #"Name what may stand beside a word: (^|\W)word($|\W)."#)
        }
        for look in ["(?=", "(?!", "(?<=", "(?<!"] where sees(look) {
            throw Self.refused(
                "look-around constraints (\(look))", "Match the parts by conditions of their own, joined by AND.")
        }
        return nil
    }

    private mutating func atom(depth: Int) throws -> String {
        if seesQuantifier { throw Self.misplacedQuantifier }
        guard let scalar = advance() else { return "" }
        switch scalar {
        case "(":
            if next == "?" {
                guard take("?:") else { throw Self.misplacedQuantifier }
            } else {
                groups += 1
            }
            let inner = try alternatives(depth: depth + 1)
            guard take(")") else { throw Self.invalid("parentheses () not balanced") }
            return "(?:\(inner))"
        case "[": return try bracket().pattern
        case ".": return (stopsAtLines ? ScalarClasses.newline.complement : ScalarClasses.all).pattern
        case "\\":
            switch try escape() {
            case .scalar(let scalar): return literal(scalar)
            case .set(let set): return set.pattern
            }
        default: return literal(scalar)
        }
    }

    private var seesQuantifier: Bool {
        switch next {
        case "*", "+", "?": true
        case "{": place + 1 < scalars.count && scalars[place + 1].isDigit
        default: false
        }
    }

    /// A quantifier if there is one; greed is left out, since it changes no truth.
    private mutating func quantifier() throws -> String? {
        guard seesQuantifier, let scalar = advance() else { return nil }
        let result = scalar == "{" ? try bounds() : String(scalar)
        if next == "?" { place += 1 }
        return result
    }

    /// `m}`, `m,}`, `m,n}`.
    private mutating func bounds() throws -> String {
        let least = try count()
        var most: Int? = least
        if take(",") { most = next?.isDigit == true ? try count() : nil }
        guard next != nil else { throw Self.invalid("braces {} not balanced") }
        guard take("}"), most ?? least >= least else { throw Self.invalid("invalid repetition count(s)") }
        return most == least ? "{\(least)}" : "{\(least),\(most.map(String.init) ?? "")}"
    }

    private mutating func count() throws -> Int {
        var value = 0
        while let digit = next, digit.isDigit {
            value = value * 10 + Int(digit.value - 0x30)
            if value > 255 { throw Self.invalid("invalid repetition count(s)") }
            place += 1
        }
        return value
    }
}

extension Unicode.Scalar {
    var isDigit: Bool { (0x30...0x39).contains(value) }
    var isASCIILetter: Bool { isASCII && (0x41...0x5A).contains(value & ~0x20) }
}
