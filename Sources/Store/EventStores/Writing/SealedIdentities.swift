import Bytes
import Columnar
import Domain
import Hashing
import Platform
import Segments

/// What the writer says of one incoming event.
package enum EventVerdict: Hashable, Sendable {
    /// Durable once the call that returned it returned.
    case accepted(position: Int64)
    /// The same event is in the store already.
    case duplicate
    /// Another event of the same identity is in the store.
    case conflict
    /// Before the retention horizon: whether it is a repeat can't be known any more.
    case tooOld
    /// More than the tolerated lead ahead of the clock.
    case tooNew
    /// Whether it is a repeat can't be read: the segment that may hold it is damaged there, or of a newer form. Apart,
    /// since it is seldom and long, and there is a verdict on each event of an import.
    indirect case unreadable(UnreadablePlace)
}

/// Exact answers for events whose identity a segment's filter may hold: what is said of the events of several batches,
/// which are looked up together, so that a page serves them all.
struct SealedIdentities {
    /// An incoming event to look up.
    private struct Candidate {
        var batch: Int32
        /// Index of the row in its batch.
        var row: Int32
        var hash: UInt64
        /// The time under which the event would stand in a segment.
        var time: Int64
        var verdict: EventVerdict?
        /// Why a place that may hold it can't be read.
        var damage: (any FileContentError)?
    }

    private let batches: [EventRows]
    private let layouts: EventTableLayouts
    private let registry: SchemaRegistry
    private var candidates: [Candidate] = []

    /// Looks up the events that a filter of a segment may hold.
    /// - Parameters:
    ///   - surveys: of the batches.
    ///   - now: under which an event without a time of its own would be filed.
    /// - Throws: ``StorageError`` where a look-up in segments fails; what stands there and can't be used is a verdict.
    /// - Complexity: a filter test for each event and segment of its time; pages of the groups that hold a candidate's
    ///   time, each decoded once.
    init(
        _ batches: [EventRows], surveys: [EventRowSurvey], sealed: SealedState, absentTimes: AbsentTimes, now: Int64,
        layouts: EventTableLayouts, registry: SchemaRegistry, workers: any Workers
    ) throws {
        self.batches = batches
        self.layouts = layouts
        self.registry = registry
        guard !sealed.segments.isEmpty else { return }
        for (batch, survey) in zip(batches.indices, surveys) { collect(batch, survey, sealed, absentTimes, now) }
        for segment in sealed.segments.reversed() {
            let here = open(candidates.indices).filter {
                segment.covers(time: candidates[$0].time) && segment.mightContain(identity: candidates[$0].hash)
            }
            guard !here.isEmpty else { continue }
            try search(segment, here, workers) { [batches] in
                batches[Int($0.batch)][Int($0.row)].type == $1.typeID
            }
            let left = open(here)
            guard !left.isEmpty else { continue }
            try search(segment, left, workers) { [batches] in
                batches[Int($0.batch)][Int($0.row)].type != $1.typeID
            }
        }
    }

    /// By row of a batch: what is said of the event; nil for one that no segment holds. Empty where none of the batch
    /// is in segments.
    func verdicts(ofBatch batch: Int) -> [EventVerdict?] {
        let known = candidates.filter { $0.batch == batch && ($0.verdict != nil || $0.damage != nil) }
        guard !known.isEmpty else { return [] }
        var verdicts = [EventVerdict?](repeating: nil, count: batches[batch].count)
        for candidate in known where candidate.verdict == nil {
            verdicts[Int(candidate.row)] = candidate.damage.map { .unreadable(UnreadablePlace($0)) }
        }
        for candidate in known where candidate.verdict != nil { verdicts[Int(candidate.row)] = candidate.verdict }
        return verdicts
    }

    private mutating func collect(
        _ index: Int, _ survey: EventRowSurvey, _ sealed: SealedState, _ absentTimes: AbsentTimes, _ now: Int64
    ) {
        let (batch, hashes) = (batches[index], survey.hashes)
        // Most events are of no segment's time: none of these is taken in hand for that.
        let times = sealed.segments.map(\.timeRange)
        let (first, last) = times.reduce((Int64.max, Int64.min)) {
            (min($0.0, $1.lowerBound), max($0.1, $1.upperBound))
        }
        // Mostly that is so of all events of a batch.
        if !survey.lacksTime, survey.times.map({ $0.upperBound < first || $0.lowerBound > last }) ?? true { return }
        func candidate(_ row: Int, _ time: Int64) -> Candidate? {
            guard time >= first, time <= last else { return nil }
            let isPossible = times.indices.contains {
                times[$0].contains(time) && sealed.segments[$0].mightContain(identity: hashes[row])
            }
            guard isPossible else { return nil }
            return Candidate(batch: Int32(index), row: Int32(row), hash: hashes[row], time: time)
        }
        for (row, event) in batch.enumerated() {
            if event.isTimeAbsent {
                // An export says the time that it was given.
                let given = event.time
                let filed = given == 0 ? now : given
                let times = absentTimes.times(of: hashes[row]).filter {
                    $0 != given && AbsentTimes.isNear($0, filed, at: now)
                }
                candidates += (times + (given == 0 ? [] : [given])).compactMap { candidate(row, $0) }
            } else if let found = candidate(row, event.time) {
                candidates.append(found)
            }
        }
    }

