/// Single values out of packed ones: where few of many are wanted, the others need not be unpacked.
extension BitPacking {
    /// As ``unpack64(_:count:width:base:divisor:)``, the values at `places` alone, in their order.
    /// - Precondition: every place is below `count`.
    /// - Throws: when `bytes` is not exactly as long as `count` values take.
    /// - Complexity: O(places).
    package static func unpack64(
        _ bytes: ArraySlice<UInt8>, count: Int, width: Int, base: Int64, divisor: UInt64, at places: [UInt32]
    ) throws(DecodingError) -> [Int64] {
        guard (0...64).contains(width), bytes.count == packedBytes(count: count, width: width, wordBits: 64) else {
            throw DecodingError(offset: 0, expectation: "\(count) packed values of \(width) bits")
        }
        if width == 0 { return Array(repeating: base, count: places.count) }
        let mask = width == 64 ? UInt64.max : (1 &<< UInt64(width)) &- 1
        let source = bytes.span
        var values = [Int64](repeating: 0, count: places.count)
        for index in places.indices {
            let place = BitPlace(of: Int(places[index]), among: count, width: width, wordShift: 6)
            var bits = source.loadUInt64(at: place.byte) &>> UInt64(place.shift)
            if place.shift + width > 64 {
                bits |= source.loadUInt64(at: place.nextByte) &<< UInt64(64 - place.shift)
            }
            values[index] = Int64(bitPattern: (bits & mask) &* divisor &+ UInt64(bitPattern: base))
        }
        return values
    }

    /// As ``unpack32(_:count:width:)``, the values at `places` alone, in their order.
    /// - Precondition: every place is below `count`.
    /// - Throws: when `bytes` is not exactly as long as `count` values take.
    /// - Complexity: O(places).
    package static func unpack32(
        _ bytes: ArraySlice<UInt8>, count: Int, width: Int, at places: [UInt32]
    ) throws(DecodingError) -> [UInt32] {
        guard (0...32).contains(width), bytes.count == packedBytes(count: count, width: width, wordBits: 32) else {
            throw DecodingError(offset: 0, expectation: "\(count) packed values of \(width) bits")
        }
        if width == 0 { return Array(repeating: 0, count: places.count) }
        let mask = (UInt64(1) &<< UInt64(width)) &- 1
        let source = bytes.span
        var values = [UInt32](repeating: 0, count: places.count)
        for index in places.indices {
            let place = BitPlace(of: Int(places[index]), among: count, width: width, wordShift: 5)
            var bits = source.loadPartialUInt64(at: place.byte, length: 4)
            if place.shift + width > 32 {
                bits |= source.loadPartialUInt64(at: place.nextByte, length: 4) &<< 32
            }
            values[index] = UInt32(truncatingIfNeeded: (bits &>> UInt64(place.shift)) & mask)
        }
        return values
    }

    /// Of the values that ``unpack64(_:count:width:base:divisor:)`` gives, for each place the sum of those before it,
    /// wrapping. A block at a time is unpacked, up to the last place.
    /// - Precondition: places ascend and are at most `count`.
    /// - Throws: when `bytes` is not exactly as long as `count` values take.
    /// - Complexity: O(values before the last place); holds a block of them.
    package static func sums64(
        _ bytes: ArraySlice<UInt8>, count: Int, width: Int, base: Int64, divisor: UInt64, before places: [UInt32]
    ) throws(DecodingError) -> [Int64] {
        guard (0...64).contains(width), bytes.count == packedBytes(count: count, width: width, wordBits: 64) else {
            throw DecodingError(offset: 0, expectation: "\(count) packed values of \(width) bits")
        }
        precondition(places.last.map { Int($0) <= count } ?? true, "places among the values, or behind them")
        if width == 0 { return places.map { base &* Int64($0) } }
        var sums: [Int64] = []
        sums.reserveCapacity(places.count)
        var (sum, start, next) = (Int64(0), 0, 0)
        while next < places.count {
            if Int(places[next]) == start {
                sums.append(sum)
                next += 1
                continue
            }
            let values = try block64(bytes, start, count, width, base, divisor)
            var within = 0
            while next < places.count, Int(places[next]) - start <= values.count {
                let end = Int(places[next]) - start
                sum &+= values.wrappingSum(within..<end)
                within = end
                sums.append(sum)
                next += 1
            }
            if next < places.count { sum &+= values.wrappingSum(within..<values.count) }
            start += values.count
        }
        return sums
    }

