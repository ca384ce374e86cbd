import Bytes

// Selectors of series.
extension Parser {
    /// A name, which has been taken, and matchers in braces, or one of both.
    mutating func parseSelector(name: Token?) throws(Stop) -> VectorSelector {
        let start = name.map(place) ?? currentPlace
        var selector = VectorSelector(name: name.map { ByteText(bytes(of: $0)) }, matchers: [], place: start)
        if accept(.leftBrace) != nil { selector.matchers = try parseMatchers() }
        selector.place = place(from: start)
        return selector
    }

    private mutating func parseMatchers() throws(Stop) -> [LabelMatcher] {
        var matchers: [LabelMatcher] = []
        while accept(.rightBrace) == nil {
            matchers.append(try parseMatcher())
            if accept(.rightBrace) != nil { break }
            guard accept(.comma) != nil else { throw unexpected(in: "label matching", expected: "\",\" or \"}\"") }
        }
        return matchers
    }

    private mutating func parseMatcher() throws(Stop) -> LabelMatcher {
        let context = "label matching"
        guard current.kind == .identifier || current.kind == .string else {
            throw unexpected(in: context, expected: "identifier or \"}\"")
        }
        let label = take()
        let isQuoted = label.kind == .string
        let name = isQuoted ? EscapedText.bytes(of: bytes(of: label)) : ByteText(bytes(of: label))
        guard let comparison = comparison(current.kind) else {
            // A text alone is the metric's name.
            guard isQuoted else { throw unexpected(in: context, expected: "label matching operator") }
            return try matcher(LabelMatcher.metricName, .equal, name, at: place(of: label))
        }
        take()
        guard let value = accept(.string) else { throw unexpected(in: context, expected: "string") }
        return try matcher(name, comparison, EscapedText.bytes(of: bytes(of: value)), at: place(from: place(of: label)))
    }

    private func comparison(_ kind: TokenKind) -> LabelMatcher.Comparison? {
        switch kind {
        case .assign: .equal
        case .notEqual: .notEqual
        case .matches: .matches
        case .matchesNot: .matchesNot
        default: nil
        }
    }

    private mutating func matcher(
        _ label: ByteText, _ comparison: LabelMatcher.Comparison, _ value: ByteText, at place: Place
    ) throws(Stop) -> LabelMatcher {
        var matcher = LabelMatcher(label: label, comparison: comparison, value: value, acceptsEmpty: value.isEmpty)
        switch comparison {
        case .equal: break
        case .notEqual: matcher.acceptsEmpty = !value.isEmpty
        case .matches, .matchesNot:
            let isMatch = try matchesEmpty(value, at: place)
            matcher.acceptsEmpty = isMatch == (comparison == .matches)
        }
        return matcher
    }

    /// Patterns are compiled while there is room for them: some take long, and a text has room for thousands.
    private mutating func matchesEmpty(_ pattern: ByteText, at place: Place) throws(Stop) -> Bool {
        let found: (isMatch: Bool, size: Int)
        do throws(LabelPattern.Fault) {
            found = try LabelPattern.matchesEmpty(pattern)
        } catch {
            note(error.message, at: place)
            if error.isTooLarge { throw stopTooComplex() }
            return false
        }
        try book(instructions: found.size, at: place)
        return found.isMatch
    }
}
