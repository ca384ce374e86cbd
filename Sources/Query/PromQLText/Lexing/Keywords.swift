/// The words of the language. They are compared in lower case.
enum Keywords {
    private static let kinds: [String: TokenKind] = {
        var kinds: [String: TokenKind] = [
            "and": .and, "or": .or, "unless": .unless, "atan2": .atan2,
            "bool": .bool, "by": .by, "without": .without, "on": .on, "ignoring": .ignoring,
            "group_left": .groupLeft, "group_right": .groupRight, "offset": .offset,
            "anchored": .anchored, "smoothed": .smoothed,
            "fill": .fill, "fill_left": .fillLeft, "fill_right": .fillRight,
            "start": .start, "end": .end, "step": .step, "range": .range,
            "max_of": .maximumOf, "min_of": .minimumOf,
            "inf": .number, "nan": .number,
        ]
        for operation in AggregationOperator.allCases { kinds[operation.rawValue] = .aggregation(operation) }
        return kinds
    }()

    private static let lengthMax = kinds.keys.map(\.utf8.count).max() ?? 0

    /// What a word is; nil for one that is no keyword.
    static func kind(of word: ArraySlice<UInt8>) -> TokenKind? {
        guard word.count <= lengthMax else { return nil }
        return kinds[String(decoding: word.lazy.map(lowerCase), as: UTF8.self)]
    }

    /// The words that may stand in a duration of arithmetic.
    static func durationKind(of word: ArraySlice<UInt8>) -> TokenKind? {
        guard let kind = kind(of: word) else { return nil }
        switch kind {
        case .step, .range, .maximumOf, .minimumOf: return kind
        default: return nil
        }
    }

    private static func lowerCase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