    /// Where a value stands among those that ``unpack64(_:count:width:base:divisor:)`` gives, ascending. A block at a
    /// time is unpacked.
    /// - Throws: when `bytes` is not exactly as long as `count` values take.
    /// - Complexity: O(count); holds a block of values beside the places.
    package static func places64(
        of value: Int64, in bytes: ArraySlice<UInt8>, count: Int, width: Int, base: Int64, divisor: UInt64
    ) throws(DecodingError) -> [UInt32] {
        guard (0...64).contains(width), bytes.count == packedBytes(count: count, width: width, wordBits: 64) else {
            throw DecodingError(offset: 0, expectation: "\(count) packed values of \(width) bits")
        }
        if width == 0 { return value == base ? Array(0..<UInt32(count)) : [] }
        var places: [UInt32] = []
        var start = 0
        while start < count {
            let values = try block64(bytes, start, count, width, base, divisor)
            values.addPlaces(of: value, from: start, to: &places)
            start += values.count
        }
        return places
    }

    /// Where values stand among those that ``unpack32(_:count:width:)`` gives, ascending. A block at a time is
    /// unpacked.
    /// - Parameter limit: what all values have to be below.
    /// - Returns: nil where one is not.
    /// - Throws: when `bytes` is not exactly as long as `count` values take.
    /// - Complexity: O(count · wanted values); holds a block of values beside the places.
    package static func places32(
        of wanted: [UInt32], in bytes: ArraySlice<UInt8>, count: Int, width: Int, limit: Int
    ) throws(DecodingError) -> [UInt32]? {
        guard (0...32).contains(width), bytes.count == packedBytes(count: count, width: width, wordBits: 32) else {
            throw DecodingError(offset: 0, expectation: "\(count) packed values of \(width) bits")
        }
        var places: [UInt32] = []
        var start = 0
        while start < count {
            let size = min(blockValues, count - start)
            let first = bytes.startIndex + start / blockValues * 128 * width
            let length = packedBytes(count: size, width: width, wordBits: 32)
            let values = try unpack32(bytes[first..<(first + length)], count: size, width: width)
            guard areAll(values, below: limit) else { return nil }
            let known = places.count
            for value in wanted { values.addPlaces(of: value, from: start, to: &places) }
            if wanted.count > 1, places.count > known + 1 { places[known...].sort() }
            start += size
        }
        return places
    }

    /// The values of the block that begins with the value at `start`.
    /// - Precondition: `bytes` are as long as `count` values take, `start` is a multiple of a block and below `count`.
    private static func block64(
        _ bytes: ArraySlice<UInt8>, _ start: Int, _ count: Int, _ width: Int, _ base: Int64, _ divisor: UInt64
    ) throws(DecodingError) -> [Int64] {
        let (size, place) = block(from: start, count: count, width: width, wordBits: 64)
        let first = bytes.startIndex + place.lowerBound
        return try unpack64(
            bytes[first..<(first + place.count)], count: size, width: width, base: base, divisor: divisor)
    }

    /// How many values the block has that begins with the value at `start`, and where its bytes lie.
    private static func block(
        from start: Int, count: Int, width: Int, wordBits: Int
    ) -> (count: Int, place: Range<Int>) {
        precondition(start % blockValues == 0 && (0..<count).contains(start), "a block that is there")
        let size = min(blockValues, count - start)
        let first = start / blockValues * 128 * width
        return (size, first..<(first + packedBytes(count: size, width: width, wordBits: wordBits)))
    }

