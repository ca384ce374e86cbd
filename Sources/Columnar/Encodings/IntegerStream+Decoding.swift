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
            let deltas = try readPacking(&cursor, count: count - 1, depth: depth)
            return prefixSums(first, deltas)
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
        for index in packing.positions.indices {
            guard let position = Int(exactly: packing.positions[index]), values.indices.contains(position) else {
                throw cursor.failure("an exception within \(count) values")
            }
            values[position] &+= packing.rest(of: index)
        }
        return values
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

    private static func prefixSums(_ first: Int64, _ deltas: [Int64]) -> [Int64] {
        [Int64](capacity: deltas.count + 1) { output in
            var sum = first
            output.append(sum)
            for delta in deltas {
                sum &+= delta
                output.append(sum)
            }
        }
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
