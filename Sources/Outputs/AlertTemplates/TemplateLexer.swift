import Bytes

/// A piece of an action.
struct TemplateToken {
    enum Kind: Hashable {
        /// A word: of the language, or a function.
        case word(ByteText)
        case field(ByteText)
        case variable(ByteText)
        case constant(TemplateValue)
        case dot, bar, comma, declare, assign, open, close
        /// Of the action.
        case end
    }

    let kind: Kind
    /// Whether white space stands before it.
    let isApart: Bool
    let line: Int
}

/// Cuts a template into texts and the tokens of its actions.
struct TemplateLexer {
    private let text: [UInt8]
    private(set) var position = 0
    private(set) var line = 1
    private var trimsNext = false

    init(_ text: [UInt8]) { self.text = text }

    var isAtEnd: Bool { position >= text.count }

    func error(_ reason: String) -> TemplateError { TemplateError(line: line, reason) }

    /// The text up to the next action, whose opening is read too; at the end of the template, the rest.
    mutating func nextText() throws(TemplateError) -> (text: [UInt8], isAction: Bool) {
        let start = position
        while position < text.count, !isAt("{{") { advance() }
        var piece = text[start..<position]
        if trimsNext { piece = piece.drop(while: Self.isSpace) }
        trimsNext = false
        guard position < text.count else { return (Array(piece), false) }
        position += 2
        if isAt("-"), position + 1 < text.count, Self.isSpace(text[position + 1]) {
            position += 1
            while let last = piece.last, Self.isSpace(last) { piece.removeLast() }
        }
        try skipComment()
        return (Array(piece), true)
    }

    /// A comment is an action of its own: it leaves the end of the action to be read.
    private mutating func skipComment() throws(TemplateError) {
        let start = (position, line)
        skipSpace()
        guard isAt("/*") else {
            (position, line) = start
            return
        }
        position += 2
        while !isAt("*/") {
            guard position < text.count else { throw error("unclosed comment") }
            advance()
        }
        position += 2
        let end = (position, line)
        // Apart: as an argument it would be read after the place was.
        let isApart = skipSpace()
        guard endsAction(after: isApart) else { throw error("comment ends before closing delimiter") }
        // The space belongs to the sign that trims.
        (position, line) = end
    }

    /// Whether the action's end stands here, which is not read.
    private func endsAction(after isApart: Bool) -> Bool { isAt("}}") || (isApart && isAt("-}}")) }

    /// The next token; `end` has read the closing braces.
    mutating func next() throws(TemplateError) -> TemplateToken {
        let isApart = skipSpace()
        func token(_ kind: TemplateToken.Kind) -> TemplateToken {
            TemplateToken(kind: kind, isApart: isApart, line: line)
        }
        if endsAction(after: isApart) {
            trimsNext = isAt("-")
            position += trimsNext ? 3 : 2
            return token(.end)
        }
        guard position < text.count else { throw error("unclosed action") }
        let byte = text[position]
        switch byte {
        case UInt8(ascii: "|"): return token(single(.bar))
        case UInt8(ascii: ","): return token(single(.comma))
        case UInt8(ascii: "("): return token(single(.open))
        case UInt8(ascii: ")"): return token(single(.close))
        case UInt8(ascii: "="): return token(single(.assign))
        case UInt8(ascii: ":"):
            guard isAt(":=") else { throw error("expected :=") }
            position += 2
            return token(.declare)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return token(.constant(try quoted(byte)))
        case UInt8(ascii: "`"): return token(.constant(try raw()))
        case UInt8(ascii: "$"):
            position += 1
            return token(.variable(ByteText([byte] + name())))
        case UInt8(ascii: "."):
            if position + 1 < text.count, Self.isDigit(text[position + 1]) { return token(.constant(try number())) }
            position += 1
            let name = name()
            return token(name.isEmpty ? .dot : .field(ByteText(name)))
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            return token(.constant(try number()))
        default:
            let name = name()
            guard !name.isEmpty else {
                let sign = String(decoding: text[position...].prefix(1), as: UTF8.self)
                throw error("unexpected \"\(sign)\" in command")
            }
            return token(.word(ByteText(name)))
        }
    }

    private mutating func single(_ kind: TemplateToken.Kind) -> TemplateToken.Kind {
        position += 1
        return kind
    }

    private mutating func name() -> ArraySlice<UInt8> {
        let start = position
        while position < text.count, Self.isNamePart(text[position]) { position += 1 }
        return text[start..<position]
    }

    private func isAt(_ sign: StaticString) -> Bool { text[position...].starts(with: String(describing: sign).utf8) }

    private mutating func advance() {
        if text[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    @discardableResult
    private mutating func skipSpace() -> Bool {
        let start = position
        while position < text.count, Self.isSpace(text[position]) { advance() }
        return position > start
    }

    private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch Unicode.Scalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: byte >= 0x80
        }
    }
}

