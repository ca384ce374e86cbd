internal import Bytes

/// Some values of integer streams: those that stand packed are picked, differences are added up block by block as far
/// as the last one that is wanted, runs are walked. Where the stream ends is found as when it is read whole.
extension IntegerStreamDecoder {
    /// The values at `places`, in their order.
    /// - Precondition: places ascend and are below `count`.
    static func read(
        _ cursor: inout ByteCursor, count: Int, wanted places: [UInt32], depth: Int
    ) throws(DecodingError) -> [Int64] {
        assert(places.last.map { Int($0) < count } ?? true, "places of the stream")
        assert(zip(places, places.dropFirst()).allSatisfy { $0 < $1 }, "places ascend")
        if count == 0 { return [] }
        switch try readKind(&cursor) {
        case .constant:
            return Array(repeating: try cursor.readZigzag(), count: places.count)
        case .packed:
            return try readPacking(&cursor, count: count, wanted: places, depth: depth)
        case .deltas:
            let first = try cursor.readZigzag()
            return try readSums(&cursor, first, count: count - 1, before: places, depth: depth)
        case .runs:
            guard depth < IntegerStreamEncoder.depthMax else { throw cursor.failure("streams nested less deeply") }
            let runCount = try cursor.readCount(max: count)
            let starts = try read(&cursor, count: runCount, depth: depth + 1)
            let lengths = try read(&cursor, count: runCount, depth: depth + 1)
            guard let values = pick(starts, lengths, count: count, at: places) else {
                throw cursor.failure("runs of \(count) values in all")
            }
            return values
        }
    }

    /// Where a value stands in a stream, ascending. Of plainly packed values a block at a time is looked at.
    /// - Parameter landmarks: of what the cursor reads, where that stays in memory.
    static func places(
        of value: Int64, _ cursor: inout ByteCursor, count: Int, _ landmarks: PageLandmarks? = nil
    ) throws(DecodingError) -> [UInt32] {
        if let landmarks { return try landmarks.places(of: value, &cursor, count: count) }
        var ahead = cursor
        if count > 0, try readKind(&ahead) == .packed {
            let packing = try PackingHead(&ahead, count: count, depth: 0)
            if packing.positions.isEmpty {
                cursor = ahead
                return try BitPacking.places64(
                    of: value, in: packing.bytes, count: count, width: packing.width, base: packing.base,
                    divisor: packing.divisor)
            }
        }
        let values = try read(&cursor, count: count)
        return values.indices.filter { values[$0] == value }.map { UInt32(truncatingIfNeeded: $0) }
    }

    /// Which exceptions of a packing of `count` values stand at wanted places, ascending.
    static func exceptions(
        _ positions: [Int64], at places: [UInt32], count: Int, _ cursor: ByteCursor
    ) throws(DecodingError) -> [UInt32] {
        var met: [UInt32] = []
        for index in positions.indices {
            guard let position = UInt32(exactly: positions[index]), Int(position) < count else {
                throw cursor.failure("an exception within \(count) values")
            }
            let place = places.partitioningIndex { $0 >= position }
            if place < places.count, places[place] == position { met.append(UInt32(truncatingIfNeeded: index)) }
        }
        return met
    }

    private static func readPacking(
        _ cursor: inout ByteCursor, count: Int, wanted places: [UInt32], depth: Int
    ) throws(DecodingError) -> [Int64] {
        let packing = try PackingHead(&cursor, count: count, depth: depth, wanted: places)
        var values = try BitPacking.unpack64(
            packing.bytes, count: count, width: packing.width, base: packing.base, divisor: packing.divisor, at: places)
        for index in packing.positions.indices {
            let place = places.partitioningIndex { Int64($0) >= packing.positions[index] }
            assert(Int64(places[place]) == packing.positions[index], "exceptions at wanted places")
            values[place] &+= packing.rest(of: index)
        }
        return values
    }

    /// For each place `first` and what a packing has before it, added up.
    private static func readSums(
        _ cursor: inout ByteCursor, _ first: Int64, count: Int, before places: [UInt32], depth: Int
    ) throws(DecodingError) -> [Int64] {
        let packing = try PackingHead(&cursor, count: count, depth: depth)
        var sums = try BitPacking.sums64(
            packing.bytes, count: count, width: packing.width, base: packing.base, divisor: packing.divisor,
            before: places)
        // What exceptions add at each place, and so at all later ones.
        var rests = [Int64](repeating: 0, count: packing.positions.isEmpty ? 0 : places.count)
        for index in packing.positions.indices {
            guard let position = UInt32(exactly: packing.positions[index]), Int(position) < count else {
                throw cursor.failure("an exception within \(count) values")
            }
            let place = places.partitioningIndex { $0 > position }
            if place < places.count { rests[place] &+= packing.rest(of: index) }
        }
        var rest = first
        for index in sums.indices {
            if !rests.isEmpty { rest &+= rests[index] }
            sums[index] &+= rest
        }
        return sums
    }

    /// nil where the runs have not `count` values in all.
    private static func pick(_ starts: [Int64], _ lengths: [Int64], count: Int, at places: [UInt32]) -> [Int64]? {
        var values: [Int64] = []
        values.reserveCapacity(places.count)
        var (end, next) = (0, 0)
        for run in lengths.indices {
            guard lengths[run] >= 0, lengths[run] < Int64(count - end) else { return nil }
            end += Int(lengths[run]) + 1
            while next < places.count, Int(places[next]) < end {
                values.append(starts[run])
                next += 1
            }
        }
        return end == count ? values : nil
    }
}
