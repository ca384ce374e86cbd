import AlertRules
import Bytes
import PromQLText
import RuleFiles

/// The recording rules of a set, by the names that they give.
struct RecordedRules: Sendable {
    /// A rule, and when its group is evaluated.
    struct Recorded: Sendable {
        let rule: Rule
        /// ms.
        let interval: Int64
        /// ms.
        let queryOffset: Int64
        /// How many series an evaluation may write; 0: any number.
        let limit: Int
        /// Among the recording rules of the set.
        let place: Int
        /// Whether it looks at alerts, by itself or by a rule that it names: these change while rules are evaluated.
        fileprivate(set) var readsAlerts = false
        /// All that it looks at, by itself or by rules that it names; nil: perhaps also at what is later than its time.
        fileprivate(set) var reads: [SeriesMatchers]?
        /// Why it has no samples; nil: it may have some.
        fileprivate(set) var fault: String?
    }

    let options: RuleOptions
    private(set) var all: [Recorded] = []
    /// The places of rules by the names that they give: each question asks for some name.
    private var byName: [ByteText: [Int]] = [:]
    /// What they said of times that are past, for as long as there are these rules.
    let past = RecordedPast()

    init(_ set: RuleSet) {
        options = set.options
        for group in set.files.flatMap(\.groups) {
            for rule in group.rules where rule.kind == .record {
                all.append(
                    Recorded(
                        rule: rule, interval: set.interval(of: group), queryOffset: set.queryOffset(of: group),
                        limit: group.limit, place: all.count))
            }
        }
        for (place, one) in all.enumerated() { byName[one.rule.name, default: []].append(place) }
        for (place, fault) in RuleGraph(all.map(\.rule)).faults.enumerated() { all[place].fault = fault }
        findReadersOfAlerts()
        findReads()
    }

    /// - Complexity: O(rules · (selectors + rules that they lead to)).
    private mutating func findReads() {
        let traits = all.map { StretchTraits($0.rule.expression.root) }
        let named = traits.map { places(named: $0.selectors) }
        for place in all.indices {
            var (left, seen, reads) = ([place], Set<Int>(), [SeriesMatchers]())
            while let next = left.popLast() {
                guard seen.insert(next).inserted else { continue }
                reads += traits[next].selectors
                left += named[next]
            }
            // order: all of them have to be.
            if seen.allSatisfy({ traits[$0].isPlain }) { all[place].reads = reads }
        }
    }

    /// - Complexity: O(rules · selectors · names), as often as rules that read alerts lead to others.
    private mutating func findReadersOfAlerts() {
        let selected = all.map { Self.selected(by: $0.rule.expression.root) }
        var names = AlertHistory.names
        while !names.isEmpty {
            var found: [ByteText] = []
            for place in all.indices where !all[place].readsAlerts {
                guard selected[place].contains(where: { names.contains(where: $0.passesName) }) else { continue }
                all[place].readsAlerts = true
                found.append(all[place].rule.name)
            }
            names = found
        }
    }

    /// What an expression looks at.
    static func selected(by expression: Expression) -> [SeriesMatchers] {
        // The parser has read them before; what could not be read again would ask for everything.
        expression.selectors.map { (try? SeriesMatchers($0)) ?? .everything }
    }

    /// Those whose series can be wanted.
    func named(by matchers: SeriesMatchers) -> [Recorded] {
        guard let name = matchers.onlyName else { return all.filter { matchers.canWant($0.rule) } }
        return (byName[name] ?? []).map { all[$0] }.filter { matchers.canWant($0.rule) }
    }

    /// The places of those whose series can be wanted by one of some selectors, each once.
    func places(named selectors: [SeriesMatchers]) -> [Int] {
        all.indices.filter { place in selectors.contains { $0.canWant(all[place].rule) } }
    }

    /// What an expression looks at, by itself and by rules that it names.
    /// - Complexity: O(selectors that it leads to · rules).
    func selected(from expression: Expression) -> [SeriesMatchers] {
        var (left, found): ([Expression], [SeriesMatchers]) = ([expression], [])
        var seen: Set<Int> = []
        while let next = left.popLast() {
            let selectors = Self.selected(by: next)
            found += selectors
            for place in places(named: selectors) where seen.insert(place).inserted {
                left.append(all[place].rule.expression.root)
            }
        }
        return found
    }

    /// nil where it is none of them. Of two that are alike the first one, which says the same.
    func recorded(_ rule: Rule) -> Recorded? { all.first { $0.rule == rule } }
}

extension SeriesMatchers {
    /// Whether a series that a rule records can be wanted: by its name, by the labels that the rule gives, so that
    /// rules of one name may stand on each other, and by those that its expression leaves.
    func canWant(_ rule: Rule) -> Bool {
        matchers.allSatisfy { matcher in
            if matcher.label == LabelMatcher.metricName { return matcher.passes(rule.name) }
            let given = rule.labels.first { $0.name == matcher.label }
            if let given { return matcher.passes(given.text) }
            return rule.expression.root.mayHave(matcher.label) || matcher.passes(ByteText([]))
        }
    }
}

extension Expression {
    /// Whether series that it gives may have a label; where it is not known, they may.
    fileprivate func mayHave(_ label: ByteText) -> Bool {
        switch self {
        case .number, .string: return false
        case .parentheses(let node): return node.inner.mayHave(label)
        case .unary(let node): return node.operand.mayHave(label)
        case .binary(let node): return node.left.mayHave(label) || node.right.mayHave(label)
        case .call(let node): return node.function.name != "vector"
        case .aggregation(let node):
            switch node.operation {
            case .sum, .avg, .count, .min, .max, .group, .stddev, .stdvar, .quantile:
                let isNamed = node.grouping.contains(label)
                return node.isWithout ? !isNamed && node.expression.mayHave(label) : isNamed
            case .topk, .bottomk, .limitk, .limitRatio, .countValues: return true
            }
        case .selector, .range, .subquery: return true
        }
    }
}
