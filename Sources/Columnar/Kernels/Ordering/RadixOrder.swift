/// Sorts row numbers by 64-bit keys, least significant digit first: stable and linear.
package enum RadixOrder {
    /// Row numbers in ascending order of their keys; rows of equal keys keep their order.
    /// - Complexity: O(n): a pass over all for each eleven bits in which keys differ.
    package static func ascending(_ keys: [UInt64]) -> [UInt32] {
        if keys.count < 256 {
            return (0..<UInt32(keys.count)).sorted { (keys[Int($0)], $0) < (keys[Int($1)], $1) }
        }
        var smallest = keys[0]
        var largest = keys[0]
        for key in keys {
            smallest = min(smallest, key)
            largest = max(largest, key)
        }
        let bits = 64 - (largest - smallest).leadingZeroBitCount
        if bits <= 32 { return narrow(keys, smallest: smallest, bits: bits) }
        var order = (0..<UInt32(keys.count)).map { $0 }
        var pass = 0
        var scratch = order
        while pass * 11 < bits {
            let shift = UInt64(pass * 11)
            var starts = [Int](repeating: 0, count: 2049)
            for key in keys { starts[Int(((key - smallest) >> shift) & 2047) + 1] += 1 }
            for digit in 0..<2048 { starts[digit + 1] += starts[digit] }
            for row in order {
                let digit = Int(((keys[Int(row)] - smallest) >> shift) & 2047)
                scratch[starts[digit]] = row
                starts[digit] += 1
            }
            swap(&order, &scratch)
            pass += 1
        }
        assert(zip(order, order.dropFirst()).allSatisfy { keys[Int($0)] <= keys[Int($1)] }, "keys ascend")
        return order
    }

    /// Keys that differ in few bits are sorted beside their row numbers, so that no step looks elsewhere.
    private static func narrow(_ keys: [UInt64], smallest: UInt64, bits: Int) -> [UInt32] {
        assert(bits <= 32 && keys.count <= UInt32.max, "a key and a row number fill a word")
        var source = [UInt64](repeating: 0, count: keys.count)
        for row in keys.indices { source[row] = (keys[row] &- smallest) << 32 | UInt64(row) }
        var target = source
        for shift in stride(from: 32, to: 32 + bits, by: 11) {
            pass(source.span, &target, shift: UInt64(shift))
            swap(&source, &target)
        }
        return source.map { UInt32(truncatingIfNeeded: $0) }
    }

    /// Moves words to where eleven of their bits put them.
    private static func pass(_ source: Span<UInt64>, _ target: inout [UInt64], shift: UInt64) {
        assert(source.count == target.count, "a place for each word")
        var starts = [Int](repeating: 0, count: 2049)
        var places = starts.mutableSpan
        for index in 0..<source.count { places[Int((source[index] &>> shift) & 2047) &+ 1] &+= 1 }
        for digit in 0..<2048 { places[digit + 1] &+= places[digit] }
        var words = target.mutableSpan
        for index in 0..<source.count {
            let digit = Int((source[index] &>> shift) & 2047)
            words[places[digit]] = source[index]
            places[digit] &+= 1
        }
    }

    /// Sorts a stretch of words in place.
    static func sort(_ words: inout [UInt64], _ range: Range<Int>) {
        if range.count < 1024 {
            words[range].sort()
            return
        }
        var source = Array(words[range])
        var target = source
        var smallest = source[0]
        var largest = source[0]
        for word in source {
            smallest = min(smallest, word)
            largest = max(largest, word)
        }
        let bits = 64 - (largest - smallest).leadingZeroBitCount
        var pass = 0
        while pass * 11 < bits {
            let shift = UInt64(pass * 11)
            var starts = [Int](repeating: 0, count: 2049)
            for word in source { starts[Int(((word - smallest) >> shift) & 2047) + 1] += 1 }
            for digit in 0..<2048 { starts[digit + 1] += starts[digit] }
            for word in source {
                let digit = Int(((word - smallest) >> shift) & 2047)
                target[starts[digit]] = word
                starts[digit] += 1
            }
            swap(&source, &target)
            pass += 1
        }
        assert(zip(source, source.dropFirst()).allSatisfy { $0 <= $1 }, "words ascend")
        words.replaceSubrange(range, with: source)
    }
}
