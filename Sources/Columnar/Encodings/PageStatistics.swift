internal import Bytes

/// Minimum, maximum and sum of a page's values, nulls left out.
enum PageStatistics {
    static func integers(_ values: [Int64], type: ColumnType, nullCount: Int) -> ColumnSummary {
        assert(!values.isEmpty, "a page of nulls has no bounds")
        var low = Int64.max
        var high = Int64.min
        for value in values {
            low = min(low, value)
            high = max(high, value)
        }
        return ColumnSummary(
            minimum: scalar(low, type), maximum: scalar(high, type), nullCount: nullCount,
            sum: type.isSummed ? sum(values) : nil)
    }

    /// The exact sum. Parts of 2^16 values are added in 64 bits, high and low halves apart.
    static func sum(_ values: [Int64]) -> Int128 {
        var total: Int128 = 0
        var start = 0
        while start < values.count {
            let end = min(start + 65_536, values.count)
            var low: UInt64 = 0
            var high: Int64 = 0
            for index in start..<end {
                low &+= UInt64(truncatingIfNeeded: UInt32(truncatingIfNeeded: values[index]))
                high &+= values[index] >> 32
            }
            total += Int128(high) << 32 + Int128(low)
            start = end
        }
        return total
    }

    static func wides(_ values: [Int128], scale: Int, nullCount: Int) -> ColumnSummary {
        assert(!values.isEmpty, "a page of nulls has no bounds")
        var low = Int128.max
        var high = Int128.min
        var total: Int128? = 0
        for value in values {
            low = min(low, value)
            high = max(high, value)
            if let sum = total {
                let (next, overflow) = sum.addingReportingOverflow(value)
                total = overflow ? nil : next
            }
        }
        return ColumnSummary(
            minimum: .numeric(low, scale: scale), maximum: .numeric(high, scale: scale), nullCount: nullCount,
            sum: total)
    }

    /// In PostgreSQL's order NaN is the greatest value.
    static func doubles(_ values: [Double], nullCount: Int) -> ColumnSummary {
        assert(!values.isEmpty, "a page of nulls has no bounds")
        var low = values[0]
        var high = values[0]
        for value in values {
            if value < low || low.isNaN { low = value }
            if value > high || value.isNaN { high = value }
        }
        return ColumnSummary(minimum: .double(low), maximum: .double(high), nullCount: nullCount)
    }

    /// Bounds of the texts that occur, cut to `PageLimits.summaryTextBytesMax`.
    static func texts(_ texts: TextRanges, type: ColumnType, nullCount: Int) -> ColumnSummary {
        var low = 0
        var high = 0
        // Most texts are told from the bounds by how they begin.
        var (lowBeginning, highBeginning) = (beginning(texts, 0), beginning(texts, 0))
        for index in 1..<max(texts.count, 1) {
            let own = beginning(texts, index)
            if own < lowBeginning || own == lowBeginning && precedes(texts, index, low) {
                (low, lowBeginning) = (index, own)
            }
            if own > highBeginning || own == highBeginning && precedes(texts, high, index) {
                (high, highBeginning) = (index, own)
            }
        }
        guard let minimum = cut(texts, low, isMaximum: false), let maximum = cut(texts, high, isMaximum: true) else {
            return ColumnSummary(minimum: .null, maximum: .null, nullCount: nullCount)
        }
        let isJSON = type == .json
        return ColumnSummary(
            minimum: isJSON ? .json(minimum) : .text(minimum), maximum: isJSON ? .json(maximum) : .text(maximum),
            nullCount: nullCount)
    }

    static func scalar(_ value: Int64, _ type: ColumnType) -> Scalar {
        switch type {
        case .timestamptz: .timestamptz(value)
        case .timestamp: .timestamp(value)
        case .date: .date(value)
        case .numeric(let scale): .numeric(Int128(value), scale: scale)
        default: .integer(value)
        }
    }

    /// The first eight bytes, zeros where there are fewer, as a number of which the first one counts most: of two that
    /// differ, the less is that of the text that comes first.
    @inline(__always)
    private static func beginning(_ texts: TextRanges, _ index: Int) -> UInt64 {
        let (start, length) = (Int(texts.offsets[index]), texts.length(index))
        let word =
            length >= 8
            ? texts.bytes.loadUInt64(at: start) : texts.bytes.loadPartialUInt64(at: start, length: length)
        return word.byteSwapped
    }

    private static func precedes(_ texts: TextRanges, _ left: Int, _ right: Int) -> Bool {
        let a = texts.range(left)
        let b = texts.range(right)
        let shared = min(a.count, b.count)
        var at = 0
        while at + 8 <= shared {
            let (x, y) = (texts.bytes.loadUInt64(at: a.lowerBound + at), texts.bytes.loadUInt64(at: b.lowerBound + at))
            // The first byte counts most.
            if x != y { return x.byteSwapped < y.byteSwapped }
            at += 8
        }
        while at < shared {
            let (x, y) = (texts.bytes[a.lowerBound + at], texts.bytes[b.lowerBound + at])
            if x != y { return x < y }
            at += 1
        }
        return a.count < b.count
    }

    /// A bound of the text: itself if short; else its beginning, and of a maximum the greatest character after that.
    /// nil when the bytes are not UTF-8, because a repaired text would order differently.
    private static func cut(_ texts: TextRanges, _ index: Int, isMaximum: Bool) -> String? {
        let utf8 = texts.bytes[texts.range(index)]
        if utf8.count <= PageLimits.summaryTextBytesMax { return String(validating: utf8, as: UTF8.self) }
        var end = utf8.startIndex + PageLimits.summaryTextBytesMax - 4
        while end > utf8.startIndex, utf8[end] & 0xC0 == 0x80 { end -= 1 }
        // A rest that begins with the greatest character would pass the bound.
        if isMaximum, utf8[end] >= 0xF4 { return nil }
        guard let text = String(validating: utf8[..<end], as: UTF8.self) else { return nil }
        return isMaximum ? text + "\u{10FFFF}" : text
    }
}

extension ColumnType {
    /// Whether pages keep exact sums of the type.
    var isSummed: Bool {
        switch self {
        case .integer, .numeric: true
        default: false
        }
    }
}
