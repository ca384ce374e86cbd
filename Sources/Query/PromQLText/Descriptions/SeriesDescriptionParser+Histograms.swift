// Histograms: `{{schema:1 sum:5 count:4 z_bucket:1 z_bucket_w:0.1 buckets:[1 2] n_buckets:[1]}}`.
extension SeriesDescriptionParser {
    /// One behind its opening braces, and what repeats it.
    mutating func parseHistograms() throws(Parser.Fault) {
        let first = try parseHistogram()
        var (added, isAdding) = (first, false)
        let isSubtracting = isAt("-")
        if isAt("+{{") || isAt("-{{") {
            position += 3
            (added, isAdding) = (try parseHistogram(), true)
        }
        // The first of several has the hint of what is added said for it, too.
        let saysHint = added.saysHint
        func value(_ histogram: NativeHistogram) -> SeriesDescription.Value {
            .sample(.histogram(histogram), saysHint: saysHint)
        }
        guard let repetitions = try parseRepetition() else {
            if isAdding { throw unexpected(in: "series values", expected: "\"x\" and a number") }
            return try append(1, buckets: first.histogram.buckets) { _ in value(first.histogram) }
        }
        guard isAdding else {
            let count = repetitions.addingReportingOverflow(1).partialValue
            return try append(count, buckets: first.histogram.buckets) { _ in value(first.histogram) }
        }
        var current = first.histogram
        try append(1, buckets: current.buckets) { _ in value(current) }
        for _ in 0..<repetitions {
            current = try combined(current, added.histogram, isSubtracting)
            try append(1, buckets: current.buckets) { _ in value(current) }
        }
    }

    private func combined(
        _ histogram: NativeHistogram, _ added: NativeHistogram, _ isSubtracting: Bool
    ) throws(Parser.Fault) -> NativeHistogram {
        guard histogram.schema <= added.schema else {
            throw fault(
                "error combining histograms: cannot merge from schema \(added.schema) to \(histogram.schema)")
        }
        do throws(HistogramMismatch) {
            return try isSubtracting ? histogram.subtracting(added).histogram : histogram.adding(added).histogram
        } catch {
            throw fault(
                "cannot apply this operation on histograms with a mix of exponential and custom bucket schemas")
        }
    }

    private mutating func parseHistogram() throws(Parser.Fault) -> (histogram: NativeHistogram, saysHint: Bool) {
        var parts = HistogramParts()
        skipSpaces()
        while !accept("}}") {
            let start = position
            while let byte = peek(), byte.isNameStart { position += 1 }
            guard let key = HistogramParts.Key(rawValue: String(decoding: text[start..<position], as: UTF8.self))
            else {
                throw start == position
                    ? unexpected(in: "histogram description", expected: "a key, e.g. buckets:[5 10 7], or \"}}\"")
                    : fault("bad histogram descriptor found: " + QuotedText.quoted(text[start..<position]), from: start)
            }
            guard accept(":") else { throw fault("missing `:` for histogram descriptor") }
            guard parts.keys.insert(key).inserted else {
                throw fault("duplicate key \"\(key.rawValue)\" in histogram", from: start)
            }
            try parseValue(of: key, into: &parts)
            guard isAt("}}") || peek()?.isSpace == true else {
                throw unexpected(in: "histogram description", expected: "a space or \"}}\"")
            }
            skipSpaces()
        }
        return (parts.histogram, parts.keys.contains(.resetHint))
    }

    private mutating func parseValue(
        of key: HistogramParts.Key, into parts: inout HistogramParts
    ) throws(Parser.Fault) {
        switch key {
        case .schema:
            let schema = try parseInteger()
            guard schema == HistogramSchema.custom || HistogramSchema.exponential.contains(schema) else {
                throw fault("a histogram's schema is -4 to 8, or -53 for custom buckets, not \(schema)")
            }
            parts.histogram.schema = schema
        case .sum: parts.histogram.sum = try parseNumber()
        case .count: parts.histogram.count = try parseNumber()
        case .zeroCount: parts.histogram.zeroCount = try parseNumber()
        case .zeroThreshold: parts.histogram.zeroThreshold = try parseNumber()
        case .offset: parts.offset = try parseInteger()
        case .negativeOffset: parts.negativeOffset = try parseInteger()
        case .buckets: parts.buckets = try parseNumbers()
        case .negativeBuckets: parts.negativeBuckets = try parseNumbers()
        case .customEnds: parts.histogram.customEnds = try parseNumbers()
        case .resetHint:
            let start = position
            while let byte = peek(), byte.isNameStart { position += 1 }
            let word = String(decoding: text[start..<position], as: UTF8.self)
            guard let hint = NativeHistogram.ResetHint(rawValue: word) else {
                throw fault("bad histogram descriptor found: " + QuotedText.quoted(text[start..<position]), from: start)
            }
            parts.histogram.resetHint = hint
        }
    }

    /// No farther from zero than buckets are numbered.
    private mutating func parseInteger() throws(Parser.Fault) -> Int {
        let start = position
        if isAt("-") { position += 1 }
        while peek()?.isDigit == true { position += 1 }
        guard let value = Int32(String(decoding: text[start..<position], as: UTF8.self)) else {
            throw fault("bad integer in histogram: " + QuotedText.quoted(text[start..<position]), from: start)
        }
        return Int(value)
    }

    private mutating func parseNumbers() throws(Parser.Fault) -> [Double] {
        guard accept("[") else { throw unexpected(in: "histogram description", expected: "\"[\"") }
        var numbers: [Double] = []
        skipSpaces()
        while !accept("]") {
            numbers.append(try parseNumber())
            guard isAt("]") || peek()?.isSpace == true else {
                throw unexpected(in: "buckets description", expected: "a space or \"]\"")
            }
            skipSpaces()
        }
        return numbers
    }
}

extension NativeHistogram {
    /// How many it spells out.
    fileprivate var buckets: Int { positive.indices.count + negative.indices.count + customEnds.count }
}

/// What has been read of a histogram.
private struct HistogramParts {
    enum Key: String {
        case schema, sum, count, offset, buckets
        case zeroCount = "z_bucket"
        case zeroThreshold = "z_bucket_w"
        case negativeOffset = "n_offset"
        case negativeBuckets = "n_buckets"
        case customEnds = "custom_values"
        case resetHint = "counter_reset_hint"
    }

    var keys: Set<Key> = []
    var buckets: [Double] = []
    var negativeBuckets: [Double] = []
    var offset = 0
    var negativeOffset = 0
    private var plain = NativeHistogram()

    /// With its buckets in place.
    var histogram: NativeHistogram {
        get {
            var histogram = plain
            histogram.positive = HistogramBuckets(from: offset, buckets)
            histogram.negative = HistogramBuckets(from: negativeOffset, negativeBuckets)
            return histogram
        }
        set { plain = newValue }
    }
}
