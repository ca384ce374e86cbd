/// One end of a frame, measured from a row.
package enum WindowBound: Sendable {
    /// The partition's own beginning, or its end.
    case partition
    /// So many rows behind the row; negative: before it.
    case rows(Int)
    /// So many stretches of rows alike behind the row's own.
    case peers(Int)
    /// By row: the value with which the keys of other rows are compared, in the order of the partition. Rows without a
    /// key have a bound with each other.
    case values(keys: Vector, bounds: Vector, isDescending: Bool)

    /// So far from keys that are doubles. What lies beyond all doubles is infinite and no error, as nobody sees it; and
    /// all numbers are within infinitely far before or behind an infinite one.
    /// - Parameters:
    ///   - offset: from 0 on.
    ///   - isPreceding: whether it is taken off the key, in the order of the partition.
    ///   - isEnd: whether the frame ends there.
    package static func distance(
        _ offset: Double, isPreceding: Bool, isEnd: Bool, from keys: Vector, isDescending: Bool
    ) -> WindowBound {
        guard case .double(let values) = keys.expanded().storage else {
            assert(keys.isAllNull, "keys are doubles")
            return .values(keys: keys, bounds: keys, isDescending: isDescending)
        }
        let step = isPreceding == isDescending ? offset : -offset
        let all: Double = isEnd == isDescending ? -.infinity : .infinity
        let bounds = values.map { key in
            let bound = key + step
            return bound.isNaN && !key.isNaN ? all : bound
        }
        return .values(
            keys: keys,
            bounds: Vector(type: .double, count: keys.count, storage: .double(bounds), validity: keys.validity),
            isDescending: isDescending)
    }
}

/// The frame of each row, by place: `starts[place]..<ends[place]`. Within a partition neither ever goes back, so that
/// whoever slides along adds and takes away each row once.
package struct WindowFrames: Sendable {
    let starts: [UInt32]
    let ends: [UInt32]

    /// - Precondition: rows know which are alike where an end is measured in these, or by values.
    /// - Throws: `.stopped` where the frames are not wanted any more.
    /// - Complexity: O(rows).
    package init(_ rows: WindowRows, from start: WindowBound, to end: WindowBound, _ watch: KernelWatch)
        throws(KernelError)
    {
        let starts = try Self.edge(start, of: rows, isEnd: false, watch)
        var ends = try Self.edge(end, of: rows, isEnd: true, watch)
        do {
            let first = starts.span
            var last = ends.mutableSpan
            for place in 0..<first.count { last[place] = max(last[place], first[place]) }
        }
        self.starts = starts
        self.ends = ends
    }

    private static func edge(
        _ bound: WindowBound, of rows: WindowRows, isEnd: Bool, _ watch: KernelWatch
    ) throws(KernelError) -> [UInt32] {
        var edge = [UInt32](repeating: 0, count: rows.count)
        try watch.look()
        switch bound {
        case .partition:
            for partition in rows.numbers {
                let places = rows.places(partition)
                let limit = UInt32(truncatingIfNeeded: isEnd ? places.upperBound : places.lowerBound)
                var target = edge.mutableSpan
                for place in places { target[place] = limit }
            }
        case .rows(let distance):
            // What lies beyond all rows lies beyond the partition.
            let shift = max(-rows.count - 1, min(distance, rows.count + 1)) + (isEnd ? 1 : 0)
            for partition in rows.numbers {
                let places = rows.places(partition)
                var target = edge.mutableSpan
                for place in places {
                    let limit = max(places.lowerBound, min(place + shift, places.upperBound))
                    target[place] = UInt32(truncatingIfNeeded: limit)
                }
            }
        case .peers(let distance):
            let shift = max(-rows.count - 1, min(distance, rows.count + 1)) + (isEnd ? 1 : 0)
            rows.forEachPeers { partition, peers, number, places in
                // Behind the last stretch of the partition the next one begins.
                let wanted = max(peers.lowerBound, min(number + shift, peers.upperBound))
                let limit =
                    wanted == peers.upperBound ? rows.partitions[partition + 1] : rows.peers[wanted]
                var target = edge.mutableSpan
                for place in places { target[place] = limit }
            }
        case .values(let keys, let bounds, let isDescending):
            KeyedEdge(keys, bounds, isDescending: isDescending).fill(&edge, rows, isEnd: isEnd)
        }
        return edge
    }
}

extension WindowRows {
    /// Calls the step with each stretch of rows alike: its partition, the stretches of that, its own number, its
    /// places.
    @inline(__always)
    func forEachPeers(_ step: (_ partition: Int, _ peers: Range<Int>, _ number: Int, _ places: Range<Int>) -> Void) {
        var first = 0
        for partition in numbers {
            let end = partitions[partition + 1]
            var last = first
            while peers[last] < end { last += 1 }
            for number in first..<last {
                step(partition, first..<last, number, Int(peers[number])..<Int(peers[number + 1]))
            }
            first = last
        }
    }
}
