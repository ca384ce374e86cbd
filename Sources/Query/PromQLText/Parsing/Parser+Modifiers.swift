import Bytes

// What stands behind an expression: ranges, subqueries, times.
extension Parser {
    mutating func parseModified() throws(Stop) -> Parsed {
        var parsed = try parsePrimary()
        while true {
            switch current.kind {
            case .leftBracket: parsed = try parseBrackets(parsed)
            case .offset:
                take()
                enter(.offset)
                let offset = try parseOffset()
                leave()
                setOffset(offset, of: &parsed.expression)
            case .at:
                take()
                let anchor = try parseAnchor(of: parsed.expression)
                setAnchor(anchor, of: &parsed.expression)
            case .anchored:
                take()
                setBoundary(.anchored, of: &parsed.expression)
            case .smoothed:
                take()
                setBoundary(.smoothed, of: &parsed.expression)
            default: return parsed
            }
        }
    }

    /// `[range]` or `[range:step]`.
    private mutating func parseBrackets(_ parsed: Parsed) throws(Stop) -> Parsed {
        let bracket = place(of: take())
        let start = parsed.expression.place
        enter(.brackets)
        let range = try parsePositiveDuration()
        leave()
        if accept(.colon) != nil {
            var node = Subquery(expression: parsed.expression, range: range, place: start)
            if current.kind != .rightBracket {
                enter(.step)
                node.step = try parsePositiveDuration()
                leave()
            }
            guard accept(.rightBracket) != nil else { throw unexpected(in: "subquery selector", expected: "\"]\"") }
            node.place = place(from: start)
            return Parsed(expression: .subquery(node), height: try height(above: parsed.height))
        }
        guard accept(.rightBracket) != nil else {
            throw unexpected(in: "subquery or range", expected: "\":\" or \"]\"")
        }
        let selector = rangedSelector(parsed.expression, brackets: place(from: bracket))
        let node = RangeSelector(selector: selector, range: range, place: place(from: start))
        return Parsed(expression: .range(node), height: try height(above: 1))
    }

    /// The selector that a range stands behind.
    private mutating func rangedSelector(_ expression: Expression, brackets: Place) -> VectorSelector {
        guard case .selector(let selector) = expression else {
            note(Self.rangeOfOther, at: brackets)
            // Stands for it; nothing that was written is empty.
            return VectorSelector(name: nil, matchers: [], place: Place(0..<0))
        }
        if selector.time.hasOffset {
            note("no offset modifiers allowed before range", at: brackets)
        } else if selector.time.anchor != nil {
            note("no @ modifiers allowed before range", at: brackets)
        }
        return selector
    }

    private static let rangeOfOther = "ranges only allowed for vector selectors"

    /// Changes the time of what may have one.
    private mutating func changeTime(
        of expression: inout Expression, _ name: String, _ change: (inout Parser, inout SelectedTime) -> Void
    ) {
        switch expression {
        case .selector(var node):
            change(&self, &node.time)
            node.place = place(from: node.place)
            expression = .selector(node)
        case .range(var node):
            guard !node.selector.place.range.isEmpty else { return note(Self.rangeOfOther, at: node.place) }
            change(&self, &node.selector.time)
            node.place = place(from: node.place)
            expression = .range(node)
        case .subquery(var node):
            change(&self, &node.time)
            node.place = place(from: node.place)
            expression = .subquery(node)
        default:
            note(
                name + " modifier must be preceded by an instant vector selector or range vector selector or "
                    + "a subquery", at: expression.place)
        }
    }

    private mutating func setOffset(_ offset: DurationValue, of expression: inout Expression) {
        let place = expression.place
        changeTime(of: &expression, "offset") { parser, time in
            if time.hasOffset {
                parser.note("offset may not be set multiple times", at: place)
            } else {
                time.offset = offset
            }
        }
    }

    private mutating func setAnchor(_ anchor: SelectedTime.Anchor, of expression: inout Expression) {
        let place = expression.place
        changeTime(of: &expression, "@") { parser, time in
            if time.anchor != nil {
                parser.note("@ <timestamp> may not be set multiple times", at: place)
            } else {
                time.anchor = anchor
            }
        }
    }

    /// A time in seconds, or `start()`, `end()`.
    private mutating func parseAnchor(of expression: Expression) throws(Stop) -> SelectedTime.Anchor {
        func otherwise(_ parser: inout Parser) -> Stop { parser.unexpected(in: "@", expected: "timestamp") }
        if current.kind == .start || current.kind == .end {
            let anchor: SelectedTime.Anchor = take().kind == .start ? .start : .end
            guard accept(.leftParenthesis) != nil, accept(.rightParenthesis) != nil else { throw otherwise(&self) }
            return anchor
        }
        let seconds = try parseSignedNumber(otherwise: otherwise)
        if !seconds.isFinite || seconds.magnitude >= 0x1p63 {
            let written = WrittenNumber.fixed(seconds)
            note("timestamp out of bounds for @ modifier: " + written, at: expression.place)
        }
        return .timestamp(DurationText.saturated((seconds * 1000).rounded(.toNearestOrAwayFromZero)))
    }

    private mutating func setBoundary(_ boundary: RangeBoundary, of expression: inout Expression) {
        guard features.contains(.boundaries) else {
            return note("\(boundary.rawValue) modifier is experimental and not enabled", at: expression.place)
        }
        let place = expression.place
        func set(_ selector: inout VectorSelector) -> Bool {
            defer { selector.boundary = boundary }
            return selector.boundary == nil || selector.boundary == boundary
        }
        var isAlone = true
        switch expression {
        case .selector(var node):
            isAlone = set(&node)
            node.place = self.place(from: node.place)
            expression = .selector(node)
        case .range(var node):
            isAlone = set(&node.selector)
            node.place = self.place(from: node.place)
            expression = .range(node)
        case .subquery: note("\(boundary.rawValue) modifier is not supported for subqueries", at: place)
        default: note("\(boundary.rawValue) modifier not implemented", at: place)
        }
        if !isAlone { note("anchored and smoothed modifiers cannot be used together", at: place) }
    }
}
