import Bytes

/// Whether each part of an expression has the type that is needed where it stands, and what else can be said without
/// any series: all faults, in the order in which they are met.
///
/// What a type decides is written into the tree: operators on scalars match no series, those on sets match any number.
struct TypeChecker {
    private(set) var faults: [Parser.Fault] = []

    mutating func note(_ message: String, at place: Place) {
        if faults.count < ParserLimits.faultsMax { faults.append(Parser.Fault(message: message, place: place)) }
    }

    /// - Complexity: O(tree).
    @discardableResult mutating func check(_ expression: inout Expression) -> PromQLType {
        switch expression {
        case .number: return .scalar
        case .string: return .string
        case .selector(let node):
            check(node)
            return .vector
        case .range(let node):
            check(node.selector)
            return .matrix
        case .subquery(var node):
            let type = check(&node.expression)
            if type != .vector {
                note("subquery is only allowed on instant vector, got \(type.rawValue) instead", at: node.place)
            }
            expression = .subquery(node)
            return .matrix
        case .parentheses(var node):
            let type = check(&node.inner)
            expression = .parentheses(node)
            return type
        case .unary(var node):
            let type = check(&node.operand)
            if type != .scalar, type != .vector {
                note(
                    "unary expression only allowed on expressions of type scalar or instant vector, got "
                        + "\"\(type.documented)\"", at: node.place)
            }
            expression = .unary(node)
            return type
        case .binary(var node):
            let type = check(&node)
            expression = .binary(node)
            return type
        case .call(var node):
            check(&node)
            let type = node.function.result
            expression = .call(node)
            return type
        case .aggregation(var node):
            check(&node)
            expression = .aggregation(node)
            return .vector
        }
    }

    private mutating func check(_ node: inout Aggregation) {
        expect(.vector, of: &node.expression, in: "aggregation expression")
        guard var parameter = node.parameter, let wanted = node.operation.parameter else { return }
        expect(wanted, of: &parameter, in: "aggregation parameter")
        node.parameter = parameter
    }

    mutating func expect(_ wanted: PromQLType, of expression: inout Expression, in context: String) {
        let type = check(&expression)
        guard type != wanted else { return }
        note(
            "expected type \(wanted.documented) in \(context), got \(type.documented)", at: expression.place)
    }

    /// - Parameter mayBeEmpty: whether a selector may choose all series there are.
    mutating func check(_ node: VectorSelector, mayBeEmpty: Bool = false) {
        if let name = node.name {
            for matcher in node.matchers where matcher.label == LabelMatcher.metricName {
                note(
                    "metric name must not be set twice: \(QuotedText.quoted(name.bytes)) or "
                        + QuotedText.quoted(matcher.value.bytes), at: node.place)
            }
        } else if !mayBeEmpty, node.matchers.allSatisfy(\.acceptsEmpty) {
            // Most likely a slip, and a question about everything.
            note("vector selector must contain at least one non-empty matcher", at: node.place)
        }
    }
}

// Operators between two expressions.
extension TypeChecker {
    mutating func check(_ node: inout BinaryOperation) -> PromQLType {
        let left = check(&node.left)
        let right = check(&node.right)
        let areScalars = left == .scalar && right == .scalar
        let operation = node.operation
        if node.returnsBool, !operation.isComparison {
            note("bool modifier can only be used on comparison operators", at: node.operatorPlace)
        }
        if operation.isComparison, !node.returnsBool, areScalars {
            note("comparisons between scalars must use BOOL modifier", at: node.operatorPlace)
        }
        if operation.isTrim, areScalars {
            note("operator \"\(operation.rawValue)\" not allowed for Scalar operations", at: node.operatorPlace)
        }
        checkLabels(node)
        for (type, place) in [(left, node.left.place), (right, node.right.place)] {
            if type == .scalar || type == .vector { continue }
            note("binary expression must contain only scalar and instant vector types", at: place)
        }
        if left == .vector, right == .vector { checkSets(&node) } else { checkScalars(&node) }
        if left == .scalar || right == .scalar, operation.isSet {
            note("set operator \"\(operation.rawValue)\" not allowed in binary scalar expression", at: node.place)
        }
        return areScalars ? .scalar : .vector
    }

    private mutating func checkLabels(_ node: BinaryOperation) {
        guard let matching = node.matching, matching.isOn else { return }
        let included = Set(matching.included)
        for label in matching.labels where included.contains(label) {
            note(
                "label \(QuotedText.quoted(label.bytes)) must not occur in ON and GROUP clause at once",
                at: node.operatorPlace)
        }
    }

    private mutating func checkScalars(_ node: inout BinaryOperation) {
        guard let matching = node.matching else { return }
        if !matching.labels.isEmpty {
            note("vector matching only allowed between instant vectors", at: node.place)
        }
        if !matching.fill.isEmpty {
            note("filling in missing series only allowed between instant vectors", at: node.place)
        }
        node.matching = nil
    }

    private mutating func checkSets(_ node: inout BinaryOperation) {
        guard node.operation.isSet, var matching = node.matching else { return }
        if matching.cardinality == .oneToOne {
            matching.cardinality = .manyToMany
        } else if matching.cardinality != .manyToMany {
            note("no grouping allowed for \"\(node.operation.rawValue)\" operation", at: node.place)
            note("set operations must always be many-to-many", at: node.place)
        }
        if !matching.fill.isEmpty {
            note("filling in missing series not allowed for set operators", at: node.place)
        }
        node.matching = matching
    }
}

// Calls.
extension TypeChecker {
    mutating func check(_ node: inout FunctionCall) {
        let function = node.function
        checkCount(node)
        var info: VectorSelector?
        if function.name == "info", node.arguments.count > 1 { info = checkInfo(node) }
        for index in node.arguments.indices {
            // Arguments too many are a fault already, and have no type to compare with.
            if index >= function.arguments.count, function.repetition == .none { break }
            guard let last = function.arguments.last else { break }
            let wanted = index < function.arguments.count ? function.arguments[index] : last
            if index == 1, let info {
                check(info, mayBeEmpty: true)
            } else {
                expect(wanted, of: &node.arguments[index], in: "call to function \"\(function.name)\"")
            }
        }
    }

    private mutating func checkCount(_ node: FunctionCall) {
        let name = node.function.name
        let count = node.arguments.count
        let all = node.function.arguments.count
        switch node.function.repetition {
        case .none:
            if count != all { note("expected \(all) argument(s) in call to \"\(name)\", got \(count)", at: node.place) }
        case .upTo, .any:
            if count < all - 1 {
                note("expected at least \(all - 1) argument(s) in call to \"\(name)\", got \(count)", at: node.place)
            } else if case .upTo(let repetitions) = node.function.repetition, count > all - 1 + repetitions {
                note(
                    "expected at most \(all - 1 + repetitions) argument(s) in call to \"\(name)\", got \(count)",
                    at: node.place)
            }
        }
    }

    /// The second argument of `info` says which labels are added: matchers alone, of any number.
    private mutating func checkInfo(_ node: FunctionCall) -> VectorSelector? {
        let argument = node.arguments[1]
        guard case .selector(let selector) = argument else {
            note("expected label selectors only", at: argument.place)
            return nil
        }
        guard selector.name == nil else {
            note("expected label selectors only, got vector selector instead", at: argument.place)
            return nil
        }
        return selector
    }
}
