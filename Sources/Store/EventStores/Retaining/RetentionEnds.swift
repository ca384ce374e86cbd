import Bytes
import Domain
import JSONTexts

/// Where events begin since retention dropped earlier ones: whose these were, or which, and what is said of them.
struct RetentionEnds: Sendable {
    /// What went of the events of a scope.
    struct End: Sendable {
        /// Everybody's, those of all but some tenants, those of one tenant, or those of one type.
        let scope: RetentionScope
        /// No event of it of this time or later is gone (ns).
        var horizon: Int64
        /// None that is gone was received later (ns).
        var receivedUntil: Int64
        var events: Int64
        /// Calls among them without an exact cost; of single tenants and types all together.
        var inexactCalls: Int64 = 0
        var reasons: Set<RetentionReason>
    }

    /// Those of everybody first, then those of tenants, those of types last, ascending by their names.
    private(set) var ends: [End] = []
    /// Of single tenants and types, by name.
    private var horizons: (ofTenants: [ExactText: Int64], ofTypes: [ExactText: Int64]) = ([:], [:])
    /// Of what went nobody can read whose it was: then it may be anybody's.
    private var unreadableHorizon: Int64?
    private var unreadable = 0
    /// Of calls of single tenants, and of types.
    private var inexactCalls: (ofTenants: Int64, ofTypes: Int64) = (0, 0)

    /// Events before this time (ns) may be gone of somebody; nil where none went.
    private(set) var latest: Int64?
    /// The segments that say so: these never change.
    private var segmentIDs: [UInt64] = []

    /// Nothing went.
    init() {}

    /// What went before some segments were left.
    /// - Complexity: O(segments), and O(tenants) of those that stand for events of some.
    init(_ segments: [SealedSegment]) {
        var places: [RetentionScope: Int] = [:]
        for segment in segments where segment.isFrozen {
            segmentIDs.append(segment.id)
            guard let drop = segment.drop else {
                unreadable += 1
                unreadableHorizon = max(unreadableHorizon ?? .min, segment.timeRange.upperBound.saturatingAdd(1))
                continue
            }
            add(drop, &places)
        }
        ends.sort { $0.rank.lexicographicallyPrecedes($1.rank) }
        latest = (ends.map(\.horizon) + [unreadableHorizon].compactMap { $0 }).max()
    }

    /// Other segments are left by now: mostly they are others of events, after a seal, and all stays as it is.
    /// - Complexity: O(segments), and as of ``init(_:)`` where more went.
    mutating func follow(_ segments: [SealedSegment]) {
        if segments.lazy.filter(\.isFrozen).map(\.id).elementsEqual(segmentIDs) { return }
        self = RetentionEnds(segments)
    }

    private mutating func add(_ drop: RetentionDrop, _ places: inout [RetentionScope: Int]) {
        guard let until = drop.times?.upperBound else { return }
        func end(_ scope: RetentionScope, _ until: Int64, _ events: Int64) -> End {
            End(
                scope: scope, horizon: until.saturatingAdd(1), receivedUntil: drop.receivedUntil, events: events,
                reasons: [drop.reason])
        }
        guard drop.scope.isNamed else {
            var whole = end(drop.scope, until, drop.events)
            whole.inexactCalls = drop.inexactCalls
            return add(whole, &places)
        }
        if drop.scope.isOfTypes {
            inexactCalls.ofTypes = inexactCalls.ofTypes.saturatingAdd(drop.inexactCalls)
        } else {
            inexactCalls.ofTenants = inexactCalls.ofTenants.saturatingAdd(drop.inexactCalls)
        }
        for part in drop.parts {
            guard let until = part.until, part.events > 0 else { continue }
            let horizon = until.saturatingAdd(1)
            if drop.scope.isOfTypes {
                add(end(.types([part.name]), until, part.events), &places)
                horizons.ofTypes[part.name] = max(horizons.ofTypes[part.name] ?? .min, horizon)
            } else {
                add(end(.only([part.name]), until, part.events), &places)
                horizons.ofTenants[part.name] = max(horizons.ofTenants[part.name] ?? .min, horizon)
            }
        }
    }

    /// - Parameter places: by scope where it stands; there may be a scope for each tenant, and many drops of each.
    private mutating func add(_ end: End, _ places: inout [RetentionScope: Int]) {
        guard let place = places[end.scope] else {
            places[end.scope] = ends.count
            return ends.append(end)
        }
        ends[place].horizon = max(ends[place].horizon, end.horizon)
        ends[place].receivedUntil = max(ends[place].receivedUntil, end.receivedUntil)
        ends[place].events = ends[place].events.saturatingAdd(end.events)
        ends[place].inexactCalls = ends[place].inexactCalls.saturatingAdd(end.inexactCalls)
        ends[place].reasons.formUnion(end.reasons)
    }

