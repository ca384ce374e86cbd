import Bytes

/// Which spans of a tree are calls of models, each once, and which of them only sum up others. Embeddings are told
/// apart the same way.
///
/// Spans tell of one call when nothing they say contradicts that (``CallFacts``), and they share a response's id, stand
/// side by side under one parent, made by different scopes, the time of one inside that of the other, or one lies in
/// the other and nothing else of its kind does. A span around several calls whose usage is their sum, repeats one of
/// them or is not told sums them up: each attempt is billed. Around calls that it can neither be nor sum up a span is a
/// call of its own. A call that a tool makes is not a part of the call around the tool.
struct ModelCalls {
    /// Model calls, outer spans before inner ones.
    private(set) var units: [WorkUnit] = []
    /// Embeddings, outer spans before inner ones.
    private(set) var embeddings: [WorkUnit] = []
    /// Spans around several calls.
    private(set) var rollUps: Set<Int> = []

    /// - Complexity: O(spans), and 256 comparisons a call.
    init(_ tree: SpanTree) {
        for kind in [SpanClass.modelCall, .embedding] {
            let found = CallGroups(tree, kind)
            if kind == .modelCall { units = found.units } else { embeddings = found.units }
            rollUps.formUnion(found.rollUps)
        }
    }
}

/// The calls of one kind.
private struct CallGroups {
    private(set) var units: [WorkUnit] = []
    private(set) var rollUps: Set<Int> = []

    /// Siblings that one span is compared with, ancestors of one that may tell the same response, and calls that one
    /// may sum up.
    private static let neighboursMax = 256
    /// Spans of one response's id that another is compared with.
    private static let tellersMax = 8

    private let tree: SpanTree
    private let calls: [Int]
    /// The nearest call around each span, none beyond a tool.
    private var outer: [Int] = []
    private var groups: DisjointSets
    /// By the root of a group; empty where there is but one call.
    private var facts: [Int: CallFacts] = [:]

    init(_ tree: SpanTree, _ kind: SpanClass) {
        self.tree = tree
        calls = tree.order.filter { tree.kinds[$0] == kind }
        groups = DisjointSets(count: calls.isEmpty ? 0 : tree.count)
        guard calls.count > 1 else {
            units = calls.map { WorkUnit(kind: kind, spans: [$0]) }
            return
        }
        for index in calls { facts[index] = CallFacts(tree.spans[index], tenant: tree.tenants[index]) }
        outer = tree.nearest(kind, notBeyond: .tool)
        let siblingSums = joinSiblings()
        joinResponses(except: siblingSums)
        joinNested(siblingSums)
        var places: [Int: Int] = [:]
        for index in calls.sorted(by: { (tree.depths[$0], $0) < (tree.depths[$1], $1) }) where !rollUps.contains(index)
        {
            let root = groups.root(of: index)
            if let place = places[root] {
                units[place].spans.append(index)
            } else {
                places[root] = units.count
                units.append(WorkUnit(kind: kind, spans: [index]))
            }
        }
    }

    private mutating func join(_ one: Int, _ two: Int) {
        let (first, second) = (groups.root(of: one), groups.root(of: two))
        guard first != second else { return }
        groups.join(first, second)
        let gone = groups.root(of: first) == first ? second : first
        if let other = facts.removeValue(forKey: gone) { facts[groups.root(of: first)]?.join(other) }
    }

    private mutating func facts(of index: Int) -> CallFacts? { facts[groups.root(of: index)] }

    // MARK: Side by side

    private struct Sibling {
        var index: Int
        var start, end: Int64
        var scope: ExactText
    }

