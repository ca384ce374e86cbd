/// Functions that answer with a value of another row: by row of the input, which row's. `UInt32.max` stands for none.
extension WindowRows {
    /// The row so many before, or behind.
    /// - Parameters:
    ///   - distances: whole numbers, by row; none: none.
    ///   - missing: by row, what stands for a row beyond the partition; nil: none.
    package func shifted(_ distances: Vector, isLead: Bool, missing: ((_ row: Int) -> UInt32)?) -> [UInt32] {
        var picked = [UInt32](repeating: .max, count: count)
        let only = distances.integers?.onlyValue
        if let only, missing == nil { return shifted(by: isLead ? only : only == .min ? .max : -only) }
        guard only != nil || !distances.isAllNull, case .int64(let values) = distances.expanded().storage else {
            return picked
        }
        for partition in numbers {
            let places = places(partition)
            for place in places {
                let row = Int(rows[place])
                if only == nil, distances.isNull(row) { continue }
                let distance = only ?? values[row]
                // What lies beyond all rows lies beyond the partition.
                let most = Int64(count)
                let shift = Int(max(-most, min(distance, most)))
                let other = isLead ? place + shift : place - shift
                picked[row] = places.contains(other) ? rows[other] : missing?(row) ?? .max
            }
        }
        return picked
    }

    /// The row so many behind, or before where that is below 0; none beyond the partition.
    private func shifted(by distance: Int64) -> [UInt32] {
        // What lies beyond all rows lies beyond the partition.
        let most = Int64(count)
        let shift = Int(max(-most, min(distance, most)))
        var picked = [UInt32](repeating: .max, count: count)
        do {
            var target = picked.mutableSpan
            let source = rows.span
            for partition in numbers {
                let places = places(partition)
                let first = max(places.lowerBound, places.lowerBound - shift)
                let end = min(places.upperBound, places.upperBound - shift)
                var place = first
                while place < end {
                    target[Int(source[place])] = source[place &+ shift]
                    place &+= 1
                }
            }
        }
        return picked
    }

    /// The first row of the frame.
    package func firsts(_ frames: WindowFrames) -> [UInt32] {
        picked(frames) { start, _, _ in start }
    }

    /// Its last row.
    package func lasts(_ frames: WindowFrames) -> [UInt32] {
        picked(frames) { _, end, _ in end &- 1 }
    }

    /// Its row of a number, from 1 on; none where it has fewer, and where there is no number.
    /// - Throws: `.noPlace` for numbers below 1.
    package func nths(_ places: Vector, _ frames: WindowFrames) throws(KernelError) -> [UInt32] {
        guard case .int64(let wanted) = places.expanded().storage else {
            return [UInt32](repeating: .max, count: count)
        }
        for row in 0..<count where wanted[row] < 1 && !places.isNull(row) { throw .noPlace }
        return picked(frames) { start, end, row in
            let number = wanted[row]
            return number >= 1 && number <= Int64(end &- start) ? start &+ UInt32(truncatingIfNeeded: number - 1) : .max
        }
    }

    /// The place that a frame with rows is asked for.
    @inline(__always)
    private func picked(_ frames: WindowFrames, _ choice: (_ start: UInt32, _ end: UInt32, _ row: Int) -> UInt32)
        -> [UInt32]
    {
        var picked = [UInt32](repeating: .max, count: count)
        for place in 0..<count {
            let (start, end, row) = (frames.starts[place], frames.ends[place], Int(rows[place]))
            if start == end { continue }
            let other = choice(start, end, row)
            if other != .max { picked[row] = rows[Int(other)] }
        }
        return picked
    }

    /// The row of the frame with the least value, or the greatest.
    /// - Parameter included: which rows count; nil: all.
    /// - Throws: `.stopped` where nobody wants it any more.
    /// - Complexity: O(rows) for numbers and times, else what sorting the values takes.
    package func extremes(
        _ values: Vector, included: Validity?, _ frames: WindowFrames, isMaximum: Bool, _ watch: KernelWatch
    ) throws(KernelError) -> [UInt32] {
        let words = try values.orderedWords(watch)
        let flip: UInt64 = isMaximum ? .max : 0
        var picked = [UInt32](repeating: .max, count: count)
        // Places whose values ascend: the first one is the frame's extreme.
        var queue = [UInt32](repeating: 0, count: count)
        for partition in numbers {
            let places = places(partition)
            var (head, tail, next) = (0, 0, places.lowerBound)
            for place in places {
                let end = Int(frames.ends[place])
                while next < end {
                    let row = Int(rows[next])
                    if included?[row] ?? true {
                        let word = words[row] ^ flip
                        while tail > head, words[Int(rows[Int(queue[tail - 1])])] ^ flip > word { tail -= 1 }
                        queue[tail] = UInt32(truncatingIfNeeded: next)
                        tail += 1
                    }
                    next += 1
                }
                while head < tail, queue[head] < frames.starts[place] { head += 1 }
                if head < tail { picked[Int(rows[place])] = rows[Int(queue[head])] }
            }
        }
        return picked
    }
}

extension Operand {
    /// The value of all rows.
    fileprivate var onlyValue: Value? { if case .constant(let value) = self { value } else { nil } }
}

extension Vector {
    /// By row, words whose order is that of the values.
    fileprivate func orderedWords(_ watch: KernelWatch) throws(KernelError) -> [UInt64] {
        switch storage {
        case .int64(let values): return values.map { OrderedBits.of($0) }
        case .double(let values): return values.map { OrderedBits.of($0) }
        case .boolean(let values): return values.map { $0 ? 1 : 0 }
        case .constant: return [UInt64](repeating: 0, count: count)
        case .int128, .text, .interval, .scalars:
            var words = [UInt64](repeating: 0, count: count)
            let order = try watch.order(of: [self], descending: [false], nullsFirst: [false])
            for (rank, row) in order.enumerated() { words[Int(row)] = UInt64(rank) }
            return words
        }
    }
}
