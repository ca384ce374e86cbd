import Bytes
import Domain

/// The spans of one trace as a tree, with what each inherits. Equal sets of spans give equal trees, whatever order they
/// come in.
struct SpanTree {
    /// Ascending by start, then span id.
    let spans: [MappedSpan]
    /// What each says it is; a call of a model that says nothing is one as well: see ``callsWithoutOperation()``.
    private(set) var kinds: [SpanClass]
    /// Index of the parent; −1 for a root and for a span whose parent is not here.
    private(set) var parents: [Int] = []
    /// Parents before children.
    private(set) var order: [Int] = []
    private(set) var depths: [Int] = []
    private(set) var conversations: [String?] = []
    private(set) var users: [String?] = []
    private(set) var channels: [String?] = []
    private(set) var tenants: [String?] = []
    /// Of each field that holds for a turn what holds for each span; without fields that no span says.
    private(set) var turns: [DialectField: [String?]] = [:]
    /// Of each attribute in our own name that spans say the one value that they say; without those that they say
    /// differently.
    private(set) var onlyNative: [ExactText: EventValue] = [:]
    /// Whether some span says something in our own name.
    private(set) var hasNativeFields = false
    let book: DialectBook
    /// The agent that a span works for.
    private(set) var agents: [String?] = []
    /// The version of that agent.
    private(set) var agentVersions: [String?] = []
    /// The outermost agent's span below each span, where all outermost ones are of one name; −1 where there is none or
    /// several.
    private(set) var agentsBelow: [Int] = []
    private(set) var environments: [String?] = []
    private(set) var regions: [String?] = []
    /// Whether all ancestors are here, up to a root or to the span that took the request in.
    private(set) var isAttached: [Bool] = []
    private let ownConversations: [String?]

    /// - Complexity: O(spans × rules).
    init(_ records: [SpanRecord], book: DialectBook) {
        self.book = book
        var seen: [String: Int] = [:]
        var distinct: [MappedSpan] = []
        for record in Self.lastSent(records) {
            seen[record.spanID] = distinct.count
            distinct.append(MappedSpan(record, book))
        }
        spans = distinct
        kinds = distinct.map(\.classified.kind)
        let responseIDs = Set(distinct.compactMap { $0.text(.responseID) })
        ownConversations = distinct.map { $0.text(.conversation, responseIDs: responseIDs) }
        parents = distinct.map { seen[$0.record.parentSpanID] ?? -1 }
        sortTopologically()
        for index in callsWithoutOperation() { kinds[index] = .modelCall }
        let kinds = kinds
        inherit(ownConversations, into: \.conversations)
        inherit(distinct.map { $0.text(.user) }, into: \.users)
        inherit(distinct.map { $0.text(.channel) }, into: \.channels)
        inherit(distinct.map { $0.text(.tenant) }, into: \.tenants)
        findTurns()
        findNative()
        agents = distinct.indices.map {
            distinct[$0].text(.agent) ?? (kinds[$0] == .agent ? distinct[$0].record.name : nil)
        }
        for index in order where agents[index] == nil && parents[index] >= 0 { agents[index] = agents[parents[index]] }
        findAgentsBelow()
        // A version is that of its agent; where no agent is named around, that of any agent below.
        agentVersions = distinct.map { $0.text(.agentVersion) }
        for index in order where agentVersions[index] == nil && parents[index] >= 0 {
            let parent = parents[index]
            if agents[parent] == nil || agents[parent] == agents[index] { agentVersions[index] = agentVersions[parent] }
        }
        environments = inherited(distinct.map { $0.text(.environment) })
        regions = inherited(distinct.map { $0.text(.region) })
        isAttached = Array(repeating: false, count: spans.count)
        for index in order {
            isAttached[index] = parents[index] >= 0 ? isAttached[parents[index]] || isEntry(index) : isEntry(index)
        }
    }

    /// Each span once, ascending by start, then id. Of a span that was sent again, as some senders do once it has gone
    /// on, what ended last counts, then what says more.
    private static func lastSent(_ records: [SpanRecord]) -> [SpanRecord] {
        var best: [String: SpanRecord] = [:]
        for record in records {
            if let other = best[record.spanID], !isLater(record, than: other) { continue }
            best[record.spanID] = record
        }
        // order: sorted.
        return best.values.sorted { ($0.start, $0.spanID) < ($1.start, $1.spanID) }
    }

    private static func isLater(_ record: SpanRecord, than other: SpanRecord) -> Bool {
        let (own, theirs) = ((record.end, record.attributes.count), (other.end, other.attributes.count))
        if own != theirs { return own > theirs }
        guard record != other else { return false }
        // Whatever it is, the same one in any order.
        return text(of: other).lexicographicallyPrecedes(text(of: record))
    }

    /// All that it says, in one order.
    private static func text(of record: SpanRecord) -> [UInt8] {
        var parts = [
            "\(record.start)", record.parentSpanID, record.name, record.kind, record.scope, record.scopeVersion,
        ]
        parts += ["\(record.statusCode)", "\(record.moments)"]
        for values in [record.attributes, record.resource] {
            // order: sorted.
            parts += values.map { "\($0.key)=\($0.value)" }.sorted()
        }
        return Array(parts.joined(separator: "\u{0}").utf8)
    }

    var count: Int { spans.count }

