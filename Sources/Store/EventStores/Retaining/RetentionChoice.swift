import Segments

/// Which segments' events go next.
struct RetentionChoice {
    /// What is known of a segment.
    struct Candidate {
        var id: UInt64 = 0
        /// The latest received time of its events (ns); 0 where it has none.
        var receivedUntil: Int64
        /// Rows of events.
        var events: Int
        /// Of its file.
        var bytes = 0
        /// Its events went before.
        var isFrozen: Bool
        /// It has nothing but events of a scope, whose conversations went on when the others went.
        var leftOver: RetentionScope?
        /// Archived, maybe on another volume.
        var isArchived = false
        /// It has no positions: its rows, if any, are of events that came before those of the segments ahead of it.
        var isApart = false
        /// Its conversations are settled: none is folded from its events.
        var isSettled = false
    }

    /// Events that are looked through at one time: as many as compaction makes one segment of.
    private static let eventsMax = 3 << 20

    /// The first segments, all of whose events were received by a time, as places; none where each of them was looked
    /// through before, and holds nothing but what goes on.
    /// - Parameters:
    ///   - candidates: in the order of a manifest, which is that of positions, so that their times ascend.
    ///   - cutoff: the last received time that goes (ns).
    ///   - done: up to which received time segments were looked through before; nil: none was.
    ///   - bytesWanted: no more segments are taken than come to so many bytes of those that were not looked through.
    ///   - takesArchived: whether room comes free by those that are archived: otherwise none of them is taken that was
    ///     not looked through, and none behind it, so that the oldest are never those that are left.
    /// - Complexity: O(segments).
    static func due(
        _ candidates: [Candidate], through cutoff: Int64, done: Int64?, bytesWanted: Int = .max,
        takesArchived: Bool = true
    ) -> [Int] {
        var (places, events, bytes, isWorthIt) = ([Int](), 0, 0, false)
        for (place, candidate) in candidates.enumerated() where !candidate.isFrozen {
            // What was left before goes along with what comes next, and does not wait for it for ever.
            if isWorthIt, events + candidate.events > eventsMax { break }
            if candidate.receivedUntil > cutoff { break }
            if !takesArchived, candidate.isArchived, isNew(candidate, done) { break }
            // Of those received at one time none is left behind: it would count as looked through.
            if isWorthIt, bytes >= bytesWanted, candidate.receivedUntil > candidates[places.last ?? 0].receivedUntil {
                break
            }
            places.append(place)
            events += candidate.events
            guard isNew(candidate, done) else { continue }
            isWorthIt = true
            bytes += candidate.bytes
        }
        return isWorthIt ? places : []
    }

    /// Which segments are looked through for events of a scope that is not everybody.
    struct Window: Equatable {
        /// In the order of the candidates.
        var places: [Int] = []
        /// When the last event of the first one was received that was not looked through before (ns).
        var firstDue: Int64?
        /// No more are looked through at one time.
        var isFull = false
    }

    /// The first segments that were not looked through before, all of whose events were received by a time, and what
    /// was left over of the same scope then. Others between were looked through, so that they have no event of it. What
    /// has no positions goes along: its rows came to stand for others later, and when these were received says nothing.
    ///
    /// Where something is left over of a scope that has tenants in common with this one, as the settings were others,
    /// all is looked through from there on: its events may go on in any of them.
    ///
    /// Segments of conversations that are settled (``SealedSegment/isSettled``) are looked through apart from others:
    /// from these no conversation is folded, and they stay apart. What lies in one came from others' windows, too, so
    /// each is new that is not known. Where types go, all others are new: none that was looked through is left as it
    /// was.
    /// - Parameters: as of ``due(_:through:done:bytesWanted:takesArchived:)``; `done` of this scope.
    ///   - known: segments of settled conversations that have no event of the scope.
    ///   - alone: what was left over of these others is left alone: it has a tier that goes on with it.
    /// - Returns: no places where none was not looked through.
    /// - Complexity: O(segments).
    static func window(
        _ candidates: [Candidate], of scope: RetentionScope, through cutoff: Int64, done: Int64?,
        known: Set<UInt64> = [], leaving alone: Set<RetentionScope> = []
    ) -> Window {
        func isLeftAlone(_ candidate: Candidate) -> Bool {
            guard let left = candidate.leftOver, left != scope else { return false }
            return !left.overlaps(scope) || !scope.isOfTypes && alone.contains(left)
        }
        func isWanted(_ candidate: Candidate) -> Bool {
            if candidate.isSettled { return candidate.events > 0 && !known.contains(candidate.id) }
            return scope.isOfTypes ? candidate.events > 0 && !candidate.isApart : isNew(candidate, done)
        }
        let mixed = candidates.firstIndex { candidate in
            guard let left = candidate.leftOver, !scope.isOfTypes else { return false }
            return left != scope && !isLeftAlone(candidate)
        }
        let isOfSettled = areFirstSettled(candidates, through: cutoff, isWanted)
        var (window, events, isRun) = (Window(), 0, false)
        for (place, candidate) in candidates.enumerated() where !candidate.isFrozen {
            if isLeftAlone(candidate) { continue }
            if candidate.isSettled != isOfSettled {
                // Its positions would lie between the others'.
                if isRun, !candidate.isApart { break }
                continue
            }
            // Also of the same scope, where the period was a shorter one.
            if candidate.receivedUntil > cutoff { break }
            if candidate.leftOver != scope {
                let isDue = isWanted(candidate)
                // What has no events lies between others, and its positions with theirs.
                let goesAlong =
                    candidate.isApart || candidate.events == 0 && isRun || !isOfSettled && place >= mixed ?? .max
                guard isDue || goesAlong else {
                    // Its positions, too.
                    if isOfSettled, isRun { break }
                    continue
                }
                window.isFull = window.firstDue != nil && events + candidate.events > eventsMax
                if window.isFull { break }
                if isDue, window.firstDue == nil { window.firstDue = candidate.receivedUntil }
                isRun = isRun || isDue || !candidate.isApart
            }
            window.places.append(place)
            events += candidate.events
        }
        return window.firstDue == nil ? Window() : window
    }

