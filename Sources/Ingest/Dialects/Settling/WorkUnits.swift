/// Spans that tell of the same piece of work, the one that tells it best first.
struct WorkUnit: Hashable {
    var kind: SpanClass
    /// Indices into the tree; outer before inner.
    var spans: [Int]
}

extension SpanTree {
    /// Every piece of work, each once however many spans tell of it.
    ///
    /// - A model call or an embedding: see ``ModelCalls``.
    /// - A tool call or agent run: a span with no ancestor of its class and name. An agent without a name around one
    ///   that has a name is a wrapper.
    /// - Anything else: a span with no ancestor of its class.
    /// - Complexity: O(spans × nesting).
    func units(_ calls: ModelCalls) -> [WorkUnit] {
        var units = calls.units + calls.embeddings
        for kind in [SpanClass.tool, .retrieval, .agent, .handoff, .guardrail] { units += nested(kind) }
        return units
    }

    private func nested(_ kind: SpanClass) -> [WorkUnit] {
        let members = order.filter { kinds[$0] == kind }
        guard !members.isEmpty else { return [] }
        let isNamed = kind == .tool || kind == .agent
        let names =
            isNamed ? spans.map { $0.text(kind == .tool ? .tool : .agent) } : Array(repeating: nil, count: count)
        var wrappers: Set<Int> = []
        if kind == .agent {
            for index in members where names[index] != nil {
                for ancestor in ancestors(of: index, kind) where names[ancestor] == nil { wrappers.insert(ancestor) }
            }
        }
        var heads: [Int: Int] = [:]
        var result: [WorkUnit] = []
        for index in members where !wrappers.contains(index) {
            let outer = ancestors(of: index, kind).first { names[$0] == names[index] && heads[$0] != nil }
            if let outer, let unit = heads[outer] {
                heads[index] = unit
                result[unit].spans.append(index)
            } else {
                heads[index] = result.count
                result.append(WorkUnit(kind: kind, spans: [index]))
            }
        }
        return result
    }
}

/// Union-find over indices.
struct DisjointSets {
    private var parents: [Int]

    init(count: Int) { parents = Array(0..<count) }

    mutating func root(of index: Int) -> Int {
        var place = index
        while parents[place] != place {
            parents[place] = parents[parents[place]]
            place = parents[place]
        }
        return place
    }

    /// The lesser root stays, so that the order of joins does not show.
    mutating func join(_ left: Int, _ right: Int) {
        let (first, second) = (root(of: left), root(of: right))
        parents[max(first, second)] = min(first, second)
    }
}
