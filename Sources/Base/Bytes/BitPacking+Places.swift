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
            let place = BitPlace(of: Int(places[index]), among: count, width: width, wordBits: 64)
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
            let place = BitPlace(of: Int(places[index]), among: count, width: width, wordBits: 32)
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

        /// - Precondition: `index < count`, `1 <= width <= wordBits`.
        init(of index: Int, among count: Int, width: Int, wordBits: Int) {
            precondition(index >= 0 && index < count, "a value that is there")
            let wordBytes = wordBits / 8
            let block = index / BitPacking.blockValues
            // What remains after the last whole block is one lane.
            let isInBlock = block < count / BitPacking.blockValues
            let lanes = isInBlock ? BitPacking.blockValues / wordBits : 1
            let within = index % BitPacking.blockValues
            let bit = within / lanes * width
            byte = block * 128 * width + (bit / wordBits * lanes + within % lanes) * wordBytes
            nextByte = byte + lanes * wordBytes
            shift = bit % wordBits
        }
    }
}