    private func open(_ places: some Sequence<Int>) -> [Int] { places.filter { candidates[$0].verdict == nil } }

    /// Looks candidates up in the tables of a segment that are `wanted` for them.
    private mutating func search(
        _ segment: SealedSegment, _ places: [Int], _ workers: any Workers, wanted: (Candidate, EventTableLayout) -> Bool
    ) throws {
        let byTime = places.sorted { (candidates[$0].time, $0) < (candidates[$1].time, $1) }
        var lookUps: [(group: RowGroup, layout: EventTableLayout, places: [Int])] = []
        for layout in layouts.tables {
            let groups = segment.reader.groups(table: layout.name)
            guard !groups.isEmpty else { continue }
            let ofTable = byTime.filter { wanted(candidates[$0], layout) }
            for group in groups where !ofTable.isEmpty {
                guard let times = group.timeRange else { continue }
                let inside = ofTable.filter { times.contains(candidates[$0].time) }
                if !inside.isEmpty { lookUps.append((group, layout, inside)) }
            }
        }
        let (work, this) = (lookUps, self)
        typealias Found = (found: [(place: Int, verdict: EventVerdict)], damage: (any FileContentError)?)
        let found = try workers.map(count: work.count) { item -> Found in
            do {
                return (try this.compare(work[item].group, work[item].places, work[item].layout), nil)
            } catch let error as any FileContentError {
                // It concerns the events that may be there, and no others. What the disk refuses to read it may yet
                // read: that is no verdict.
                return ([], error)
            }
        }
        for (place, verdict) in found.flatMap(\.found) where candidates[place].verdict == nil {
            candidates[place].verdict = verdict
        }
        for (item, (_, damage)) in zip(work, found) where damage != nil {
            for place in item.places { candidates[place].damage = damage }
        }
    }

    /// Compares candidates with the group's rows of the same time; rows ascend by time.
    private func compare(_ group: RowGroup, _ places: [Int], _ layout: EventTableLayout) throws -> [(
        place: Int, verdict: EventVerdict
    )] {
        let times = try group.column(named: "time", type: .timestamptz)
        let firsts = places.map { Self.lowerBound(times, candidates[$0].time) }
        guard zip(places, firsts).contains(where: { times.count > $1 && times.integer(at: $1) == candidates[$0].time })
        else { return [] }
        let ids = try group.column(named: registry.columns[Int(registry.wellKnown.id)].name, type: .text)
        let pairs = pairs(places, firsts, times, ids)
        guard !pairs.isEmpty else { return [] }
        let restored = try RowRestorer(layout, registry: registry).restore(rows: pairs.map(\.row), of: group)
        var found: [(place: Int, verdict: EventVerdict)] = []
        for (index, pair) in pairs.enumerated() {
            let (event, known) = (event(of: candidates[pair.place]), restored.rows[index])
            guard event.hasIdentity(of: known) else { continue }
            found.append((pair.place, event.hasContent(of: known) ? .duplicate : .conflict))
        }
        return found
    }

    /// Candidates and rows of the same time and id; each row of such a time is looked at once, however many candidates
    /// share the time.
    private func pairs(_ places: [Int], _ firsts: [Int], _ times: Vector, _ ids: Vector) -> [(place: Int, row: Int)] {
        var pairs: [(place: Int, row: Int)] = []
        var next = 0
        while next < places.count {
            let (time, first) = (candidates[places[next]].time, firsts[next])
            var byID: [UInt64: [Int]] = [:]
            while next < places.count, candidates[places[next]].time == time {
                byID[xxh3(event(of: candidates[places[next]]).id), default: []].append(places[next])
                next += 1
            }
            var row = first
            while row < times.count, times.integer(at: row) == time {
                ids.withText(at: row) { id in
                    for place in byID[xxh3(id)] ?? [] {
                        if id.elementsEqual(event(of: candidates[place]).id) { pairs.append((place, row)) }
                    }
                }
                row += 1
            }
        }
        return pairs
    }

    private func event(of candidate: Candidate) -> EventRow { batches[Int(candidate.batch)][Int(candidate.row)] }

    private static func lowerBound(_ times: Vector, _ time: Int64) -> Int {
        (0..<times.count).partitioningIndex { (times.integer(at: $0) ?? .min) >= time }
    }
}
