import Segments
import Testing

/// Edits against the manifest that is in force when they are applied, which may be a later one than their job began
/// with.
@Suite struct ManifestEditTests {
    private func segment(_ id: UInt64, _ positions: ClosedRange<Int64>?) -> ManifestSegment {
        ManifestSegment(
            SegmentDescription(
                segmentID: id, fileName: "\(id).segment", lengthBytes: 1, sha256: Array(repeating: 0, count: 32),
                tables: [],
                timeRange: nil), positions: positions)
    }

    private func rows(_ id: UInt64, _ rows: [Int], group: Int = 0) -> SupersededRows {
        SupersededRows(table: "turns", segmentID: id, group: group, rows: rows)
    }

    private func end(_ position: Int64) -> SealCheckpoint {
        SealCheckpoint(
            position: position, state: FileReference(fileName: "state-\(position)", lengthBytes: 1, sha256: []),
            logStart: LogStart(file: 1, position: position + 1))
    }

    private var base: Manifest {
        var manifest = Manifest()
        manifest.position = 30
        manifest.nextSegmentID = 4
        manifest.segments = [segment(1, 1...10), segment(2, 11...20), segment(3, 21...30)]
        manifest.superseded = [rows(1, [2]), rows(3, [0, 7])]
        return manifest
    }

    private func seal(_ id: UInt64, _ positions: ClosedRange<Int64>, marking: [SupersededRows] = []) -> ManifestEdit {
        var edit = ManifestEdit()
        edit.added = [segment(id, positions)]
        edit.superseded = marking
        edit.end = end(positions.upperBound)
        return edit
    }

    private func rewrite(_ ids: [UInt64], as id: UInt64, _ positions: ClosedRange<Int64>?) -> ManifestEdit {
        var edit = ManifestEdit()
        edit.added = [segment(id, positions)]
        edit.removed = ids
        return edit
    }

    @Test func aSealComesLastAndMovesTheEnd() throws {
        let next = try base.applying(seal(4, 31...40, marking: [rows(1, [5, 2]), rows(2, [1])]), base: base)
        #expect(
            next.segments.map(\.description.segmentID) == [1, 2, 3, 4] && next.position == 40 && next.nextSegmentID == 5
        )
        #expect(next.superseded == [rows(1, [2, 5]), rows(2, [1]), rows(3, [0, 7])])
        #expect(next.projections?.fileName == "state-40" && next.logStart == LogStart(file: 1, position: 41))
    }

    /// One of those that go may lie ahead of others that stay: what comes stands where the first that is named stood.
    @Test func whatComesStandsWhereTheFirstThatGoesStood() throws {
        var manifest = base
        manifest.segments.insert(segment(9, nil), at: 0)
        manifest.nextSegmentID = 10
        let next = try manifest.applying(rewrite([2, 9], as: 10, 11...20), base: manifest)
        #expect(next.segments.map(\.description.segmentID) == [1, 10, 3])
    }

    @Test func bothOrdersOfTwoEditsGiveTheSame() throws {
        let (sealed, rewritten) = (seal(4, 31...40, marking: [rows(3, [9])]), rewrite([1, 2], as: 5, 1...20))
        let first = try base.applying(sealed, base: base).applying(rewritten, base: base)
        let second = try base.applying(rewritten, base: base).applying(sealed, base: base)
        #expect(first == second)
        #expect(first.segments.map(\.description.segmentID) == [5, 3, 4] && first.nextSegmentID == 6)
        #expect(first.superseded == [rows(3, [0, 7, 9])])
    }

    @Test func whatTheBaseLostIsAConflict() throws {
        let later = try base.applying(rewrite([2], as: 4, 11...20), base: base)
        #expect(throws: ManifestEditConflict.segmentGone(id: 2)) {
            try later.applying(rewrite([2], as: 5, 11...20), base: base)
        }
        #expect(throws: ManifestEditConflict.segmentGone(id: 2)) {
            try later.applying(seal(5, 31...40, marking: [rows(2, [1])]), base: base)
        }
        let marked = try base.applying(seal(4, 31...40, marking: [rows(1, [3])]), base: base)
        #expect(throws: ManifestEditConflict.rowsMarked(id: 1)) {
            try marked.applying(rewrite([1], as: 5, 1...10), base: base)
        }
        #expect(throws: ManifestEditConflict.endPassed(position: 40)) {
            try marked.applying(seal(5, 31...35), base: base)
        }
        #expect(throws: ManifestEditConflict.idTaken(id: 4)) { try marked.applying(seal(4, 41...50), base: base) }
    }

    /// A segment that was given up leaves positions that none has: its neighbours become one over them.
    @Test func positionsThatNoneHasAreNoneThatIsLost() throws {
        var left = base
        left.segments.remove(at: 1)
        let next = try left.applying(rewrite([1, 3], as: 5, 1...30), base: left)
        #expect(next.segments == [segment(5, 1...30)])
        #expect(throws: ManifestEditConflict.self) { try left.applying(rewrite([1, 3], as: 5, 1...20), base: left) }
        #expect(throws: ManifestEditConflict.self) { try left.applying(rewrite([1], as: 5, 1...15), base: left) }
        #expect(throws: ManifestEditConflict.self) { try base.applying(rewrite([1, 3], as: 5, 1...30), base: base) }
    }

    @Test func noPositionIsLostOrThereTwice() {
        #expect(throws: ManifestEditConflict.self) { try base.applying(rewrite([1, 2], as: 5, 1...19), base: base) }
        #expect(throws: ManifestEditConflict.self) { try base.applying(rewrite([1], as: 5, 11...20), base: base) }
        #expect(throws: ManifestEditConflict.self) { try base.applying(rewrite([], as: 5, 11...20), base: base) }
        #expect(throws: ManifestEditConflict.self) { try base.applying(seal(4, 21...40), base: base) }
        var nothing = ManifestEdit()
        nothing.removed = [2]
        #expect(throws: ManifestEditConflict.self) { try base.applying(nothing, base: base) }
    }
}
