import Bytes
import Columnar
import Plans

/// Histograms of rollup rows taken into those of groups.
enum HistogramMerging {
    /// Takes in (histogram, count, sum): a row of one value has no histogram, its sum is the value.
    /// - Returns: an upper bound of the buckets that were filled.
    /// - Throws: `.damagedData` where a text is no histogram.
    static func merge(
        _ arguments: [Vector], _ assignment: GroupAssignment, into histograms: inout [ExponentialHistogram]
    ) throws -> Int {
        let (texts, counts, sums) = (arguments[0], arguments[1], arguments[2])
        var buckets = 0
        try assignment.forEach { row, group in
            if case .text(let codes, let dictionary) = texts.storage, texts.validity?[row] ?? true {
                let text = dictionary.utf8(Int(codes[row]))
                buckets += text.count / 2
                do throws(DecodingError) {
                    try histograms[group].merge(text: text)
                } catch {
                    throw QueryError(.damagedData, "a rollup's histogram is damaged: expected \(error.expectation)")
                }
            } else if counts.wholeNumber(at: row) == 1, let value = sums.mantissa(at: row) {
                histograms[group].add(value)
                buckets += 1
            }
        }
        return buckets
    }
}

/// One histogram as text for each group: null of fewer than two values.
struct MergedHistogramAccumulator: Accumulator {
    private var histograms: [ExponentialHistogram] = []
    private var buckets = 0

    var memoryBytes: Int { histograms.capacity * 256 + min(buckets * 16, histograms.count * 8192) }

    mutating func grow(to count: Int) { histograms.pad(to: count, with: ExponentialHistogram()) }

    mutating func update(_ arguments: [Vector], _ assignment: GroupAssignment) throws {
        buckets += try HistogramMerging.merge(arguments, assignment, into: &histograms)
    }

    mutating func absorb(_ other: Self, _ mapping: [UInt32]) {
        for (group, histogram) in other.histograms.enumerated() { histograms[Int(mapping[group])].merge(histogram) }
        buckets += other.buckets
    }

    func finish(_ groups: [UInt32]) -> Vector {
        Vector(type: .text, scalars: groups.map { group in
            let histogram = histograms[Int(group)]
            return histogram.count > 1 ? .text(String(decoding: histogram.text, as: UTF8.self)) : .null
        })
    }
}

extension Vector {
    /// The whole number below a numeric of a row; nil where it has none that fits.
    fileprivate func mantissa(at row: Int) -> Int64? {
        if case .int64(let values) = storage { return validity?[row] ?? true ? values[row] : nil }
        switch scalar(at: row) {
        case .numeric(let value, _): return Int64(exactly: value)
        case .integer(let value): return value
        default: return nil
        }
    }
}
