/// Values that are kept as differences: each block of these is unpacked where the values are to stand, and added up
/// there while it is at hand.
extension BitPacking {
    /// A first value and, one after the other, what it comes to with each of the differences that
    /// ``unpack64(_:count:width:base:divisor:)`` gives: `count + 1` values, wrapping. Allocates only the result.
    /// - Parameters:
    ///   - places: differences to which something is added, ascending; one may stand there again.
    ///   - rests: beside each place what is added.
    /// - Precondition: every place is below `count`, and there is a rest for each.
    /// - Throws: when `bytes` is not exactly as long as `count` values take.
    /// - Complexity: O(count + places).
    package static func accumulated64(
        _ bytes: ArraySlice<UInt8>, count: Int, width: Int, base: Int64, divisor: UInt64, from first: Int64,
        adding rests: [Int64], at places: [Int]
    ) throws(DecodingError) -> [Int64] {
        guard (0...64).contains(width), bytes.count == packedBytes(count: count, width: width, wordBits: 64) else {
            throw DecodingError(offset: 0, expectation: "\(count) packed values of \(width) bits")
        }
        precondition(places.count == rests.count && places.first ?? 0 >= 0 && places.last ?? -1 < count)
        assert(zip(places, places.dropFirst()).allSatisfy { $0 <= $1 }, "places ascend")
        return unsafe [Int64](unsafeUninitializedCapacity: count + 1) { output, initialised in
            unsafe bytes.withUnsafeBytes { input in
                unsafe output.initializeElement(at: 0, to: first)
                let values = unsafe output.baseAddress! + 1
                var (sum, start, next) = (first, 0, 0)
                while start < count {
                    let size = min(blockValues, count - start)
                    let block = unsafe values + start
                    if width > 0, let source = input.baseAddress {
                        let target = unsafe UnsafeMutableRawPointer(block).assumingMemoryBound(to: UInt64.self)
                        // Sound: the guard above ties the input's length to count and width, and whole blocks come
                        // first in it; there is room for the first value and for `count` more.
                        unsafe unpack64Unchecked(
                            source + start / blockValues * 128 * width, target, count: size, width: width, base: base,
                            divisor: divisor)
                    } else {
                        unsafe block.initialize(repeating: base, count: size)
                    }
                    // Sound: the places ascend to one below `count`, so each of these lies in the block.
                    while next < places.count, places[next] < start + size {
                        unsafe block[max(0, places[next] - start)] &+= rests[next]
                        next += 1
                    }
                    sum = unsafe accumulateUnchecked(block, count: size, from: sum)
                    start += size
                }
            }
            initialised = count + 1
        }
    }

    /// Puts in the place of each difference what they come to with it.
    /// - Precondition: there are `count` of them.
    /// - Returns: the last.
    private static func accumulateUnchecked(
        _ values: UnsafeMutablePointer<Int64>, count: Int, from first: Int64
    ) -> Int64 {
        var sum = first
        var index = 0
        // Sound: `index + 4 <= count`, and below `index < count`.
        while index &+ 4 <= count {
            let one = unsafe sum &+ values[index]
            let two = unsafe one &+ values[index &+ 1]
            let three = unsafe two &+ values[index &+ 2]
            sum = unsafe three &+ values[index &+ 3]
            unsafe values[index] = one
            unsafe values[index &+ 1] = two
            unsafe values[index &+ 2] = three
            unsafe values[index &+ 3] = sum
            index &+= 4
        }
        while index < count {
            sum = unsafe sum &+ values[index]
            unsafe values[index] = sum
            index &+= 1
        }
        return sum
    }
}