    /// Events of a tenant and a type before this time (ns) are gone, or may be; nil where none is.
    func horizon(of tenant: ExactText, type: String) -> Int64? {
        var horizon = unreadableHorizon
        func include(_ time: Int64?) { horizon = time.map { max(horizon ?? .min, $0) } ?? horizon }
        include(horizons.ofTenants[tenant])
        if !horizons.ofTypes.isEmpty { include(horizons.ofTypes[ExactText(type)]) }
        for end in ends {
            // Behind them are those of single tenants and types.
            if end.scope.isNamed { break }
            if end.scope.contains(tenant) { include(end.horizon) }
        }
        return horizon
    }

    // MARK: What is said

    /// What answers say that are made of events.
    /// - Parameter isConcerned: whether an answer is made of events before a time (ns) of a scope.
    /// - Returns: nil where none of those went.
    func notice(_ isConcerned: (RetentionScope, Int64) -> Bool = { _, _ in true }) -> String? {
        let concerned = ends.filter { isConcerned($0.scope, $0.horizon) }
        let more = unreadableHorizon.flatMap { isConcerned(.all, $0) ? unreadableNotice : nil }
        let named = concerned.filter(\.scope.isNamed)
        var sentences = concerned.filter { !$0.scope.isNamed }.map { Self.sentence([$0], $0.inexactCalls) }
        let (ofTypes, ofTenants) = (named.filter(\.scope.isOfTypes), named.filter { !$0.scope.isOfTypes })
        if !ofTenants.isEmpty { sentences.append(Self.sentence(ofTenants, inexactCalls.ofTenants)) }
        if !ofTypes.isEmpty { sentences.append(Self.sentence(ofTypes, inexactCalls.ofTypes)) }
        if sentences.isEmpty { return more }
        return sentences.joined(separator: ", and ")
            + "; rows of type \(RetentionDrop.recordType) in system_events say more"
            + (more.map { "; beside these, \($0)" } ?? "")
    }

    private var unreadableNotice: String {
        "events were dropped, and how many, which and why cannot be read of "
            + "\(unreadable == 1 ? "1 segment" : "\(unreadable) segments"); rows of type "
            + "\(RetentionDrop.recordType) in system_events may say more"
    }

    /// So many tenants are named in one notice.
    private static let namedMax = 5

    private static func sentence(_ ends: [End], _ inexactCalls: Int64) -> String {
        let count: Int64 = ends.reduce(0) { $0.saturatingAdd($1.events) }
        let costs =
            inexactCalls == 0
            ? "" : ", \(inexactCalls) of them calls without an exact cost, which no later price changes"
        let reasons = ends.reduce(into: Set<RetentionReason>()) { $0.formUnion($1.reasons) }
        let settings = RetentionReason.allCases.filter(reasons.contains).map(\.setting)
        let told = ends.prefix(namedMax).map { "\($0.whose)received up to \(RFC3339.render($0.receivedUntil))" }
        let others = ends.count - told.count
        return "events " + told.joined(separator: ", ") + (others > 0 ? " and of \(others) more" : "")
            + " were dropped, as \(settings.joined(separator: " and ")) \(settings.count == 1 ? "says" : "say"): "
            + "\(count == 1 ? "1 event is" : "\(count) events are") in turns, conversations, rollups and counters "
            + "alone\(costs)"
    }
}

extension RetentionEnds.End {
    /// Everybody's first, then by names, types last.
    fileprivate var rank: [ExactText] {
        switch scope {
        case .all: []
        case .allBut(let tenants): ["0"] + tenants.sorted()
        case .only(let tenants): ["1"] + tenants.sorted()
        case .types(let types): ["2"] + types.sorted()
        }
    }

    /// `of tenant acme `.
    fileprivate var whose: String {
        switch scope {
        case .all: return ""
        case .only(let tenants): return "of tenant \(tenants.sorted().map(\.text).joined(separator: ", ")) "
        case .types(let types): return "of type \(types.sorted().map(\.text).joined(separator: ", ")) "
        case .allBut(let tenants):
            let names = tenants.sorted().map(\.text)
            let told = names.count > 3 ? "\(names.count) tenants" : names.joined(separator: ", ")
            return "of all tenants but \(told) "
        }
    }
}