// Constants.
extension TemplateLexer {
    private mutating func raw() throws(TemplateError) -> TemplateValue {
        position += 1
        let start = position
        while position < text.count, text[position] != UInt8(ascii: "`") { advance() }
        guard position < text.count else { throw error("unterminated raw quoted string") }
        position += 1
        return .text(ByteText(text[start..<(position - 1)]))
    }

    /// A text in double quotes, or one character in single ones, which is a number.
    private mutating func quoted(_ quote: UInt8) throws(TemplateError) -> TemplateValue {
        position += 1
        var bytes: [UInt8] = []
        while true {
            guard position < text.count, text[position] != UInt8(ascii: "\n") else {
                throw error("unterminated quoted string")
            }
            let byte = text[position]
            position += 1
            if byte == quote { break }
            if byte == UInt8(ascii: "\\") { bytes += try escaped() } else { bytes.append(byte) }
        }
        guard quote == UInt8(ascii: "'") else { return .text(ByteText(bytes)) }
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        guard scalars.count == 1 else { throw error("malformed character constant") }
        return .integer(Int64(scalars[0].value))
    }

    private mutating func escaped() throws(TemplateError) -> [UInt8] {
        guard position < text.count else { throw error("unterminated quoted string") }
        let byte = text[position]
        position += 1
        let known: [UInt8: UInt8] = [
            UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "t"): 9, UInt8(ascii: "n"): 10,
            UInt8(ascii: "v"): 11, UInt8(ascii: "f"): 12, UInt8(ascii: "r"): 13, UInt8(ascii: "\\"): byte,
            UInt8(ascii: "\""): byte, UInt8(ascii: "'"): byte,
        ]
        if let known = known[byte] { return [known] }
        switch byte {
        case UInt8(ascii: "x"): return [UInt8(truncatingIfNeeded: try digits(2, radix: 16))]
        case UInt8(ascii: "u"): return try scalar(try digits(4, radix: 16))
        case UInt8(ascii: "U"): return try scalar(try digits(8, radix: 16))
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            position -= 1
            let value = try digits(3, radix: 8)
            guard value < 256 else { throw error("invalid escape in string") }
            return [UInt8(value)]
        default: throw error("invalid escape in string")
        }
    }

    private func scalar(_ value: UInt32) throws(TemplateError) -> [UInt8] {
        guard let scalar = Unicode.Scalar(value) else { throw error("invalid escape in string") }
        return Array(String(scalar).utf8)
    }

    private mutating func digits(_ count: Int, radix: Int) throws(TemplateError) -> UInt32 {
        let piece = text[position...].prefix(count)
        guard piece.count == count, piece.allSatisfy({ hexadecimalValue(of: $0) != nil || $0 < 0x80 }),
            !piece.contains(UInt8(ascii: "+")), !piece.contains(UInt8(ascii: "-")),
            let value = UInt32(String(decoding: piece, as: UTF8.self), radix: radix)
        else { throw error("invalid escape in string") }
        position += count
        return value
    }

    private mutating func number() throws(TemplateError) -> TemplateValue {
        let start = position
        if [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(text[position]) { position += 1 }
        while position < text.count {
            let byte = text[position]
            let isExponentSign =
                [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(byte)
                && [UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "p"), UInt8(ascii: "P")].contains(
                    text[position - 1]) && !isHexadecimal(start)
            guard Self.isNamePart(byte) || byte == UInt8(ascii: ".") || isExponentSign else { break }
            position += 1
        }
        let written = String(decoding: text[start..<position].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
        guard let value = Self.constant(written) else { throw error("bad number syntax: \"\(written)\"") }
        return value
    }

    private func isHexadecimal(_ start: Int) -> Bool {
        let digits = text[start..<position].drop { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
        return digits.starts(with: "0x".utf8) && !digits.contains(UInt8(ascii: "p"))
    }

    private static func constant(_ written: String) -> TemplateValue? {
        let isNegative = written.hasPrefix("-")
        let digits = written.drop { $0 == "+" || $0 == "-" }.lowercased()
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
            if let value = Int64((isNegative ? "-" : "") + digits.dropFirst(2), radix: radix) {
                return .integer(value)
            }
            return radix == 16 ? Double(written).map { .float($0) } : nil
        }
        guard digits.first?.isASCII == true, let first = digits.utf8.first,
            isDigit(first) || first == UInt8(ascii: ".")
        else { return nil }
        if digits.count > 1, first == UInt8(ascii: "0"), digits.utf8.allSatisfy(isDigit) {
            return Int64((isNegative ? "-" : "") + digits, radix: 8).map { .integer($0) }
        }
        if let value = Int64(written) { return .integer(value) }
        guard let value = Double(written), value.isFinite else { return nil }
        return .float(value)
    }
}
