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
