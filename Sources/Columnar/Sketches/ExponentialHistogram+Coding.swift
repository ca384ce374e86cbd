package import Bytes

// A histogram as bytes; equal histograms have equal bytes. Little-endian, varints LEB128.
//
//     1     kind         0 integers, 1 doubles
//     v     count        nothing follows when 0
//     v v   zeros, NaNs
//     …     range        integers: two zig-zag varints; doubles: 8 and 8
//     v v   sum          of integers: zig-zag Int128, low 64 bits first
//     …     positive, then negative buckets: v number; each z distance of the index from the one before (the first from 0), v count

extension ExponentialHistogram {
    /// Doubles span fewer buckets than this on either side.
    private static let bucketsMax = 2_200 * 64

    /// Far above any count that is reached, far below one whose merging could overflow.
    private static let countMax: UInt64 = 1 << 48

    /// Appends the histogram.
    package func write(into sink: inout ByteSink) {
        sink.append(kind.rawValue)
        sink.append(varint: count)
        if count == 0 { return }
        sink.append(varint: zeroCount)
        sink.append(varint: nanCount)
        if kind == .integers {
            sink.append(zigzag: integerRange.minimum)
            sink.append(zigzag: integerRange.maximum)
            SummaryCoding.write(wide: sum, into: &sink)
        } else {
            sink.append(doubleRange.minimum)
            sink.append(doubleRange.maximum)
        }
        for buckets in [positive.buckets, negative.buckets] {
            sink.append(varint: UInt64(buckets.count))
            var last: Int32 = 0
            for (index, count) in buckets {
                sink.append(zigzag: Int64(index - last))
                sink.append(varint: count)
                last = index
            }
        }
    }

    /// Reads a histogram; its buckets, zeros and NaNs must add up to its count.
    package init(from cursor: inout ByteCursor) throws(DecodingError) {
        let number = try cursor.readByte()
        guard let kind = Kind(rawValue: number) else { throw cursor.newerForm("a kind of histogram", found: number) }
        self.init(kind: kind)
        count = try cursor.readVarint()
        guard count <= Self.countMax else { throw cursor.failure("a count of at most 2^48") }
        if count == 0 { return }
        zeroCount = try cursor.readVarint()
        nanCount = try cursor.readVarint()
        if kind == .integers {
            integerRange = (try cursor.readZigzag(), try cursor.readZigzag())
            sum = try SummaryCoding.readWide(from: &cursor)
            guard sum.magnitude <= UInt128(count) << 63 else { throw cursor.failure("a sum of \(count) integers") }
        } else {
            doubleRange = (try cursor.readDouble(), try cursor.readDouble())
        }
        var total = try Self.sum(zeroCount, nanCount, cursor)
        (positive, total) = try Self.readBuckets(&cursor, total)
        (negative, total) = try Self.readBuckets(&cursor, total)
        guard total == count else { throw cursor.failure("buckets of \(count) values") }
    }

    private static func sum(_ left: UInt64, _ right: UInt64, _ cursor: ByteCursor) throws(DecodingError) -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        if overflow { throw cursor.failure("counts that fit 64 bits") }
        return sum
    }

    private static func readBuckets(
        _ cursor: inout ByteCursor, _ before: UInt64
    ) throws(DecodingError) -> (BucketCounts, UInt64) {
        var buckets = BucketCounts()
        var total = before
        var last: Int64 = 0
        for place in 0..<(try cursor.readCount(max: bucketsMax)) {
            let distance = try cursor.readZigzag()
            guard place == 0 || distance > 0, distance.magnitude <= UInt64(bucketsMax) else {
                throw cursor.failure("buckets that ascend")
            }
            last += distance
            guard last.magnitude <= UInt64(bucketsMax) else { throw cursor.failure("a bucket of a double") }
            let count = try cursor.readVarint()
            guard count > 0 else { throw cursor.failure("buckets that are not empty") }
            total = try sum(total, count, cursor)
            buckets.add(Int32(last), count)
        }
        return (buckets, total)
    }
}
