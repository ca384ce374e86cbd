import Bytes

/// A set of characters as ranges of code points, ascending and apart. Surrogates are in none.
struct ScalarSet: Sendable {
    private(set) var ranges: [ClosedRange<UInt32>]

    static let last: UInt32 = 0x10FFFF
    private static let surrogates: ClosedRange<UInt32> = 0xD800...0xDFFF

    /// - Complexity: O(n log n).
    init(_ ranges: [ClosedRange<UInt32>]) {
        var sorted: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let before = sorted.last, range.lowerBound <= before.upperBound &+ 1 {
                sorted[sorted.count - 1] = before.lowerBound...max(before.upperBound, range.upperBound)
            } else {
                sorted.append(range)
            }
        }
        self.ranges = sorted.flatMap { Self.withoutSurrogates($0) }
        assert(zip(self.ranges, self.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }, "ranges ascend")
    }

    init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

    private static func withoutSurrogates(_ range: ClosedRange<UInt32>) -> [ClosedRange<UInt32>] {
        guard range.overlaps(surrogates) else { return [range] }
        var parts: [ClosedRange<UInt32>] = []
        if range.lowerBound < surrogates.lowerBound { parts.append(range.lowerBound...(surrogates.lowerBound - 1)) }
        if range.upperBound > surrogates.upperBound { parts.append((surrogates.upperBound + 1)...range.upperBound) }
        return parts
    }

    func union(_ other: ScalarSet) -> ScalarSet { ScalarSet(ranges + other.ranges) }

    /// Every other character.
    var complement: ScalarSet {
        var gaps: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
            next = range.upperBound + 1
        }
        if next <= Self.last { gaps.append(next...Self.last) }
        return ScalarSet(gaps)
    }

    func contains(_ value: UInt32) -> Bool {
        let index = ranges.partitioningIndex { $0.upperBound >= value }
        return index < ranges.count && ranges[index].lowerBound <= value
    }

    /// With the small and the capital form of every member.
    /// - Complexity: O(letters that have both · log n).
    var withBothCases: ScalarSet {
        let more = CaseMapping.pairs.lazy.filter { contains($0.from) }.map { $0.to...$0.to }
        return ScalarSet(ranges + more)
    }

    /// The set in RE2's syntax.
    var pattern: String {
        if ranges.isEmpty { return #"[^\x00-\x{10FFFF}]"# }
        func hexadecimal(_ value: UInt32) -> String { #"\x{"# + String(value, radix: 16) + "}" }
        if ranges.count == 1, ranges[0].count == 1 { return hexadecimal(ranges[0].lowerBound) }
        let parts = ranges.map { range in
            range.count == 1
                ? hexadecimal(range.lowerBound) : hexadecimal(range.lowerBound) + "-" + hexadecimal(range.upperBound)
        }
        return "[" + parts.joined() + "]"
    }
}
