import Bytes
import PromQLText
import RuleFiles

/// Which recording rules stand on which, by what their expressions can want.
///
/// What rules record is made from events whenever somebody asks, and not kept: a rule that leads to itself has no
/// beginning, whatever it would have recorded before. Long rows of rules are answered, but each level of an expression
/// takes stack while those below it are evaluated.
struct RuleGraph {
    /// Levels of expressions inside one another, over all rules of a row. Each takes some 1.2 KB of stack, of which a
    /// thread has 8 MB.
    static let levelsMax = 3_000
    /// What a rule takes of these besides its expression.
    private static let levelsOfRule = 8
    /// Rules that a fault names.
    private static let namesMax = 5

    private let rules: [Rule]
    /// What each node leads to: rules, by their places, lead to selectors, which stand behind the rules, and these to
    /// rules. So many that want everything take no more than what they are.
    private let next: [[Int]]

    /// - Complexity: O(selectors + selectors without a name of their own · rules).
    init(_ rules: [Rule]) {
        self.rules = rules
        var places: [ByteText: [Int]] = [:]
        for (place, rule) in rules.enumerated() { places[rule.name, default: []].append(place) }
        var next = [[Int]](repeating: [], count: rules.count)
        var nodes: [SeriesMatchers: Int] = [:]
        for (place, rule) in rules.enumerated() {
            for matchers in RecordedRules.selected(by: rule.expression.root) {
                if let known = nodes[matchers] {
                    next[place].append(known)
                    continue
                }
                nodes[matchers] = next.count
                next[place].append(next.count)
                let likely = matchers.onlyName.map { places[$0] ?? [] } ?? Array(rules.indices)
                next.append(likely.filter { matchers.canWant(rules[$0]) })
            }
        }
        self.next = next
    }

    /// By the places of rules: why one has no samples; nil: it may have some.
    /// - Complexity: O(nodes + what they lead to), for each rule that leads to itself as well.
    var faults: [String?] {
        var faults = [String?](repeating: nil, count: rules.count)
        var levels = [Int](repeating: 0, count: next.count)
        for component in components() {
            guard component.count == 1, let node = component.first else {
                for place in component where place < rules.count { faults[place] = circle(from: place) }
                continue
            }
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

    private func circle(from place: Int) -> String {
        let way = way(back: place)
        let shown = way.prefix(Self.namesMax).map(\.description).joined(separator: ", ")
        let rest = way.count > Self.namesMax ? " and \(way.count - Self.namesMax) more" : ""
        let others = way.isEmpty ? "" : " by way of \(shown)\(rest)"
        return "the recording rule \(rules[place].name) reads itself\(others)"
            + ": what rules record is made from events and not kept, so that it has no samples"
    }

    /// The names of the rules on a shortest way from a rule to itself.
    private func way(back place: Int) -> [ByteText] {
        var before = [Int](repeating: -1, count: next.count)
        var (queue, index) = ([place], 0)
        while index < queue.count {
            let node = queue[index]
            index += 1
            for other in next[node] {
                if other == place {
                    var (names, step) = ([ByteText](), node)
                    while step != place {
                        if step < rules.count { names.append(rules[step].name) }
                        step = before[step]
                    }
                    return names.reversed()
                }
                guard before[other] < 0 else { continue }
                before[other] = node
                queue.append(other)
            }
        }
        return []
    }

    /// Nodes of which each leads to every other one, together; those to which others lead come first.
    /// - Complexity: O(nodes + what they lead to).
    private func components() -> [[Int]] {
        // When a node was met, and the first one met that it is known to lead to.
        var met = [Int](repeating: -1, count: next.count)
        var first = met
        var isOpen = [Bool](repeating: false, count: next.count)
        var (count, open, found): (Int, [Int], [[Int]]) = (0, [], [])
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
                found.append(Array(open[begin...]))
                open.removeSubrange(begin...)
            }
        }
        return found
    }
}

extension RuleSet {
    /// More are not listed.
    private static var shownMax: Int { 20 }

    /// Recording rules that are right and have no samples: file and line, and why.
    /// - Complexity: O(rules + what they lead to).
    package var withoutSamples: [(place: String, reason: String)] {
        let placed = files.flatMap { file in
            file.groups.flatMap(\.rules).filter { $0.kind == .record }.map { (file: file.name, rule: $0) }
        }
        let all = zip(placed, RuleGraph(placed.map { $0.rule }).faults).compactMap { one, fault in
            fault.map { (place: "\(one.file):\(one.rule.line ?? 1)", reason: $0) }
        }
        guard all.count > Self.shownMax else { return all }
        let more = (place: all[Self.shownMax].place, reason: "\(all.count - Self.shownMax) more rules have no samples")
        return Array(all.prefix(Self.shownMax)) + [more]
    }
}

extension Expression {
    /// How many expressions stand inside one another.
    /// - Complexity: O(tree).
    fileprivate var levels: Int { 1 + (children.map(\.levels).max() ?? 0) }
}
