/// What a job made: files that were written, flushed and read again, and what they change in the manifest. A job never
/// publishes; whoever owns the manifest applies the edit to the version that is in force by then, which may be a later
/// one than the job began with.
package struct ManifestEdit: Hashable, Sendable {
    /// Segments that come.
    package var added: [ManifestSegment] = []
    /// Ids of segments that go, since the added ones hold what counts of them.
    package var removed: [UInt64] = []
    /// Rows of segments, live or added, that no longer count; those that are known need not be told again.
    package var superseded: [SupersededRows] = []
    /// Where the sealed past ends from now on; nil where the edit only keeps otherwise what was sealed before.
    package var end: SealCheckpoint?

    /// Changes nothing.
    package init() {}

    /// Where the added segments go among those that stay: where the first removed one was.
    /// - Parameter ids: of the segments of before, in their order.
    package func place(among ids: [UInt64]) -> Int {
        ids.prefix { $0 != removed.first }.count { !removed.contains($0) }
    }

    /// Names of the files that the job wrote.
    package var fileNames: [String] {
        added.map(\.description.fileName) + [end?.state.fileName, end?.state.copyName].compactMap { $0 }
    }
}

/// A position up to which everything is sealed, with the state that belongs to it.
package struct SealCheckpoint: Hashable, Sendable {
    /// The greatest position that segments and state include.
    package var position: Int64
    /// The projections' state there.
    package var state: FileReference
    /// Where replay begins.
    package var logStart: LogStart

    /// Takes each part as given.
    package init(position: Int64, state: FileReference, logStart: LogStart) {
        (self.position, self.state, self.logStart) = (position, state, logStart)
    }
}

/// Why an edit does not fit the manifest that is in force: another one changed what it stands on. The job is to be done
/// again.
package enum ManifestEditConflict: Error, Hashable, Sendable {
    /// A segment that the edit removes or marks rows of is no longer live.
    case segmentGone(id: UInt64)
    /// A segment of this id was there already.
    case idTaken(id: UInt64)
    /// Added segments hold positions that live ones hold, or lack those of removed ones.
    case positionsDiffer(id: UInt64)
    /// Rows of a segment that goes were marked since the job began.
    case rowsMarked(id: UInt64)
    /// What the edit fixes of costs or of conversations is no longer so.
    case outdated
    /// The sealed past ends behind the edit's end by now.
    case endPassed(position: Int64)
}

extension Manifest {
    /// The manifest with an edit applied.
    /// - Parameter base: the manifest that the job began with.
    /// - Throws: ``ManifestEditConflict`` where what the edit stands on no longer holds.
    /// - Complexity: O(segments and marked rows of both).
    package func applying(_ edit: ManifestEdit, base: Manifest) throws(ManifestEditConflict) -> Manifest {
        var next = self
        if let end = edit.end, end.position < position { throw .endPassed(position: position) }
        try checkRemoved(edit, base)
        next.segments.removeAll { edit.removed.contains($0.description.segmentID) }
        try next.insert(
            edit.added, at: edit.place(among: segments.map(\.description.segmentID)))
        try checkPositions(edit)
        try next.mark(edit)
        guard let end = edit.end else { return next }
        (next.position, next.projections, next.logStart) = (end.position, end.state, end.logStart)
        return next
    }

    private func checkRemoved(_ edit: ManifestEdit, _ base: Manifest) throws(ManifestEditConflict) {
        for id in edit.removed {
            guard segments.contains(where: { $0.description.segmentID == id }) else { throw .segmentGone(id: id) }
            let (now, then) = (superseded.filter { $0.segmentID == id }, base.superseded.filter { $0.segmentID == id })
            guard now == then else { throw .rowsMarked(id: id) }
        }
    }

    private mutating func insert(_ added: [ManifestSegment], at place: Int) throws(ManifestEditConflict) {
        for segment in added {
            let id = segment.description.segmentID
            guard !segments.contains(where: { $0.description.segmentID == id }) else { throw .idTaken(id: id) }
            nextSegmentID = max(nextSegmentID, id + 1)
        }
        segments.insert(contentsOf: added, at: place)
    }

    /// Added segments hold exactly the positions of the removed ones, or positions behind all that are sealed. Between
    /// two of the removed there may be some that no segment holds any more: one that was given up leaves them.
    private func checkPositions(_ edit: ManifestEdit) throws(ManifestEditConflict) {
        let (gone, others) = (positions(of: edit.removed.contains), positions { !edit.removed.contains($0) })
        let sealedBefore = gone.reduce(0) { $0 + $1.count }
        var sealedAgain = 0
        for segment in edit.added {
            guard let positions = segment.positions else { continue }
            if positions.lowerBound > position, edit.end != nil { continue }
            let isOfThem = [positions.lowerBound, positions.upperBound].allSatisfy { end in
                gone.contains { $0.contains(end) }
            }
            guard isOfThem, !others.contains(where: { $0.overlaps(positions) }) else {
                throw .positionsDiffer(id: segment.description.segmentID)
            }
            sealedAgain += gone.reduce(0) { $0 + ($1.overlaps(positions) ? $1.clamped(to: positions).count : 0) }
        }
        guard sealedAgain == sealedBefore else { throw .positionsDiffer(id: edit.removed.first ?? 0) }
    }

    /// Positions of some of the segments.
    private func positions(of isMeant: (_ id: UInt64) -> Bool) -> [ClosedRange<Int64>] {
        segments.filter { isMeant($0.description.segmentID) }.compactMap(\.positions)
    }

    private mutating func mark(_ edit: ManifestEdit) throws(ManifestEditConflict) {
        superseded.removeAll { edit.removed.contains($0.segmentID) }
        var places: [SupersededRows: Int] = [:]
        func place(_ rows: SupersededRows) -> SupersededRows {
            SupersededRows(table: rows.table, segmentID: rows.segmentID, group: rows.group, rows: [])
        }
        for (index, rows) in superseded.enumerated() { places[place(rows)] = index }
        let live = Set(segments.map(\.description.segmentID))
        for rows in edit.superseded where !rows.rows.isEmpty {
            guard live.contains(rows.segmentID) else { throw .segmentGone(id: rows.segmentID) }
            if let index = places[place(rows)] {
                superseded[index].rows = Array(Set(superseded[index].rows + rows.rows)).sorted()
            } else {
                places[place(rows)] = superseded.count
                superseded.append(rows)
            }
        }
        superseded.sort { ($0.table, $0.segmentID, $0.group) < ($1.table, $1.segmentID, $1.group) }
    }
}
