import Bytes
import Columnar
import Synchronization

/// How many were active at points of time, as far as somebody has counted it, over the pieces of one table. What comes
/// late, or goes, changes the points that its events reach.
final class ActivityIndex: Sendable {
    /// The times (ns) of each piece's events; no pieces without events are among them.
    let pieces: [MorselIdentity: ClosedRange<Int64>]
    private let counts: Mutex<[Int64: Int64]>
    private static let countsMax = 1 << 14

    /// - Parameter old: that of another snapshot.
    init(_ pieces: [MorselIdentity: ClosedRange<Int64>], old: ActivityIndex?) {
        self.pieces = pieces
        guard let old else {
            counts = Mutex([:])
            return
        }
        var changed: [ClosedRange<Int64>] = []
        // order: all of them are looked at for each point.
        for (identity, times) in pieces where old.pieces[identity] == nil { changed.append(Self.points(of: times)) }
        // order: likewise.
        for (identity, times) in old.pieces where pieces[identity] == nil { changed.append(Self.points(of: times)) }
        let known = old.counts.withLock { $0 }
        // order: each is looked at by itself.
        counts = Mutex(known.filter { point in !changed.contains { $0.contains(point.key) } })
    }

    /// The points at which events between two times count.
    private static func points(of times: ClosedRange<Int64>) -> ClosedRange<Int64> {
        let first = SamplePoints.number(atOrAfter: times.lowerBound)
        let last = floorDivide(times.upperBound.saturatingAdd(ActivityFold.length), SamplePoints.nanoseconds)
        return first...max(first, last)
    }

    /// Roughly, with all that it may come to hold.
    var memoryBytes: Int { pieces.count * 160 + Self.countsMax * 40 }

    /// nil where it is not known.
    func counts(at points: [Int64]) -> [Int64?] { counts.withLock { counts in points.map { counts[$0] } } }

    func keep(_ made: [Int64], at points: [Int64]) {
        guard points.count <= Self.countsMax else { return }
        counts.withLock { counts in
            if counts.count + points.count > Self.countsMax { counts = [:] }
            for (point, count) in zip(points, made) { counts[point] = count }
        }
    }
}

/// The pieces of a table over one snapshot, with the times of their events.
final class ActivityPieces: Sendable {
    struct Piece: Sendable {
        let times: ClosedRange<Int64>
        let morsel: any Morsel
    }

    let index: ActivityIndex
    let table: NamedTable
    private let pieces: [Piece]

    private init(_ index: ActivityIndex, _ table: NamedTable, _ pieces: [Piece]) {
        (self.index, self.table, self.pieces) = (index, table, pieces)
    }

    /// - Returns: nil where a piece says not which it is.
    static func listing(_ listed: ListedTable, old: ActivityIndex?) throws -> ActivityPieces? {
        guard let time = listed.table.place("time") else { return nil }
        var times: [MorselIdentity: ClosedRange<Int64>] = [:]
        var pieces: [Piece] = []
        for morsel in listed.morsels {
            guard let identity = morsel.identity else { return nil }
            guard let range = try old?.pieces[identity] ?? Self.times(of: morsel, time) else { continue }
            times[identity] = range
            pieces.append(Piece(times: range, morsel: morsel))
        }
        return ActivityPieces(ActivityIndex(times, old: old), listed.table, pieces)
    }

    private static func times(of morsel: any Morsel, _ place: Int) throws -> ClosedRange<Int64>? {
        if let summary = morsel.summary(place), !summary.isLoose, case .timestamptz(let first) = summary.minimum,
            case .timestamptz(let last) = summary.maximum, first <= last
        {
            return first...last
        }
        let times = NumberColumn(try morsel.column(place))
        var (first, last) = (Int64.max, Int64.min)
        for row in 0..<morsel.rowCount {
            guard let time = times.time(row) else { continue }
            (first, last) = (min(first, time), max(last, time))
        }
        return first <= last ? first...last : nil
    }

    /// Those that may have events that count at one of some points, which ascend.
    func reaching(_ points: [Int64]) -> [any Morsel] {
        pieces.filter { piece in
            let place = points.partitioningIndex { $0 * SamplePoints.nanoseconds >= piece.times.lowerBound }
            return place < points.count
                && (points[place] * SamplePoints.nanoseconds).saturatingSubtract(ActivityFold.length)
                    <= piece.times.upperBound
        }.map(\.morsel)
    }
}
