import AlertRules
import Bytes
import PromQLEvaluation
import PromQLText
import RuleFiles
import Synchronization

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
        /// Whether it may look at what is later than its time, by itself or by a rule that it names.
        fileprivate(set) var looksAhead = false
        /// Whether it names the ends of the question: those are the time of each evaluation.
        fileprivate(set) var namesEnds = false
        /// Why it has no samples; nil: it may have some.
        fileprivate(set) var fault: String?
    }

    /// No other rules of this process have it.
    let number: UInt64
    let options: RuleOptions
    private(set) var all: [Recorded] = []
    /// Which of them stand on which, by their places.
    let graph: RuleGraph
    /// What they said of times that are past, for as long as there are these rules: to those who evaluate, and to those
    /// who ask, so that no panel takes a cycle's place.
    let past, asked: RecordedPast

    private static let made = Atomic<UInt64>(0)

    /// - Parameters:
    ///   - past: of no other rules.
    ///   - asked: likewise.
    /// - Complexity: O(rules · log(rules) + what they lead to).
    init(
        _ set: RuleSet, past: RecordedPast = RecordedPast(bytesMax: 0, within: UnboundedBudget()),
        asked: RecordedPast = RecordedPast(bytesMax: 0, within: UnboundedBudget())
    ) {
        number = Self.made.wrappingAdd(1, ordering: .relaxed).newValue
        (options, self.past, self.asked) = (set.options, past, asked)
        for group in set.files.flatMap(\.groups) {
            for rule in group.rules where rule.kind == .record {
                all.append(
                    Recorded(
                        rule: rule, interval: set.interval(of: group), queryOffset: set.queryOffset(of: group),
                        limit: group.limit, place: all.count))
            }
        }
        var graph = RuleGraph(all.map(\.rule))
        let faults = graph.faults()
        let traits = all.map { StretchTraits($0.rule.expression.root) }
        let looks = graph.joined(
            from: Look(), ofRule: { Look(isAhead: !traits[$0].isPlain) },
            ofSelector: { Look(isAtAlerts: AlertHistory.names.contains(where: $0.passesName)) }
        ) { $0.join($1) }
        for place in all.indices {
            (all[place].readsAlerts, all[place].looksAhead) = (looks[place].isAtAlerts, looks[place].isAhead)
            (all[place].namesEnds, all[place].fault) = (traits[place].namesEnds, faults[place])
        }
        self.graph = graph
    }

    /// What is so of a rule where it is so of something that it leads to.
    private struct Look {
        var isAtAlerts = false
        var isAhead = false

        mutating func join(_ other: Look) {
            (isAtAlerts, isAhead) = (isAtAlerts || other.isAtAlerts, isAhead || other.isAhead)
        }
    }

    /// All that a rule looks at, by itself or by rules that it names; nil: perhaps also at what is later than its time.
    /// - Complexity: O(selectors and rules that it leads to).
    func reads(of rule: Recorded) -> [SeriesMatchers]? {
        rule.looksAhead ? nil : graph.selectors(from: [rule.place])
    }

    /// What an expression looks at.
    static func selected(by expression: Expression) -> [SeriesMatchers] {
        // The parser has read them before; what could not be read again would ask for everything.
        expression.selectors.map { (try? SeriesMatchers($0)) ?? .everything }
    }

    /// Those whose series can be wanted, in their order.
    /// - Complexity: O(rules of its name); without a name, O(rules).
    func named(by matchers: SeriesMatchers) -> [Recorded] { graph.wanted(by: matchers).map { all[$0] } }

    /// The places of those whose series can be wanted by one of some selectors, each once.
    func places(named selectors: [SeriesMatchers]) -> [Int] { Set(selectors.flatMap(graph.wanted(by:))).sorted() }

    /// What an expression looks at, by itself and by rules that it names.
    /// - Complexity: O(selectors and rules that it leads to).
    func selected(from expression: Expression) -> [SeriesMatchers] {
        let own = Self.selected(by: expression)
        return own + graph.selectors(from: places(named: own))
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
