import Bytes
package import JSONTexts
package import PromQLText

/// The tree of an expression as Prometheus writes it in JSON.
///
/// Trees are as high as the parser lets them be, so that recursion has its bound.
package enum ExpressionTree {
    /// Appends the tree.
    /// - Complexity: O(tree).
    package static func write(_ expression: Expression, to json: inout JSONWriter) {
        json.beginObject()
        switch expression {
        case .number(let node):
            json.member("type", "numberLiteral")
            json.member("val", WrittenNumber.plain(node.value))
        case .string(let node):
            json.member("type", "stringLiteral")
            json.key("val")
            json.value(utf8: node.value.bytes[...])
        case .parentheses(let node):
            json.member("type", "parenExpr")
            write(node.inner, as: "expr", to: &json)
        case .unary(let node):
            json.member("type", "unaryExpr")
            json.member("op", node.isNegative ? "-" : "+")
            write(node.operand, as: "expr", to: &json)
        case .selector(let node):
            json.member("type", "vectorSelector")
            write(node, to: &json)
        case .range(let node):
            json.member("type", "matrixSelector")
            write(node.range, as: "range", to: &json)
            write(node.selector, to: &json)
        case .subquery(let node):
            json.member("type", "subquery")
            write(node.expression, as: "expr", to: &json)
            write(node.range, as: "range", to: &json)
            write(node.step ?? .constant(0), as: "step", to: &json)
            write(node.time, to: &json)
        case .aggregation(let node): write(node, to: &json)
        case .call(let node): write(node, to: &json)
        case .binary(let node): write(node, to: &json)
        }
        json.endObject()
    }

    private static func write(_ expression: Expression?, as name: String, to json: inout JSONWriter) {
        json.key(name)
        if let expression { write(expression, to: &json) } else { json.null() }
    }

    private static func write(_ names: [ByteText], as name: String, to json: inout JSONWriter) {
        json.key(name)
        json.array(names) { $1.value(utf8: $0.bytes[...]) }
    }

    /// In ms; what is computed only where it is evaluated is none.
    private static func write(_ duration: DurationValue, as name: String, to json: inout JSONWriter) {
        json.key(name)
        if case .constant(let nanoseconds) = duration { json.value(nanoseconds / 1_000_000) } else { json.null() }
    }

    private static func write(_ time: SelectedTime, to json: inout JSONWriter) {
        write(time.offset, as: "offset", to: &json)
        var anchor: Int64?
        var word: String?
        switch time.anchor {
        case .timestamp(let time)?: anchor = time
        case .start?: word = "start"
        case .end?: word = "end"
        case nil: break
        }
        json.key("timestamp")
        if let anchor { json.value(anchor) } else { json.null() }
        json.key("startOrEnd")
        if let word { json.value(word) } else { json.null() }
    }

    private static func write(_ selector: VectorSelector, to json: inout JSONWriter) {
        json.key("name")
        json.value(utf8: selector.name?.bytes[...] ?? [])
        var matchers = selector.matchers.map { (name: $0.label, type: $0.comparison, value: $0.value) }
        if let name = selector.name { matchers.append((LabelMatcher.metricName, .equal, name)) }
        json.key("matchers")
        json.array(matchers) { matcher, json in
            json.beginObject()
            json.key("name")
            json.value(utf8: matcher.name.bytes[...])
            json.member("type", matcher.type.rawValue)
            json.key("value")
            json.value(utf8: matcher.value.bytes[...])
            json.endObject()
        }
        write(selector.time, to: &json)
        json.member("anchored", selector.boundary == .anchored)
        json.member("smoothed", selector.boundary == .smoothed)
    }

    private static func write(_ node: Aggregation, to json: inout JSONWriter) {
        json.member("type", "aggregation")
        json.member("op", node.operation.rawValue)
        write(node.expression, as: "expr", to: &json)
        write(node.parameter, as: "param", to: &json)
        write(node.grouping, as: "grouping", to: &json)
        json.member("without", node.isWithout)
    }

    private static func write(_ node: FunctionCall, to json: inout JSONWriter) {
        json.member("type", "call")
        json.key("func")
        json.beginObject()
        json.member("name", node.function.name)
        json.key("argTypes")
        json.array(node.function.arguments) { $1.value($0.rawValue) }
        // How many arguments may stand beyond those that must; −1: any number.
        switch node.function.repetition {
        case .none: json.member("variadic", 0)
        case .upTo(let count): json.member("variadic", count)
        case .any: json.member("variadic", -1)
        }
        json.member("returnType", node.function.result.rawValue)
        json.endObject()
        json.key("args")
        json.array(node.arguments) { write($0, to: &$1) }
    }

    private static func write(_ node: BinaryOperation, to json: inout JSONWriter) {
        json.member("type", "binaryExpr")
        json.member("op", node.operation.rawValue)
        write(node.left, as: "lhs", to: &json)
        write(node.right, as: "rhs", to: &json)
        json.key("matching")
        if let matching = node.matching {
            json.beginObject()
            json.member("card", matching.cardinality.rawValue)
            write(matching.labels, as: "labels", to: &json)
            json.member("on", matching.isOn)
            write(matching.included, as: "include", to: &json)
            json.endObject()
        } else {
            json.null()
        }
        json.member("bool", node.returnsBool)
    }
}
