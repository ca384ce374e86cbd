import Columnar
package import Segments

/// How segments grow: so many neighbours of like size become one, which is one of so many later. An event is written
/// again once for each level, so that small segments cost little and large ones stay as they are.
///
/// How many that are follows from what seals bring: so many that two such steps lead from a seal to a full segment, or
/// to a good part of one, so that an event is written three times, by its seal for the first time; and no more than
/// questions bear, which ask each segment.
package struct CompactionLimits: Sendable {
    /// So many neighbours of a level make one at the least; twice as many at most.
    var fanInLeast = 8
    /// And no more than these, however small seals are: as many of them wait for each other, and as many of what
    /// becomes of them.
    var fanInMost = 32
    /// Segments with fewer events are of the first level, with as many times more as make one, of the next one, and so
    /// on; nil: half as many as become of so many seals. Seals lie amid a level then: were they on a border, some would
    /// be of either, and too few of both together.
    var levelEvents: Int?
    /// No more segments become one: all of them are read at one time.
    static let segmentsAtOnceMax = 64
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
        (fanInLeast, fanInMost, self.levelEvents, self.newestLeft) = (fanIn, fanIn, levelEvents, newestLeft)
    }

    /// The segments that become one next, by their places; nil where none is due.
    /// - Parameters:
    ///   - segments: in the order of a manifest.
    ///   - barriers: ids of segments that stay as they are.
    /// - Complexity: O(segments · levels), some more where runs are full.
    package func due(_ segments: [ManifestSegment], besides barriers: Set<UInt64> = []) -> Range<Int>? {
        let ladder = ladder(of: segments)
        let known = segments.map { ladder.level(of: $0.positions?.count ?? 0, below: eventsMax) }
        let levels = segments.indices.map { place in
            barriers.contains(segments[place].description.segmentID) ? Int.max : known[place]
        }
        let end = segments.count - newestLeft
        guard end > 1, let highest = known.max() else { return nil }
        for level in 0...highest {
            var first = 0
            while first < end {
                let run = run(from: first, below: end, segments, levels, level, ladder.fanIn)
                if isDue(run, first, ladder.fanIn) { return first..<run.end }
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
        /// Whether one more would be too many, or too large.
        var isFull = false
    }

    /// Where a run fills a segment, half as many are enough, and so are as many of any level, where none of them has
    /// most of the events.
    private func isDue(_ run: Run, _ first: Int, _ fanIn: Int) -> Bool {
        guard run.isFull else { return run.ofLevel >= fanIn }
        if run.ofLevel >= max(2, fanIn / 2) { return true }
        return run.end - first >= fanIn && run.largest <= run.events / 2
    }

    private func run(
        from first: Int, below end: Int, _ segments: [ManifestSegment], _ levels: [Int], _ level: Int, _ fanIn: Int
    ) -> Run {
        var run = Run(end: first)
        var bytes = 0
        var last: Int64?
        // However many of lower levels lie between those of this one, these would never be enough otherwise.
        let atOnceMax = min(8 * fanIn, Self.segmentsAtOnceMax)
        while run.end < end, run.ofLevel < 2 * fanIn, levels[run.end] <= level {
            let segment = segments[run.end]
            let events = segment.positions?.count ?? 0
            bytes += segment.description.lengthBytes
            run.isFull = run.events + events > eventsMax || bytes > bytesMax || run.end - first == atOnceMax
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

    /// Which levels there are.
    private struct Ladder {
        /// So many neighbours of a level make one of the next.
        var fanIn: Int
        /// Fewer events are of the first level.
        var events: Int

        /// - Parameter eventsMax: no level begins beyond these.
        func level(of events: Int, below eventsMax: Int) -> Int {
            var (level, size) = (0, self.events)
            while events >= size, size <= eventsMax {
                size *= fanIn
                level += 1
            }
            return level
        }
    }

    /// The levels by what the newest segments have: these wait, so that seals and imports made them.
    private func ladder(of segments: [ManifestSegment]) -> Ladder {
        let newest = segments.suffix(max(1, newestLeft)).compactMap(\.positions?.count)
        var events = newest.reduce(0) { $0 + min($1, eventsMax) } / max(1, newest.count)
        // Records alone say nothing of how many events come.
        if events == 0 { events = eventsMax / (fanInLeast * fanInLeast) }
        // Above the root of how many seals a full segment has two steps are enough.
        var fanIn = fanInLeast
        while fanIn < fanInMost, fanIn * fanIn <= eventsMax / events { fanIn += 1 }
        return Ladder(fanIn: fanIn, events: levelEvents ?? max(1, fanIn * events / 2))
    }
}
