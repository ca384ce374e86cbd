/// The spans of one trace as a tree, with what each inherits. Equal sets of spans give equal trees, whatever order they come in.
struct SpanTree {
    /// Ascending by start, then span id.
    let spans: [BookSpan]
    let kinds: [SpanClass]
    /// Index of the parent; −1 for a root and for a span whose parent is not here.
    private(set) var parents: [Int] = []
    /// Parents before children.
    private(set) var order: [Int] = []
    private(set) var depths: [Int] = []
    private(set) var conversations: [String?] = []
    private(set) var users: [String?] = []
    private(set) var channels: [String?] = []
    private(set) var tenants: [String?] = []
    /// The agent that a span works for.
    private(set) var agents: [String?] = []
    /// Whether all ancestors are here, up to a root or to the span that took the request in.
    private(set) var isAttached: [Bool] = []
    private let ownConversations: [String?]

    /// - Complexity: O(spans × rules).
    init(_ records: [SpanRecord], book: DialectBook) {
        var seen: [String: Int] = [:]
        let sorted = records.sorted { ($0.start, $0.spanID, $0.end) < ($1.start, $1.spanID, $1.end) }
        var distinct: [BookSpan] = []
        for record in sorted where seen[record.spanID] == nil {
            seen[record.spanID] = distinct.count
            distinct.append(BookSpan(record, book))
        }
        spans = distinct
        kinds = distinct.map(\.classified.kind)
        let responseIDs = Set(distinct.compactMap { $0.text(.responseID) })
        ownConversations = distinct.map { $0.text(.conversation, responseIDs: responseIDs) }
        parents = distinct.map { seen[$0.record.parentSpanID] ?? -1 }
        sortTopologically()
        let kinds = kinds
        inherit(ownConversations, into: \.conversations)
        inherit(distinct.map { $0.text(.user) }, into: \.users)
        inherit(distinct.map { $0.text(.channel) }, into: \.channels)
        inherit(distinct.map { $0.text(.tenant) }, into: \.tenants)
        agents = distinct.indices.map { distinct[$0].text(.agent) ?? (kinds[$0] == .agent ? distinct[$0].record.name : nil) }
        for index in order where agents[index] == nil && parents[index] >= 0 { agents[index] = agents[parents[index]] }
        isAttached = Array(repeating: false, count: spans.count)
        for index in order { isAttached[index] = parents[index] >= 0 ? isAttached[parents[index]] || isEntry(index) : isEntry(index) }
    }

    var count: Int { spans.count }

    /// A root, or where a request from elsewhere came in.
    func isEntry(_ index: Int) -> Bool {
        let record = spans[index].record
        return record.parentSpanID.isEmpty || parents[index] < 0 && (record.kind == "server" || record.kind == "consumer")
    }

    /// Whether the span itself says which conversation it belongs to.
    func hasOwnConversation(_ index: Int) -> Bool { ownConversations[index] != nil }

    /// Levels that are looked through for an ancestor, so that a chain without end costs no more than its length.
    private static let levelsMax = 256

    /// Ancestors of one class, nearest first.
    func ancestors(of index: Int, _ kind: SpanClass) -> [Int] {
        var result: [Int] = []
        var place = parents[index]
        for _ in 0..<Self.levelsMax where place >= 0 {
            if kinds[place] == kind { result.append(place) }
            place = parents[place]
        }
        return result
    }

    /// The nearest ancestor of a class with none of another between; −1 where there is none.
    func nearest(_ kind: SpanClass, notBeyond end: SpanClass) -> [Int] {
        var result = Array(repeating: -1, count: count)
        for index in order where parents[index] >= 0 {
            let parent = parents[index]
            if kinds[parent] == kind { result[index] = parent } else if kinds[parent] != end { result[index] = result[parent] }
        }
        return result
    }

    /// Own value, else the nearest ancestor's, else the only one that the trace has.
    private mutating func inherit(_ own: [String?], into path: WritableKeyPath<SpanTree, [String?]>) {
        var values = own
        for index in order where values[index] == nil && parents[index] >= 0 { values[index] = values[parents[index]] }
        let distinct = Set(own.compactMap { $0 })
        // order: there is only one.
        if distinct.count == 1, let only = distinct.first { values = values.map { $0 ?? only } }
        self[keyPath: path] = values
    }

    /// Fills ``order`` and ``depths``; a parent that is its own descendant is taken for none.
    private mutating func sortTopologically() {
        var states = Array(repeating: 0, count: parents.count)
        depths = Array(repeating: 0, count: parents.count)
        for first in parents.indices where states[first] == 0 {
            var path: [Int] = []
            var place = first
            while place >= 0, states[place] == 0 {
                states[place] = 1
                path.append(place)
                if parents[place] >= 0, states[parents[place]] == 1 { parents[place] = -1 }
                place = parents[place]
            }
            for index in path.reversed() {
                states[index] = 2
                depths[index] = parents[index] >= 0 ? depths[parents[index]] + 1 : 0
                order.append(index)
            }
        }
    }
}