    /// As ``unpack64(_:count:width:base:divisor:)``, the values of one block alone.
    /// - Parameter block: of ``blockValues`` values each, but for the last one, which may have fewer.
    /// - Precondition: the block has a value.
    /// - Throws: when `bytes` is not exactly as long as `count` values take.
    package static func unpack64(
        _ bytes: ArraySlice<UInt8>, count: Int, width: Int, base: Int64, divisor: UInt64, block: Int
    ) throws(DecodingError) -> [Int64] {
        guard (0...64).contains(width), bytes.count == packedBytes(count: count, width: width, wordBits: 64) else {
            throw DecodingError(offset: 0, expectation: "\(count) packed values of \(width) bits")
        }
        return try block64(bytes, block * blockValues, count, width, base, divisor)
    }

    /// As ``unpack32(_:count:width:)``, the values of one block alone.
    /// - Parameter block: likewise.
    /// - Precondition: likewise.
    /// - Throws: likewise.
    package static func unpack32(
        _ bytes: ArraySlice<UInt8>, count: Int, width: Int, block: Int
    ) throws(DecodingError) -> [UInt32] {
        guard (0...32).contains(width), bytes.count == packedBytes(count: count, width: width, wordBits: 32) else {
            throw DecodingError(offset: 0, expectation: "\(count) packed values of \(width) bits")
        }
        let (size, place) = Self.block(from: block * blockValues, count: count, width: width, wordBits: 32)
        let first = bytes.startIndex + place.lowerBound
        return try unpack32(bytes[first..<(first + place.count)], count: size, width: width)
    }

    /// Where a value's bits begin.
    private struct BitPlace {
        /// Of the word that holds its lowest bit.
        var byte: Int
        /// Of the word that holds its other bits, where it straddles two.
        var nextByte: Int
        /// Of its lowest bit within the word.
        var shift: Int

        /// Divides by nothing but powers of two.
        /// - Parameter wordShift: 5 or 6, for words of 32 or 64 bits.
        /// - Precondition: `index < count`, and `width` is from 1 to the bits of a word.
        @inline(__always)
        init(of index: Int, among count: Int, width: Int, wordShift: Int) {
            precondition(index >= 0 && index < count, "a value that is there")
            assert(BitPacking.blockValues == 1 << Self.blockShift, "what a block holds")
            let block = index >> Self.blockShift
            // What remains after the last whole block is one lane.
            let laneShift = block < count >> Self.blockShift ? Self.blockShift - wordShift : 0
            let within = index & (BitPacking.blockValues - 1)
            let bit = (within >> laneShift) * width
            let word = ((bit >> wordShift) << laneShift) + (within & ((1 << laneShift) - 1))
            byte = block * 128 * width + (word << (wordShift - 3))
            nextByte = byte + (1 << (laneShift + wordShift - 3))
            shift = bit & ((1 << wordShift) - 1)
        }

        private static let blockShift = 10
    }
}

extension Array where Element == Int64 {
    /// - Precondition: a range of the values.
    fileprivate func wrappingSum(_ range: Range<Int>) -> Int64 {
        let values = span.extracting(range)
        var sum: Int64 = 0
        for index in 0..<values.count { sum &+= values[index] }
        return sum
    }
}

extension Array where Element: FixedWidthInteger {
    /// Appends where a value stands, the first place being `start`. Most blocks do not have it, which one look at all
    /// values tells; in others it may stand in any of them, so that nothing is decided by whether it does.
    @inlinable @inline(__always)
    package func addPlaces(of value: Element, from start: Int, to places: inout [UInt32]) {
        let values = span
        var found: Element = 0
        for index in 0..<values.count { found |= values[index] == value ? 1 : 0 }
        if found == 0 { return }
        var own = [UInt32](repeating: 0, count: values.count)
        var target = own.mutableSpan
        var next = 0
        for index in 0..<values.count {
            // There are never more of them than values before.
            target[next] = UInt32(truncatingIfNeeded: start &+ index)
            next &+= values[index] == value ? 1 : 0
        }
        places.append(contentsOf: own[..<next])
    }
}
