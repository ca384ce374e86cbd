internal import Bytes

/// Some values of integer streams: those that stand packed are picked, differences and runs are walked up to the last
/// one that is wanted. Where the stream ends is found as when it is read whole.
extension IntegerStreamDecoder {
    /// The values at `places`, in their order.
    /// - Precondition: places ascend and are below `count`.
    static func read(
        _ cursor: inout ByteCursor, count: Int, wanted places: [UInt32]
    ) throws(DecodingError) -> [Int64] {
        assert(places.last.map { Int($0) < count } ?? true, "places of the stream")
        assert(zip(places, places.dropFirst()).allSatisfy { $0 < $1 }, "places ascend")
        if count == 0 { return [] }
        switch try readKind(&cursor) {
        case .constant:
            return Array(repeating: try cursor.readZigzag(), count: places.count)
        case .packed:
            return try readPacking(&cursor, count: count, wanted: places)
        case .deltas:
            let first = try cursor.readZigzag()
            let deltas = try readPacking(&cursor, count: count - 1, depth: 0)
            return sums(first, deltas, at: places)
        case .runs:
            let runCount = try cursor.readCount(max: count)
            let starts = try read(&cursor, count: runCount, depth: 1)
            let lengths = try read(&cursor, count: runCount, depth: 1)
            guard let values = pick(starts, lengths, count: count, at: places) else {
                throw cursor.failure("runs of \(count) values in all")
            }
            return values
        }
    }

    private static func readPacking(
        _ cursor: inout ByteCursor, count: Int, wanted places: [UInt32]
    ) throws(DecodingError) -> [Int64] {
        let packing = try PackingHead(&cursor, count: count, depth: 0)
        var values = try BitPacking.unpack64(
            packing.bytes, count: count, width: packing.width, base: packing.base, divisor: packing.divisor, at: places)
        for index in packing.positions.indices {
            guard let position = UInt32(exactly: packing.positions[index]), Int(position) < count else {
                throw cursor.failure("an exception within \(count) values")
            }
            let place = places.partitioningIndex { $0 >= position }
            if place < places.count, places[place] == position { values[place] &+= packing.rest(of: index) }
        }
        return values
    }

    private static func sums(_ first: Int64, _ deltas: [Int64], at places: [UInt32]) -> [Int64] {
        var (sum, next) = (first, 0)
        return places.map { place in
            while next < Int(place) {
                sum &+= deltas[next]
                next += 1
            }
            return sum
        }
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