    /// A root, or where a request from elsewhere came in.
    func isEntry(_ index: Int) -> Bool {
        let record = spans[index].record
        return record.parentSpanID.isEmpty
            || parents[index] < 0 && (record.kind == "server" || record.kind == "consumer")
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
            if kinds[parent] == kind {
                result[index] = parent
            } else if kinds[parent] != end {
                result[index] = result[parent]
            }
        }
        return result
    }

    /// Own value, else the nearest ancestor's, else the only one said below, else the only one that the trace has.
    private mutating func inherit(_ own: [String?], into path: WritableKeyPath<SpanTree, [String?]>) {
        guard own.contains(where: { $0 != nil }) else {
            self[keyPath: path] = own
            return
        }
        // Outermost first: what a span says goes before what is said in it.
        var below = own
        var isMixed = Array(repeating: false, count: own.count)
        for index in order.reversed() where parents[index] >= 0 {
            let parent = parents[index]
            guard own[parent] == nil else { continue }
            if isMixed[index] || below[parent] != nil && below[index] != nil && below[parent] != below[index] {
                isMixed[parent] = true
            }
            if below[parent] == nil { below[parent] = below[index] }
        }
        var values = own
        for index in order where values[index] == nil {
            let around = parents[index] >= 0 ? values[parents[index]] : nil
            values[index] = around ?? (isMixed[index] ? nil : below[index])
        }
        let distinct = Set(own.compactMap { $0 })
        // order: there is only one.
        if distinct.count == 1, let only = distinct.first { values = values.map { $0 ?? only } }
        self[keyPath: path] = values
    }

    /// Fills ``agentsBelow``.
    private mutating func findAgentsBelow() {
        var below = Array(repeating: -1, count: count)
        var isMixed = Array(repeating: false, count: count)
        for index in order.reversed() where parents[index] >= 0 {
            let parent = parents[index]
            let found = kinds[index] == .agent ? index : below[index]
            if kinds[index] != .agent, isMixed[index] { isMixed[parent] = true }
            guard found >= 0 else { continue }
            if below[parent] >= 0, agents[below[parent]] != agents[found] { isMixed[parent] = true }
            // The first of them, whatever the order of siblings.
            below[parent] = below[parent] < 0 ? found : min(below[parent], found)
        }
        agentsBelow = below.indices.map { isMixed[$0] ? -1 : below[$0] }
    }

    /// Own value, else the nearest ancestor's, else the only one that the trace has.
    /// - Parameter wholes: what the values are a part of, by span; a value holds only where its whole does.
    func inherited(_ own: [String?], of wholes: [String?]? = nil) -> [String?] {
        var values = own
        for index in order where values[index] == nil && parents[index] >= 0 {
            let parent = parents[index]
            if wholes.map({ Self.isSame($0[index], $0[parent]) }) ?? true { values[index] = values[parent] }
        }
        let tellers = own.indices.filter { own[$0] != nil }
        guard let first = tellers.first, tellers.allSatisfy({ Self.isSame(own[$0], own[first]) }) else { return values }
        let places = wholes.map { wholes in Set(tellers.map { wholes[$0].map(ExactText.init(_:)) }) }
        for index in values.indices where values[index] == nil {
            if let wholes, let places, !places.contains(wholes[index].map(ExactText.init(_:))) { continue }
            values[index] = own[first]
        }
        return values
    }

    private static func isSame(_ one: String?, _ other: String?) -> Bool {
        one.map(ExactText.init(_:)) == other.map(ExactText.init(_:))
    }

    /// Fills ``turns``. Most traces say none of it, so names are looked for before rules are asked.
    private mutating func findTurns() {
        let names = book.turnNames
        let isSaid = spans.contains { span in
            span.record.attributes.keys.contains { names.contains($0) }
                || span.record.resource.keys.contains { names.contains($0) }
        }
        guard isSaid else { return }
        for fields in DialectField.ofTurn {
            var wholes: [String?]?
            for field in fields {
                let values = inherited(spans.map { $0.text(field) }, of: wholes)
                turns[field] = values
                wholes = values
            }
        }
    }

    /// Fills ``onlyNative`` and ``hasNativeFields``.
    private mutating func findNative() {
        hasNativeFields = spans.contains { span in
            [span.record.attributes.keys, span.record.resource.keys].joined().contains { name in
                name.text.hasPrefix(NativeFields.prefix) && book.native.byAttribute[name] != nil
            }
        }
        if hasNativeFields { onlyNative = native(by: Array(spans.indices)) }
    }

    /// Of each attribute in our own name that some spans say the one value that they say; without those that they say
    /// differently.
    func native(by indices: [Int]) -> [ExactText: EventValue] {
        var result: [ExactText: EventValue] = [:]
        var differing: Set<ExactText> = []
        for span in indices.lazy.map({ spans[$0] }) {
            let names = [span.record.attributes.keys, span.record.resource.keys].joined()
            // order: each name for itself.
            for name in names where name.text.hasPrefix(NativeFields.prefix) {
                guard let field = book.native.byAttribute[name], let value = span.native(field),
                    !differing.contains(name)
                else { continue }
                if let other = result[name], other != value {
                    result[name] = nil
                    differing.insert(name)
                } else {
                    result[name] = value
                }
            }
        }
        return result
    }

    /// For each span the one among these that it lies in or is; −1 for none.
    func owners(among wholes: [Int]) -> [Int] {
        var owners = Array(repeating: -1, count: count)
        for whole in wholes { owners[whole] = whole }
        for index in order where owners[index] < 0 && parents[index] >= 0 { owners[index] = owners[parents[index]] }
        return owners
    }

    /// What a span, else the nearest one around it, says of a field in our own name.
    func native(_ field: NativeField, from index: Int) -> EventValue? {
        var place = index
        for _ in 0..<Self.levelsMax where place >= 0 {
            if let value = spans[place].native(field) { return value }
            place = parents[place]
        }
        return nil
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
