internal import Bytes

// A run of 64-bit integers, the building block of all pages: values, codes, lengths, positions and mantissas are such
// streams. The number of values is known from outside.
//
//     1  kind
//     …  constant   zig-zag value
//     …  packed     a packing of `count` values
//     …  deltas     zig-zag first value, then a packing of the `count − 1` differences (wrapping)
//     …  runs       varint number of runs, stream of values, stream of lengths − 1
//
// A packing (frame of reference, patched):
//
//     z  base          zig-zag varint
//     v  divisor       ≥ 1: value = base + divisor · bits, wrapping
//     1  width         0...64 bits
//     v  exceptions    0...count; when not 0: stream of positions, stream of the bits above `width`
//     …  bits          BitPacking, 64-bit words

/// The kinds of integer streams; numbers are never reused.
enum IntegerStreamKind: UInt8 {
    case constant = 0
    case packed = 1
    case deltas = 2
    case runs = 3
}

/// One way to write a stream as packed bits, and what it would cost.
struct PackingPlan {
    var base: Int64
    var divisor: UInt64
    var width: Int
    var exceptionCount: Int
    /// Estimated length in bytes.
    var bytes: Int
}

/// What one look at the values tells: the base of the choice between kinds.
struct IntegerAnalysis {
    var minimum: Int64
    var maximum: Int64
    var runCount: Int
    /// Greatest common divisor of all differences from the first value, at least 1.
    var divisor: UInt64

    /// - Precondition: `values` is not empty.
    /// - Complexity: O(n); divisions only while a common divisor above 1 survives.
    init(_ values: [Int64]) {
        assert(!values.isEmpty, "there is something to write")
        var low = values[0]
        var high = low
        var runs = 1
        var last = low
        for value in values {
            low = min(low, value)
            high = max(high, value)
            runs &+= value != last ? 1 : 0
            last = value
        }
        minimum = low
        maximum = high
        runCount = runs
        divisor = Self.commonDivisor(values)
        assert(divisor >= 1 && minimum <= maximum, "what a packing relies on")
        assert((1...values.count).contains(runCount), "runs of at least one value")
    }

    private static func commonDivisor(_ values: [Int64]) -> UInt64 {
        let first = values[0]
        var divisor: UInt64 = 0
        for value in values {
            let distance = UInt64(bitPattern: value >= first ? value &- first : first &- value)
            if distance == 0 { continue }
            if divisor != 0, distance % divisor == 0 { continue }
            var (larger, smaller) = (distance, divisor)
            while smaller != 0 { (larger, smaller) = (smaller, larger % smaller) }
            divisor = larger
            if divisor == 1 { return 1 }
        }
        return max(divisor, 1)
    }
}

extension PackingPlan {
    /// The cheapest width for `values` over `base`: wide outliers become exceptions where that pays.
    static func best(_ values: [Int64], base: Int64, divisor: UInt64) -> PackingPlan {
        assert(divisor >= 1, "values are multiples of something")
        let widths = Self.widths(values, base: base, divisor: divisor)
        guard let widest = widths.lastIndex(where: { $0 > 0 }) else {
            return PackingPlan(base: base, divisor: divisor, width: 0, exceptionCount: 0, bytes: 4)
        }
        var best = PackingPlan(
            base: base, divisor: divisor, width: widest, exceptionCount: 0,
            bytes: BitPacking.packedBytes(count: values.count, width: widest, wordBits: 64))
        var exceptions = 0
        for width in stride(from: widest - 1, through: 0, by: -1) {
            exceptions += widths[width + 1]
            // A position costs about two bytes; forty bytes pay for the headers of the two streams and the patching.
            let bytes =
                BitPacking.packedBytes(count: values.count, width: width, wordBits: 64)
                + exceptions * (2 + (widest - width + 7) / 8) + 40
            if bytes < best.bytes {
                best = PackingPlan(base: base, divisor: divisor, width: width, exceptionCount: exceptions, bytes: bytes)
            }
        }
        assert(best.width == widest || best.exceptionCount > 0, "what does not fit is an exception")
        best.bytes += 8
        return best
    }

    /// How many values take 0...64 bits over `base`. Neighbours, which are mostly alike, count in two halves, so that
    /// none waits for the one before.
    static func widths(_ values: [Int64], base: Int64, divisor: UInt64) -> [Int] {
        var halves = [Int](repeating: 0, count: 130)
        var half = 0
        // As a span, so that nothing asks for each value whether the memory is ours alone.
        var counts = halves.mutableSpan
        if divisor == 1 {
            for value in values {
                counts[half &+ 64 &- UInt64(bitPattern: value &- base).leadingZeroBitCount] &+= 1
                half = 65 &- half
            }
        } else {
            for value in values {
                counts[half &+ 64 &- (UInt64(bitPattern: value &- base) / divisor).leadingZeroBitCount] &+= 1
                half = 65 &- half
            }
        }
        return (0...64).map { halves[$0] &+ halves[65 &+ $0] }
    }
}