    /// Two instrumentations side by side tell one call; one that spans several of the other's, one after the other, may
    /// sum them up.
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
                return Sibling(index: index, start: record.start, end: record.end, scope: ExactText(record.scope))
            }.sorted { ($0.start, $1.end, $0.index) < ($1.start, $0.end, $1.index) }
            if Set(family.map(\.scope)).count > 1 { join(family, &sums) }
        }
        return sums
    }

    private mutating func join(_ family: [Sibling], _ sums: inout Set<Int>) {
        for (place, one) in family.enumerated() {
            var inside: [Sibling] = []
            var beside: [Sibling] = []
            for two in family[(place + 1)...].prefix(Self.neighboursMax) {
                guard two.start <= one.end else { break }
                guard one.scope != two.scope else { continue }
                if two.end <= one.end { inside.append(two) } else if Self.isTogether(one, two) { beside.append(two) }
            }
            if sumsUp(one, inside) {
                sums.insert(one.index)
                continue
            }
            // What tells the very same goes before what only may.
            for two in inside { join(one, two) { $0.isEqualUsage(to: $1) } }
            for two in inside { join(one, two) { _, _ in true } }
            // Two wrappers of one stream need not end in the order in which they began.
            for two in beside { join(one, two) { $0.tellsUsage && $0.isEqualUsage(to: $1) } }
        }
    }

    /// Joins two of different instrumentations that can tell one call. Of one call each instrumentation tells once.
    private mutating func join(_ one: Sibling, _ two: Sibling, where isAlike: (CallFacts, CallFacts) -> Bool) {
        guard let mine = facts(of: one.index), let theirs = facts(of: two.index),
            mine.scopes.isDisjoint(with: theirs.scopes),
            isAlike(mine, theirs), mine.canBeOne(with: theirs, isAround: false)
        else { return }
        join(one.index, two.index)
    }

    /// Whether nine tenths of the time of both are common to them.
    private static func isTogether(_ one: Sibling, _ two: Sibling) -> Bool {
        let common = Double(min(one.end, two.end)) - Double(max(one.start, two.start))
        return common >= 0.9 * (Double(max(one.end, two.end)) - Double(min(one.start, two.start)))
    }

    /// Whether spans of one scope, one after the other, can be what a span that they ran in adds up.
    private mutating func sumsUp(_ one: Sibling, _ inside: [Sibling]) -> Bool {
        var byScope: [ExactText: [Sibling]] = [:]
        for span in inside { byScope[span.scope, default: []].append(span) }
        guard let mine = facts(of: one.index) else { return false }
        for scope in byScope.keys.sorted() {
            let spans = byScope[scope] ?? []
            guard Self.hasSequence(spans) else { continue }
            if mine.canSumUp(spans.compactMap { facts(of: $0.index) }, isAround: false) { return true }
        }
        return false
    }

    /// Whether two spans follow each other.
    private static func hasSequence(_ spans: [Sibling]) -> Bool {
        var end: Int64?
        for span in spans {
            if let end, span.start >= end { return true }
            end = min(span.end, end ?? .max)
        }
        return false
    }

    // MARK: The same response

    private mutating func joinResponses(except sums: Set<Int>) {
        var tellers: [ExactText: [Int]] = [:]
        for index in calls where !sums.contains(index) {
            guard let id = tree.spans[index].text(.responseID).map(ExactText.init(_:)) else { continue }
            let known = tellers[id] ?? []
            if let other = known.first(where: { canBeOneResponse($0, index) }) {
                join(index, other)
            } else if known.count < Self.tellersMax {
                tellers[id, default: []].append(index)
            }
        }
    }

    private mutating func canBeOneResponse(_ one: Int, _ two: Int) -> Bool {
        guard !isAround(one, two), !isAround(two, one), let mine = facts(of: one), let theirs = facts(of: two) else {
            return false
        }
        return mine.canBeOneResponse(with: theirs)
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

    /// From the innermost outwards: a call around one other may be that call, one around several may sum them up.
    private mutating func joinNested(_ sums: Set<Int>) {
        var members: [Int: [Int]] = [:]
        for index in calls { members[groups.root(of: index), default: []].append(index) }
        var inner: [Int: Set<Int>] = [:]
        for index in calls where outer[index] >= 0 {
            let (around, own) = (groups.root(of: outer[index]), groups.root(of: index))
            if around != own { inner[around, default: []].insert(own) }
        }
        // Calls that are billed at or below each group.
        var billed: [Int: [Int]] = [:]
        let depths = members.mapValues { spans in spans.map { tree.depths[$0] }.min() ?? 0 }
        let deepestFirst = members.keys.sorted { (depths[$0] ?? 0, $0) > (depths[$1] ?? 0, $1) }
        for root in deepestFirst {
            let within = (inner[root] ?? []).sorted().filter { groups.root(of: $0) != groups.root(of: root) }
            let inside = Array(within.flatMap { billed[$0] ?? [$0] }.prefix(Self.neighboursMax))
            if (members[root] ?? []).contains(where: { sums.contains($0) }) {
                rollUps.formUnion(members[root] ?? [])
                billed[root] = inside
                continue
            }
            billed[root] = [root] + inside
            guard !inside.isEmpty, let own = facts(of: root) else { continue }
            if within.count == 1, let only = within.first, groups.root(of: inside[0]) == groups.root(of: only),
                canBeOne(own, only)
            {
                join(root, only)
                billed[root] = inside
            } else if own.tellsUsage, let answered = answeredAttempt(among: inside, members), canBeOne(own, answered) {
                // What the attempts do not tell, the call around them tells of the one that went well.
                join(root, answered)
                billed[root] = inside
            } else if own.canSumUp(inside.compactMap { facts(of: $0) }, isAround: true) {
                rollUps.formUnion(members[root] ?? [])
                billed[root] = inside
            }
        }
    }

    /// Of several attempts of which none tells what it used, the only one that did not fail.
    private mutating func answeredAttempt(among attempts: [Int], _ members: [Int: [Int]]) -> Int? {
        guard attempts.count > 1, !attempts.contains(where: { facts(of: $0)?.tellsUsage ?? true }) else { return nil }
        let answered = attempts.filter { attempt in
            !(members[attempt] ?? [attempt]).contains { tree.spans[$0].hasFailed }
        }
        return answered.count == 1 ? answered[0] : nil
    }

    private mutating func canBeOne(_ own: CallFacts, _ only: Int) -> Bool {
        facts(of: only).map { own.canBeOne(with: $0, isAround: true) } ?? false
    }
}