    /// Whether the first one that is due is of settled conversations.
    private static func areFirstSettled(
        _ candidates: [Candidate], through cutoff: Int64, _ isDue: (Candidate) -> Bool
    ) -> Bool {
        for candidate in candidates where !candidate.isFrozen && candidate.leftOver == nil {
            if candidate.receivedUntil > cutoff { return false }
            if isDue(candidate) { return candidate.isSettled }
        }
        return false
    }

    /// When the last event of the first segment that is due was received (ns); nil where none is.
    /// - Parameters: as of ``due(_:through:done:bytesWanted:takesArchived:)``.
    static func firstDue(_ candidates: [Candidate], through cutoff: Int64, done: Int64?) -> Int64? {
        let due = due(candidates, through: cutoff, done: done)
        return due.first { isNew(candidates[$0], done) }.map { candidates[$0].receivedUntil }
    }

    /// Whether it has events that were not looked through before.
    private static func isNew(_ candidate: Candidate, _ done: Int64?) -> Bool {
        candidate.events > 0 && candidate.receivedUntil > done ?? .min
    }
}

extension SealedState {
    /// What is known of the first segments: of all whose events were received by a time, and of one more.
    /// - Parameter cutoff: the last received time that goes (ns).
    /// - Complexity: O(groups of these segments).
    func retentionCandidates(through cutoff: Int64, _ layouts: EventTableLayouts) -> [RetentionChoice.Candidate] {
        let leftOver = leftOver
        var candidates: [RetentionChoice.Candidate] = []
        for segment in segments {
            let receivedUntil = segment.isFrozen ? 0 : RollupGroups.watermark(of: [segment], layouts)
            candidates.append(
                RetentionChoice.Candidate(
                    id: segment.id, receivedUntil: receivedUntil,
                    events: segment.isFrozen ? 0 : segment.eventRows(layouts),
                    bytes: segment.reader.lengthBytes, isFrozen: segment.isFrozen, leftOver: leftOver[segment.id],
                    isArchived: segment.isArchived, isApart: segment.positions == nil, isSettled: segment.isSettled))
            // Those behind it were received later, but for what was left over: that lies ahead of others' events that
            // were looked through with it, however late it came.
            if receivedUntil > cutoff, segment.positions != nil { break }
        }
        return candidates
    }

    /// Up to which received time segments were looked through for what may go of a scope (ns), but for those of settled
    /// conversations; nil: none was. Where all went together what went on lies among what was looked through: whoever
    /// looks for the events of some begins anew. So does who looked before others scattered events of his: by their
    /// time these count as looked through.
    /// - Complexity: O(drops), and all their segments.
    func lookedThrough(for scope: RetentionScope) -> Int64? {
        let (leftOver, frozen) = (leftOver, segments.filter(\.isFrozen))
        // In whatever order they stand, later ones have greater numbers.
        let scattered = frozen.filter { segment in
            segment.drop.map { Self.scatters($0, leftOver, eventsOf: scope) } ?? false
        }.map(\.id).max()
        let drops = frozen.filter { $0.id > scattered ?? 0 }.compactMap(\.drop).filter {
            ($0.scope == .all) == (scope == .all) && $0.settled == nil && $0.scope.covers(scope)
        }
        return (drops.map(\.receivedUntil) + [clear[scope]].compactMap { $0 }).max()
    }

    /// Whether others took events of a scope that were left over, and put them where nobody finds them by that: among
    /// those of everybody else. Where types went they are left over again, or their conversations are settled; so they
    /// are where all went, unless a version of before let them go on among what is new.
    private static func scatters(
        _ drop: RetentionDrop, _ leftOver: [UInt64: RetentionScope], eventsOf scope: RetentionScope
    ) -> Bool {
        if scope == .all || drop.scope.isOfTypes { return false }
        if drop.scope == .all ? drop.left != nil : drop.scope.covers(scope) { return false }
        return drop.sources.contains { leftOver[$0.id]?.overlaps(scope) ?? false }
    }

    /// Segments of settled conversations that have no event of a scope: none stayed when these went, or what they were
    /// made of had none, or a look since the start found none.
    /// - Complexity: O(drops · log drops), and all their segments.
    func known(for scope: RetentionScope) -> Set<UInt64> {
        var known = clearSettled[scope] ?? []
        for drop in drops.filter({ $0.settled != nil }).sorted(by: { $0.settled ?? 0 < $1.settled ?? 0 }) {
            guard let id = drop.settled else { continue }
            let hadNone = !drop.sources.isEmpty && drop.sources.allSatisfy { known.contains($0.id) }
            if drop.scope.covers(scope) || hadNone { known.insert(id) }
        }
        return known
    }
}

extension SealedSegment {
    /// Rows of events, those that later ones stand for included.
    fileprivate func eventRows(_ layouts: EventTableLayouts) -> Int {
        layouts.tables.reduce(0) { $0 + (reader.table(named: $1.name)?.rowCount ?? 0) }
    }
}
