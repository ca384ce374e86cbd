import Bytes
import PromQLText

/// What matters of an expression for being asked about many times at once.
struct StretchTraits: Sendable {
    /// Whether each value follows from samples up to its time alone, in an order that does not depend on other times.
    private(set) var isPlain = true
    private(set) var hasSubquery = false
    /// Whether it names the ends of the question, by `start()` or `end()`.
    private(set) var namesEnds = false
    /// ms; the longest range whose numbers are joined one by one.
    private(set) var longestFold: Int64 = 0

    /// Alerts change with each evaluation, and that the server runs is told of a day alone.
    private static let movingNames: [ByteText] = AlertHistory.names + ["up"]

    // texts: names of functions are ASCII.
    private static let folds: Set<String> = [
        "avg_over_time", "max_over_time", "min_over_time", "stddev_over_time", "stdvar_over_time", "sum_over_time",
    ]

    // texts: likewise.
    private static let inOrder: Set<String> = folds.union([
        "abs", "ceil", "changes", "clamp", "clamp_max", "clamp_min", "count_over_time", "delta", "deriv", "exp",
        "first_over_time", "floor", "idelta", "increase", "irate", "last_over_time", "ln", "log10", "log2",
        "predict_linear", "present_over_time", "quantile_over_time", "rate", "resets", "round", "sgn", "sqrt",
        "timestamp", "vector",
    ])

    // texts: likewise.
    private static let plain: Set<String> = inOrder.union([
        "absent", "absent_over_time", "histogram_quantile", "label_join", "label_replace", "scalar", "time",
    ])

    init(_ expression: Expression) { look(expression, isInSubquery: false) }

    private mutating func look(_ expression: Expression, isInSubquery: Bool) {
        var areInSubquery = isInSubquery
        switch expression {
        case .number, .string, .parentheses, .unary: break
        case .selector(let node): look(node)
        case .range(let node):
            look(node.selector)
            if Self.milliseconds(node.range) == nil { isPlain = false }
        case .subquery(let node):
            (hasSubquery, areInSubquery) = (true, true)
            look(node.time)
            if Self.milliseconds(node.range) == nil { isPlain = false }
            if let step = node.step, Self.milliseconds(step) == nil { isPlain = false }
        case .binary(let node):
            if node.operation.isTrim || !(node.matching?.fill.isEmpty ?? true) { isPlain = false }
        case .call(let node): look(call: node, isInSubquery: isInSubquery)
        case .aggregation(let node): look(aggregation: node)
        }
        for child in expression.children { look(child, isInSubquery: areInSubquery) }
    }

    private mutating func look(_ selector: VectorSelector) {
        look(selector.time)
        guard selector.boundary == nil, let matchers = try? SeriesMatchers(selector),
            !Self.movingNames.contains(where: matchers.passesName)
        else { return isPlain = false }
    }

    private mutating func look(_ time: SelectedTime) {
        if time.anchor == .start || time.anchor == .end { namesEnds = true }
        guard time.anchor == nil, let offset = Self.milliseconds(time.offset), offset >= 0 else {
            return isPlain = false
        }
    }

    private mutating func look(call node: FunctionCall, isInSubquery: Bool) {
        let name = node.function.name
        guard Self.plain.contains(name) else { return isPlain = false }
        guard Self.folds.contains(name) else { return }
        guard !isInSubquery, let argument = node.arguments.first, let length = Self.rangeLength(argument) else {
            return isPlain = false
        }
        longestFold = max(longestFold, length)
    }

    private mutating func look(aggregation node: Aggregation) {
        switch node.operation {
        case .count, .min, .max, .group, .quantile, .countValues: break
        case .limitRatio: isPlain = false
        // Numbers are added up, and equal ones chosen, in the order of the series.
        case .sum, .avg, .stddev, .stdvar, .topk, .bottomk, .limitk:
            if !Self.isInOrder(node.expression) { isPlain = false }
        }
    }

    /// Of a selector's range; nil: it is none, or not known.
    private static func rangeLength(_ expression: Expression) -> Int64? {
        switch expression {
        case .parentheses(let node): rangeLength(node.inner)
        case .range(let node): milliseconds(node.range)
        default: nil
        }
    }

    /// nil where it follows from the question.
    private static func milliseconds(_ duration: DurationValue) -> Int64? {
        if case .constant(let nanoseconds) = duration { nanoseconds / 1_000_000 } else { nil }
    }

    /// Whether series of a time stand in one order whichever others there are at other times.
    private static func isInOrder(_ expression: Expression) -> Bool {
        switch expression {
        case .number: true
        // Without a name labels may become those of another metric's, and series be joined.
        case .selector(let node): node.name != nil
        case .range(let node): node.selector.name != nil
        case .parentheses(let node): isInOrder(node.inner)
        case .unary(let node): isInOrder(node.operand)
        case .call(let node): inOrder.contains(node.function.name) && node.arguments.allSatisfy(isInOrder)
        case .binary(let node):
            if node.operation.isSet {
                node.operation != .or && isInOrder(node.left)
            } else {
                isOfAllLabels(node.matching) && isInOrder(node.left) && isInOrder(node.right)
            }
        case .aggregation, .subquery, .string: false
        }
    }

    private static func isOfAllLabels(_ matching: VectorMatching?) -> Bool {
        guard let matching else { return true }
        return matching.cardinality == .oneToOne && matching.labels.isEmpty && !matching.isOn
    }
}
