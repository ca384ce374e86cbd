import Bytes
import PromQLEvaluation
import PromQLText
import RuleFiles

/// Which rules say, asked once about many evaluations, what they say asked at each of them, to the last bit.
///
/// Those that do not: what looks at alerts, which change from one evaluation to the next; what looks at times that are
/// still to come, or at the ends of the question; and what adds numbers up in an order, or along windows, that follow
/// from all times of a question.
struct StretchRules: Sendable {
    /// When a rule is evaluated, and whether it is one of those.
    struct Asked: Sendable {
        /// ms.
        let interval: Int64
        /// ms.
        let queryOffset: Int64
        fileprivate(set) var isEven: Bool
    }

    private var known: [Rule: Asked] = [:]

    /// - Complexity: O(rules · (selectors + rules that they lead to)).
    init(_ set: RuleSet, _ recorded: RecordedRules) {
        let traits = recorded.all.map { StretchTraits($0.rule.expression.root) }
        let names = traits.map { recorded.places(named: $0.selectors) }
        for place in set.places {
            let (interval, offset) = (set.interval(of: place.group), set.queryOffset(of: place.group))
            for rule in place.group.rules {
                var asked = Asked(interval: interval, queryOffset: offset, isEven: false)
                asked.isEven = Self.isEven(rule, interval, recorded, traits, names)
                // Of two that are alike and evaluated at other times nobody knows which one asks.
                if let before = known[rule] {
                    let isSame = before.interval == interval && before.queryOffset == offset
                    asked.isEven = asked.isEven && before.isEven && isSame
                }
                known[rule] = asked
            }
        }
    }

    /// nil where it is to be asked at each of its times.
    func asked(_ rule: Rule) -> Asked? { known[rule].flatMap { $0.isEven ? $0 : nil } }

    private static func isEven(
        _ rule: Rule, _ interval: Int64, _ recorded: RecordedRules, _ traits: [StretchTraits], _ names: [[Int]]
    ) -> Bool {
        let own = StretchTraits(rule.expression.root)
        guard rule.expression.type == .vector, own.isPlain else { return false }
        var left = recorded.places(named: own.selectors)
        var seen: Set<Int> = []
        var (shortest, longest, hasSubquery) = (interval, own.longestFold, own.hasSubquery)
        while let place = left.popLast() {
            guard seen.insert(place).inserted else { continue }
            let one = recorded.all[place]
            guard one.rule.expression.type == .vector, traits[place].isPlain,
                // Otherwise it would see older samples of the other one in one way of asking and not in the other.
                names[place].allSatisfy({ one.interval % recorded.all[$0].interval == 0 })
            else { return false }
            shortest = min(shortest, one.interval)
            longest = max(longest, traits[place].longestFold)
            hasSubquery = hasSubquery || traits[place].hasSubquery
            left += names[place]
        }
        // The steps of a subquery are none of those at which recorded rules are evaluated.
        if hasSubquery, !seen.isEmpty { return false }
        return longest / shortest < PromQLEvaluator.slidesFrom
    }
}

/// What matters of an expression for being asked about many times at once.
struct StretchTraits: Sendable {
    /// Whether each value follows from samples up to its time alone, in an order that does not depend on other times.
    private(set) var isPlain = true
    private(set) var hasSubquery = false
    /// ms; the longest range whose numbers are joined one by one.
    private(set) var longestFold: Int64 = 0
    /// What it asks for.
    private(set) var selectors: [SeriesMatchers] = []

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
        selectors.append(matchers)
    }

    private mutating func look(_ time: SelectedTime) {
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
