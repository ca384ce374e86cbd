/// Which spans of a tree are model calls, each once, and which of them only sum up others.
///
/// Spans tell of one call when they share a response's id, when they stand side by side under one parent, made by different scopes, the
/// time of one inside that of the other, or when one lies in the other and nothing else of its kind does. A span around several calls sums
/// them up: each attempt is billed, whatever the outer span repeats. A call that a tool makes is not a part of the call around the tool.
struct ModelCalls {
    /// Outer spans before inner ones.
    private(set) var units: [WorkUnit] = []
    /// Spans around several calls.
    private(set) var rollUps: Set<Int> = []

    /// Siblings that one span is compared with, and ancestors of one that may tell the same response.
    private static let neighboursMax = 256

    private let tree: SpanTree
    private let calls: [Int]
    /// The nearest model call around each span, none beyond a tool.
    private var outer: [Int] = []
    private var groups: DisjointSets

    /// - Complexity: O(spans), and 256 comparisons a model call.
    init(_ tree: SpanTree) {
        self.tree = tree
        calls = tree.order.filter { tree.kinds[$0] == .modelCall }
        groups = DisjointSets(count: tree.count)
        guard !calls.isEmpty else { return }
        outer = tree.nearest(.modelCall, notBeyond: .tool)
        let siblingSums = joinSiblings()
        joinResponses(except: siblingSums)
        joinNested(siblingSums)
        var places: [Int: Int] = [:]
        for index in calls.sorted(by: { (tree.depths[$0], $0) < (tree.depths[$1], $1) }) where !rollUps.contains(index) {
            let root = groups.root(of: index)
            if let place = places[root] {
                units[place].spans.append(index)
            } else {
                places[root] = units.count
                units.append(WorkUnit(kind: .modelCall, spans: [index]))
            }
        }
    }

    // MARK: Side by side

    private struct Sibling {
        var index: Int
        var start, end: Int64
        var scope: String
        var response: String?
    }

    /// Two instrumentations side by side tell one call; one that spans several of the other's, one after the other, sums them up.
    /// - Returns: those that sum up.
    private mutating func joinSiblings() -> Set<Int> {
        var families: [String: [Int]] = [:]
        for index in calls where !tree.spans[index].record.parentSpanID.isEmpty {
            families[tree.spans[index].record.parentSpanID, default: []].append(index)
        }
        var sums: Set<Int> = []
        for parent in families.keys.sorted() {
            // What is inside another one comes after it.
            let family = (families[parent] ?? []).map { index in
                let record = tree.spans[index].record
                return Sibling(
                    index: index, start: record.start, end: record.end, scope: record.scope, response: tree.spans[index].text(.responseID))
            }.sorted { ($0.start, $1.end, $0.index) < ($1.start, $0.end, $1.index) }
            if Set(family.map(\.scope)).count > 1 { join(family, &sums) }
        }
        return sums
    }

    private mutating func join(_ family: [Sibling], _ sums: inout Set<Int>) {
        var joined: [Int: Set<String>] = [:]
        for (place, one) in family.enumerated() {
            var inside: [Sibling] = []
            for two in family[(place + 1)...].prefix(Self.neighboursMax) {
                guard two.start <= one.end else { break }
                if two.end <= one.end, one.scope != two.scope { inside.append(two) }
            }
            if Self.hasSequence(inside) {
                sums.insert(one.index)
                continue
            }
            for two in inside where one.response == nil || two.response == nil || one.response == two.response {
                // Of one call each instrumentation tells once.
                let mine = joined[groups.root(of: one.index)] ?? [one.scope]
                let theirs = joined[groups.root(of: two.index)] ?? [two.scope]
                guard mine.isDisjoint(with: theirs) else { continue }
                groups.join(one.index, two.index)
                joined[groups.root(of: one.index)] = mine.union(theirs)
            }
        }
    }

    /// Whether two spans of one scope follow each other.
    private static func hasSequence(_ spans: [Sibling]) -> Bool {
        var ends: [String: Int64] = [:]
        for span in spans {
            if let end = ends[span.scope], span.start >= end { return true }
            ends[span.scope] = min(span.end, ends[span.scope] ?? .max)
        }
        return false
    }

    // MARK: The same response

    private mutating func joinResponses(except sums: Set<Int>) {
        var tellers: [String: [Int]] = [:]
        for index in calls where !sums.contains(index) {
            guard let id = tree.spans[index].text(.responseID) else { continue }
            let other = tellers[id]?.first { !isAround($0, index) && !isAround(index, $0) }
            if let other { groups.join(index, other) } else if (tellers[id]?.count ?? 0) < 8 { tellers[id, default: []].append(index) }
        }
    }

    /// Whether one span, or one beside it that tells the same call, lies around another.
    private mutating func isAround(_ one: Int, _ two: Int) -> Bool {
        let root = groups.root(of: one)
        var place = outer[two]
        for _ in 0..<Self.neighboursMax where place >= 0 {
            if groups.root(of: place) == root { return true }
            place = outer[place]
        }
        return false
    }

    // MARK: One in the other

    /// From the innermost outwards: a call around one other is that call, one around several sums them up.
    private mutating func joinNested(_ sums: Set<Int>) {
        var members: [Int: [Int]] = [:]
        for index in calls { members[groups.root(of: index), default: []].append(index) }
        var inner: [Int: Set<Int>] = [:]
        for index in calls where outer[index] >= 0 {
            let (around, own) = (groups.root(of: outer[index]), groups.root(of: index))
            if around != own { inner[around, default: []].insert(own) }
        }
        let deepestFirst = members.keys.sorted { (tree.depths[$0], $0) > (tree.depths[$1], $1) }
        for root in deepestFirst {
            let sumsUp = (members[root] ?? []).contains { sums.contains($0) }
            let within = inner[root] ?? []
            // order: there is only one where it counts.
            if sumsUp || within.count > 1 || within.contains(where: { rollUps.contains($0) }) {
                rollUps.formUnion(members[root] ?? [])
            } else if let only = within.first {
                groups.join(root, only)
            }
        }
    }
}
