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

    /// What recorded rules come to with all that they stand on.
    private struct Reach {
        var isEven = true
        /// ms; the shortest time between evaluations of one of them.
        var shortest = Int64.max
        var longestFold: Int64 = 0
        var hasSubquery = false

        mutating func join(_ other: Reach) {
            (isEven, hasSubquery) = (isEven && other.isEven, hasSubquery || other.hasSubquery)
            (shortest, longestFold) = (min(shortest, other.shortest), max(longestFold, other.longestFold))
        }
    }

    /// - Complexity: O(rules + pairs of one and another that it names).
    init(_ set: RuleSet, _ recorded: RecordedRules) {
        let reaches = Self.reaches(recorded)
        for place in set.places {
            let (interval, offset) = (set.interval(of: place.group), set.queryOffset(of: place.group))
            for rule in place.group.rules {
                var asked = Asked(interval: interval, queryOffset: offset, isEven: false)
                asked.isEven = Self.isEven(rule, interval, recorded, reaches)
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

    /// By the places of recorded rules.
    private static func reaches(_ recorded: RecordedRules) -> [Reach] {
        var graph = recorded.graph
        let own = recorded.all.map { one -> Reach in
            let traits = StretchTraits(one.rule.expression.root)
            // Otherwise it would see older samples of the other one in one way of asking and not in the other.
            let areInStep = graph.wanted(byRuleAt: one.place).allSatisfy {
                one.interval % recorded.all[$0].interval == 0
            }
            return Reach(
                isEven: one.rule.expression.type == .vector && traits.isPlain && areInStep, shortest: one.interval,
                longestFold: traits.longestFold, hasSubquery: traits.hasSubquery)
        }
        return graph.joined(from: Reach(), ofRule: { own[$0] }, ofSelector: { _ in Reach() }) { $0.join($1) }
    }

    private static func isEven(
        _ rule: Rule, _ interval: Int64, _ recorded: RecordedRules, _ reaches: [Reach]
    ) -> Bool {
        let own = StretchTraits(rule.expression.root)
        guard rule.expression.type == .vector, own.isPlain else { return false }
        let named = recorded.places(named: RecordedRules.selected(by: rule.expression.root))
        var reach = Reach(shortest: interval, longestFold: own.longestFold, hasSubquery: own.hasSubquery)
        for place in named { reach.join(reaches[place]) }
        // The steps of a subquery are none of those at which recorded rules are evaluated.
        guard reach.isEven, !reach.hasSubquery || named.isEmpty else { return false }
        return reach.longestFold / reach.shortest < PromQLEvaluator.slidesFrom
    }
}
