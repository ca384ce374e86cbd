internal import Bytes

extension IntegerStreamEncoder {
    /// Appends `values` in a form, however long that becomes.
    /// - Returns: false where it is none of streams, or cannot hold these: nothing was written.
    static func write(_ values: [Int64], as form: PageForm, into sink: inout ByteSink, depth: Int) -> Bool {
        let analysis = IntegerAnalysis(values)
        switch form {
        case .packed, .patched:
            sink.append(IntegerStreamKind.packed.rawValue)
            let plan = PackingPlan(values, analysis, isPatched: form == .patched)
            write(packing: plan, of: values, into: &sink, depth: depth)
            return true
        case .differences, .patchedDifferences:
            guard values.count > 1 else { return false }
            let differences = differences(values)
            sink.append(IntegerStreamKind.deltas.rawValue)
            sink.append(zigzag: values[0])
            let plan = PackingPlan(
                differences, IntegerAnalysis(differences), isPatched: form == .patchedDifferences)
            write(packing: plan, of: differences, into: &sink, depth: depth)
            return true
        case .runs:
            guard depth < depthMax else { return false }
            sink.append(contentsOf: runBytes(values, runCount: analysis.runCount, depth: depth))
            return true
        case .plainTexts, .ownTexts, .sharedTexts, .bitPatterns, .decimals, .wideIntegers, .nullBitmaps, .nullPlaces,
            .uncompressed, .lz4, .zstandard:
            return false
        }
    }
}

extension PackingPlan {
    /// Over the minimum, as wide as the widest value or half as wide.
    fileprivate init(_ values: [Int64], _ analysis: IntegerAnalysis, isPatched: Bool) {
        let widths = Self.widths(values, base: analysis.minimum, divisor: analysis.divisor)
        let widest = widths.lastIndex { $0 > 0 } ?? 0
        let width = isPatched ? widest / 2 : widest
        self.init(
            base: analysis.minimum, divisor: analysis.divisor, width: width,
            exceptionCount: widths[(width + 1)...].reduce(0, +), bytes: 0)
    }
}
