import Bytes
import PromQLText
import RuleFiles

/// Which recording rules stand on which, by what their expressions can want.
///
/// What rules record is made from events whenever somebody asks, and not kept: a rule that leads to itself has no
/// beginning, whatever it would have recorded before. Long rows of rules are answered, but each level of an expression
/// takes stack while those below it are evaluated.
struct RuleGraph: Sendable {
    /// Levels of expressions inside one another, over all rules of a row. Each takes some 1.2 KB of stack, of which a
    /// thread has 8 MB.
    static let levelsMax = 3_000
    /// What a rule takes of these besides its expression.
    private static let levelsOfRule = 8
    /// Rules that a fault names.
    private static let namesMax = 5
    /// Steps in search of the rules that faults name, for all of them; the search that reaches so many still ends.
    private static let searchStepsMax = 1 << 20

    private let rules: [Rule]
    /// The places of rules, by their names.
    private let places: [ByteText: [Int]]
    /// What rules look at, each once. Among the nodes these stand behind the rules.
    private let selectors: [SeriesMatchers]
    /// What each node leads to: rules to selectors, and these to rules. So many that want everything take no more than
    /// what they are.
    private let next: [[Int]]
    /// Nodes of which each leads to every other one, together; those to which others lead come first.
    private var components: [[Int]] = []
    /// How often it was looked from a node to another one, or from a selector to a rule that it may want.
    private(set) var steps = 0

    /// - Complexity: O(selectors + selectors without a name of their own · rules).
    init(_ rules: [Rule]) {
        self.rules = rules
        var places: [ByteText: [Int]] = [:]
        for (place, rule) in rules.enumerated() { places[rule.name, default: []].append(place) }
        var next = [[Int]](repeating: [], count: rules.count)
        var (selectors, nodes): ([SeriesMatchers], [SeriesMatchers: Int]) = ([], [:])
        for (place, rule) in rules.enumerated() {
            for matchers in RecordedRules.selected(by: rule.expression.root) {
                if let known = nodes[matchers] {
                    next[place].append(known)
                    continue
                }
                let node = rules.count + selectors.count
                nodes[matchers] = node
                next[place].append(node)
                selectors.append(matchers)
            }
        }
        for matchers in selectors {
            let likely = Self.likely(for: matchers, places, of: rules.count)
            steps += likely.count
            next.append(likely.filter { matchers.canWant(rules[$0]) })
        }
        (self.places, self.selectors, self.next) = (places, selectors, next)
        findComponents()
    }

    private static func likely(for matchers: SeriesMatchers, _ places: [ByteText: [Int]], of count: Int) -> [Int] {
        matchers.onlyName.map { places[$0] ?? [] } ?? Array(0..<count)
    }

    // MARK: Asking

    /// The places of rules whose series can be wanted, ascending.
    /// - Complexity: O(rules of its name); without a name, O(rules).
    func wanted(by matchers: SeriesMatchers) -> [Int] {
        Self.likely(for: matchers, places, of: rules.count).filter { matchers.canWant(rules[$0]) }
    }

    /// The places of rules whose series a rule can want, perhaps several times.
    func wanted(byRuleAt place: Int) -> [Int] { next[place].flatMap { next[$0] } }

    /// All that some rules look at, by themselves and by rules that they lead to, each once.
    /// - Complexity: O(nodes that they lead to, and what these lead to).
    func selectors(from places: [Int]) -> [SeriesMatchers] {
        var (left, seen, found) = (places, Set(places), [SeriesMatchers]())
        while let node = left.popLast() {
            if node >= rules.count { found.append(selectors[node - rules.count]) }
            for other in next[node] where seen.insert(other).inserted { left.append(other) }
        }
        return found
    }

    /// What rules and all that they lead to come to together, by the places of the rules.
    /// - Parameters:
    ///   - none: what nothing comes to.
    ///   - ofRule: what a rule comes to by itself.
    ///   - ofSelector: what a selector comes to by itself.
    ///   - join: in any order, and any part as often as it is met.
    /// - Complexity: O(nodes + what they lead to).
    mutating func joined<Sum>(
        from none: Sum, ofRule: (Int) -> Sum, ofSelector: (SeriesMatchers) -> Sum, _ join: (inout Sum, Sum) -> Void
    ) -> [Sum] {
        var sums = [Sum](repeating: none, count: next.count)
        for component in components {
            var sum = none
            for node in component {
                join(&sum, node < rules.count ? ofRule(node) : ofSelector(selectors[node - rules.count]))
                steps += next[node].count
                for other in next[node] { join(&sum, sums[other]) }
            }
            for node in component { sums[node] = sum }
        }
        return Array(sums.prefix(rules.count))
    }

    // MARK: Faults

