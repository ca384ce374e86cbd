import Bytes

/// Reads descriptions of series, byte by byte; what stands in braces it leaves to the `Lexer`.
struct SeriesDescriptionParser {
    let text: [UInt8]
    var position = 0
    private(set) var isTooComplex = false
    private var values: [SeriesDescription.Value] = []
    /// Steps and buckets so far.
    private var booked = 0

    init(_ text: [UInt8]) { self.text = text }

    func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < text.count ? text[position + distance] : nil
    }

    func isAt(_ sign: StaticString) -> Bool { text[position...].starts(with: String(describing: sign).utf8) }

    mutating func accept(_ sign: StaticString) -> Bool {
        guard isAt(sign) else { return false }
        position += sign.utf8CodeUnitCount
        return true
    }

    mutating func skipSpaces() {
        while peek()?.isSpace == true { position += 1 }
    }

    func fault(_ message: String, from start: Int? = nil) -> Parser.Fault {
        let start = min(start ?? position, text.count)
        return Parser.Fault(message: message, place: Place(start..<max(start, position)))
    }

    /// What is met instead of what is expected.
    func unexpected(in context: String, expected: String) -> Parser.Fault {
        let met = position < text.count ? "unexpected character " + QuotedText.character(in: text, at: position) : nil
        return fault((met ?? "unexpected end of input") + " in " + context + ", expected " + expected)
    }
}

// What the series is known by.
extension SeriesDescriptionParser {
    mutating func parseLabels() throws(Parser.Fault) -> LabelSet {
        skipSpaces()
        var pairs: [(name: ByteText, value: ByteText)] = []
        let start = position
        while let byte = peek(), byte.isNamePart || byte == UInt8(ascii: ":") { position += 1 }
        let name = text[start..<position]
        if let first = name.first, first.isDigit {
            throw fault("unexpected number " + QuotedText.quoted(name), from: start)
        }
        if isAt("{"), !isAt("{{") { pairs = try parseBraces() }
        if !name.isEmpty { pairs.append((LabelMatcher.metricName, ByteText(name))) }
        if position == start { throw unexpected(in: "series description", expected: "metric or \"{\"") }
        return LabelSet(pairs)
    }

    private mutating func parseBraces() throws(Parser.Fault) -> [(name: ByteText, value: ByteText)] {
        var lexer = Lexer(text)
        lexer.position = position
        var pairs: [(name: ByteText, value: ByteText)] = []
        _ = lexer.next()
        var token = lexer.next()
        while token.kind != .rightBrace {
            guard token.kind == .identifier || token.kind == .string else {
                throw unexpected(token, "identifier or \"}\"")
            }
            let isQuoted = token.kind == .string
            let name = isQuoted ? EscapedText.bytes(of: text[token.range]) : ByteText(text[token.range])
            token = lexer.next()
            if token.kind == .assign {
                token = lexer.next()
                guard token.kind == .string else { throw unexpected(token, "string") }
                pairs.append((name, EscapedText.bytes(of: text[token.range])))
                token = lexer.next()
            } else {
                guard isQuoted else { throw unexpected(token, "\"=\"") }
                pairs.append((LabelMatcher.metricName, name))
            }
            if token.kind == .rightBrace { break }
            guard token.kind == .comma else { throw unexpected(token, "\",\" or \"}\"") }
            token = lexer.next()
        }
        position = token.range.upperBound
        return pairs
    }

    private func unexpected(_ token: Token, _ expected: String) -> Parser.Fault {
        if token.kind == .failure { return Parser.Fault(message: token.message, place: Place(token.range)) }
        let message = "unexpected " + token.described(in: text) + " in label set, expected " + expected
        return Parser.Fault(message: message, place: Place(token.range))
    }
}

// What it says step by step.
extension SeriesDescriptionParser {
    mutating func parseValues() throws(Parser.Fault) -> [SeriesDescription.Value] {
        while position < text.count {
            guard peek()?.isSpace == true else { throw unexpected(in: "series values", expected: "a space") }
            skipSpaces()
            if position < text.count { try parseItem() }
        }
        return values
    }

    private mutating func parseItem() throws(Parser.Fault) {
        if accept("{{") { return try parseHistograms() }
        if accept("_") {
            let count = try parseRepetition() ?? 1
            return try append(count) { _ in .omitted }
        }
        var value = try parseValue()
        let isAdding = isAt("+") || isAt("-")
        let added = isAdding ? try parseNumber() : 0
        guard let repetitions = try parseRepetition() else {
            if isAdding { throw unexpected(in: "series values", expected: "\"x\" and a number") }
            return try append(1) { _ in .sample(.float(value), saysHint: false) }
        }
        try append(repetitions.addingReportingOverflow(1).partialValue) { index in
            // Added step by step, which rounds as a counter's samples do.
            if index > 0, isAdding { value += added }
            return .sample(.float(value), saysHint: false)
        }
    }

    private mutating func parseValue() throws(Parser.Fault) -> Double {
        let start = position
        if accept("stale") {
            if peek()?.isNamePart != true { return .staleMarker }
            position = start
        }
        return try parseNumber()
    }

    /// `xN`; nil where none follows.
    mutating func parseRepetition() throws(Parser.Fault) -> Int? {
        guard accept("x") else { return nil }
        let start = position
        while peek()?.isDigit == true { position += 1 }
        guard let count = Int(String(decoding: text[start..<position], as: UTF8.self)) else {
            throw fault(
                "invalid repetition in series values: " + QuotedText.quoted(text[start..<position]), from: start)
        }
        return count
    }

    /// With or without a sign; `Inf` and `NaN` in any spelling.
    mutating func parseNumber() throws(Parser.Fault) -> Double {
        let isNegative = isAt("-")
        if isNegative || isAt("+") { position += 1 }
        let start = position
        if peek()?.isNameStart == true {
            while peek()?.isNamePart == true { position += 1 }
            guard Keywords.kind(of: text[start..<position]) == .number else {
                throw fault(
                    "unexpected identifier " + QuotedText.quoted(text[start..<position])
                        + " in series values, expected number or \"stale\"", from: start)
            }
        } else {
            while let byte = peek(), isNumberPart(byte) { position += 1 }
        }
        guard position > start else { throw unexpected(in: "series values", expected: "number or \"stale\"") }
        guard case .success(let value) = NumberText.value(of: text[start..<position]) else {
            throw fault("bad number syntax: " + QuotedText.quoted(text[start..<position]), from: start)
        }
        return isNegative ? -value : value
    }

    private func isNumberPart(_ byte: UInt8) -> Bool {
        if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") {
            return position > 0 && text[position - 1] | 0x20 == UInt8(ascii: "e")
        }
        return byte.isDigit || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            || byte | 0x20 == UInt8(ascii: "e")
    }

    /// - Parameters:
    ///   - buckets: how many each step has.
    ///   - value: what the step of a number says.
    mutating func append(
        _ count: Int, buckets: Int = 0, _ value: (Int) -> SeriesDescription.Value
    ) throws(Parser.Fault) {
        let (cells, overflows) = count.multipliedReportingOverflow(by: buckets + 1)
        guard count >= 0, !overflows, cells <= SeriesDescription.valuesMax - booked else {
            isTooComplex = true
            throw fault("a series has at most \(SeriesDescription.valuesMax) values and buckets")
        }
        booked += cells
        for index in 0..<count { values.append(value(index)) }
    }
}
