internal import Bytes

/// Reads integer streams from untrusted bytes.
enum IntegerStreamDecoder {
    /// Reads a stream of exactly `count` values. Allocates no more than a few arrays of `count`.
    /// - Parameters:
    ///   - places: where the wanted values stand; nil: all are wanted.
    ///   - landmarks: of what the cursor reads, where that stays in memory.
    /// - Precondition: places ascend and are below `count`.
    /// - Returns: the wanted values, in their order.
    static func read(
        _ cursor: inout ByteCursor, count: Int, at places: [UInt32]?, _ landmarks: PageLandmarks? = nil
    ) throws(DecodingError) -> [Int64] {
        guard let places else { return try read(&cursor, count: count) }
        if let landmarks { return try landmarks.values(&cursor, count: count, at: places) }
        return try read(&cursor, count: count, wanted: places, depth: 0)
    }

    /// The same of all values.
    static func read(_ cursor: inout ByteCursor, count: Int, depth: Int = 0) throws(DecodingError) -> [Int64] {
        if count == 0 { return [] }
        switch try readKind(&cursor) {
        case .constant:
            return Array(repeating: try cursor.readZigzag(), count: count)
        case .packed:
            return try readPacking(&cursor, count: count, depth: depth)
        case .deltas:
            let first = try cursor.readZigzag()
            return try readDifferences(&cursor, from: first, count: count - 1, depth: depth)
        case .runs:
            guard depth < IntegerStreamEncoder.depthMax else { throw cursor.failure("streams nested less deeply") }
            let runCount = try cursor.readCount(max: count)
            let starts = try read(&cursor, count: runCount, depth: depth + 1)
            let lengths = try read(&cursor, count: runCount, depth: depth + 1)
            guard let values = expand(starts, lengths, count: count) else {
                throw cursor.failure("runs of \(count) values in all")
            }
            return values
        }
    }

    static func readKind(_ cursor: inout ByteCursor) throws(DecodingError) -> IntegerStreamKind {
        let number = try cursor.readByte()
        guard let kind = IntegerStreamKind(rawValue: number) else {
            throw cursor.newerForm("a kind of integer stream", found: number)
        }
        return kind
    }

    static func readPacking(_ cursor: inout ByteCursor, count: Int, depth: Int) throws(DecodingError) -> [Int64] {
        let packing = try PackingHead(&cursor, count: count, depth: depth)
        var values = try BitPacking.unpack64(
            packing.bytes, count: count, width: packing.width, base: packing.base, divisor: packing.divisor)
        if !packing.positions.isEmpty { try patch(&values, packing, cursor) }
        return values
    }

    /// Adds to values what exceptions have beside the bits that are packed.
    private static func patch(
        _ values: inout [Int64], _ packing: PackingHead, _ cursor: ByteCursor
    ) throws(DecodingError) {
        let (positions, highs, count) = (packing.positions, packing.highs, values.count)
        let (places, bits) = (positions.span, highs.span)
        let (shift, divisor) = (UInt64(packing.width), packing.divisor)
        var target = values.mutableSpan
        for index in 0..<places.count {
            let place = places[index]
            guard place >= 0, place < Int64(count) else { throw cursor.failure("an exception within \(count) values") }
            target[Int(place)] &+= Int64(bitPattern: (UInt64(bitPattern: bits[index]) &<< shift) &* divisor)
        }
    }

    /// What a packing says before its bits, and where these lie.
    struct PackingHead {
        var base: Int64
        var divisor: UInt64
        var width: Int
        /// Where exceptions stand, and their bits above `width`. Nobody has looked yet whether they stand among the
        /// values.
        var positions, highs: [Int64]
        var bytes: ArraySlice<UInt8>

        /// Reads it, bits included.
        /// - Parameter places: where the wanted values stand; of exceptions elsewhere nothing is kept. nil: all are
        ///   wanted.
        init(
            _ cursor: inout ByteCursor, count: Int, depth: Int, wanted places: [UInt32]? = nil
        ) throws(DecodingError) {
            base = try cursor.readZigzag()
            divisor = try cursor.readVarint()
            width = Int(try cursor.readByte())
            guard divisor >= 1, width <= 64 else { throw cursor.failure("a divisor above 0 and a width up to 64") }
            let exceptionCount = try cursor.readCount(max: count)
            guard exceptionCount == 0 || depth < IntegerStreamEncoder.depthMax, exceptionCount == 0 || width < 64 else {
                throw cursor.failure("streams nested less deeply")
            }
            let all = try IntegerStreamDecoder.read(&cursor, count: exceptionCount, depth: depth + 1)
            if let places {
                let met = try IntegerStreamDecoder.exceptions(all, at: places, count: count, cursor)
                positions = met.map { all[Int($0)] }
                highs = try IntegerStreamDecoder.read(
                    &cursor, count: exceptionCount, wanted: met, depth: depth + 1)
            } else {
                positions = all
                highs = try IntegerStreamDecoder.read(&cursor, count: exceptionCount, depth: depth + 1)
            }
            bytes = try cursor.readSlice(BitPacking.packedBytes(count: count, width: width, wordBits: 64))
        }

        /// What an exception adds to the value that is packed.
        func rest(of exception: Int) -> Int64 {
            Int64(bitPattern: (UInt64(bitPattern: highs[exception]) &<< UInt64(width)) &* divisor)
        }
    }

    /// A first value and what it comes to with one after the other of a packing's differences.
    private static func readDifferences(
        _ cursor: inout ByteCursor, from first: Int64, count: Int, depth: Int
    ) throws(DecodingError) -> [Int64] {
        let packing = try PackingHead(&cursor, count: count, depth: depth)
        var exceptions: [(place: Int, rest: Int64)] = []
        exceptions.reserveCapacity(packing.positions.count)
        var isAscending = true
        for index in packing.positions.indices {
            guard let place = Int(exactly: packing.positions[index]), (0..<count).contains(place) else {
                throw cursor.failure("an exception within \(count) values")
            }
            if let last = exceptions.last, last.place > place { isAscending = false }
            exceptions.append((place, packing.rest(of: index)))
        }
        // Nobody writes them otherwise; what they come to does not depend on their order.
        if !isAscending { exceptions.sort { $0.place < $1.place } }
        return try BitPacking.accumulated64(
            packing.bytes, count: count, width: packing.width, base: packing.base, divisor: packing.divisor,
            from: first, adding: exceptions.map(\.rest), at: exceptions.map(\.place))
    }

    private static func expand(_ starts: [Int64], _ lengths: [Int64], count: Int) -> [Int64]? {
        var total = 0
        for length in lengths {
            guard length >= 0, length < Int64(count - total) else { return nil }
            total += Int(length) + 1
        }
        guard total == count else { return nil }
        var values = [Int64](repeating: 0, count: count)
        var start = 0
        for run in starts.indices {
            let end = start + Int(lengths[run]) + 1
            let value = starts[run]
            for index in start..<end { values[index] = value }
            start = end
        }
        return values
    }
}
