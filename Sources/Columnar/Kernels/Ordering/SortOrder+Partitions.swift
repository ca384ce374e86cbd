extension SortOrder {
    /// So few rows are put in order where they stand.
    private static let insertedMax = 32
    /// Rows that are gone through between two looks.
    private static let stepsPerLook = 1 << 20

    /// Puts the rows of each partition in order; equal rows keep theirs. Rows that stand in order already, or in its
    /// opposite, as those of a conversation do by their times, are not sorted.
    /// - Parameters:
    ///   - rows: of each partition ascending.
    ///   - starts: where each partition begins, and behind the last of them the number of rows.
    ///   - wantsPeers: whether somebody asks which rows are alike.
    ///   - look: as of ``rows(of:descending:nullsFirst:limit:look:)``.
    /// - Returns: where each stretch of rows alike begins, and the number of rows; nothing where nobody asks.
    static func sort(
        _ rows: inout [UInt32], within starts: [UInt32], by keys: [WindowKey], wantsPeers: Bool,
        look: () throws -> Void
    ) rethrows -> [UInt32] {
        let order = try SortOrder(keys, rowCount: rows.count, look)
        if order.keys.isEmpty { return wantsPeers ? starts : [] }
        if order.keys.count == 1, case .words(let words) = order.keys[0] {
            return try sort(&rows, within: starts, by: words, wantsPeers: wantsPeers, look: look)
        }
        for partition in 0..<starts.count - 1 {
            let range = Int(starts[partition])..<Int(starts[partition + 1])
            if range.count < 2 { continue }
            try order.step(range.count, look)
            try order.sort(&rows, range, look)
        }
        if !wantsPeers { return [] }
        var peers: [UInt32] = []
        for partition in 0..<starts.count - 1 {
            let range = Int(starts[partition])..<Int(starts[partition + 1])
            if range.isEmpty { continue }
            try order.step(range.count, look)
            peers.append(starts[partition])
            for place in range.dropFirst() where order.compare(rows[place - 1], rows[place]) != 0 {
                peers.append(UInt32(truncatingIfNeeded: place))
            }
        }
        peers.append(UInt32(truncatingIfNeeded: rows.count))
        return peers
    }

    /// The same by one word each.
    /// - Parameter words: by row; there may be more than are to be sorted.
    static func sort(
        _ rows: inout [UInt32], within starts: [UInt32], by words: [UInt64], wantsPeers: Bool, look: () throws -> Void
    ) rethrows -> [UInt32] {
        var peers: [UInt32] = []
        var scratch = [UInt64](repeating: 0, count: insertedMax)
        var steps = 0
        for partition in 0..<starts.count - 1 {
            let range = Int(starts[partition])..<Int(starts[partition + 1])
            if range.isEmpty { continue }
            steps += range.count
            if steps >= stepsPerLook {
                steps = 0
                try look()
            }
            if range.count > 1 { sort(&rows, range, by: words.span, &scratch) }
            if !wantsPeers { continue }
            peers.append(starts[partition])
            appendPeers(&peers, of: rows.span, range, by: words.span)
        }
        if wantsPeers { peers.append(UInt32(truncatingIfNeeded: rows.count)) }
        return peers
    }

    private static func appendPeers(
        _ peers: inout [UInt32], of rows: Span<UInt32>, _ range: Range<Int>, by words: Span<UInt64>
    ) {
        var last = words[Int(rows[range.lowerBound])]
        for place in range.lowerBound + 1..<range.upperBound {
            let word = words[Int(rows[place])]
            if word != last { peers.append(UInt32(truncatingIfNeeded: place)) }
            last = word
        }
    }

    /// The rows of one partition.
    /// - Parameter scratch: of any words, as many as rows that are put in order where they stand.
    private static func sort(
        _ rows: inout [UInt32], _ range: Range<Int>, by words: Span<UInt64>, _ scratch: inout [UInt64]
    ) {
        var (rises, falls) = (false, false)
        do {
            let source = rows.span
            var last = words[Int(source[range.lowerBound])]
            for place in range.lowerBound + 1..<range.upperBound {
                let word = words[Int(source[place])]
                rises = rises || word > last
                falls = falls || word < last
                if rises && falls { break }
                last = word
            }
        }
        if !falls { return }
        if !rises { return turn(&rows, range, by: words) }
        if range.count <= insertedMax { return insert(&rows, range, by: words, &scratch) }
        var keys: [UInt64] = []
        keys.reserveCapacity(range.count)
        let own = Array(rows[range])
        for row in own { keys.append(words[Int(row)]) }
        let order = packed(keys) ?? RadixOrder.ascending(keys)
        for place in order.indices { rows[range.lowerBound + place] = own[Int(order[place])] }
    }

    /// So many rows are sorted as words at most, with the rows in their lowest bits: theirs mostly come as a few runs,
    /// which a sort of the library finds.
    private static let packedMax = 4_096

    /// Row numbers in ascending order of their keys, rows of equal keys in theirs; nil where keys are too far apart to
    /// stand beside a row in a word, and where rows are many.
    private static func packed(_ keys: [UInt64]) -> [UInt32]? {
        guard keys.count <= packedMax, let least = keys.min(), let greatest = keys.max() else { return nil }
        let bits = UInt64(Int.bitWidth - keys.count.leadingZeroBitCount)
        guard (greatest - least).leadingZeroBitCount >= Int(bits) else { return nil }
        var words = keys
        for row in words.indices { words[row] = (words[row] &- least) &<< bits | UInt64(truncatingIfNeeded: row) }
        words.sort()
        let mask = (1 as UInt64) &<< bits &- 1
        return words.map { UInt32(truncatingIfNeeded: $0 & mask) }
    }

    /// Rows whose words never rise, from behind; those alike keep their order.
    private static func turn(_ rows: inout [UInt32], _ range: Range<Int>, by words: Span<UInt64>) {
        reverse(&rows, range)
        var start = range.lowerBound
        while start < range.upperBound {
            let word = words[Int(rows[start])]
            var end = start + 1
            while end < range.upperBound, words[Int(rows[end])] == word { end += 1 }
            if end - start > 1 { reverse(&rows, start..<end) }
            start = end
        }
    }

    private static func reverse(_ rows: inout [UInt32], _ range: Range<Int>) {
        var places = rows.mutableSpan
        var (low, high) = (range.lowerBound, range.upperBound - 1)
        while low < high {
            let row = places[low]
            places[low] = places[high]
            places[high] = row
            low += 1
            high -= 1
        }
    }

    private static func insert(
        _ rows: inout [UInt32], _ range: Range<Int>, by words: Span<UInt64>, _ scratch: inout [UInt64]
    ) {
        let start = range.lowerBound
        var places = rows.mutableSpan
        // Beside the rows: no step looks elsewhere.
        var known = scratch.mutableSpan
        known[0] = words[Int(places[start])]
        for next in 1..<range.count {
            let row = places[start &+ next]
            let word = words[Int(row)]
            var place = next
            while place > 0, known[place &- 1] > word {
                known[place] = known[place &- 1]
                places[start &+ place] = places[start &+ place &- 1]
                place &-= 1
            }
            known[place] = word
            places[start &+ place] = row
        }
    }

    /// By several keys, or by long texts.
    private func sort(_ rows: inout [UInt32], _ range: Range<Int>, _ look: () throws -> Void) rethrows {
        let isSorted = range.dropFirst().allSatisfy { compare(rows[$0 - 1], rows[$0]) <= 0 }
        if isSorted { return }
        var own = Array(rows[range])
        try own.sort { left, right in
            try step(1, look)
            let order = compare(left, right)
            return order == 0 ? left < right : order < 0
        }
        for (place, row) in own.enumerated() { rows[range.lowerBound + place] = row }
    }
}
