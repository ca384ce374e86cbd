import Bytes

// Operators between expressions, by precedence.
extension Parser {
    /// Operands joined by operators that bind at least so tightly.
    mutating func parseExpression(_ precedenceMin: Int = 1) throws(Stop) -> Parsed {
        try descend()
        defer { ascend() }
        var left = try parseOperand()
        while let operation = binaryOperator(current.kind), operation.precedence >= precedenceMin {
            let operatorPlace = currentPlace
            take()
            let (matching, returnsBool) = try parseMatching()
            let right = try parseExpression(operation.precedence + (operation.isRightAssociative ? 0 : 1))
            let node = BinaryOperation(
                operation: operation, left: left.expression, right: right.expression, matching: matching,
                returnsBool: returnsBool, operatorPlace: operatorPlace)
            if !matching.fill.isEmpty, !features.contains(.fills) {
                note("binop fill modifiers are experimental and not enabled", at: node.place)
            }
            left = Parsed(expression: .binary(node), height: try height(above: left.height, right.height))
        }
        return left
    }

    private func binaryOperator(_ kind: TokenKind) -> BinaryOperator? {
        switch kind {
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        case .modulo: .modulo
        case .power: .power
        case .atan2: .atan2
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .trimUpper: .trimUpper
        case .trimLower: .trimLower
        case .and: .and
        case .or: .or
        case .unless: .unless
        default: nil
        }
    }

    /// A sign and what it stands before, or an expression with its modifiers.
    private mutating func parseOperand() throws(Stop) -> Parsed {
        guard current.kind == .add || current.kind == .subtract else { return try parseModified() }
        let sign = take()
        let isNegative = sign.kind == .subtract
        let operand = try parseExpression(BinaryOperator.productPrecedence + 1)
        if case .number(var literal) = operand.expression {
            if isNegative { literal.value = -literal.value }
            literal.place = Place(from: place(of: sign), to: literal.place)
            return Parsed(expression: .number(literal), height: operand.height)
        }
        let node = UnaryOperation(
            isNegative: isNegative, operand: operand.expression,
            place: Place(from: place(of: sign), to: operand.expression.place))
        return Parsed(expression: .unary(node), height: try height(above: operand.height))
    }
}

// What stands between an operator and its right side.
extension Parser {
    private mutating func parseMatching() throws(Stop) -> (VectorMatching, returnsBool: Bool) {
        var matching = VectorMatching()
        let returnsBool = accept(.bool) != nil
        if current.kind == .on || current.kind == .ignoring {
            matching.isOn = take().kind == .on
            matching.labels = try parseLabels()
            if current.kind == .groupLeft || current.kind == .groupRight {
                matching.cardinality = take().kind == .groupLeft ? .manyToOne : .oneToMany
                // Labels may be left out where the right side begins; a parenthesis always begins labels.
                if current.kind == .leftParenthesis || !(current.kind.isExpressionStart || current.kind.isFill) {
                    matching.included = try parseLabels()
                }
            }
        }
        matching.fill = try parseFill()
        return (matching, returnsBool)
    }

    private mutating func parseFill() throws(Stop) -> VectorMatching.Fill {
        var fill = VectorMatching.Fill()
        if accept(.fill) != nil {
            let value = try parseFillValue()
            return VectorMatching.Fill(left: value, right: value, isCommon: true)
        }
        // One each, in either order.
        while true {
            if current.kind == .fillLeft, fill.left == nil {
                take()
                fill.left = try parseFillValue()
            } else if current.kind == .fillRight, fill.right == nil {
                take()
                fill.right = try parseFillValue()
            } else {
                return fill
            }
        }
    }

    private mutating func parseFillValue() throws(Stop) -> Double {
        guard accept(.leftParenthesis) != nil else { throw unexpected() }
        let value = try parseSignedNumber() { parser in parser.unexpected() }
        guard accept(.rightParenthesis) != nil else { throw unexpected() }
        return value
    }

    /// Names in parentheses, a comma allowed behind the last.
    mutating func parseLabels() throws(Stop) -> [ByteText] {
        let context = "grouping opts"
        guard accept(.leftParenthesis) != nil else { throw unexpected(in: context, expected: "\"(\"") }
        var labels: [ByteText] = []
        while accept(.rightParenthesis) == nil {
            labels.append(try parseLabel())
            if accept(.rightParenthesis) != nil { break }
            guard accept(.comma) != nil else { throw unexpected(in: context, expected: "\",\" or \")\"") }
        }
        return labels
    }

    private mutating func parseLabel() throws(Stop) -> ByteText {
        guard current.kind.isLabelName || current.kind == .string else {
            throw unexpected(in: "grouping opts", expected: "label")
        }
        let token = take()
        let name = token.kind == .string ? EscapedText.bytes(of: bytes(of: token)) : ByteText(bytes(of: token))
        if name.isEmpty || !QuotedText.isUTF8(name.bytes) {
            note("invalid label name for grouping: " + QuotedText.quoted(name.bytes), at: place(of: token))
        }
        return name
    }
}
