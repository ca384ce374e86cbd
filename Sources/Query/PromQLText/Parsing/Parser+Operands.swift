import Bytes

// What stands between operators.
extension Parser {
    /// The innermost expressions.
    mutating func parsePrimary() throws(Stop) -> Parsed {
        switch current.kind {
        case .number, .duration: return Parsed(expression: .number(parseNumber()), height: 1)
        case .string:
            let token = take()
            let literal = StringLiteral(value: EscapedText.bytes(of: bytes(of: token)), place: place(of: token))
            return Parsed(expression: .string(literal), height: 1)
        case .leftParenthesis:
            let start = place(of: take())
            let inner = try parseExpression()
            guard accept(.rightParenthesis) != nil else { throw unexpected() }
            let node = Parentheses(inner: inner.expression, place: place(from: start))
            return Parsed(expression: .parentheses(node), height: try height(above: inner.height))
        case .leftBrace: return Parsed(expression: .selector(try parseSelector(name: nil)), height: 1)
        case .aggregation(let operation):
            let word = take()
            switch current.kind {
            case .leftParenthesis, .by, .without: return try parseAggregation(operation, word)
            default: return Parsed(expression: .selector(try parseSelector(name: word)), height: 1)
            }
        default:
            guard current.kind.isMetricName else { throw unexpected() }
            let word = take()
            if current.kind == .leftParenthesis, word.kind.isFunctionName { return try parseCall(word) }
            return Parsed(expression: .selector(try parseSelector(name: word)), height: 1)
        }
    }

    /// The current token, which is a number or a duration.
    mutating func parseNumber() -> NumberLiteral {
        let token = take()
        var literal = NumberLiteral(value: 0, isDuration: token.kind == .duration, place: place(of: token))
        if token.kind == .duration {
            do throws(DurationText.Fault) {
                literal.value = Double(try DurationText.nanoseconds(of: bytes(of: token))) / 1e9
            } catch {
                note(error.message, at: literal.place)
            }
            return literal
        }
        switch NumberText.value(of: bytes(of: token)) {
        case .success(let value): literal.value = value
        case .failure(let error):
            let reason = error.fault == .range ? "value out of range" : "invalid syntax"
            note(
                "error parsing number: strconv.ParseFloat: parsing " + QuotedText.quoted(bytes(of: token)) + ": "
                    + reason, at: literal.place)
        }
        return literal
    }

    /// A number or a duration with or without a sign.
    /// - Parameter otherwise: what is said of anything else.
    mutating func parseSignedNumber(otherwise: (inout Parser) -> Stop) throws(Stop) -> Double {
        let isNegative = current.kind == .subtract
        if isNegative || current.kind == .add { take() }
        guard current.kind == .number || current.kind == .duration else { throw otherwise(&self) }
        let value = parseNumber().value
        return isNegative ? -value : value
    }
}

// Calls of functions and aggregations.
extension Parser {
    private mutating func parseCall(_ name: Token) throws(Stop) -> Parsed {
        let start = place(of: name)
        let signature = FunctionCatalogue.signature(of: bytes(of: name))
        let (arguments, height) = try parseArguments()
        if signature == nil {
            note("unknown function with name " + QuotedText.quoted(bytes(of: name)), at: start)
        } else if signature?.isExperimental == true, !features.contains(.functions) {
            note("function " + QuotedText.quoted(bytes(of: name)) + " is not enabled", at: start)
        }
        // What is unknown is a fault already: any function stands for it.
        let function = signature ?? FunctionSignature("", [])
        let node = FunctionCall(function: function, arguments: arguments, place: place(from: start))
        return Parsed(expression: .call(node), height: try self.height(above: height))
    }

    /// Expressions in parentheses, and their greatest height.
    private mutating func parseArguments() throws(Stop) -> ([Expression], height: Int) {
        guard accept(.leftParenthesis) != nil else { throw unexpected() }
        var arguments: [Expression] = []
        var height = 0
        if accept(.rightParenthesis) != nil { return ([], 0) }
        while true {
            let argument = try parseExpression()
            arguments.append(argument.expression)
            height = max(height, argument.height)
            var hasMore = false
            while let comma = accept(.comma) {
                hasMore = current.kind.isExpressionStart || current.kind == .failure
                if hasMore { break }
                note("trailing commas not allowed in function call args", at: place(of: comma))
            }
            if hasMore { continue }
            guard accept(.rightParenthesis) != nil else { throw unexpected() }
            return (arguments, height)
        }
    }

    private mutating func parseAggregation(_ operation: AggregationOperator, _ word: Token) throws(Stop) -> Parsed {
        let start = place(of: word)
        enter(.aggregation(start))
        var grouping = try parseGrouping()
        let (arguments, height) = try parseArguments()
        leave()
        if grouping == nil {
            noteFailure()
            grouping = try parseGrouping()
        }
        let whole = place(from: start)
        let argumentsWanted = operation.parameter == nil ? 1 : 2
        if arguments.isEmpty {
            note("no arguments for aggregate expression provided", at: whole)
        } else if operation.isExperimental, !features.contains(.functions) {
            note(
                "\(operation.rawValue)() is experimental and must be enabled with "
                    + "--enable-feature=promql-experimental-functions", at: whole)
        } else if arguments.count != argumentsWanted {
            note(
                "wrong number of arguments for aggregate expression provided, expected \(argumentsWanted), got "
                    + "\(arguments.count)", at: whole)
        }
        // Without an argument there is a fault, and what stands for it is looked at by nobody.
        let expression = arguments.last ?? .number(NumberLiteral(value: 0, isDuration: false, place: whole))
        let node = Aggregation(
            operation: operation, expression: expression,
            parameter: operation.parameter == nil ? nil : arguments.first,
            grouping: grouping?.labels ?? [], isWithout: grouping?.isWithout ?? false, place: whole)
        return Parsed(expression: .aggregation(node), height: try self.height(above: height))
    }

    private mutating func parseGrouping() throws(Stop) -> (labels: [ByteText], isWithout: Bool)? {
        guard current.kind == .by || current.kind == .without else { return nil }
        let isWithout = take().kind == .without
        return (try parseLabels(), isWithout)
    }
}