    /// By the places of rules: why one has no samples; nil: it may have some.
    /// - Complexity: O(rules · log(rules) + what they lead to + their expressions), and ``searchStepsMax`` in search of
    ///   the rules that are named.
    mutating func faults() -> [String?] {
        var faults = [String?](repeating: nil, count: rules.count)
        var levels = [Int](repeating: 0, count: next.count)
        let searchEnd = steps + Self.searchStepsMax
        for component in components {
            guard component.count == 1, let node = component.first else {
                let places = component.filter { $0 < rules.count }.sorted()
                for place in places {
                    let isAlone = places.count == 1
                    let others: [ByteText]? = isAlone ? [] : steps < searchEnd ? way(back: place) : nil
                    faults[place] = circle(of: place, by: others)
                }
                continue
            }
            steps += next[node].count
            let below = next[node].map { levels[$0] }.max() ?? 0
            guard node < rules.count else {
                levels[node] = below
                continue
            }
            let own = below + rules[node].expression.root.levels + Self.levelsOfRule
            if own <= Self.levelsMax {
                levels[node] = own
            } else {
                faults[node] = "the recording rule \(rules[node].name) stands on too long a row of rules, and so has "
                    + "no samples: those that name each other may have \(Self.levelsMax) levels of expressions"
            }
        }
        return faults
    }

    /// - Parameter way: the rules between it and itself; nil: they are not known.
    private func circle(of place: Int, by way: [ByteText]?) -> String {
        var others = ", alone or by way of others"
        if let way {
            let shown = way.prefix(Self.namesMax).map(\.description).joined(separator: ", ")
            let rest = way.count > Self.namesMax ? " and \(way.count - Self.namesMax) more" : ""
            others = way.isEmpty ? "" : " by way of \(shown)\(rest)"
        }
        return "the recording rule \(rules[place].name) reads itself\(others)"
            + ": what rules record is made from events and not kept, so that it has no samples"
    }

    /// The names of the rules on a shortest way from a rule to itself.
    /// - Complexity: O(steps), however many rules there are besides: each of many circles is searched by itself.
    private mutating func way(back place: Int) -> [ByteText] {
        var before: [Int: Int] = [:]
        var (queue, index) = ([place], 0)
        while index < queue.count {
            let node = queue[index]
            index += 1
            for other in next[node] {
                steps += 1
                if other == place {
                    var (names, step) = ([ByteText](), node)
                    while step != place {
                        if step < rules.count { names.append(rules[step].name) }
                        step = before[step] ?? place
                    }
                    return names.reversed()
                }
                guard before[other] == nil else { continue }
                before[other] = node
                queue.append(other)
            }
        }
        return []
    }

    // MARK: Components

    /// - Complexity: O(nodes + what they lead to).
    private mutating func findComponents() {
        // When a node was met, and the first one met that it is known to lead to.
        var met = [Int](repeating: -1, count: next.count)
        var first = met
        var isOpen = [Bool](repeating: false, count: next.count)
        var (count, open): (Int, [Int]) = (0, [])
        var path: [(node: Int, edge: Int)] = []
        for root in next.indices where met[root] < 0 {
            path.append((root, 0))
            while let (node, edge) = path.last {
                if met[node] < 0 {
                    (met[node], first[node], isOpen[node]) = (count, count, true)
                    count += 1
                    open.append(node)
                }
                if edge < next[node].count {
                    steps += 1
                    path[path.count - 1].edge += 1
                    let other = next[node][edge]
                    if met[other] < 0 {
                        path.append((other, 0))
                    } else if isOpen[other] {
                        first[node] = min(first[node], met[other])
                    }
                    continue
                }
                path.removeLast()
                if let above = path.last?.node { first[above] = min(first[above], first[node]) }
                guard first[node] == met[node], let begin = open.lastIndex(of: node) else { continue }
                for one in open[begin...] { isOpen[one] = false }
                components.append(Array(open[begin...]))
                open.removeSubrange(begin...)
            }
        }
    }
}

extension RuleSet {
    // tests: these alone.
    /// Recording rules that are right and have no samples, in the order of the files.
    /// - Complexity: O(rules · log(rules) + what they lead to).
    package var withoutSamples: [RuleWarning] {
        let placed = files.flatMap { file in
            file.groups.flatMap(\.rules).filter { $0.kind == .record }.map { (file: file.name, rule: $0) }
        }
        var graph = RuleGraph(placed.map { $0.rule })
        return zip(placed, graph.faults()).compactMap { one, fault in
            fault.map { RuleWarning(place: "\(one.file):\(one.rule.line ?? 1)", reason: $0) }
        }
    }

    // tests: they grow as the rules do.
    /// Steps from rules to others that it takes to know which ones stand on which.
    package var stepsBetweenRules: Int { RecordedRules(self).graph.steps }
}

extension Expression {
    /// How many expressions stand inside one another.
    /// - Complexity: O(tree).
    fileprivate var levels: Int { 1 + (children.map(\.levels).max() ?? 0) }
}
