import Bytes
import Domain
import JSONTexts
import PromQLText

/// A query that says how much there is of a metric: `sum(x)`, what was taken back of it subtracted or not, and the same
/// of what was added within a range.
struct CounterSum {
    /// Without what it was taken back under.
    var metric: String
    var conditions: [Condition]
    /// ns; nil where there is none.
    var range: Int64?

    /// What a label must say.
    struct Condition: Hashable {
        var label: String
        /// Ascending.
        var values: [[UInt8]]
        var isExcluded: Bool
    }

    /// Why a query is none that can be counted in events.
    struct Refusal: Error { var message: String }

    private static let forms =
        "expected sum(METRIC{…}), with - sum(…_corrected…{…}) behind it or not, of a metric that is counted from events"

    /// - Throws: what is not understood of it.
    init(_ expression: Expression) throws(Refusal) {
        switch Self.bare(expression) {
        case .binary(let difference) where difference.operation == .subtract:
            self = try CounterSum(difference.left).without(try CounterSum(difference.right))
        case .aggregation(let sum) where sum.operation == .sum && sum.grouping.isEmpty && !sum.isWithout:
            switch Self.bare(sum.expression) {
            case .binary(let difference) where difference.operation == .subtract && difference.matching?.isOn != true:
                let left = try CounterSum(leaf: difference.left)
                self = try left.without(try CounterSum(leaf: difference.right))
            default: self = try CounterSum(leaf: sum.expression)
            }
        default: throw Refusal(message: Self.forms)
        }
    }

    private static func bare(_ expression: Expression) -> Expression {
        var expression = expression
        while case .parentheses(let outer) = expression { expression = outer.inner }
        return expression
    }

    /// `x{…}` or `increase(x{…}[1h])`.
    private init(leaf: Expression) throws(Refusal) {
        switch Self.bare(leaf) {
        case .selector(let selector): try self.init(selector, range: nil)
        case .call(let call) where call.function.name == "increase" && call.arguments.count == 1:
            guard case .range(let range) = Self.bare(call.arguments[0]), case .constant(let length) = range.range else {
                throw Refusal(message: Self.forms)
            }
            try self.init(range.selector, range: length)
        default: throw Refusal(message: Self.forms)
        }
    }

    private init(_ selector: VectorSelector, range: Int64?) throws(Refusal) {
        guard let name = selector.name, selector.time.anchor == nil, selector.time.offset == .constant(0),
            selector.boundary == nil
        else {
            throw Refusal(message: Self.forms)
        }
        metric = name.description
        self.range = range
        conditions = []
        for matcher in selector.matchers where matcher.label != LabelMatcher.metricName {
            let isPattern = matcher.comparison == .matches || matcher.comparison == .matchesNot
            let isBound = matcher.label == "le"
            let values = isPattern ? try Self.alternatives(matcher.value, isBound) : [matcher.value.bytes]
            conditions.append(
                Condition(
                    label: matcher.label.description, values: values.sorted { $0.lexicographicallyPrecedes($1) },
                    isExcluded: matcher.comparison == .notEqual || matcher.comparison == .matchesNot))
        }
        conditions.sort { ($0.label, $0.isExcluded ? 1 : 0) < ($1.label, $1.isExcluded ? 1 : 0) }
    }

    /// The texts that a pattern names one by one: `a|b`, and `[.]` or `\.` for what would mean something else.
    /// - Parameter isBound: whether it is of numbers, of which nothing but a point stands where a point does.
    private static func alternatives(_ pattern: ByteText, _ isBound: Bool) throws(Refusal) -> [[UInt8]] {
        var values: [[UInt8]] = [[]]
        var rest = pattern.bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "|"): values.append([])
            case UInt8(ascii: ".") where isBound: values[values.count - 1].append(byte)
            case UInt8(ascii: "[") where rest.count >= 2 && rest[rest.startIndex + 1] == UInt8(ascii: "]")
                && ![UInt8(ascii: "^"), UInt8(ascii: "\\")].contains(rest[rest.startIndex]):
                values[values.count - 1].append(rest[rest.startIndex])
                rest = rest.dropFirst(2)
            case UInt8(ascii: "\\") where rest.first.map(isSpecial) == true:
                values[values.count - 1].append(rest.removeFirst())
            case _ where isSpecial(byte):
                throw Refusal(message: "the pattern \(pattern) does not name texts one by one, such as a|b")
            default: values[values.count - 1].append(byte)
            }
        }
        return values
    }

    /// Whether a byte means something else than itself in a pattern.
    static func isSpecial(_ byte: UInt8) -> Bool { "\\.+*?()|[]{}^$".utf8.contains(byte) }

    /// Without what was taken back, which counts the same under the same labels.
    private func without(_ corrections: CounterSum) throws(Refusal) -> CounterSum {
        guard let definition = MetricCatalogue.metric(named: corrections.metric),
            case .corrections(let original) = definition.source, original.hasSameBytes(as: metric),
            conditions == corrections.conditions, range == corrections.range
        else {
            throw Refusal(message: "what is subtracted is not what was taken back of \(metric) under the same labels")
        }
        return self
    }

    /// The condition of a label, which is then no longer among the others.
    mutating func take(_ label: String) -> Condition? {
        guard let index = conditions.firstIndex(where: { $0.label.hasSameBytes(as: label) }) else { return nil }
        return conditions.remove(at: index)
    }

    /// What is left, as labels of events.
    /// - Throws: for a label that the metric has not, or that no column of events is.
    func labels() throws(Refusal) -> [LabelCondition] {
        var labels: [LabelCondition] = []
        for condition in conditions {
            guard let label = LabelCondition.Label(rawValue: condition.label) else {
                throw Refusal(
                    message: "the label \(condition.label) says nothing of what is counted; "
                        + nameHint(to: condition.label, known: LabelCondition.Label.allCases.map(\.rawValue)))
            }
            labels.append(LabelCondition(label, values: condition.values, isExcluded: condition.isExcluded))
        }
        return labels
    }
}
