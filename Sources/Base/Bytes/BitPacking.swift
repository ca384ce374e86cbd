/// Unsigned values of a fixed number of bits, laid so that one shift serves many lanes and compilers vectorise the
/// loop.
///
/// Whole blocks of 1,024 values are interleaved: with words of B bits there are L = 1,024 / B lanes, value `i` of a
/// block lies in lane `i % L` as that lane's `i / L`-th value, and word `k` of lane `l` is the block's word `k · L +
/// l`. Within a lane values follow each other from the least significant bit on and may straddle two words. A block of
/// width `w` takes 128 · w bytes. What remains after the last whole block (fewer than 1,024 values) is one lane, padded
/// to a whole word.
package enum BitPacking {
    /// Values in a whole, interleaved block.
    package static let blockValues = 1_024

    /// Bytes that `count` values of `width` bits take with words of `wordBits` (32 or 64).
    package static func packedBytes(count: Int, width: Int, wordBits: Int) -> Int {
        assert(count >= 0 && (0...64).contains(width) && (wordBits == 32 || wordBits == 64), "what words can hold")
        let tailBits = (count % blockValues) * width
        return (count / blockValues) * 128 * width + (tailBits + wordBits - 1) / wordBits * (wordBits / 8)
    }

    /// The number of bits that `value` needs; 0 for 0.
    package static func width(_ value: UInt64) -> Int { 64 - value.leadingZeroBitCount }

    /// Appends the low `width` bits of `(value − base) / divisor`, in 64-bit words.
    /// - Precondition: `0 <= width <= 64`, `divisor >= 1`.
    package static func pack64(_ values: [Int64], base: Int64, divisor: UInt64, width: Int, into sink: inout ByteSink) {
        precondition((0...64).contains(width) && divisor >= 1)
        var scaled = [UInt64](repeating: 0, count: values.count)
        for index in values.indices { scaled[index] = UInt64(bitPattern: values[index] &- base) }
        if divisor > 1 { for index in scaled.indices { scaled[index] /= divisor } }
        packWords(scaled, width: width, into: &sink)
    }

    /// Appends the low `width` bits of each value, in 32-bit words.
    /// - Precondition: `0 <= width <= 32`.
    package static func pack32(_ values: [UInt32], width: Int, into sink: inout ByteSink) {
        precondition((0...32).contains(width))
        packWords(values, width: width, into: &sink)
    }

    /// Unpacks `count` values as `base + divisor · bits`, wrapping.
    /// Throws when `bytes` is not exactly as long as the values take. Allocates only the result.
    package static func unpack64(
        _ bytes: ArraySlice<UInt8>, count: Int, width: Int, base: Int64, divisor: UInt64
    ) throws(DecodingError) -> [Int64] {
        guard (0...64).contains(width), bytes.count == packedBytes(count: count, width: width, wordBits: 64) else {
            throw DecodingError(offset: 0, expectation: "\(count) packed values of \(width) bits")
        }
        if width == 0 { return Array(repeating: base, count: count) }
        return unsafe [Int64](unsafeUninitializedCapacity: count) { output, initialised in
            unsafe bytes.withUnsafeBytes { input in
                // Sound: the guard above ties the input's length to count and width; the kernel writes exactly `count`
                // values.
                let target = unsafe UnsafeMutableRawPointer(output.baseAddress!).assumingMemoryBound(to: UInt64.self)
                if let source = input.baseAddress {
                    unsafe unpack64Unchecked(source, target, count: count, width: width, base: base, divisor: divisor)
                }
            }
            initialised = count
        }
    }

    /// - Precondition: `source` holds `packedBytes(…)`, `target` has room for `count`, `1 <= width <= 64`.
    static func unpack64Unchecked(
        _ source: UnsafeRawPointer, _ target: UnsafeMutablePointer<UInt64>, count: Int, width: Int, base: Int64,
        divisor: UInt64
    ) {
        let first = UInt64(bitPattern: base)
        let blocks = count / blockValues
        if divisor == 1 {
            unsafe unpackBlocksUnchecked(source, target, blocks: blocks, width: width) { $0 &+ first }
        } else if width <= 32, divisor <= UInt32.max {
            // Halves of words multiply in one instruction, words in many.
            let low = SIMD8<UInt64>(repeating: 0xFFFF_FFFF)
            let factor = SIMD8<UInt64>(repeating: divisor) & low
            unsafe unpackBlocksUnchecked(source, target, blocks: blocks, width: width) {
                ($0 & low) &* factor &+ first
            }
        } else {
            unsafe unpackBlocksUnchecked(source, target, blocks: blocks, width: width) {
                $0 &* divisor &+ first
            }
        }
        // Sound: the blocks end where what remains begins, in both.
        unsafe unpackTailUnchecked(
            source + blocks * 128 * width, target + blocks * blockValues, count: count % blockValues, width: width
        ) { $0 &* divisor &+ first }
    }

    /// Unpacks `count` values of 32-bit words. Throws when `bytes` is not exactly as long as the values take.
    package static func unpack32(_ bytes: ArraySlice<UInt8>, count: Int, width: Int) throws(DecodingError) -> [UInt32] {
        guard (0...32).contains(width), bytes.count == packedBytes(count: count, width: width, wordBits: 32) else {
            throw DecodingError(offset: 0, expectation: "\(count) packed values of \(width) bits")
        }
        if width == 0 { return Array(repeating: 0, count: count) }
        return unsafe [UInt32](unsafeUninitializedCapacity: count) { output, initialised in
            unsafe bytes.withUnsafeBytes { input in
                // Sound: as in unpack64.
                if let source = input.baseAddress {
                    unsafe unpackUnchecked(source, output.baseAddress!, count: count, width: width) { $0 }
                }
            }
            initialised = count
        }
    }

    /// The largest value, 0 of none.
    package static func maximum(_ values: [UInt32]) -> UInt32 {
        var result: UInt32 = 0
        for value in values { result = max(result, value) }
        return result
    }

    /// Whether every value is below a bound; true of none.
    /// - Complexity: O(values), many at a time: the bounds of untrusted values are looked at once, not one by one.
    package static func areAll(_ values: [UInt32], below bound: Int) -> Bool {
        if bound <= 0 { return values.isEmpty }
        guard bound <= 1 << 31 else { return Int(maximum(values)) < bound }
        let (source, last) = (values.span, UInt32(bound - 1))
        // The sign bit stands where a value has it itself, or where it is taken from less.
        var bits: UInt32 = 0
        for index in source.indices { bits |= source[index] | (last &- source[index]) }
        return bits >> 31 == 0
    }

    private static func packWords<Word: FixedWidthInteger & UnsignedInteger>(
        _ values: [Word], width: Int, into sink: inout ByteSink
    ) {
        assert((0...Word.bitWidth).contains(width), "values fit their words")
        if width == 0 { return }
        let mask = width == Word.bitWidth ? Word.max : (1 << Word(width)) - 1
        let lanes = blockValues / Word.bitWidth
        var words = [Word](repeating: 0, count: lanes * width)
        var start = 0
        while start + blockValues <= values.count {
            for index in words.indices { words[index] = 0 }
            for position in 0..<Word.bitWidth {
                let bit = position * width
                let row = bit / Word.bitWidth * lanes
                let shift = Word(truncatingIfNeeded: bit % Word.bitWidth)
                let straddles = Int(shift) + width > Word.bitWidth
                for lane in 0..<lanes {
                    let value = values[start + position * lanes + lane] & mask
                    words[row + lane] |= value &<< shift
                    if straddles { words[row + lanes + lane] = value &>> (Word(Word.bitWidth) - shift) }
                }
            }
            sink.append(littleEndian: words)
            start += blockValues
        }
        packTail(values[start...], width: width, mask: mask, into: &sink)
    }

    private static func packTail<Word: FixedWidthInteger & UnsignedInteger>(
        _ values: ArraySlice<Word>, width: Int, mask: Word, into sink: inout ByteSink
    ) {
        assert(values.count < blockValues, "whole blocks are interleaved")
        var word: Word = 0
        var used = 0
        for value in values {
            let value = value & mask
            word |= value &<< Word(used)
            if used + width >= Word.bitWidth {
                sink.append(littleEndian: word)
                let taken = Word.bitWidth - used
                word = taken < width ? value &>> Word(taken) : 0
                used = width - taken
            } else {
                used += width
            }
        }
        assert(used < Word.bitWidth, "a full word is written at once")
        if used > 0 { sink.append(littleEndian: word) }
    }

    /// - Precondition: `source` holds `packedBytes(…)`, `target` has room for `count`, `1 <= width <= Word.bitWidth`.
    @inline(__always)
    private static func unpackUnchecked<Word: FixedWidthInteger & UnsignedInteger>(
        _ source: UnsafeRawPointer, _ target: UnsafeMutablePointer<Word>, count: Int, width: Int, step: (Word) -> Word
    ) {
        assert(count >= 0 && (1...Word.bitWidth).contains(width), "the callers have looked at the width")
        let lanes = blockValues / Word.bitWidth
        let bytesPerWord = Word.bitWidth / 8
        let mask = width == Word.bitWidth ? Word.max : (1 &<< Word(width)) &- 1
        let blocks = count / blockValues
        for block in 0..<blocks {
            // Sound: block < count / 1,024, so both stay within what the precondition promises.
            let words = unsafe source + block &* 128 &* width
            let out = unsafe target + block &* blockValues
            for position in 0..<Word.bitWidth {
                let bit = position &* width
                let row = unsafe words + bit / Word.bitWidth &* lanes &* bytesPerWord
                let shift = Word(truncatingIfNeeded: bit % Word.bitWidth)
                let line = unsafe out + position &* lanes
                if Int(shift) &+ width <= Word.bitWidth {
                    for lane in 0..<lanes {
                        let word = unsafe row.loadUnaligned(fromByteOffset: lane &* bytesPerWord, as: Word.self)
                        unsafe (line + lane).initialize(to: step((Word(littleEndian: word) &>> shift) & mask))
                    }
                } else {
                    let next = unsafe row + lanes &* bytesPerWord
                    let rest = Word(truncatingIfNeeded: Word.bitWidth) &- shift
                    for lane in 0..<lanes {
                        let low = unsafe row.loadUnaligned(fromByteOffset: lane &* bytesPerWord, as: Word.self)
                        let high = unsafe next.loadUnaligned(fromByteOffset: lane &* bytesPerWord, as: Word.self)
                        let bits = (Word(littleEndian: low) &>> shift) | (Word(littleEndian: high) &<< rest)
                        unsafe (line + lane).initialize(to: step(bits & mask))
                    }
                }
            }
        }
        unsafe unpackTailUnchecked(
            source + blocks &* 128 &* width, target + blocks &* blockValues, count: count % blockValues, width: width,
            step: step)
    }

    /// What remains after the whole blocks.
    /// - Precondition: `source` holds the tail, `target` has room for `count < 1,024`, `1 <= width <= Word.bitWidth`.
    @inline(__always)
    private static func unpackTailUnchecked<Word: FixedWidthInteger & UnsignedInteger>(
        _ source: UnsafeRawPointer, _ target: UnsafeMutablePointer<Word>, count: Int, width: Int, step: (Word) -> Word
    ) {
        let bytesPerWord = Word.bitWidth / 8
        let mask = width == Word.bitWidth ? Word.max : (1 &<< Word(width)) &- 1
        for index in 0..<count {
            let bit = index &* width
            let at = bit / Word.bitWidth &* bytesPerWord
            let shift = Word(truncatingIfNeeded: bit % Word.bitWidth)
            // Sound: the tail is padded to whole words and a straddling value's second word belongs to it.
            var bits = unsafe Word(littleEndian: source.loadUnaligned(fromByteOffset: at, as: Word.self)) &>> shift
            if Int(shift) &+ width > Word.bitWidth {
                let high = unsafe source.loadUnaligned(fromByteOffset: at &+ bytesPerWord, as: Word.self)
                bits |= Word(littleEndian: high) &<< (Word(truncatingIfNeeded: Word.bitWidth) &- shift)
            }
            unsafe (target + index).initialize(to: step(bits & mask))
        }
    }

    /// Whole blocks of 64-bit words, eight lanes at a time: written out, since a compiler that makes such loops itself
    /// looks for each line of sixteen whether source and target overlap.
    /// - Precondition: `source` holds the blocks, `target` has room for their values, `1 <= width <= 64`.
    @inline(__always)
    private static func unpackBlocksUnchecked(
        _ source: UnsafeRawPointer, _ target: UnsafeMutablePointer<UInt64>, blocks: Int, width: Int,
        step: (SIMD8<UInt64>) -> SIMD8<UInt64>
    ) {
        assert((1...64).contains(width), "the callers have looked at the width")
        assert(UInt64(littleEndian: 1) == 1, "words lie in files as they do in memory")
        let mask = SIMD8<UInt64>(repeating: width == 64 ? .max : (1 &<< UInt64(width)) &- 1)
        for block in 0..<blocks {
            let words = unsafe source + block &* 128 &* width
            let out = unsafe UnsafeMutableRawPointer(target + block &* blockValues)
            for position in 0..<64 {
                let bit = position &* width
                let shift = UInt64(truncatingIfNeeded: bit & 63)
                // Sound: a lane's last value ends with its last word, so what straddles has a word to go on in.
                let row = unsafe words + (bit >> 6) &* 128
                let straddles = Int(truncatingIfNeeded: shift) &+ width > 64
                for half in 0..<2 {
                    var lanes = unsafe row.loadUnaligned(fromByteOffset: half &* 64, as: SIMD8<UInt64>.self) &>> shift
                    if straddles {
                        let next = unsafe row.loadUnaligned(fromByteOffset: 128 &+ half &* 64, as: SIMD8<UInt64>.self)
                        lanes |= next &<< (64 &- shift)
                    }
                    unsafe out.storeBytes(
                        of: step(lanes & mask), toByteOffset: position &* 128 &+ half &* 64, as: SIMD8<UInt64>.self)
                }
            }
        }
    }
}
