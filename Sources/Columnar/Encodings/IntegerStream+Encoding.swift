internal import Bytes

/// Writes integer streams: analyse, score, encode.
enum IntegerStreamEncoder {
    /// How streams may nest: runs hold streams, packings hold streams of exceptions; the innermost are plainly packed.
    static let depthMax = 2

    /// Appends `values` in the cheapest kind. Nothing is written for none.
    /// - Parameter limit: a stream of so many bytes is of no use to the caller.
    /// - Returns: false where the stream would take as many bytes at least, and nothing was written. A stream of which
    ///   that is not seen before it is written is written.
    @discardableResult
    static func write(_ values: [Int64], into sink: inout ByteSink, depth: Int = 0, below limit: Int = .max) -> Bool {
        assert(depth <= depthMax, "streams nest to a depth")
        guard let first = values.first else { return true }
        if let form = PageForm.forced, write(values, as: form, into: &sink, depth: depth) { return true }
        let analysis = IntegerAnalysis(values)
        if analysis.minimum == analysis.maximum {
            sink.append(IntegerStreamKind.constant.rawValue)
            sink.append(zigzag: first)
            return true
        }
        let packing = bestPacking(values, analysis)
        var best = (kind: IntegerStreamKind.packed, bytes: packing.bytes)
        let deltas = mayDeltasPay(values, packing) ? deltaPlan(values) : nil
        if let deltas, deltas.plan.bytes + 10 < best.bytes { best = (.deltas, deltas.plan.bytes + 10) }
        if depth < depthMax, analysis.runCount <= values.count / 2 {
            let runs = runBytes(values, runCount: analysis.runCount, depth: depth)
            if runs.count < best.bytes {
                sink.append(contentsOf: runs)
                return true
            }
        }
        // Beside the bits there are the kind, the base, the divisor, the width and the number of exceptions.
        var (count, width) = (values.count, packing.width)
        if best.kind == .deltas, let deltas { (count, width) = (deltas.values.count, deltas.plan.width) }
        if BitPacking.packedBytes(count: count, width: width, wordBits: 64) + 5 >= limit { return false }
        sink.append(best.kind.rawValue)
        if best.kind == .deltas, let deltas {
            sink.append(zigzag: first)
            write(packing: deltas.plan, of: deltas.values, into: &sink, depth: depth)
        } else {
            write(packing: packing, of: values, into: &sink, depth: depth)
        }
        return true
    }

    /// Whether differences, by a sample of four stretches, are narrower than the values: unsorted ids and durations are
    /// spared the attempt.
    private static func mayDeltasPay(_ values: [Int64], _ packing: PackingPlan) -> Bool {
        guard packing.width > 1, values.count > 2 else { return false }
        if values.count < 1_024 { return true }
        var bits = 0
        for stretch in 0..<4 {
            let start = stretch * (values.count - 65) / 3
            for index in start..<(start + 64) {
                let delta = Int128(values[index + 1]) - Int128(values[index])
                bits += 128 - delta.magnitude.leadingZeroBitCount
            }
        }
        // With a common divisor the packed width is smaller than the values' own.
        let divisorBits = 63 - packing.divisor.leadingZeroBitCount
        return bits < (packing.width + divisorBits - 1) * 256
    }

    /// Differences and their cheapest packing.
    private static func deltaPlan(_ values: [Int64]) -> (values: [Int64], plan: PackingPlan)? {
        guard values.count > 2 else { return nil }
        let deltas = differences(values)
        let analysis = IntegerAnalysis(deltas)
        return (deltas, bestPacking(deltas, analysis))
    }

    /// What each value adds to the one before it.
    /// - Precondition: there is a value.
    static func differences(_ values: [Int64]) -> [Int64] {
        var deltas = [Int64](repeating: 0, count: values.count - 1)
        for index in deltas.indices { deltas[index] = values[index + 1] &- values[index] }
        return deltas
    }

    /// Packed over the minimum; where some values are negative, a base of 0 lets both tails be exceptions.
    private static func bestPacking(_ values: [Int64], _ analysis: IntegerAnalysis) -> PackingPlan {
        let plan = PackingPlan.best(values, base: analysis.minimum, divisor: analysis.divisor)
        guard analysis.minimum < 0, analysis.divisor == 1 else { return plan }
        let centred = PackingPlan.best(values, base: 0, divisor: 1)
        return centred.bytes < plan.bytes ? centred : plan
    }

    static func runBytes(_ values: [Int64], runCount: Int, depth: Int) -> [UInt8] {
        var starts: [Int64] = []
        var lengths: [Int64] = []
        starts.reserveCapacity(runCount)
        lengths.reserveCapacity(runCount)
        var start = 0
        for index in 1...values.count where index == values.count || values[index] != values[start] {
            starts.append(values[start])
            lengths.append(Int64(index - start - 1))
            start = index
        }
        assert(starts.count == runCount && start == values.count, "runs make up the values")
        var sink = ByteSink()
        sink.append(IntegerStreamKind.runs.rawValue)
        sink.append(varint: UInt64(starts.count))
        write(starts, into: &sink, depth: depth + 1)
        write(lengths, into: &sink, depth: depth + 1)
        return sink.bytes
    }

    static func write(packing plan: PackingPlan, of values: [Int64], into sink: inout ByteSink, depth: Int) {
        var plan = plan
        if depth >= depthMax, plan.exceptionCount > 0 {
            plan.exceptionCount = 0
            plan.width = values.reduce(0) {
                max($0, BitPacking.width(UInt64(bitPattern: $1 &- plan.base) / plan.divisor))
            }
        }
        sink.append(zigzag: plan.base)
        sink.append(varint: plan.divisor)
        sink.append(UInt8(plan.width))
        sink.append(varint: UInt64(plan.exceptionCount))
        if plan.exceptionCount > 0 {
            var positions: [Int64] = []
            var highs: [Int64] = []
            for (index, value) in values.enumerated() {
                let distance = UInt64(bitPattern: value &- plan.base)
                let bits = plan.divisor == 1 ? distance : distance / plan.divisor
                if BitPacking.width(bits) > plan.width {
                    positions.append(Int64(index))
                    highs.append(Int64(bitPattern: bits >> UInt64(plan.width)))
                }
            }
            assert(positions.count == plan.exceptionCount, "as many exceptions as were counted")
            write(positions, into: &sink, depth: depth + 1)
            write(highs, into: &sink, depth: depth + 1)
        }
        BitPacking.pack64(values, base: plan.base, divisor: plan.divisor, width: plan.width, into: &sink)
    }
}
