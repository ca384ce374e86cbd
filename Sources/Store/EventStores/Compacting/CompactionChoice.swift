import Columnar
package import Segments

/// How segments grow: so many neighbours of like size become one, which is one of so many later. An event is written
/// again once for each level, so that small segments cost little and large ones stay as they are.
package struct CompactionLimits: Sendable {
    /// So many neighbours of a level make one; twice as many at most.
    var fanIn = 8
    /// Segments with fewer events are of the first level, with `fanIn` times as many of the next one, and so on. Seals
    /// of a busy store lie amid a level: were they on a border, some would be of either, and too few of both together.
    var levelEvents = 6_144
    /// Events of one segment: a place of each of a table's is in memory while they are put in order.
    var eventsMax = 3 << 20
    /// Bytes of all that becomes one segment.
    var bytesMax = 512 << 20
    /// The newest segments wait: later events still change rows of theirs.
    var newestLeft = 2
    /// What lies so far behind the latest event of all is seldom read: ns.
    private static let coldNanoseconds: Int64 = 86_400_000_000_000

    /// What serves the reference load.
    package init() {}

    /// For small stores.
    package init(fanIn: Int, levelEvents: Int, newestLeft: Int) {
        precondition(fanIn > 1 && levelEvents > 0 && newestLeft >= 0, "segments become fewer")
        (self.fanIn, self.levelEvents, self.newestLeft) = (fanIn, levelEvents, newestLeft)
    }

    /// The segments that become one next, by their places; nil where none is due.
    /// - Parameters:
    ///   - segments: in the order of a manifest.
    ///   - barriers: ids of segments that stay as they are.
    /// - Complexity: O(segments · levels), some more where runs are full.
    package func due(_ segments: [ManifestSegment], besides barriers: Set<UInt64> = []) -> Range<Int>? {
        let known = segments.map { level(of: $0) }
        let levels = segments.indices.map { place in
            barriers.contains(segments[place].description.segmentID) ? Int.max : known[place]
        }
        let end = segments.count - newestLeft
        guard end > 1, let highest = known.max() else { return nil }
        for level in 0...highest {
            var first = 0
            while first < end {
                let run = run(from: first, below: end, segments, levels, level)
                if isDue(run, first) { return first..<run.end }
                first = max(run.end, first + 1)
            }
        }
        return nil
    }

    /// What may lie over texts of what becomes one. It follows from what the store holds, so that the same segments
    /// become the same one. What is cold by then only is not written again for that.
    /// - Parameters:
    ///   - times: of the events that become one.
    ///   - latest: time of the latest event of the store's segments, or when the store last took something in, where
    ///     that is earlier.
    static func compression(of times: [ClosedRange<Int64>], latest: Int64) -> PageEffort {
        let end = latest.subtractingReportingOverflow(coldNanoseconds)
        let isCold = !end.overflow && times.allSatisfy { $0.upperBound < end.partialValue }
        return isCold ? .zstd : .lz4
    }

    /// Segments of a level and lower ones among them that may become one together.
    private struct Run {
        var end: Int
        /// Those of lower levels go along and do not count: what is large would be written again for each small one.
        var ofLevel = 0
        var events = 0
        /// Events of the largest one.
        var largest = 0
        /// Whether one more would be too many.
        var isFull = false
    }

    /// Where a run fills a segment, half as many are enough, and so are as many of any level, where none of them has
    /// most of the events.
    private func isDue(_ run: Run, _ first: Int) -> Bool {
        guard run.isFull else { return run.ofLevel >= fanIn }
        if run.ofLevel >= max(2, fanIn / 2) { return true }
        return run.end - first >= fanIn && run.largest <= run.events / 2
    }

    private func run(
        from first: Int, below end: Int, _ segments: [ManifestSegment], _ levels: [Int], _ level: Int
    ) -> Run {
        var run = Run(end: first)
        var bytes = 0
        var last: Int64?
        // However many of lower levels lie between those of this one, these would never be enough otherwise.
        while run.end < end, run.ofLevel < 2 * fanIn, run.end - first < 8 * fanIn, levels[run.end] <= level {
            let segment = segments[run.end]
            let events = segment.positions?.count ?? 0
            bytes += segment.description.lengthBytes
            run.isFull = run.events + events > eventsMax || bytes > bytesMax
            if run.isFull { break }
            // A segment's positions have no gap.
            if let positions = segment.positions {
                if let last, positions.lowerBound != last + 1 { break }
                last = positions.upperBound
            }
            run.ofLevel += levels[run.end] == level ? 1 : 0
            run.events += events
            run.largest = max(run.largest, events)
            run.end += 1
        }
        return run
    }

    private func level(of segment: ManifestSegment) -> Int {
        var (level, size) = (0, levelEvents)
        let events = segment.positions?.count ?? 0
        while events >= size, size <= eventsMax {
            size *= fanIn
            level += 1
        }
        return level
    }
}
